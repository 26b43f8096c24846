"""One person, several records: which ones are one account, which never, and how it is undone."""

import collections
import json
import re
import subprocess
import unicodedata

import pytest

from peers.academy import (
    ACADEMY, IMPORTD, ROOT, archive_of, codes, counters, emptied, guardian, pupil, record, report, rows, school, take)
from peers.deeds import tries

ACADEMIES = (10, 11)
CONTACT = {"mail": "sam.parent@example.org", "mobile": "0639980011", "givenName": "Sam"}


@pytest.fixture
def site(empty_site):
    return empty_site


def complete(folder, day, academy="10", **files):
    date = f"202509{15 + day}"
    return archive_of(folder / f"ENT2DVA.{academy}.{date}.Complet.tgz", files, date=date)


def account(site, number, academy=ACADEMY):
    (found,), = rows(site, "select account_id from preau.person where academy = %s and aaf_id = %s", academy, number)
    return found


def merges(site, **wanted):
    listed = site.ctl("import", "merges", json_answer=True)["merges"]
    return [one for one in listed if all(one[key] == value for key, value in wanted.items())]


# ------------------------------------------------------------------------------------------------ against the truth


def letters(name):
    """As common/domain/name.h matches names, for the letters that the generator uses."""
    plain = "".join(letter for letter in unicodedata.normalize("NFD", name.lower().replace("œ", "oe").replace("æ", "ae"))
                    if not unicodedata.combining(letter))
    return re.sub(r"[^a-z]", "", plain)


def key_of(row):
    mobile = re.sub(r"\D", "", row["mobile"] or "")[-9:]
    if not row["mail"] or not mobile:
        return None
    return letters(row["name"]), letters(row["first"]), row["mail"].strip().lower(), mobile


@pytest.fixture(scope="module")
def border(tmp_path_factory):
    """Two academies that share families, on two days: {day: (folder, truth rows)}."""
    made = {}
    for day in (0, 20):
        folder = tmp_path_factory.mktemp(f"border{day}")
        subprocess.run([ROOT / "tests/data/generate-aaf", "--quiet", "--seed", "border", "--academies", "10,11", "--schools",
                        "1,2,1", "--people", "4000", "--day", str(day), "--rate", "wrong-mail=0", "--rate", "odd-phone=0",
                        "--truth", folder / "truth.jsonl", folder / "aaf"], check=True)
        made[day] = folder / "aaf", [json.loads(line) for line in (folder / "truth.jsonl").read_text().splitlines()]
    return made


def take_all(site, folder):
    for academy in ACADEMIES:
        for archive in sorted((folder / str(academy)).iterdir()):
            site.import_archives(academy, [archive])


def accounts(site):
    return {tuple(key): value for *key, value in rows(
        site, "select academy, degree, aaf_id, account_academy || '/' || account_id from preau.person where account_id is not null")}


def test_records_with_the_same_name_mail_and_mobile_are_one_account_and_no_others(site, border):
    folder, truth = border[0]
    take_all(site, folder)
    held = accounts(site)
    guardians = [row for row in truth if row["type"] == "guardian" and row["legal"]]
    by_key = collections.defaultdict(set)
    by_account = collections.defaultdict(set)
    for row in guardians:
        place = held[row["academy"], row["degree"], row["id"]]
        if key_of(row):
            by_key[key_of(row)].add(place)
        by_account[place].add(key_of(row) or (row["academy"], row["degree"], row["id"]))
    assert any(len([row for row in guardians if key_of(row) == key]) > 1 for key in by_key), "nobody to merge"
    assert not {key: places for key, places in by_key.items() if len(places) > 1}
    assert not {place: keys for place, keys in by_account.items() if len(keys) > 1}
    persons = collections.defaultdict(set)
    for row in guardians:
        persons[held[row["academy"], row["degree"], row["id"]]].add(row["person"])
    assert not {place for place, people in persons.items() if len(people) > 1}, "two persons were made one"


def test_a_pupil_keeps_the_account_through_a_change_of_academy(site, border):
    take_all(site, border[0][0])
    before = accounts(site)
    take_all(site, border[20][0])
    after = accounts(site)
    by_ine = collections.defaultdict(dict)
    for day in (0, 20):
        for row in border[day][1]:
            if row["type"] == "pupil" and row["degree"] == 2:
                by_ine[row["ine"]][day] = (row["academy"], row["degree"], row["id"])
    moved = {ine: places for ine, places in by_ine.items() if len(places) == 2 and places[0][0] != places[20][0]}
    assert moved, "nobody moved"
    for ine, places in moved.items():
        assert after[places[20]] == before[places[0]], ine
    assert len({after[places[20]] for places in by_ine.values() if 20 in places}) == len(
        [1 for places in by_ine.values() if 20 in places]), "two pupils share an account"


# ------------------------------------------------------------------------------------------------ by hand


def two_records(folder, day, second=None, **files):
    second = CONTACT if second is None else second
    return complete(folder, day, EtabEducNat=[school()], Eleve=[pupil(1, [11]), pupil(2, [12])],
                    PersRelEleve=[guardian(11, [1], **CONTACT), guardian(12, [2], **second)], **files)


@tries("Import/UndoMerge", "merge_undone")
def test_a_merge_is_listed_undone_and_never_done_again(site, tmp_path):
    run, = take(site, two_records(tmp_path, 0))
    assert counters(run)["PersRelEleve", "merged"] == 1
    assert account(site, 11) == account(site, 12)
    (merge,) = merges(site)
    assert (merge["aaf_id"], merge["evidence"]) == (12, "same_contact")
    site.ctl("import", "unmerge", merge["merge"], "--by", "exploitante")
    assert site.run_ctl("import", "unmerge", merge["merge"], "--by", "exploitante").returncode == 0, "as the first time"
    (entry,) = site.ctl("audit", "show", "--action", "merge_undone", json_answer=True)["entries"]
    assert (entry["actor"], entry["detail"]) == ("exploitante", {"merge": merge["merge"]})
    own = account(site, 12)
    assert own != account(site, 11)
    assert rows(site, "select count(*) from preau.account where detached_at is not null") == [(0,)]
    run, = take(site, two_records(tmp_path, 1, {**CONTACT, "ENTPersonVille": "LYON"}))
    assert account(site, 12) == own and ("PersRelEleve", "merged") not in counters(run)
    assert site.run_ctl("import", "unmerge", 999).returncode != 0


@pytest.mark.parametrize("field, value", [("mail", "autre@example.org"), ("mobile", "0639980012"), ("givenName", "Samia"),
                                          ("sn", "PARENTE"), ("mail", ""), ("mobile", "")])
def test_on_less_than_all_four_nothing_is_merged(site, tmp_path, field, value):
    run, = take(site, two_records(tmp_path, 0, {**CONTACT, field: value}))
    assert account(site, 11) != account(site, 12) and merges(site) == []


def test_records_that_become_the_same_are_merged_unless_both_accounts_are_in_use(site, tmp_path):
    take(site, two_records(tmp_path, 0, {**CONTACT, "mail": "avant@example.org"}))
    first, second = account(site, 11), account(site, 12)
    assert first != second
    use = ("update preau.account set state = 'distribue', origin = 'etablissement', notified_at = now(), "
           "notification_expires_at = now() + interval '3 months' where id = %s")
    with site.psql() as database:
        database.execute(use, [second])
    take(site, two_records(tmp_path, 1))
    assert account(site, 11) == account(site, 12) == second, "the account that was handed out stays"
    assert rows(site, "select detached_at is not null from preau.account where id = %s", first) == [(True,)]


def test_two_accounts_in_use_stay_apart(site, tmp_path):
    take(site, two_records(tmp_path, 0, {**CONTACT, "mail": "avant@example.org"}))
    with site.psql() as database:
        database.execute("update preau.account set state = 'distribue', origin = 'etablissement', notified_at = now(), "
                         "notification_expires_at = now() + interval '3 months' where profile = 'responsable'")
    take(site, two_records(tmp_path, 1))
    assert account(site, 11) != account(site, 12)


def test_an_ine_borne_by_two_pupils_of_different_birth_is_told(site, tmp_path):
    ine = {"ENTEleveINE": "123456789AB"}
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 2])]}
    run, = take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11], **ine), pupil(2, [11], ENTPersonDateNaissance="04/04/2012", **ine)],
                               **people))
    assert codes(site, run) == {"ine_conflict": 2}
    assert account(site, 1) != account(site, 2)
    take(site, complete(tmp_path, 1, Eleve=[pupil(1, [11], **ine), pupil(2, [11], **ine), pupil(3, [11], **ine)], **people))
    assert account(site, 3) == account(site, 1)


INE, OTHER_INE = {"ENTEleveINE": "123456789AB"}, {"ENTEleveINE": "987654321AB"}
BORN_LATER = {"ENTPersonDateNaissance": "04/04/2012"}


def conflicts(site, run):
    return sorted(int(one["aaf_id"]) for one in report(site, run)["refused"] if one["code"] == "ine_conflict")


@pytest.mark.parametrize("corrected", [{1: OTHER_INE}, {2: {**OTHER_INE, **BORN_LATER}}, {1: None}, {2: INE}])
def test_an_ine_of_two_is_told_of_both_every_night_until_one_is_corrected(site, tmp_path, corrected):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 2])]}

    def day(number, values):
        pupils = [pupil(one, [11], **more) for one, more in sorted(values.items()) if more is not None]
        return conflicts(site, take(site, complete(tmp_path, number, Eleve=pupils, **people))[0])

    wrong = {1: INE, 2: {**INE, **BORN_LATER}}
    assert day(0, {1: INE, 2: BORN_LATER}) == []
    assert day(1, wrong) == [2], "the other's record did not change, and was not looked at"
    assert day(2, wrong) == [1, 2] and day(3, wrong) == [1, 2]
    right = {**wrong, **corrected}
    assert day(4, right) == [] and day(5, right) == []


def test_who_comes_back_finds_the_account_as_it_was(site, tmp_path):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1]), guardian(12, [2])]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11]), pupil(2, [12])], **people))
    before = rows(site, "select id, login, state::text from preau.account order by id")
    take(site, complete(tmp_path, 1, Eleve=[pupil(1, [11])], EtabEducNat=[school()], PersRelEleve=[guardian(11, [1])]))
    assert rows(site, "select count(*) from preau.account where detached_at is not null") == [(2,)]
    take(site, complete(tmp_path, 2, Eleve=[pupil(1, [11]), pupil(2, [12])], **people))
    assert rows(site, "select id, login, state::text from preau.account order by id") == before
    assert rows(site, "select count(*) from preau.account where detached_at is not null or closed_at is not null") == [(0,)]


# ------------------------------------------------------------------------------------------------ from a school to a collège

NAMED = {"ENTPersonNom": "PARENT", "ENTPersonPrenom": "Sam", "ENTPersonMail": CONTACT["mail"],
         "ENTPersRelEleveTelMobile": CONTACT["mobile"]}


def first_degree(folder, day, *pupils):
    """Its sets: the pupil 1 of these with the guardian 11, and another family, so that a school is left."""
    def one(number, of, **more):
        return record("Eleve", number, {
            "ENTPersonJointure": str(number), "ENTPersonNom": "ELEVEB", "ENTPersonPrenom": "Lou", "ENTPersonDateNaissance":
            "03/04/2012", "ENTPersonStructRattach": "700", "ENTEleveAutoriteParentale": f"{of}$10", **more})

    families = {1: [one(1, 11, **INE), record("PersRelEleve", 11, {"ENTPersonJointure": "11", **NAMED})],
                2: [one(2, 12), record("PersRelEleve", 12, {"ENTPersonJointure": "12", **NAMED, "ENTPersonPrenom": "Alix"})]}
    date = f"202509{15 + day}"
    school_file = school(700, "0695002M", ENTStructureTypeStruct="ECOLE MATERNELLE")
    files = {"EtabEducNat": [school_file], "Eleve": [families[number][0] for number in pupils],
             "PersRelEleve": [families[number][1] for number in pupils]}
    return archive_of(folder / f"ENT1D.{date}.Complet.tgz", {
        f"ENT1D_Complet_{date}_{category}_0000.xml": requests for category, requests in files.items()}, date=date)


def second_degree(folder, day, academy="10", **named):
    return complete(folder, day, academy, EtabEducNat=[school(**named)], Eleve=[pupil(101, [111], sn="ELEVEB", **INE)],
                    PersRelEleve=[guardian(111, [101], **CONTACT)])


@pytest.mark.parametrize("leaves_first", [True, False])
def test_from_first_to_second_degree_the_guardian_keeps_the_account_and_the_pupil_gets_one(site, tmp_path, leaves_first):
    take(site, first_degree(tmp_path, 0, 1, 2))
    held = rows(site, "select id, login from preau.account where id = %s", account(site, 11))
    assert account(site, 1) is None and len(held) == 1, "pupils of the first degree have no account"
    left, came = first_degree(tmp_path, 1, 2), second_degree(tmp_path, 1)
    runs = take(site, *((left, came) if leaves_first else (came, left)))
    assert counters(runs[leaves_first])["PersRelEleve", "merged"] == 1
    assert rows(site, "select id, login from preau.account where id = %s and detached_at is null", account(site, 111)) == held
    assert rows(site, "select profile::text, count(*) from preau.account group by 1 order by 1") == [("eleve", 1), ("responsable", 2)]
    assert account(site, 101) is not None and account(site, 1) is None


def test_a_pupil_who_left_the_first_degree_is_followed_from_there_to_another_academy(site, tmp_path):
    take(site, first_degree(tmp_path, 0, 1, 2))
    take(site, first_degree(tmp_path, 1, 2), second_degree(tmp_path, 1))
    before = account(site, 101), account(site, 111)
    site.import_archives(11, [second_degree(tmp_path, 2, "11", uai="0345001B", ENTServAcAcademie="MONTPELLIER")])
    assert (account(site, 101, 11), account(site, 111, 11)) == before
    assert rows(site, "select count(*) from preau.account where detached_at is not null") == [(0,)]


ELSEWHERE = {**CONTACT, "mail": "ailleurs@example.org"}


def closed(site, number):
    """What comes of having left for longer than the time of grace."""
    with site.psql() as database:
        database.execute("update preau.account set closed_at = now() where id = %s and detached_at is not null",
                         [account(site, number)])
    assert rows(site, "select count(*) from preau.account where closed_at is not null") == [(1,)]


def check_are_one(site, run):
    assert account(site, 11) == account(site, 12) and counters(run)["PersRelEleve", "merged"] == 1
    assert rows(site, "select closed_at, detached_at from preau.account where id = %s", account(site, 11)) == [(None, None)]


def test_who_comes_back_as_another_record_s_person_is_merged_though_the_account_was_closed(site, tmp_path):
    first, _ = take(site, two_records(tmp_path, 0, ELSEWHERE), complete(
        tmp_path, 1, EtabEducNat=[school()], Eleve=[pupil(1, [11])], PersRelEleve=[guardian(11, [1], **CONTACT)]))
    assert ("PersRelEleve", "merged") not in counters(first)
    closed(site, 12)
    run, = take(site, two_records(tmp_path, 2))
    check_are_one(site, run)


def test_who_became_another_record_s_person_while_closed_is_merged_when_a_child_comes_back(site, tmp_path):
    """The guardian's record is there all the time, and says on the last day what it said the day before."""
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1], **CONTACT), guardian(12, **ELSEWHERE)]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11]), pupil(2, [12])], **people),
         complete(tmp_path, 1, Eleve=[pupil(1, [11])], **people))
    closed(site, 12)
    people["PersRelEleve"][1] = guardian(12, **CONTACT)
    run, = take(site, complete(tmp_path, 2, Eleve=[pupil(1, [11])], **people))
    assert ("PersRelEleve", "merged") not in counters(run)
    run, = take(site, complete(tmp_path, 3, Eleve=[pupil(1, [11]), pupil(2, [12])], **people))
    check_are_one(site, run)


# ------------------------------------------------------------------------------------------------ who is there, and who not


def linked(site):
    return rows(site, "select guardian_id from preau.guardianship where pupil_id = 1")


def test_a_link_to_whom_left_and_was_then_refused_is_told_until_somebody_is_there(site, tmp_path):
    def day(number, *guardians):
        run, = take(site, complete(tmp_path, number, EtabEducNat=[school()], Eleve=[pupil(1, [11]), pupil(2, [12])],
                                   PersRelEleve=[guardian(12, [2]), *guardians]))
        return codes(site, run)

    assert day(0, guardian(11, [1])) == {}
    before = account(site, 11)
    assert day(1) == {"guardian_unknown": 1} and linked(site) == []
    assert day(2, guardian(11, [1], sn="")) == {"value_missing": 1}
    assert day(3) == {"guardian_unknown": 1} and linked(site) == []
    assert day(4, guardian(11, [1])) == {}
    assert (linked(site), account(site, 11)) == ([(11,)], before)
    assert rows(site, "select count(*) from preau.account where detached_at is not null") == [(0,)]


def test_a_pupil_with_the_number_of_a_guardian_refuses_nobody_else(site, tmp_path):
    def day(number, *more, mail):
        return take(site, complete(tmp_path, number, EtabEducNat=[school()], Eleve=[pupil(1, [11]), pupil(2, [11]), *more],
                                   PersRelEleve=[guardian(11, [1, 2], mail=mail)]))[0]

    day(0, mail="hier@example.org")
    run = day(1, pupil(11, [11]), mail="demain@example.org")
    assert codes(site, run) == {"aaf_id_repeated": 1} and counters(run)["PersRelEleve", "changed"] == 1
    assert rows(site, "select mail from preau.person where aaf_id = 11") == [("demain@example.org",)]
