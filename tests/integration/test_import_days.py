"""Days that follow one another: whatever mixture of complete sets and deltas came in, what stands is the last day."""

import pytest

from peers.academy import (
    APPLIED, IMPORTD, REFUSED, archive_of, check_is_truth, codes, counters, emptied, generate, guardian, owned, pupil, record,
    report, rows, school, take)
from peers.site import Site

LAST = 3
CHANGES = ("--degree", "2D", "--change-rate", "0.06", "--schools", "1,3,0", "--rate", "school-moves=0.7")


@pytest.fixture(scope="module")
def days_site(tmp_path_factory):
    """Where most schools may change their UAI from one day to the next, and nobody is asked."""
    unheld = {"hold_moved_academy": 100, "hold_moved_school": 100}
    with Site.of(tmp_path_factory.mktemp("days"), IMPORTD, settings={"import": unheld}) as started:
        yield started


@pytest.fixture
def site(days_site):
    emptied(days_site)
    return days_site


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """{"C0": a generated complete set of day 0, "D1": the delta of day 1, "A1": the same with every anomaly …}"""
    folder = tmp_path_factory.mktemp("days")
    kinds = {"C": (), "D": ("--delta",), "A": ("--delta", "--anomalies", "all"),
             "R": ("--order", "reversed", "--part-size", "7"), "P": ("--part-size", "11", "--order", "alphabetical")}
    return {f"{kind}{day}": generate(folder / f"{kind}{day}", "--day", str(day), *options, *CHANGES)
            for kind, options in kinds.items() for day in range(LAST + 1) if kind in "CRP" or day > 0}


@pytest.fixture(scope="module")
def last_day(days_site, made):
    emptied(days_site)
    take(days_site, made[f"C{LAST}"].archives[2])
    check_is_truth(days_site, made[f"C{LAST}"].truth)
    return owned(days_site)


@pytest.mark.parametrize("sequence", [
    "C0 C1 C2 C3", "C0 D1 D2 D3", "C0 A1 A2 A3", "C1 D2 C3", "C0 C2 D3", "R0 P1 R2 P3", "P0 A1 R2 D3", "C2 A3", "C3 R3 P3",
])
def test_any_sequence_of_days_ends_at_the_last_one(site, made, last_day, sequence):
    for step in sequence.split():
        run, = take(site, made[step].archives[2])
        assert run["state"] == APPLIED, (step, run)
        figures = counters(run)
        for category in ("Eleve", "PersRelEleve", "EtabEducNat", "PersEducNat"):
            ends = ["added", "changed", "unchanged", "refused", "ignored"]
            ends += ["departed"] if step[0] in "DA" else []  # those are records too: its deletions
            parts = sum(figures.get((category, what), 0) for what in ends)
            assert figures.get((category, "read"), 0) == parts, (step, category, figures)
    assert owned(site) == last_day


def test_identifiers_are_the_same_whatever_the_order_of_the_files(site, made):
    given = []
    for kind in "CRP":
        emptied(site)
        take(site, made[f"{kind}0"].archives[2])
        given.append(rows(site, """select p.aaf_id, a.login from preau.person p
            join preau.account a on (a.academy, a.id) = (p.account_academy, p.account_id) order by p.aaf_id"""))
    assert given[0] == given[1] == given[2] and len({login for _, login in given[0]}) > 20


def test_each_anomaly_of_a_delta_is_told_or_taken(site, made):
    take(site, made["C0"].archives[2])
    run, = take(site, made["A1"].archives[2])
    kinds = {one["kind"] for one in made["A1"].manifest}
    assert {"modify-unknown", "delete-unknown"} <= kinds
    told = codes(site, run)
    assert (told["modify_unknown"], told["delete_unknown"]) == (1, 1)
    assert set(told) == {"modify_unknown", "delete_unknown"}


# ------------------------------------------------------------------------------------------------ by hand


def base(path, **files):
    return archive_of(path / "ENT2DVA.20250915.Complet.tgz", {
        "EtabEducNat": [school()], "Eleve": [pupil(1, [11], mail="un@example.org"), pupil(2, [12])],
        "PersRelEleve": [guardian(11, [1], mail="onze@example.org", mobile="0639980011"), guardian(12, [2])], **files})


def delta(path, day, *, name=None, **files):
    date = f"202509{15 + day}"
    return archive_of(path / (name or f"ENT2DVA.{date}.Delta.tgz"), files, date=date, kind="Delta")


def person(site, number, what="nom, prenom, mail, mobile, departed_at is null"):
    found = rows(site, f"select {what} from preau.person where aaf_id = %s", number)
    return found[0] if found else None


def test_a_modification_changes_what_it_lists_and_no_more(site, tmp_path):
    take(site, base(tmp_path))
    run, = take(site, delta(tmp_path, 1, PersRelEleve=[record("PersRelEleve", 11, {"mobile": "0639980099"}, "modify")],
                            Eleve=[record("Eleve", 1, {"ENTEleveClasses": "490$5B", "mail": ""}, "modify")]))
    assert run["state"] == APPLIED and counters(run)["PersRelEleve", "changed"] == 1
    assert person(site, 11) == ("PARENT", "Samb", "onze@example.org", "+262639980099", True)
    assert person(site, 1, "nom, mail") == ("ELEVEB", None)
    assert rows(site, "select class from preau.enrolment where pupil_id = 1") == [("5B",)]
    assert rows(site, "select guardian_id from preau.guardianship where pupil_id = 1") == [(11,)]


@pytest.mark.parametrize("odd", [{}, {"ENTEleveInventee": "x"}])
def test_what_a_complete_set_no_longer_lists_goes_though_a_modification_said_the_rest(site, tmp_path, odd):
    """A record with an attribute that nobody knows is compared by its values, the others by their bytes."""
    take(site, base(tmp_path))
    take(site, delta(tmp_path, 1, Eleve=[pupil(1, [11], request="modify")]))
    assert person(site, 1)[2] == "un@example.org"
    run, = take(site, complete(tmp_path, 2, EtabEducNat=[school()], Eleve=[pupil(1, [11], **odd), pupil(2, [12])],
                               PersRelEleve=[guardian(11, [1]), guardian(12, [2])]))
    assert counters(run)["Eleve", "changed"] == 1 and person(site, 1)[2] is None


def test_a_partial_modification_after_another_request_is_refused(site, tmp_path):
    take(site, base(tmp_path))
    run, = take(site, delta(tmp_path, 1, PersRelEleve=[
        guardian(11, [1], request="modify", mail="nouveau@example.org"),
        record("PersRelEleve", 11, {"mobile": "0639980099"}, "modify")]))
    assert codes(site, run) == {"modify_again": 1}
    assert person(site, 11)[2] == "nouveau@example.org"


def test_who_is_deleted_leaves_and_keeps_the_account(site, tmp_path):
    take(site, base(tmp_path))
    account = person(site, 1, "account_id")
    run, = take(site, delta(tmp_path, 1, Eleve=[record("Eleve", 1, {}, "delete")]))
    assert counters(run)["Eleve", "departed"] == 1
    assert person(site, 1, "account_id, departed_at is null") == (*account, False)
    detached = "select count(*) from preau.account where detached_at is not null"
    assert rows(site, detached) == [(2,)]  # the pupil's, and the guardian's who has nobody else
    run, = take(site, delta(tmp_path, 2, Eleve=[pupil(1, [11])]))
    assert person(site, 1, "account_id, departed_at is null") == (*account, True)
    assert rows(site, detached) == [(0,)]


def test_a_delta_may_name_a_guardian_of_the_base(site, tmp_path):
    take(site, base(tmp_path))
    run, = take(site, delta(tmp_path, 1, Eleve=[pupil(3, [12])]))
    assert run["state"] == APPLIED and codes(site, run) == {}
    assert rows(site, "select guardian_id from preau.guardianship where pupil_id = 3") == [(12,)]


def test_a_complete_set_that_modifies_is_read_as_a_delta_and_closes_nobody(site, tmp_path):
    take(site, base(tmp_path))
    odd = archive_of(tmp_path / "ENT2DVA.20250916.Complet.tgz", {
        "PersRelEleve": [guardian(12, [2], request="modify", mail="douze@example.org")]}, date="20250916")
    run, = take(site, odd)
    assert run["state"] == APPLIED
    assert codes(site, run) == {"kind_contradicted": 1}
    assert report(site, run)["run"]["kind"] == "delta"
    assert rows(site, "select count(*) from preau.person where departed_at is not null") == [(0,)]
    assert person(site, 12)[2] == "douze@example.org"


def test_an_older_delta_is_refused(site, tmp_path):
    take(site, base(tmp_path))
    take(site, delta(tmp_path, 2, Eleve=[pupil(3, [12])]))
    run, = take(site, delta(tmp_path, 1, Eleve=[record("Eleve", 3, {}, "delete")]))
    assert (run["state"], run["refusal"]) == (REFUSED, "delivery_out_of_date")


# ------------------------------------------------------------------------------------------------ what changes around


def complete(path, day, **files):
    date = f"202509{15 + day}"
    return archive_of(path / f"ENT2DVA.{date}.Complet.tgz", files, date=date)


def test_a_contact_whom_a_pupil_names_as_legal_gets_an_account(site, tmp_path):
    """The contact's own record does not change."""
    contact = guardian(13, [1])
    link = {"ENTElevePersRelEleve": ["11$10$1$1$0$1", "13$20$0$0$1$0"]}
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1]), contact]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, **link)], **people))
    assert person(site, 13, "account_id") == (None,)
    run, = take(site, complete(tmp_path, 1, Eleve=[pupil(1, [11, 13])], **people))
    assert counters(run)["PersRelEleve", "unchanged"] == 2
    (account,) = person(site, 13, "account_id")
    assert rows(site, "select login, profile::text from preau.account where id = %s", account) == [("s.parent1", "responsable")]
    run, = take(site, complete(tmp_path, 2, Eleve=[pupil(1, **link)], **people))
    assert person(site, 13, "account_id") == (account,)
    assert rows(site, "select detached_at is not null from preau.account where id = %s", account) == [(True,)]


def test_a_guardian_who_is_missing_is_told_and_comes_back(site, tmp_path):
    pupils = {"EtabEducNat": [school()], "Eleve": [pupil(1, [11]), pupil(2, [11, 12])]}
    both = [guardian(11, [1, 2]), guardian(12, [2])]
    take(site, complete(tmp_path, 0, PersRelEleve=both, **pupils))
    for day in (1, 2):  # the pupils do not change: told the first time by number, then with the line
        run, = take(site, complete(tmp_path, day, PersRelEleve=both[:1], **pupils))
        (one,) = report(site, run)["refused"]
        assert (one["code"], one["aaf_id"], one["value"]) == ("guardian_unknown", "2", "12")
        assert (one["line"] > 0) == (day == 2) and "Eleve" in one["file"]
        assert rows(site, "select guardian_id from preau.guardianship where pupil_id = 2") == [(11,)]
    run, = take(site, complete(tmp_path, 3, PersRelEleve=both, **pupils))
    assert codes(site, run) == {}
    assert len(rows(site, "select guardian_id from preau.guardianship where pupil_id = 2")) == 2


def test_a_pupil_who_is_missing_is_told_by_the_guardian_the_day_after(site, tmp_path):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 2])]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11]), pupil(2, [11])], **people))
    told = [codes(site, take(site, complete(tmp_path, day, Eleve=[pupil(1, [11])], **people))[0]) for day in (1, 2, 3)]
    assert told == [{}, {"pupil_unknown": 1}, {"pupil_unknown": 1}]


def test_pupils_of_a_school_that_is_missing_stay_as_they_were(site, tmp_path):
    other = school(491, "0695002M")
    people = {"Eleve": [pupil(1, [11]), pupil(2, [11], structure=491)], "PersRelEleve": [guardian(11, [1, 2])]}
    take(site, complete(tmp_path, 0, EtabEducNat=[school(), other], **people))
    for day in (1, 2):
        run, = take(site, complete(tmp_path, day, EtabEducNat=[school()], **people))
        assert codes(site, run) == {"school_unknown": 1}
        figures = counters(run)
        assert (figures["Eleve", "refused"], figures["Eleve", "unchanged"]) == (1, 1), day
        assert person(site, 2, "departed_at is null") == (True,)
    run, = take(site, complete(tmp_path, 3, EtabEducNat=[school(), other], **people))
    assert codes(site, run) == {} and counters(run)["Eleve", "unchanged"] == 2


def test_pupils_follow_a_structure_whose_uai_changes(site, tmp_path):
    people = {"Eleve": [pupil(1, [11])], "PersRelEleve": [guardian(11, [1])]}
    take(site, complete(tmp_path, 0, EtabEducNat=[school()], **people))
    take(site, complete(tmp_path, 1, EtabEducNat=[school(490, "0695002M")], **people))
    assert rows(site, "select uai from preau.enrolment where pupil_id = 1") == [("0695002M",)]
    assert rows(site, "select uai from preau.school where departed_at is null") == [("0695002M",)]


def test_a_pupil_refused_the_night_that_the_school_vanishes_is_not_forgotten(site, tmp_path):
    other = school(491, "0695002M")
    people = {"PersRelEleve": [guardian(11, [1, 2])]}
    good = [pupil(1, [11]), pupil(2, [11], structure=491)]
    bad = [good[0], pupil(2, [11], structure=491, ENTPersonDateNaissance="")]
    take(site, complete(tmp_path, 0, EtabEducNat=[school(), other], Eleve=good, **people))
    take(site, complete(tmp_path, 1, EtabEducNat=[school()], Eleve=bad, **people))
    assert person(site, 2, "departed_at is null") == (True,)
    run, = take(site, complete(tmp_path, 2, EtabEducNat=[school()], Eleve=good, **people))
    assert codes(site, run) == {"school_unknown": 1}


def test_a_date_to_come_in_the_head_shuts_nobody_out(site, tmp_path):
    people = {"EtabEducNat": [school()], "Eleve": [pupil(1, [11])], "PersRelEleve": [guardian(11, [1])]}
    take(site, archive_of(tmp_path / "ENT2DVA.20250915.Complet.tgz", people, head='<!-- dateGenerationExport="15/09/2099" -->'))
    run, = take(site, complete(tmp_path, 1, **{**people, "Eleve": [pupil(1, [11], mail="un@example.org")]}))
    assert run["state"] == APPLIED


def test_a_number_that_is_there_twice_is_taken_once_wherever_it_stands(site, tmp_path):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1])]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11]), pupil(5, [11])], **people))
    other = pupil(1, [11], sn="AUTRE")
    for day, pupils in enumerate(([pupil(1, [11]), pupil(5, [11]), other], [pupil(1, [11]), other, pupil(5, [11])]), 1):
        run, = take(site, complete(tmp_path, day, Eleve=pupils, **people))
        assert codes(site, run) == {"aaf_id_repeated": 1}
        figures = counters(run)
        assert (figures["Eleve", "read"], figures["Eleve", "refused"], figures["Eleve", "unchanged"]) == (3, 1, 2)
        assert person(site, 1, "nom") == ("ELEVEB",)


@pytest.mark.parametrize("is_told_otherwise", [False, True])
def test_who_is_only_in_a_comment_of_another_s_record_has_left(site, tmp_path, is_told_otherwise):
    """By its first bytes the record is of the one who left; and all records have to be read, or none."""
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 2, 3])]}
    first, second, third = (pupil(number, [11]) for number in (1, 2, 3))
    if is_told_otherwise:
        third = pupil(3, [11], mail="trois@example.org")
    take(site, complete(tmp_path, 0, Eleve=[pupil(number, [11]) for number in (1, 2, 3)], **people))
    shown = second.removeprefix("<addRequest>").removesuffix("</addRequest>")
    run, = take(site, complete(tmp_path, 1, Eleve=[first, third.replace("<addRequest>", f"<addRequest><!--{shown}-->")], **people))
    figures = counters(run)
    assert (figures["Eleve", "read"], figures["Eleve", "departed"]) == (2, 1)
    assert figures.get(("Eleve", "changed"), 0) == is_told_otherwise
    assert [person(site, number, "departed_at is null") for number in (1, 2, 3)] == [(True,), (False,), (True,)]


@pytest.mark.parametrize("odd", [{"ENTEleveInventee": "x"}, {"givenName": "L&eacute;o"}])
def test_what_is_told_of_a_record_that_does_not_change_is_told_every_night(site, tmp_path, odd):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 2])]}
    records = [pupil(1, [11]), pupil(2, [11], **odd).replace("&amp;eacute;", "&eacute;")]
    told = []
    for day in range(3):
        run, = take(site, complete(tmp_path, day, Eleve=records, **people))
        told.append([(one["code"], one["line"], one["attribute"], one.get("value")) for one in report(site, run)["refused"]])
    assert len(told[0]) == 1 and told[0] == told[1] == told[2]


def test_a_request_of_another_kind_is_refused_and_changes_nobody(site, tmp_path):
    """Neither is a complete set with one a delta, nor has whom it is about left."""
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 2])]}
    first, second = pupil(1, [11], mail="un@example.org"), pupil(2, [11])
    take(site, complete(tmp_path, 0, Eleve=[first, second], **people))
    run, = take(site, complete(tmp_path, 1, Eleve=[first, second.replace("addRequest", "updateRequest")], **people))
    assert run["state"] == APPLIED and codes(site, run) == {"operation_unknown": 1}
    assert person(site, 2, "departed_at is null") == (True,)
    change = record("Eleve", 1, {"mail": ""}, "modify").replace('"replace"', '"delete"')
    run, = take(site, delta(tmp_path, 2, Eleve=[change]))
    assert run["state"] == APPLIED and codes(site, run) == {"operation_unknown": 1}
    assert person(site, 1, "mail") == ("un@example.org",)


def test_a_guardian_s_number_never_becomes_a_pupil_s(site, tmp_path):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1])]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11])], **people))
    run, = take(site, complete(tmp_path, 1, Eleve=[pupil(1, [11]), pupil(11, [11])], **people))
    assert codes(site, run)["aaf_id_repeated"] == 1
    assert person(site, 11, "profile::text") == ("responsable",)


def test_corrections_are_effective_at_once_and_an_address_of_one_s_own_stays(site, tmp_path):
    people = {"EtabEducNat": [school()]}
    take(site, complete(tmp_path, 0, Eleve=[pupil(1, [11])], PersRelEleve=[guardian(11, [1])], **people))
    with site.psql() as database:
        database.execute("update preau.account set email = 'own@example.org' where profile = 'responsable'")
    take(site, complete(tmp_path, 1, Eleve=[pupil(1, [11], ENTPersonDateNaissance="13/04/2012", ENTEleveClasses="490$5C")],
                        PersRelEleve=[guardian(11, [1], mail="ecole@example.org", mobile="0639980077")], **people))
    assert str(person(site, 1, "birth_date")[0]) == "2012-04-13"
    assert rows(site, "select class from preau.enrolment") == [("5C",)]
    assert person(site, 11, "mail, mobile") == ("ecole@example.org", "+262639980077")
    assert rows(site, "select email from preau.account where profile = 'responsable'") == [("own@example.org",)]


def test_in_what_turns_out_a_delta_the_last_request_counts_though_it_says_what_was_known(site, tmp_path):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1])]}
    was, other = pupil(1, [11]), pupil(1, [11], mail="autre@example.org")
    take(site, complete(tmp_path, 0, Eleve=[was, pupil(5, [11])], **people))
    run, = take(site, complete(tmp_path, 1, Eleve=[other, was, pupil(5, request="modify")], **people))
    assert codes(site, run) == {"kind_contradicted": 1}
    assert person(site, 1, "mail") == (None,)


@pytest.mark.parametrize("after, mail, told", [
    ([], None, {}),
    ([pupil(1, [11], mail="enfin@example.org")], "enfin@example.org", {}),
    ([record("Eleve", 1, {"mail": "enfin@example.org"}, "modify")], None, {"modify_again": 1}),
])
def test_in_what_turns_out_a_delta_later_still_the_last_request_counts(site, tmp_path, after, mail, told):
    """The pupils were told apart before: a record of another profile came, and only then a modification."""
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1])]}
    was, other = pupil(1, [11]), pupil(1, [11], mail="autre@example.org")
    take(site, complete(tmp_path, 0, Eleve=[was, pupil(5, [11])], **people))
    files = {"A_Eleve_0000.xml": [other, was, pupil(5, [11])], "A_PersRelEleve_0000.xml": [
        guardian(11, [1]), guardian(11, [1], request="modify", mail="onze@example.org")], "A_Eleve_0001.xml": after}
    run, = take(site, complete(tmp_path, 1, **files))
    assert codes(site, run) == {"kind_contradicted": 1, **told}
    assert (person(site, 1, "mail"), person(site, 11, "mail")) == ((mail,), ("onze@example.org",))
    figures = counters(run)
    assert figures["Eleve", "read"] == sum(
        figures.get(("Eleve", what), 0) for what in ("added", "changed", "unchanged", "refused", "ignored"))


def test_a_late_record_that_says_what_was_known_takes_nothing_back_from_a_modification(site, tmp_path):
    people = {"EtabEducNat": [school()], "PersRelEleve": [guardian(11, [1, 5])]}
    pupils = [pupil(5, [11]), pupil(1, [11])]
    take(site, complete(tmp_path, 0, Eleve=pupils, **people))
    run, = take(site, complete(tmp_path, 1, **{"A_Eleve_0000.xml": pupils, "A_PersRelEleve_0000.xml": [guardian(11, [1, 5])],
                                               "A_Eleve_0001.xml": [record("Eleve", 1, {"mail": "un@example.org"}, "modify")]}))
    assert codes(site, run) == {"kind_contradicted": 1} and person(site, 1, "mail") == ("un@example.org",)


def test_what_a_guardian_disclaimed_stays_so_whatever_aaf_delivers(site, tmp_path):
    """Also once the attachment was gone and came back: only the school's own word ends it."""
    def acting():
        return rows(site, "select guardian_id from preau.acting_guardianship where pupil_id = 1")

    take(site, base(tmp_path))
    assert acting() == [(11,)]
    with site.psql() as database:
        database.execute("insert into preau.disclaimed_child (claim, academy, degree, guardian_id, pupil_id)"
                         " select 1, academy, degree, guardian_id, pupil_id from preau.guardianship where pupil_id = 1")
    for day, guardians in ((1, [12]), (2, [11])):
        take(site, complete(tmp_path, day, EtabEducNat=[school()], Eleve=[pupil(1, guardians), pupil(2, [12])],
                            PersRelEleve=[guardian(11, [1]), guardian(12, [2])]))
        assert acting() == ([(12,)] if day == 1 else [])
    assert rows(site, "select guardian_id from preau.guardianship where pupil_id = 1") == [(11,)], "the school sees what AAF says"
