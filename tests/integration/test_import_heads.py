"""Heads named in AAF: from the academy's files to the schools that they find on signing in, and lose again."""

import contextlib
import datetime
import json

import pytest

from peers.days import today
from peers.deeds import tries
from peers.academy import (
    ACADEMY, APPLIED, CHECKED, HELD, IMPORTD, archive_of, codes, counters, drop, emptied, guardian, pupil, record, report, rows, school,
    take)
from peers.bus import Bus, Silent
from peers.portal import HEAD_PASSWORD, add_administrator, sign_in_head
from peers.site import Site

ONE, TWO, THREE = (490, "0695001L"), (491, "0695002M"), (492, "0695003N")
DIRECTOR = "DIR$DIRECTION$0001$PRINCIPAL"
TEACHER = "ENS$ENSEIGNEMENT$0002$ENSEIGNANT"


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "50", "attempts_address": "1000"},
                "import": {"hold_count_min": 3}}
    with Site.of(tmp_path_factory.mktemp("site"), IMPORTD, "preau-linkd", "preau-portald", settings=settings) as started:
        yield started


@pytest.fixture
def site(standing):
    emptied(standing)
    with standing.psql() as database:
        database.execute("truncate preau.administrator cascade")
    return standing


def staff(number, functions=(), directs=(), request="add", **more):
    return record("PersEducNat", number, {
        "ENTPersonJointure": str(number), "sn": "GIRARD", "givenName": f"Ève{'abcdefghij'[number % 10]}", "mail": f"n{number}@ac-lyon.fr",
        "ENTPersonFonctions": list(functions) or "", "ENTEnsFonctionDir": [str(one) for one in directs] or "", **more}, request)


def head(number, *structures, **more):
    return staff(number, [f"{one}${DIRECTOR}" for one in structures], structures, **more)


def teacher(number, structure=490, **more):
    return staff(number, [f"{structure}${TEACHER}"], **more)


def people(*schools):
    """A pupil with a parent at each."""
    return {"EtabEducNat": [school(*one) for one in schools],
            "Eleve": [pupil(1000 + number, [5000 + number], number) for number, _ in schools],
            "PersRelEleve": [guardian(5000 + number, [1000 + number]) for number, _ in schools]}


def complete(folder, day, staff_records=None, schools=(ONE, TWO), **more):
    date = f"202509{15 + day}"
    files = people(*schools) | ({} if staff_records is None else {"PersEducNat": staff_records}) | more
    return archive_of(folder / f"ENT2DVA.{date}.Complet.tgz", files, date=date)


def delta(folder, day, **files):
    date = f"202509{15 + day}"
    return archive_of(folder / f"ENT2DVA.{date}.Delta.tgz", files, date=date, kind="Delta")


def taken(site, archive):
    run, = take(site, archive)
    assert run["state"] == APPLIED, run
    return run


def heads(site):
    return {(aaf_id, structure) for aaf_id, structure in rows(
        site, "select aaf_id, unnest(functions || directs) from preau.aaf_head")}


def add_follower(site, login, number):
    return add_administrator(site, login, "directeur", "--aaf", f"{ACADEMY}:{number}")


def schools_of(site, login):
    return {one["uai"] for one in site.ctl("admin", "show", login, json_answer=True)["scopes"]}


def counted(run, what):
    return counters(run).get(("PersEducNat", what), 0)


def adds_up(run, is_delta=False):
    ends = ["added", "changed", "unchanged", "refused", "ignored"] + (["departed"] if is_delta else [])
    assert counted(run, "read") == sum(counted(run, what) for what in ends), counters(run)


# ------------------------------------------------------------------------------------------------ signing in


def test_a_head_finds_the_school_and_follows_aaf_to_the_next(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), teacher(13), teacher(14, 491)]))
    add_follower(site, "girard", 12)
    visitor = sign_in_head(site, "girard")
    assert visitor.page.path == f"/etablissements/{ONE[1]}"
    assert "d’après l’annuaire académique (AAF)" in visitor.get("/administration/mon-compte").text
    taken(site, complete(tmp_path, 1, [head(12, 491), head(15, 490), teacher(13)]))
    assert visitor.get(f"/etablissements/{ONE[1]}").status == 404, "the session goes on with what AAF says now"
    assert visitor.get(f"/etablissements/{TWO[1]}").status == 200
    taken(site, complete(tmp_path, 2, [head(12, 490, 491), teacher(13)]))
    page = visitor.get("/etablissements")
    assert ONE[1] in page.text and TWO[1] in page.text
    taken(site, complete(tmp_path, 3, [teacher(12), head(13, 490)]))
    assert "Aucun établissement n’est rattaché" in visitor.get("/etablissements").text
    assert sign_in_head(site, "girard").page.path == "/etablissements"


def test_a_head_lets_a_member_of_staff_in_as_long_as_aaf_names_the_head(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490)]))
    add_follower(site, "girard", 12)
    visitor = sign_in_head(site, "girard")
    path = f"/etablissements/{ONE[1]}/delegations"
    first = today()
    page = visitor.submit(visitor.get(path).form(path), identifiant="aide", nom="Sylvie Durand", profil="tous", du=first.isoformat(),
                          au=(first + datetime.timedelta(days=30)).isoformat())
    assert "ne sera plus montré" in page.text
    there = "select count(*) from preau.administered_school v join preau.administrator a on a.id = v.administrator_id where login = 'aide'"
    assert rows(site, there) == [(2,)]  # a profile a row
    taken(site, complete(tmp_path, 1, [head(13, 490)]))
    assert rows(site, there) == [(0,)]
    assert visitor.get(path).status == 404


def test_a_school_that_closes_and_one_that_takes_another_uai(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(13, 491)]))
    add_follower(site, "douze", 12)
    add_follower(site, "treize", 13)
    taken(site, complete(tmp_path, 1, [head(12, 490), head(13, 491)], schools=(ONE,)))
    assert (schools_of(site, "douze"), schools_of(site, "treize")) == ({ONE[1]}, set())
    moved = (490, THREE[1])
    taken(site, complete(tmp_path, 2, [head(12, 490), head(13, 491)], schools=(moved, TWO)))
    assert (schools_of(site, "douze"), schools_of(site, "treize")) == ({THREE[1]}, {TWO[1]})


# ------------------------------------------------------------------------------------------------ deliveries


def test_both_degrees_name_heads_and_neither_takes_the_others(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490)]))
    add_follower(site, "girard", 12)
    first = {
        "ENTPersonJointure": "12", "ENTPersonNom": "GIRARD", "ENTPersonPrenom": "Ève", "ENTPersonMail": "eve@ac-lyon.fr",
        "ENTPersonFonctions": "700$DIR$DIRECTION D'ECOLE$0001$DIRECTEUR D'ECOLE", "ENTEnsFonctionDir": "700"}
    child = {"ENTPersonJointure": "70", "ENTPersonNom": "ELEVE", "ENTPersonPrenom": "Lou", "ENTPersonDateNaissance": "03/04/2018",
             "ENTPersonStructRattach": "700", "ENTPersonClasses": "700$11$ORDINAIRE$1$CP", "ENTEleveAutoriteParentale": "71$10"}
    parent = {"ENTPersonJointure": "71", "ENTPersonNom": "PARENT", "ENTPersonPrenom": "Sam", "ENTPersRelEleveEleve": "70"}
    ecole = archive_of(tmp_path / "ENT1D.20250915.Complet.tgz", {
        "EtabEducNat": [school(700, THREE[1])], "Eleve": [record("Eleve", 70, child)],
        "PersRelEleve": [record("PersRelEleve", 71, parent)], "PersEducNat": [record("PersEducNat", 12, first)]})
    taken(site, ecole)
    assert schools_of(site, "girard") == {ONE[1], THREE[1]}
    taken(site, complete(tmp_path, 1, [teacher(12), head(13, 490)]))
    assert schools_of(site, "girard") == {THREE[1]}
    assert site.ctl("admin", "aaf-heads", "Lyon", json_answer=True)["heads"] == [
        {"academy": ACADEMY, "aaf_id": 13, "name": "Èved GIRARD", "mail": "n13@ac-lyon.fr", "schools": [ONE[1]]}]


def test_the_same_set_again_changes_nothing(site, tmp_path):
    first = taken(site, complete(tmp_path, 0, [head(12, 490), teacher(13), head(14, 491, 490)]))
    adds_up(first)
    assert (counted(first, "added"), counted(first, "ignored")) == (2, 1)
    add_follower(site, "girard", 12)
    before = rows(site, "select *, xmin::text from preau.aaf_head order by aaf_id"), rows(
        site, "select *, xmin::text from preau.administrator_scope")
    again = taken(site, complete(tmp_path, 1, [head(14, 490, 491), teacher(13), head(12, 490)]))
    adds_up(again)
    assert (counted(again, "unchanged"), counted(again, "departed")) == (2, 0)
    assert before == (rows(site, "select *, xmin::text from preau.aaf_head order by aaf_id"),
                      rows(site, "select *, xmin::text from preau.administrator_scope"))


def test_a_complete_set_without_staff_leaves_the_heads(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490)]))
    for day, files in ((1, None), (2, [])):
        run = taken(site, complete(tmp_path, day, files))
        assert codes(site, run)["heads_kept"] == 1 and heads(site) == {(12, 490)}
    emptied(site)
    assert not codes(site, taken(site, complete(tmp_path, 3, None)))


def test_a_delta_says_who_begins_and_who_ends(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(13, 491), head(14, 490), teacher(15)]))
    run = taken(site, delta(tmp_path, 1, PersEducNat=[
        teacher(12, request="modify"), record("PersEducNat", 13, {}, "delete"), head(15, 491), teacher(16)]))
    adds_up(run, is_delta=True)
    assert heads(site) == {(14, 490), (15, 491)}
    assert (counted(run, "departed"), counted(run, "added"), counted(run, "ignored")) == (2, 1, 1)
    run = taken(site, delta(tmp_path, 2, Eleve=[pupil(1490, [5490])]))
    assert heads(site) == {(14, 490), (15, 491)}, "a delta without staff says nothing of them"


def test_in_a_delta_the_last_request_counts_and_a_partial_one_leaves_the_rest(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(13, 490), teacher(14)]))

    def part(number, **attributes):
        return record("PersEducNat", number, attributes, "modify")

    taken(site, delta(tmp_path, 1, PersEducNat=[head(14, 490), teacher(14), part(12, mail="autre@ac-lyon.fr"),
                                                part(13, ENTPersonFonctions=f"490${TEACHER}")]))
    assert heads(site) == {(12, 490), (13, 490)}
    assert rows(site, "select mail, functions, directs from preau.aaf_head order by aaf_id") == [
        ("autre@ac-lyon.fr", [490], [490]), ("n13@ac-lyon.fr", [], [490])]
    run = taken(site, delta(tmp_path, 2, PersEducNat=[part(20, ENTEnsFonctionDir="490"), head(12, 491, request="modify"),
                                                      part(12, ENTEnsFonctionDir="490"), part(13, ENTEnsFonctionDir="")]))
    assert codes(site, run) == {"modify_unknown": 1, "modify_again": 1}
    assert heads(site) == {(12, 491)}
    adds_up(run, is_delta=True)


def test_a_set_that_says_complete_and_modifies_is_read_as_a_delta(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(13, 491)]))
    run = taken(site, complete(tmp_path, 1, [teacher(12, request="modify"), teacher(14)]))
    assert codes(site, run)["kind_contradicted"] == 1 and heads(site) == {(13, 491)}


def test_homonyms_are_not_one_another_and_one_number_is_one_person(site, tmp_path):
    same = {"sn": "MARTIN", "givenName": "Anne", "mail": "anne.martin@ac-lyon.fr"}
    taken(site, complete(tmp_path, 0, [head(12, 490, **same), head(13, 491, **same)]))
    add_follower(site, "anne1", 12)
    add_follower(site, "anne2", 13)
    assert (schools_of(site, "anne1"), schools_of(site, "anne2")) == ({ONE[1]}, {TWO[1]})
    # exports of one school each: a person is in several of them
    run = taken(site, complete(tmp_path, 1, [head(12, 490, **same), head(12, 491, **same), teacher(13)]))
    assert schools_of(site, "anne1") == {ONE[1], TWO[1]} and schools_of(site, "anne2") == set()
    adds_up(run)


def test_hostile_values_are_told_and_give_nothing(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(19, 491)]))
    hostile = [
        head(12, 490, sn="\u202eGIRARD"),  # refused: stays as yesterday
        staff(13, ["'; drop table preau.aaf_head; --$DIR$$$", "$DIR$$$", f"490{'0' * 20}${DIRECTOR}"], ["490$491", "<b>490</b>"]),
        staff(14, [f"490${'X' * 2500}$DIR", "490$DIR"], ENTPersonJointure="15"),
        head(16, 490, givenName="<script>alert(1)</script>"),
        head(17, 999999),
        record("PersEducNat", "dix-huit", {"ENTEnsFonctionDir": "490"}),
        head(19, 491),
    ]
    run = taken(site, complete(tmp_path, 1, hostile))
    adds_up(run)
    assert codes(site, run) == {"name_invalid": 1, "headship_invalid": 5, "aaf_id_mismatch": 1, "headed_unknown": 2, "aaf_id_invalid": 1}
    assert heads(site) == {(12, 490), (16, 490), (17, 999999), (19, 491)}
    told = [one for one in report(site, run)["refused"] if one["code"] == "headship_invalid"]
    assert not any("drop" in (one["value"] or "") for one in told)
    assert all(one["category"] == "PersEducNat" for one in told)


def test_an_abnormal_number_of_schools_without_a_head_is_held(site, tmp_path):
    posts = [head(number, 490 + number) for number in range(4)]
    schools = [(490 + number, uai) for number, uai in enumerate(("0695001L", "0695002M", "0695003N", "0695004P"))]
    taken(site, complete(tmp_path, 0, posts, schools))
    run, = take(site, complete(tmp_path, 1, [head(10 + number, 490 + number) for number in range(4)], schools))
    assert run["state"] == APPLIED, "everybody is followed by somebody"
    run, = take(site, complete(tmp_path, 2, [teacher(10), head(13, 493)], schools))
    assert run["state"] == HELD and "3 des 4 structures dirigées" in run["explanation"]
    assert len(heads(site)) == 4
    site.run_ctl("import", "approve", run["run"], "--by", "test")
    site.wait(lambda: heads(site) == {(13, 493)}, 30, "approved")


def test_a_check_changes_nothing_and_counts_the_same(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490)]))
    add_follower(site, "girard", 12)
    drop(site, complete(tmp_path, 1, [head(12, 491), head(13, 490)]))
    site.run_ctl("import", "check", "--academy", ACADEMY)
    figures, = rows(site, "select counters->'PersEducNat' from preau.import_run where state = %s", CHECKED)
    assert figures == ({"read": 2, "added": 1, "changed": 1},)
    assert heads(site) == {(12, 490)} and schools_of(site, "girard") == {ONE[1]}
    site.run_ctl("import", "run", "--academy", ACADEMY, "--wait")
    assert schools_of(site, "girard") == {TWO[1]}


@pytest.mark.parametrize("fault", ("import_staged", "import_given", "import_before_commit"))
def test_an_import_that_dies_leaves_heads_and_accounts_as_they_were(site, tmp_path, fault):
    taken(site, complete(tmp_path, 0, [head(12, 490)]))
    add_follower(site, "girard", 12)
    drop(site, complete(tmp_path, 1, [head(12, 491), head(13, 490)]))
    site.stop_daemon(IMPORTD)
    site.launch(IMPORTD, ready=False, PREAU_FAULT=fault)
    with contextlib.suppress(Silent):
        Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True, seconds=5)
    site.wait_dead(IMPORTD)
    assert heads(site) == {(12, 490)} and schools_of(site, "girard") == {ONE[1]}
    site.stop_daemon(IMPORTD)
    site.launch(IMPORTD)
    site.wait(lambda: heads(site) == {(12, 491), (13, 490)}, 60, "taken up again")
    assert schools_of(site, "girard") == {TWO[1]}


# ------------------------------------------------------------------------------------------------ the operator


def refused(site, *arguments):
    done = site.run_ctl("admin", *arguments, "--json")
    assert done.returncode == 1, done.stdout
    return json.loads(done.stdout)["error"]["code"]


def test_the_operator_opens_accounts_for_whom_aaf_names(site, tmp_path):
    assert "ont un compte" in site.ctl("admin", "aaf-heads")
    taken(site, complete(tmp_path, 0, [head(12, 490, mail="Eve.Girard@ac-lyon.fr"), head(13, 491, mail="x"), head(14, 999)]))
    assert [one["aaf_id"] for one in site.ctl("admin", "aaf-heads", json_answer=True)["heads"]] == [12, 13]
    assert site.ctl("admin", "aaf-heads", "24", json_answer=True)["heads"] == []
    told = site.ctl("admin", "add", "eve", "--aaf", "Lyon:12", json_answer=True)
    assert told["password"]
    shown = site.ctl("admin", "show", "eve", json_answer=True)
    assert (shown["name"], shown["mail"], shown["role"]) == ("Èvec GIRARD", "Eve.Girard@ac-lyon.fr", "directeur")
    assert shown["head"] == {"academy": ACADEMY, "aaf_id": 12}
    assert [(one["uai"], one["aaf"], one["given"]) for one in shown["scopes"]] == [(ONE[1], True, False)]
    assert f"{ONE[1]} (AAF)" in site.ctl("admin", "list") and "10:12" in site.ctl("admin", "show", "eve")
    assert [one["aaf_id"] for one in site.ctl("admin", "aaf-heads", json_answer=True)["heads"]] == [13]
    assert "n12" not in site.ctl("admin", "aaf-heads") and "10:13" in site.ctl("admin", "aaf-heads")


@tries("Link/ChangeAdministrator", "head_followed")
@tries("Link/ChangeAdministrator", "head_unfollowed")
def test_an_account_follows_another_or_nobody_any_more(site, tmp_path):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(13, 491)]))
    add_administrator(site, "eve", "directeur", "--school", TWO[1])
    changed = lambda *words: site.ctl("admin", *words, json_answer=True)["changed"]
    assert changed("unfollow", "eve") == 0
    assert changed("follow", "eve", "10:12") == 1 and changed("follow", "eve", "10:12") == 0
    assert schools_of(site, "eve") == {ONE[1], TWO[1]}
    assert changed("revoke", "eve", "--school", ONE[1]) == 0, "what is AAF's is not the operator's to take"
    assert changed("revoke", "eve", "--school", TWO[1]) == 1 and schools_of(site, "eve") == {ONE[1]}
    assert changed("follow", "eve", "10:13") == 1 and schools_of(site, "eve") == {TWO[1]}
    assert changed("grant", "eve", "--school", TWO[1]) == 1
    assert changed("unfollow", "eve") == 1 and schools_of(site, "eve") == {TWO[1]}
    told = rows(site, "select action, detail->>'aaf' from preau.audit where action like 'head_%%' order by number")
    assert told == [("head_followed", "10:12"), ("head_followed", "10:13"), ("head_unfollowed", "10:13")]
    assert "intacte" in site.ctl("audit", "verify", "--academy", ACADEMY)


@pytest.mark.parametrize("words, code", [
    (("add", "x", "--aaf", "10:99"), "head_unknown"), (("add", "x", "--aaf", "11:12"), "head_unknown"),
    (("add", "x", "--aaf", "10:12"), "head_taken"), (("follow", "autre", "10:12"), "head_taken"),
    (("add", "x", "--aaf", "10:13", "--role", "assistance"), "head_unfit"), (("follow", "assistance", "10:13"), "head_unfit"),
    (("unfollow", "girard"), "scope_last"), (("follow", "personne", "10:13"), "not_found"),
])
def test_what_the_operator_is_refused(site, tmp_path, words, code):
    taken(site, complete(tmp_path, 0, [head(12, 490), head(13, 491)]))
    add_follower(site, "girard", 12)
    add_administrator(site, "autre", "directeur", "--school", TWO[1])
    add_administrator(site, "assistance", "assistance", "--academy", ACADEMY)
    assert refused(site, *words) == code
    assert schools_of(site, "girard") == {ONE[1]}


@pytest.mark.parametrize("words", [("add", "x", "--aaf", "12"), ("add", "x", "--aaf", "Nulle part:12"), ("add", "x", "--aaf", "10:0"),
                                   ("follow", "x", "10"), ("follow", "x"), ("aaf-heads", "Nulle part")])
def test_a_person_is_an_academy_and_a_number(site, words):
    assert site.run_ctl("admin", *words).returncode == 2
