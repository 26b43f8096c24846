"""preau-importd against PostgreSQL: generated academies go in; what the store then holds is what their truth says."""

import collections
import contextlib
import json
import shutil

import pytest

from peers.academy import (
    ACADEMY, APPLIED, FAILED, IMPORTD, REFUSED, REPEATED, accounts_of_people, archive_of, check_is_truth, codes, counters, drop,
    expected_links, expected_people, generate, guardian, is_put_away, pupil, record, report, rows, school, snapshot,
    stored_people, take)
from peers.bus import Bus, Silent
from peers.sealing import Sealing
from peers.site import Site


@pytest.fixture(scope="module")
def days(tmp_path_factory):
    folder = tmp_path_factory.mktemp("aaf")
    return {day: generate(folder / str(day), "--day", str(day), "--change-rate", "0.02") for day in (0, 1)}


@pytest.fixture
def site(tmp_path):
    made = Site(tmp_path / "site", with_kannel=False)
    try:
        made.start_peers()
        made.launch(IMPORTD)
        yield made
    finally:
        made.remove()


# ------------------------------------------------------------------------------------------------ complete sets


def test_a_complete_set_of_each_degree_becomes_what_its_truth_says(site, days):
    runs = take(site, *days[0].archives.values())
    assert [(run["state"], run["degree"]) for run in runs] == [(APPLIED, 1), (APPLIED, 2)]
    check_is_truth(site, days[0].truth)
    assert rows(site, "select distinct state::text, origin::text, password::text, email, version from preau.account") == [
        ("non_distribue", "non_renseigne", "provisional", None, 1)]
    accounts = rows(site, "select count(*) from preau.account")
    for table in ("identifier", "credential", "account_event"):
        assert rows(site, f"select count(*) from preau.{table}") == accounts
    assert rows(site, "select count(*) from preau.account a left join preau.identifier i using (login) "
                      "where i.account_id is distinct from a.id") == [(0,)]


def test_the_archive_is_put_away_and_its_run_can_be_read(site, days):
    run, = take(site, days[0].archives[1])
    assert not list(site.inbox(ACADEMY).glob("*.tgz"))
    site.wait((site.folder / "archive" / str(ACADEMY)).is_dir, what="put away")
    assert [path.name for path in (site.folder / "archive" / str(ACADEMY)).iterdir()] == [
        f"{run['run']}-{days[0].archives[1].name}"]
    report = Bus(site).ask("import", "GetReport", operator=True, run=run["run"])
    assert report.run.state == 2 and report.refused_total == 0
    assert Bus(site).refusal("import", "GetReport", operator=True, run=999999) == "not_found"
    figures = counters(run)
    assert figures["Eleve", "added"] == figures["Eleve", "read"]


def test_homonyms_get_identifiers_that_follow_one_another(site, days):
    take(site, *days[0].archives.values())
    logins = [login for login, in rows(site, "select login from preau.account")]
    by_base = collections.defaultdict(set)
    for login in logins:
        base = login.rstrip("0123456789")
        by_base[base].add(int(login[len(base):] or 0))
    assert any(len(numbers) > 1 for numbers in by_base.values())
    assert all(numbers == set(range(len(numbers))) for numbers in by_base.values())


def test_a_guardian_s_provisional_password_can_be_read_again(site, days):
    take(site, days[0].archives[1])
    (number, sealed), = rows(site, "select account_id, sealed from preau.credential order by account_id limit 1")
    password = Sealing(site.folder / "keys").open(f"credential:{ACADEMY}:{number}", bytes(sealed)).decode()
    assert len(password) == 14 and password.count("-") == 2


# ------------------------------------------------------------------------------------------------ again, and later


def test_the_same_set_in_another_archive_changes_nothing(site, days, tmp_path):
    take(site, *days[0].archives.values())
    before = snapshot(site)
    again = generate(tmp_path / "again", "--container", "zip", "--order", "reversed", "--change-rate", "0.02")
    for run in take(site, *again.archives.values()):
        figures = counters(run)
        assert not {what for _, what in figures} & {"added", "changed", "departed"}
        assert figures["Eleve", "unchanged"] == figures["Eleve", "read"]
    assert snapshot(site) == before


def is_repeated(site, run, first):
    return (run["state"] == REPEATED and run["counters"] == []
            and run["explanation"] == f"Archive identique à l’intégration {first['run']}, déjà faite ; rien à faire."
            and all(run[known] == first[known] for known in ("degree", "kind", "generated_on")))


def test_the_same_archive_is_not_integrated_twice_and_that_is_told(site, days):
    first, = take(site, days[0].archives[1])
    before = snapshot(site)
    drop(site, days[0].archives[1])
    done = site.run_ctl("import", "run", "--academy", ACADEMY, "--wait", "--json")
    run, = json.loads(done.stdout)["runs"]
    assert done.returncode == 0 and is_repeated(site, run, first), run
    told = report(site, run)
    assert told["previous"] is None and told["refused"] == [] and told["run"]["explanation"] == run["explanation"]
    assert snapshot(site) == before
    assert not list(site.inbox(ACADEMY).glob("*.tgz"))
    assert (site.folder / f"archive/{ACADEMY}/{run['run']}-{run['archive']}").exists()


def test_that_it_was_the_same_archive_is_told_once_though_the_process_dies(site, days):
    first, = take(site, days[0].archives[1])
    site.restart(IMPORTD, PREAU_FAULT="import_ended:1")
    dropped = drop(site, days[0].archives[1])
    with contextlib.suppress(Silent):
        Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True, seconds=5)
    site.wait_dead(IMPORTD)
    site.restart(IMPORTD)
    site.wait(lambda: is_put_away(site, dropped), 30, "put away")
    assert [state for state, in rows(site, "select state from preau.import_run order by id")] == [APPLIED, REPEATED]
    assert is_repeated(site, report(site, first["run"] + 1)["run"], first)


def test_the_next_day_s_set_leads_to_the_next_day_s_truth(site, days):
    take(site, *days[0].archives.values())
    accounts = accounts_of_people(site)
    runs = take(site, *days[1].archives.values())
    assert all(run["state"] == APPLIED for run in runs)
    check_is_truth(site, days[1].truth)
    later = accounts_of_people(site)
    assert all(later[key] == account for key, account in accounts.items()), "an account changed hands"
    gone = expected_people(days[0].truth).keys() - expected_people(days[1].truth).keys()
    assert {tuple(row) for row in rows(site, "select degree, aaf_id from preau.person where departed_at is not null")} == gone
    assert rows(site, "select count(*) from preau.account where closed_at is not null") == [(0,)]


def test_an_older_set_is_refused(site, days):
    take(site, days[1].archives[2])
    run, = take(site, days[0].archives[2])
    assert (run["state"], run["refusal"]) == (REFUSED, "delivery_out_of_date")
    check_is_truth(site, [row for row in days[1].truth if row["degree"] == 2])


def test_an_address_of_one_s_own_is_never_overwritten(site, days):
    take(site, days[0].archives[2])
    with site.psql() as database:
        database.execute("update preau.account set email = 'own@example.org'")
    take(site, days[1].archives[2])
    assert rows(site, "select distinct email from preau.account where created_at < (select max(started_at) from "
                      "preau.import_run)") == [("own@example.org",)]


# ------------------------------------------------------------------------------------------------ what is refused


RECORDS = {  # kind of the generator: code in the report
    "missing-birth-date": "value_missing", "empty-birth-date": "value_missing", "impossible-date": "date_invalid",
    "future-date": "date_invalid", "iso-date": "date_invalid", "missing-name": "value_missing",
    "guardian-without-name": "value_missing", "missing-jointure": "value_missing", "jointure-mismatch": "aaf_id_mismatch",
    "not-a-number": "aaf_id_invalid", "bad-ine": "ine_invalid", "dangling-guardian": "guardian_unknown",
    "short-link": "link_invalid", "dangling-school": "school_unknown", "dangling-pupil": "pupil_unknown",
    "over-long-value": "name_invalid", "long-mail": "email_invalid", "control-characters": "name_invalid",
}
TAKEN = {"bad-ine", "dangling-guardian", "short-link", "dangling-pupil", "long-mail"}
AFTER_EFFECTS = {"guardian_unknown", "pupil_unknown"}  # of a record that was refused, told at those who name it


@pytest.mark.parametrize("degree", [1, 2])
def test_bad_records_are_refused_alone_and_told_where_they_are(site, tmp_path, degree):
    bad = generate(tmp_path / "bad", "--degree", f"{degree}D", "--bad", ",".join([*RECORDS, "twice"]))
    run, = take(site, bad.archives[degree])
    assert run["state"] == APPLIED
    report = Bus(site).ask("import", "GetReport", operator=True, run=run["run"])
    told = {(one.file, one.line, one.code) for one in report.refused}
    lines = collections.defaultdict(list)
    for one in bad.manifest:
        lines[one["kind"]].append(one)
    # `P$` is enough in the first degree, where every link is one of parental authority
    readable = {"short-link"} if degree == 1 else set()
    wanted = {(one["file"], one["line"], RECORDS[one["kind"]]) for one in bad.manifest
              if one["kind"] in RECORDS.keys() - readable}
    wanted.add((lines["twice"][1]["file"], lines["twice"][1]["line"], "aaf_id_repeated"))
    missing = wanted - told
    assert not missing
    assert {code for *_, code in told - wanted} <= AFTER_EFFECTS
    stored = stored_people(site)
    for one in bad.manifest:
        if one["kind"] in RECORDS and one["category"] == "Eleve":
            assert ((degree, one["id"]) in stored) == (one["kind"] in TAKEN), one
    figures = counters(run)
    refused = [one for one in bad.manifest if one["category"] == "Eleve" and one["kind"] in RECORDS.keys() - TAKEN]
    assert figures["Eleve", "refused"] == len(refused) + 1  # the one that is there twice
    assert figures["Eleve", "added"] + figures["Eleve", "refused"] == figures["Eleve", "read"]
    personal = {one.value for one in report.refused if one.code in ("value_missing", "date_invalid", "name_invalid", "email_invalid")}
    assert personal <= {""}


def test_someone_whose_record_turns_bad_has_not_left(site, days, tmp_path):
    take(site, days[0].archives[2])
    before = stored_people(site)
    bad = generate(tmp_path / "bad", "--change-rate", "0.02", "--bad", "empty-birth-date:3,guardian-without-name:3")
    run, = take(site, bad.archives[2])
    assert run["state"] == APPLIED and counters(run)["Eleve", "refused"] == 3
    assert stored_people(site) == before
    assert rows(site, "select count(*) from preau.guardianship") == [
        (len(expected_links([row for row in days[0].truth if row["degree"] == 2])),)]


WHOLE = {
    "truncated-file": "xml_invalid", "empty-file": "xml_invalid", "missing-part": "archive_incomplete",
    "wrong-academy": "academy_wrong", "billion-laughs": "xml_invalid", "external-entity": "xml_invalid",
    "forbidden-character": "xml_invalid",
}


def test_a_bad_file_refuses_its_archive_and_changes_nothing(site, days, tmp_path):
    take(site, days[0].archives[2])
    before = snapshot(site)
    for kind, code in WHOLE.items():
        parts = ("--part-size", "100") if kind == "missing-part" else ()
        bad = generate(tmp_path / kind, "--degree", "2D", "--day", "1", "--bad", kind, *parts)
        run, = take(site, bad.archives[2])
        assert (run["state"], run["refusal"]) == (REFUSED, code), kind
        if code == "xml_invalid":
            file, = {one["file"] for one in bad.manifest}
            assert file in run["explanation"], kind
    assert snapshot(site) == before
    assert not list(site.inbox(ACADEMY).glob("*.tgz"))


def test_a_delta_without_a_base_is_refused(site, tmp_path):
    delta = generate(tmp_path / "delta", "--degree", "2D", "--day", "1", "--delta", "--change-rate", "0.02")
    run, = take(site, delta.archives[2])
    assert (run["state"], run["refusal"]) == (REFUSED, "delta_without_base")
    assert stored_people(site) == {}


def test_an_archive_that_is_none_is_refused(site, tmp_path):
    for name, content in {"broken.tgz": b"\x1f\x8bnot gzip", "empty.zip": b"PK\x05\x06" + 18 * b"\0"}.items():
        (tmp_path / name).write_bytes(content)
        run, = take(site, tmp_path / name)
        assert (run["state"], run["refusal"]) == (
            REFUSED, "archive_unreadable" if name == "broken.tgz" else "archive_empty"), name


def test_what_is_odd_is_taken_and_told(site, tmp_path):
    told = {"ENTEleveAttributNouveau": "valeur"}
    people = {"EtabEducNat": [school(ENTStructureNouvelle="x")],
              "Eleve": [pupil(1, [11], **told), pupil(2, [11], **told), pupil(3, [11], givenName="L&eacute;a"),
                        record("Inconnue", 4, {}), pupil(5, [11], ENTEleveEnseignements=["x"] * 3, ENTEleveClasses=["490$6A"] * 401)],
              "PersRelEleve": [guardian(11, [1, 2, 3], mobile="0000000000")]}
    run, = take(site, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", people))
    assert run["state"] == APPLIED
    assert codes(site, run) == {"attribute_unknown": 2, "html_entity": 1, "category_unknown": 1, "too_large": 1, "phone_invalid": 1}
    counted = {one["attribute"]: one["value"] for one in report(site, run)["refused"] if one["code"] == "attribute_unknown"}
    assert counted == {"ENTEleveAttributNouveau": "2", "ENTStructureNouvelle": "1"}
    assert rows(site, "select prenom from preau.person where aaf_id = 3") == [("Léa",)]


@pytest.mark.parametrize("encoding, code", [("UTF-8", "encoding_contradicted"), (None, "encoding_undeclared")])
def test_bytes_that_are_not_as_declared_are_read_and_told(site, tmp_path, encoding, code):
    declaration = f'<?xml version="1.0" encoding="{encoding}"?>\n' if encoding else ""
    latin = (declaration + "<ficAlimMENESR>\n" + pupil(1, [11], givenName="Léa") + "</ficAlimMENESR>").encode("iso-8859-1")
    run, = take(site, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", {
        "EtabEducNat": [school()], "Eleve": latin, "PersRelEleve": [guardian(11, [1])]}))
    assert run["state"] == APPLIED and codes(site, run) == {code: 1}
    assert rows(site, "select prenom from preau.person where aaf_id = 1") == [("Léa",)]


def test_degrees_that_are_mixed_or_unsaid_are_refused(site, tmp_path):
    first = record("Eleve", 2, {"ENTPersonJointure": "2", "ENTPersonNom": "A", "ENTPersonPrenom": "B"})
    mixed = {"EtabEducNat": [school()], "Eleve": [pupil(1, [11]), first], "PersRelEleve": [guardian(11, [1])]}
    run, = take(site, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", mixed))
    assert (run["state"], run["refusal"]) == (REFUSED, "degree_unclear")


def test_a_gap_in_the_numbers_of_one_school_is_seen_beside_those_of_another(importer, tmp_path):
    def pupils(uai, number, *records):
        return {f"ENT_{uai}_Complet_20250915_Eleve_{number:04}.xml": records}

    def files(*numbers):
        return {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1])], **pupils("0695001L", 0, pupil(1, [11])),
                **{name: records for one in numbers for name, records in pupils("0695001L", one, pupil(one + 1, [11])).items()},
                **pupils("0695002M", 0, pupil(8, [11])), **pupils("0695002M", 1, pupil(9, [11]))}

    run, = take(importer, archive_of(tmp_path / "ENT.20250915.Complet.tgz", files(2)))
    assert (run["state"], run["refusal"]) == (REFUSED, "archive_incomplete")
    assert run["explanation"] == "Fichier ENT_0695001L_Complet_20250915_Eleve_0002.xml."
    run, = take(importer, archive_of(tmp_path / "ENT.20250916.Complet.tgz", files(2, 1)))
    assert run["state"] == APPLIED and counters(run)["Eleve", "added"] == 5


@pytest.mark.parametrize("label", ["", "ACADEMIE DE NULLE PART"])
def test_structures_that_name_no_academy_are_of_the_one_of_their_department(importer, tmp_path, label):
    people = {"Eleve": [pupil(1, [11])], "PersRelEleve": [guardian(11, [1])]}

    def run_of(day, *uais):
        schools = [school(490 + index, uai, ENTServAcAcademie=label) for index, uai in enumerate(uais)]
        archive = archive_of(tmp_path / f"ENT2DVA.202509{day}.Complet.tgz", {"EtabEducNat": schools, **people}, date=f"202509{day}")
        return take(importer, archive)[0]

    marseille, rhone = ("0130001F", "0130002G"), ("0695001L",)
    run = run_of(15, *marseille)
    assert (run["state"], run["refusal"]) == (REFUSED, "academy_wrong")
    run = run_of(16, *marseille, *rhone)
    assert (run["state"], run["refusal"]) == (REFUSED, "academy_wrong")
    assert run_of(17, *rhone)["state"] == APPLIED
    assert run_of(18, *rhone, *marseille[:1])["state"] == APPLIED, "a structure of the neighbours is none of the whole"


DESCRIPTION = '<?xml version="1.0"?>\n<infos xmlns="urn:x"><genere le="2025-09-15"/>' + "<suite/>" * 40000 + "</infos>"


def test_a_file_of_another_root_whose_name_says_no_category_is_left_aside(importer, tmp_path):
    files = {"EtabEducNat": [school()], "InfosEducNat_0000.xml": DESCRIPTION, "Eleve": [pupil(1, [11])],
             "PersRelEleve": [guardian(11, [1])]}
    run, = take(importer, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", files))
    assert run["state"] == APPLIED
    assert [(one["code"], one["file"]) for one in report(importer, run)["refused"]] == [("file_not_aaf", "InfosEducNat_0000.xml")]


@pytest.mark.parametrize("name, text", [
    ("MefEducNat", DESCRIPTION), ("InfosEducNat_0000.xml", "no XML at all"),
    ("InfosEducNat_0000.xml", '<!DOCTYPE infos [<!ENTITY a "a">]>' + DESCRIPTION.partition("?>")[2]),
], ids=["category", "no-xml", "entity"])
def test_a_file_that_should_be_aaf_or_is_hostile_refuses_its_archive(importer, tmp_path, name, text):
    files = {"EtabEducNat": [school()], name: text, "Eleve": [pupil(1, [11])], "PersRelEleve": [guardian(11, [1])]}
    run, = take(importer, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", files))
    assert (run["state"], run["refusal"]) == (REFUSED, "xml_invalid")


@pytest.mark.parametrize("kind", ["Complet", "Delta"])
def test_an_archive_of_nothing_but_another_root_is_empty(importer, tmp_path, kind):
    run, = take(importer, archive_of(tmp_path / f"ENT2DVA.20250915.{kind}.tgz", {"InfosEducNat_0000.xml": DESCRIPTION}))
    assert (run["state"], run["refusal"]) == (REFUSED, "archive_empty")


# ------------------------------------------------------------------------------------------------ the field's variety


@pytest.mark.parametrize("options", [
    ("--generation", "2013", "--link", "old", "--legacy", "both", "--naming", "underscored"),
    ("--generation", "2018", "--encoding", "iso-8859-15", "--accents", "raw", "--newline", "crlf", "--naming", "bare"),
    ("--generation", "2025", "--encoding", "none", "--accents", "raw", "--inside", "2025", "--container", "zip",
     "--part-size", "50", "--order", "alphabetical"),
], ids=["2013", "2018", "2025"])
def test_every_generation_is_read(site, tmp_path, options):
    made = generate(tmp_path / "made", "--degree", "2D", *options)
    run, = take(site, made.archives[2])
    assert run["state"] == APPLIED, run
    check_is_truth(site, made.truth)


def test_links_of_the_oldest_sets_are_read_beside_an_empty_new_one_and_parents_alone_are_told(site, tmp_path):
    def one(number, **links):
        return pupil(number, **{"ENTElevePersRelEleve": "", **links})

    run, = take(site, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", {
        "EtabEducNat": [school()], "PersRelEleve": [guardian(11), guardian(12)],
        "Eleve": [one(1, ENTEleveAutoriteParentale=["", "11"], ENTElevePere="12"), one(2, ENTElevePere="12"),
                  one(3, ENTEleveMere="", ENTEleveParents="12"), one(4, ENTEleveMere="12")]}))
    assert rows(site, "select pupil_id, guardian_id from preau.guardianship") == [(1, 11)]
    assert sorted((one["code"], one["aaf_id"], one["attribute"], one["value"]) for one in report(site, run)["refused"]) == [
        ("link_unqualified", "2", "ENTElevePere", "12"), ("link_unqualified", "3", "ENTEleveParents", "12"),
        ("link_unqualified", "4", "ENTEleveMere", "12")]


# ------------------------------------------------------------------------------------------------ when, and through crashes


def test_an_archive_waits_for_its_hour_and_for_rest(fresh_site, days):
    site = fresh_site(start=False, settings={"import": {"settle": "2s", "times": ["23:59"]}})
    site.start_peers()
    site.launch(IMPORTD)
    dropped = drop(site, days[0].archives[1])
    (site.inbox(ACADEMY) / "unfinished.tgz.part").write_bytes(b"x")
    reply = Bus(site).ask("import", "ListRuns", operator=True)
    assert not reply.runs
    reply = Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True)
    assert reply.archives == 1
    site.wait(lambda: rows(site, "select state from preau.import_run") == [(APPLIED,)], 30, "integrated")
    assert not dropped.exists()
    assert (site.inbox(ACADEMY) / "unfinished.tgz.part").exists()
    assert Bus(site).refusal("import", "RunImports", operator=True, academy=998) == "not_found"


def test_an_hour_that_was_missed_is_caught_up(fresh_site, days, tmp_path):
    shift = tmp_path / "clock"
    shift.write_text("0")
    site = fresh_site(start=False, environment={"PREAU_CLOCK_FILE": str(shift)})
    site.start_peers()
    dropped = drop(site, days[0].archives[1])
    site.launch(IMPORTD)
    shift.write_text("+86400")  # whatever the hour is now, 8:20 came since
    site.wait(lambda: rows(site, "select state from preau.import_run") == [(APPLIED,)], 30, "integrated")
    assert not dropped.exists()


POINTS = ("import_begun", "import_staged", "import_before_commit", "import_ended", "import_put_away")


@pytest.fixture(scope="module")
def undisturbed(days, tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("undisturbed"), with_kannel=False)
    try:
        site.start_peers()
        site.launch(IMPORTD)
        take(site, days[0].archives[2])
        yield snapshot(site)
    finally:
        site.remove()


@pytest.mark.parametrize("point", POINTS)
def test_killed_at_any_point_it_ends_in_the_same_place(fresh_site, days, undisturbed, point):
    site = fresh_site(start=False)
    site.start_peers()
    site.launch(IMPORTD, PREAU_FAULT=point)
    dropped = drop(site, days[0].archives[2])
    with contextlib.suppress(Silent):  # the answer may die with the daemon; that somebody asked does not
        Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True, seconds=5)
    site.wait_dead(IMPORTD)
    site.restart(IMPORTD)
    site.wait(lambda: is_put_away(site, dropped) and rows(site, "select 1 from preau.import_run where state = 'applied'"), 30, "taken")
    site.wait(lambda: not rows(site, "select 1 from preau.import_run where state = 'running'"), 10, "ended")
    assert snapshot(site) == undisturbed
    states = [state for state, in rows(site, "select state from preau.import_run order by id")]
    assert states == ([FAILED, APPLIED] if point in POINTS[:3] else [APPLIED])


def test_a_refusal_that_was_told_is_not_told_again_after_a_kill(fresh_site):
    site = fresh_site(start=False)
    site.start_peers()
    site.launch(IMPORTD, PREAU_FAULT="import_ended")
    broken = site.inbox(ACADEMY) / "broken.tgz"
    broken.write_bytes(b"\x1f\x8bnot gzip")
    with contextlib.suppress(Silent):
        Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True, seconds=5)
    site.wait_dead(IMPORTD)
    site.restart(IMPORTD)
    site.wait(lambda: is_put_away(site, broken), 30, "put away")
    states = "select state from preau.import_run order by id"
    assert rows(site, states) == [("refused",)]
    broken.write_bytes(b"\x1f\x8bnot gzip")  # dropped again on purpose
    Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True)
    site.wait(lambda: rows(site, states) == [("refused",)] * 2, 30, "refused again")


def test_what_comes_under_the_same_name_meanwhile_is_taken_in_its_turn(fresh_site, days):
    site = fresh_site(start=False)
    site.start_peers()
    site.launch(IMPORTD)
    bus = Bus(site)
    runs = "select archive, state, digest from preau.import_run order by id"
    with site.psql() as blocker:  # the run stands still before it writes
        blocker.execute("begin")
        blocker.execute("lock table preau.school in access exclusive mode")
        dropped = drop(site, days[0].archives[2])
        bus.ask("import", "RunImports", academy=ACADEMY, operator=True)
        site.wait(lambda: rows(site, "select 1 from pg_stat_activity where usename = 'preau_import' and wait_event_type = 'Lock'"),
                  30, "standing still")
        shutil.copy(days[1].archives[2], dropped.with_name(".coming"))
        dropped.with_name(".coming").rename(dropped)
        blocker.execute("commit")
    site.wait(lambda: rows(site, "select 1 from preau.import_run where state = 'applied'"), 30, "integrated")
    bus.ask("import", "RunImports", academy=ACADEMY, operator=True)
    site.wait(lambda: is_put_away(site, dropped), 30, "taken")
    site.wait(lambda: [state for _, state, _ in rows(site, runs)] == [APPLIED] * 2, 30, "integrated both")
    assert len({digest for _, _, digest in rows(site, runs)}) == 2
    check_is_truth(site, [row for row in days[1].truth if row["degree"] == 2])


def test_a_database_that_goes_away_is_waited_for(site, days):
    site.postgres.stop()
    dropped = drop(site, days[0].archives[2])
    site.wait(lambda: site.http_status(IMPORTD, "/readyz") == 503, 20, "not ready")
    site.postgres.start()
    site.wait_ready(IMPORTD)
    Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True)
    site.wait(lambda: rows(site, "select 1 from preau.import_run where state = 'applied'"), 30, "integrated")
    check_is_truth(site, [row for row in days[0].truth if row["degree"] == 2])
    assert not dropped.exists()


def test_what_operators_see(site, days):
    take(site, days[0].archives[1])  # the store tells of the end first, the daemon counts it then
    site.wait(lambda: site.metrics(IMPORTD).get('preau_import_runs_total{outcome="applied"}') == 1, what="counted")
    seen = site.metrics(IMPORTD)
    assert seen['preau_import_last_success_timestamp_seconds{academy="10"}'] > 1e9
    assert seen['preau_import_records_total{category="account",what="added"}'] > 0
    assert site.status(IMPORTD)["numbers"]["archives_waiting"] == 0
    assert "event=import_ended" in site.log(IMPORTD)
