"""Structures and schools: pupils name a structure, a school is a UAI. Whatever happens to a structure alone reaches its
pupils, whose own records do not change, and nobody else."""

import collections
import io
import random
import tarfile

import pytest

from peers.academy import (
    APPLIED, archive_of, codes, counters, emptied, guardian, owned, pupil, record, report, rows, school, take)

LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def uai(number):
    digits = f"069{5000 + number}"
    return digits + LETTERS[int(digits) % 23]


A, B, C = uai(1), uai(2), uai(3)
FAMILY = {"PersRelEleve": [guardian(11, [1, 2])]}
TWO = {"Eleve": [pupil(1, [11], structure=490), pupil(2, [11], structure=491)], **FAMILY}


def structure(number, at, **more):
    return school(number, at, ENTStructureNomCourant=f"CLG$NUMERO {number}$LYON", **more)


def complete(folder, day, schools, **files):
    date = f"202509{15 + day}"
    return archive_of(folder / f"ENT2DVA.{date}.Complet.tgz", {"EtabEducNat": schools, **files}, date=date)


def delta(folder, day, schools, **files):
    date = f"202509{15 + day}"
    return archive_of(folder / f"ENT2DVA.{date}.Delta.tgz", {"EtabEducNat": schools, **files}, date=date, kind="Delta")


def places(site):
    return dict(rows(site, "select pupil_id, uai from preau.enrolment"))


def schools(site):
    return dict(rows(site, "select uai, name from preau.school where departed_at is null"))


def told(site, run):
    """{(code, pupil, value)}"""
    return {(one["code"], int(one["aaf_id"]), one["value"]) for one in report(site, run)["refused"]}


def figures(run, category="EtabEducNat"):
    return {what: count for (of, what), count in counters(run).items() if of == category}


def deleted(number):
    return record("EtabEducNat", number, {}, "delete")


# ------------------------------------------------------------------------------------------------ one UAI, several structures


def test_structures_with_one_uai_are_one_school_described_by_the_smallest_number(importer, tmp_path):
    run, = take(importer, complete(tmp_path, 0, [structure(491, A), structure(490, A)], **TWO))
    assert figures(run) == {"read": 2, "added": 1, "ignored": 1}
    assert schools(importer) == {A: "NUMERO 490"}
    assert places(importer) == {1: A, 2: A}


@pytest.mark.parametrize("kind", [complete, delta])
@pytest.mark.parametrize("moving", [490, 491])
def test_of_two_structures_with_one_uai_one_moves_with_its_pupils_alone(importer, tmp_path, kind, moving):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, A)], **TWO))
    staying = 981 - moving
    after = [structure(moving, B)] + ([structure(staying, A)] if kind is complete else [])
    run, = take(importer, kind(tmp_path, 1, after, **(TWO if kind is complete else {})))
    assert codes(importer, run) == {}
    assert places(importer) == {moving - 489: B, staying - 489: A}
    assert schools(importer) == {A: f"NUMERO {staying}", B: f"NUMERO {moving}"}


@pytest.mark.parametrize("kind", [complete, delta])
@pytest.mark.parametrize("leaving", [490, 491])
def test_of_two_structures_with_one_uai_one_leaves_and_its_pupils_alone_are_told(importer, tmp_path, kind, leaving):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, A)], **TWO))
    staying = 981 - leaving
    run, = take(importer, complete(tmp_path, 1, [structure(staying, A)], **TWO) if kind is complete
                else delta(tmp_path, 1, [deleted(leaving)]))
    assert told(importer, run) == {("school_unknown", leaving - 489, str(leaving))}
    assert places(importer) == {1: A, 2: A}
    assert schools(importer) == {A: f"NUMERO {staying}"}
    assert "departed" not in figures(run)
    if kind is complete:
        assert {what: figures(run, "Eleve")[what] for what in ("refused", "unchanged")} == {"refused": 1, "unchanged": 1}


def test_two_structures_come_together_and_part_again(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **TWO))
    run, = take(importer, complete(tmp_path, 1, [structure(490, A), structure(491, A)], **TWO))
    assert (places(importer), schools(importer)) == ({1: A, 2: A}, {A: "NUMERO 490"})
    assert figures(run) == {"read": 2, "unchanged": 1, "ignored": 1, "departed": 1}
    take(importer, complete(tmp_path, 2, [structure(490, A), structure(491, B)], **TWO))
    assert (places(importer), schools(importer)) == ({1: A, 2: B}, {A: "NUMERO 490", B: "NUMERO 491"})


def test_two_structures_change_their_uai_with_one_another(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **TWO))
    run, = take(importer, complete(tmp_path, 1, [structure(490, B), structure(491, A)], **TWO))
    assert codes(importer, run) == {}
    assert (places(importer), schools(importer)) == ({1: B, 2: A}, {A: "NUMERO 491", B: "NUMERO 490"})
    assert figures(run) == {"read": 2, "changed": 2}


# ------------------------------------------------------------------------------------------------ leaving and coming


def test_a_structure_that_changes_its_uai_is_a_school_that_changed(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **TWO))
    run, = take(importer, complete(tmp_path, 1, [structure(490, C), structure(491, B)], **TWO))
    assert figures(run) == {"read": 2, "changed": 1, "unchanged": 1}
    assert (places(importer), schools(importer)) == ({1: C, 2: B}, {C: "NUMERO 490", B: "NUMERO 491"})


@pytest.mark.parametrize("back_at", [A, C])
def test_a_structure_that_a_delta_deletes_comes_back_and_its_pupils_are_there(importer, tmp_path, back_at):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **TWO))
    run, = take(importer, delta(tmp_path, 1, [deleted(490)]))
    assert told(importer, run) == {("school_unknown", 1, "490")}
    assert figures(run) == {"read": 1, "departed": 1}
    assert places(importer)[1] == A
    run, = take(importer, delta(tmp_path, 2, [structure(490, back_at)]))
    assert codes(importer, run) == {} and figures(run) == {"read": 1, "changed": 1}
    assert places(importer) == {1: back_at, 2: B}
    run, = take(importer, complete(tmp_path, 3, [structure(490, back_at), structure(491, B)], **TWO))
    assert codes(importer, run) == {} and figures(run, "Eleve") == {"read": 2, "unchanged": 2}


def test_a_pupil_who_left_for_a_structure_that_comes_later_is_found_again(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A)], Eleve=[pupil(1, [11])], **FAMILY))
    moved = {"Eleve": [pupil(1, [11], structure=491)], **FAMILY}
    run, = take(importer, complete(tmp_path, 1, [structure(490, A)], **moved))
    assert told(importer, run) >= {("school_unknown", 1, "491")} and places(importer) == {1: A}
    run, = take(importer, complete(tmp_path, 2, [structure(490, A), structure(491, B)], **moved))
    assert places(importer) == {1: B}


def test_an_office_becomes_a_school_when_a_pupil_names_it(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], Eleve=[pupil(1, [11])], **FAMILY))
    assert schools(importer) == {A: "NUMERO 490"}
    run, = take(importer, delta(tmp_path, 1, [], Eleve=[pupil(2, [11], structure=491)]))
    assert codes(importer, run) == {}
    assert (places(importer), schools(importer)) == ({1: A, 2: B}, {A: "NUMERO 490", B: "NUMERO 491"})


def test_an_office_that_moves_is_still_none(importer, tmp_path):
    people = {"Eleve": [pupil(1, [11])], **FAMILY}
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **people))
    run, = take(importer, complete(tmp_path, 1, [structure(490, A), structure(491, C)], **people))
    assert schools(importer) == {A: "NUMERO 490"}
    assert figures(run) == {"read": 2, "unchanged": 1, "ignored": 1}


def test_a_structure_that_is_refused_stays_where_it_was(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, A)], **TWO))
    run, = take(importer, complete(tmp_path, 1, [structure(490, B), structure(491, "0695001A")], **TWO))
    assert codes(importer, run) == {"uai_invalid": 1}
    assert (places(importer), schools(importer)) == ({1: B, 2: A}, {A: "NUMERO 491", B: "NUMERO 490"})


# ------------------------------------------------------------------------------------------------ modifications


def modified(number, **listed):
    return record("EtabEducNat", number, listed, "modify")


def described(site, at):
    return rows(site, "select name, city, kind, mail from preau.school where uai = %s", at)[0]


@pytest.mark.parametrize("listed, after", [
    ({"ENTStructureMailSI": "ce@example.org"}, ("NUMERO 490", "LYON", "college", "ce@example.org")),
    ({"ENTStructureMailSI": ""}, ("NUMERO 490", "LYON", "college", None)),
    ({"ENTStructureNomCourant": "CLG$AUTRE$OULLINS"}, ("AUTRE", "OULLINS", "college", "avant@example.org")),
    ({"ENTStructureNomCourant": "CLG$AUTRE"}, ("AUTRE", "LYON", "college", "avant@example.org")),
    ({"ENTStructureTypeStruct": "LYCEE PROFESSIONNEL"}, ("NUMERO 490", "LYON", "lycee_pro", "avant@example.org")),
])
def test_a_modification_of_a_school_changes_what_it_lists_and_no_more(importer, tmp_path, listed, after):
    take(importer, complete(tmp_path, 0, [structure(490, A, ENTStructureMailSI="avant@example.org"), structure(491, B)], **TWO))
    run, = take(importer, delta(tmp_path, 1, [modified(490, **listed)]))
    assert codes(importer, run) == {} and figures(run) == {"read": 1, "changed": 1}
    assert described(importer, A) == after
    assert places(importer) == {1: A, 2: B}


def test_a_modification_may_list_the_uai_alone(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **TWO))
    run, = take(importer, delta(tmp_path, 1, [modified(490, ENTStructureUAI=C)]))
    assert codes(importer, run) == {} and figures(run) == {"read": 1, "changed": 1}
    assert (places(importer), schools(importer)) == ({1: C, 2: B}, {C: "NUMERO 490", B: "NUMERO 491"})


def test_a_modification_of_a_school_that_nobody_knows_must_say_which(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A)], Eleve=[pupil(1, [11])], **FAMILY))
    run, = take(importer, delta(tmp_path, 1, [
        modified(491, ENTStructureMailSI="ce@example.org"), modified(492, ENTStructureUAI=C, ENTStructureNomCourant="CLG$NEUF$LYON")],
        Eleve=[pupil(2, [11], structure=492)]))
    assert [one[:2] for one in told(importer, run)] == [("modify_unknown", 491)]
    assert figures(run) == {"read": 2, "refused": 1, "added": 1}
    assert schools(importer) == {A: "NUMERO 490", C: "NEUF"}


def test_a_partial_modification_of_a_school_after_another_request_is_refused(importer, tmp_path):
    take(importer, complete(tmp_path, 0, [structure(490, A), structure(491, B)], **TWO))
    run, = take(importer, delta(tmp_path, 1, [structure(490, C), modified(490, ENTStructureMailSI="ce@example.org")]))
    assert codes(importer, run) == {"modify_again": 1}
    assert places(importer)[1] == C


# ------------------------------------------------------------------------------------------------ any days


class Academy:
    """Structures and pupils as chance moves them; what AAF would write of a day, and what should then stand."""

    STRUCTURES, PUPILS = range(490, 495), range(1, 13)

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.at = {number: uai(number - 489) for number in self.STRUCTURES}
        self.of = {number: self.random.choice(self.STRUCTURES) for number in self.PUPILS}

    def night(self):
        number = self.random.choice(self.STRUCTURES)
        move = self.random.choice(["uai", "uai", "together", "leave", "come", "swap", "pupil", "pupil"])
        if move == "pupil":
            self.of[self.random.choice(self.PUPILS)] = self.random.choice(list(self.at))
        elif move == "leave" and len(self.at) > 2:
            self.at.pop(number, None)
        elif move == "come" or number not in self.at:
            self.at.setdefault(number, uai(self.random.randrange(1, 8)))
        elif move == "uai":
            self.at[number] = uai(self.random.randrange(1, 8))
        else:
            other = self.random.choice(list(self.at))
            self.at[number], self.at[other] = self.at[other], self.at[other] if move == "together" else self.at[number]

    def nowhere(self):
        return {number for number, named in self.of.items() if named not in self.at}

    def archive(self, folder, day, before=None):
        """Complete, or, given yesterday, what changed since."""
        pupils = {number: pupil(number, [11], structure=named) for number, named in self.of.items()}
        if before is None:
            return complete(folder, day, [structure(*one) for one in self.at.items()], Eleve=list(pupils.values()), **FAMILY)
        at, of = before
        changed = [structure(*one) for one in self.at.items() if at.get(one[0]) != one[1]]
        gone = [deleted(number) for number in at.keys() - self.at.keys()]
        return delta(folder, day, changed + gone, Eleve=[pupils[number] for number in pupils if of[number] != self.of[number]])


@pytest.mark.parametrize("seed", range(6))
def test_after_any_days_every_pupil_is_where_the_structure_is(importer, tmp_path, seed):
    """Complete sets and deltas, whichever chance took; who names a structure that is nowhere stays where it was last seen."""
    academy = Academy(seed)
    expected = {}
    before = None
    for day in range(8):
        is_delta = day > 0 and academy.random.random() < 0.5
        run, = take(importer, academy.archive(tmp_path, day, before if is_delta else None))
        assert run["state"] == APPLIED, run
        expected |= {number: academy.at[named] for number, named in academy.of.items() if named in academy.at}
        assert places(importer) == expected, (seed, day)
        refused = {number for code, number, _ in told(importer, run) if code == "school_unknown"}
        newly = academy.nowhere() if before is None else {
            number for number in academy.nowhere() if academy.of[number] in before[0] or academy.of[number] != before[1][number]}
        assert refused == (newly if is_delta else academy.nowhere()), (seed, day)
        peopled = collections.Counter(academy.at[named] for named in academy.of.values() if named in academy.at)
        assert schools(importer).keys() >= peopled.keys()
        assert schools(importer).keys() <= set(academy.at.values())
        before = dict(academy.at), dict(academy.of)
        academy.night()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_days_what_stands_is_the_last_one(importer, tmp_path, seed):
    """As if only the last day had been taken in, where nobody names a structure that is nowhere."""
    academy = Academy(100 + seed)
    for day in range(6):
        academy.night()
        take(importer, academy.archive(tmp_path, day))
    for number in academy.nowhere():
        academy.of[number] = min(academy.at)
    for number in academy.STRUCTURES:  # a school that lost its pupils stays one: let each have one
        if number in academy.at:
            academy.of[number - 489] = number
    last = academy.archive(tmp_path, 6)
    take(importer, last)
    stands = owned(importer)
    with importer.psql() as database:
        database.execute("truncate preau.import_run, preau.academy restart identity cascade")
    take(importer, last)
    fresh = owned(importer)
    assert stands[1:] == fresh[1:]
    assert [one for one in stands[0] if one in fresh[0]] == fresh[0]


# ------------------------------------------------------------------------------------------------ figures by school


def by_school(site, run):
    """{(uai, category): {what: count}}"""
    found = collections.defaultdict(dict)
    for one in report(site, run)["schools"]:
        for counter in one["counters"]:
            found[one["uai"], counter["category"]][counter["what"]] = counter["count"]
    return dict(found)


def test_a_school_that_vanished_is_told_with_its_refused_pupils(importer, tmp_path):
    both = [structure(490, A), structure(491, B)]
    files = {"Eleve": [pupil(1, [11]), pupil(2, [11], structure=491), pupil(3, [11], structure=491)],
             "PersRelEleve": [guardian(11, [1, 2, 3])]}
    changed = {**files, "Eleve": [*files["Eleve"][:2], pupil(3, [11], structure=491, mail="trois@example.org")]}
    take(importer, complete(tmp_path, 0, both, **files))
    run, = take(importer, complete(tmp_path, 1, both[:1], **changed))
    told = by_school(importer, run)
    assert told[B, "Eleve"] == {"read": 2, "refused": 2} and told[A, "Eleve"] == {"read": 1, "unchanged": 1}


def test_a_refused_guardian_is_told_at_the_schools_of_the_children(importer, tmp_path):
    def day(number, *people):
        run, = take(importer, complete(tmp_path, number, [structure(490, A), structure(491, B)],
                                       Eleve=[pupil(1, [11]), pupil(2, [11, 12], structure=491)], PersRelEleve=people))
        return {uai: figures for (uai, category), figures in by_school(importer, run).items() if category == "PersRelEleve"}

    assert day(0, guardian(11, [1, 2]), guardian(12, [2])) == {A: {"added": 1}, B: {"added": 2}}
    assert day(1, guardian(11, [1, 2], sn=""), guardian(12, [2])) == {A: {"refused": 1}, B: {"refused": 1, "unchanged": 1}}
    assert day(2, guardian(11, [1, 2]), guardian(12, [2])) == {A: {"unchanged": 1}, B: {"unchanged": 2}}
    assert day(3, guardian(11, [1, 2]), guardian(12, [2], mail="a@b.fr")) == {A: {"unchanged": 1}, B: {"unchanged": 1, "changed": 1}}
    assert day(4, guardian(11, [1, 2])) == {A: {"unchanged": 1}, B: {"unchanged": 1, "departed": 1}}
    assert day(5, guardian(11, [1, 2])) == {A: {"unchanged": 1}, B: {"unchanged": 1}}


GUARDIANS_THERE = """
    select e.uai, count(distinct g.aaf_id)
      from preau.enrolment e
      join preau.person c on (c.academy, c.degree, c.aaf_id) = (e.academy, e.degree, e.pupil_id)
      join preau.guardianship k on (k.academy, k.degree, k.pupil_id) = (e.academy, e.degree, e.pupil_id)
      join preau.person g on (g.academy, g.degree, g.aaf_id) = (k.academy, k.degree, k.guardian_id)
     where c.departed_at is null and g.departed_at is null
     group by e.uai"""


def test_guardians_of_a_school_are_counted_from_run_to_run(importer, tmp_path):
    """Whatever moves, leaves and comes back, those who are kept count of are those who are there."""
    draw = random.Random(7)
    places, families = {490: A, 491: B, 492: C}, {}
    for day in range(12):
        for child in range(1, 13):
            families[child] = (draw.choice([490, 491, 492]), draw.sample(range(21, 31), draw.randint(0, 3)))
        if day % 3 == 2:
            places[490], places[491] = places[491], places[490]
        here = [child for child in families if draw.random() < 0.8]
        people = {one for child in here for one in families[child][1]}
        pupils = [pupil(child, families[child][1], structure=families[child][0]) for child in here]
        names = ["PARENT", "PARENT", "AUTRE", *([""] if day % 2 else [])]  # with no name, the record is refused
        guardians = [guardian(one, [], sn=draw.choice(names)) for one in sorted(people) if draw.random() < 0.9]
        run, = take(importer, complete(tmp_path, day, [structure(number, at) for number, at in places.items()], Eleve=pupils,
                                       PersRelEleve=[*guardians, guardian(99, [])]))
        assert run["state"] == APPLIED
        there = dict(rows(importer, GUARDIANS_THERE))
        assert dict(rows(importer, "select uai, count from preau.school_guardians where count > 0")) == there
        told = by_school(importer, run)
        if day % 2 == 0:
            assert {uai: sum(told[uai, "PersRelEleve"].get(what, 0) for what in ("added", "changed", "unchanged"))
                    for uai in there} == there


# ------------------------------------------------------------------------------------------------ twice in one delivery

HERE, THERE, NEXT = pupil(1, [11], sn="ICI"), pupil(1, [11], structure=491, sn="LA"), pupil(5, [11])
OF_FIVE = {"PersRelEleve": [guardian(11, [1, 5])]}


def in_parts(folder, day, *parts, schools=None, guardians=OF_FIVE["PersRelEleve"]):
    """Each of the parts a file of pupils, in this order in the archive."""
    def file(requests):
        return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<ficAlimMENESR>", *requests, "</ficAlimMENESR>"]).encode()

    date = f"202509{15 + day}"
    path = folder / f"ENT2DVA.{date}.Complet.tgz"
    files = [("EtabEducNat", 0, schools or [structure(490, A), structure(491, B)]), ("PersRelEleve", 0, guardians)]
    files += [("Eleve", number, requests) for number, requests in parts]
    with tarfile.open(path, "w:gz") as archive:
        for category, number, requests in files:
            member, data = tarfile.TarInfo(f"ENT2DVA_Complet_{date}_{category}_{number:04}.xml"), file(requests)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


def stands(site, run):
    """(where, name), what was told"""
    (nom,), = rows(site, "select nom from preau.person where aaf_id = 1 and departed_at is null")
    figures = {what: count for (of, what), count in counters(run).items() if of == "Eleve"}
    at_schools = by_school(site, run)
    for told in (figures, *(told for (_, category), told in at_schools.items() if category == "Eleve")):
        assert told["read"] == sum(told.get(what, 0) for what in ("added", "changed", "unchanged", "refused")), at_schools
    return (places(site)[1], nom), codes(site, run), figures["refused"]


@pytest.mark.parametrize("known, kept", [("nowhere", (A, "ICI")), ("here", (A, "ICI")), ("there", (B, "LA")),
                                         ("there, otherwise", (B, "LA"))])
@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 1, 0)])
def test_a_pupil_at_two_structures_is_at_the_known_one_whatever_the_order_of_the_files(importer, tmp_path, known, kept, order):
    parts = [[(0, [HERE]), (1, [THERE]), (2, [NEXT])][number] for number in order]
    before = {"here": HERE, "there": THERE, "there, otherwise": pupil(1, [11], structure=491, sn="HIER")}
    if known in before:
        take(importer, in_parts(tmp_path, 0, (0, [before[known], NEXT])))
    for day in (1, 2):
        run, = take(importer, in_parts(tmp_path, day, *parts))
        assert stands(importer, run) == (kept, {"aaf_id_repeated": 1}, 1)


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 1, 0)])
def test_of_a_number_that_stands_twice_the_record_that_can_be_taken_is_taken(importer, tmp_path, order):
    wrong = pupil(1, [11], structure=491, ENTPersonDateNaissance="")
    parts = [[(0, [THERE]), (1, [wrong]), (2, [NEXT])][number] for number in order]
    take(importer, in_parts(tmp_path, 0, (0, [HERE, NEXT])))
    for day in (1, 2):
        run, = take(importer, in_parts(tmp_path, day, *parts))
        assert stands(importer, run) == ((B, "LA"), {"value_missing": 1}, 1)


@pytest.mark.parametrize("known", [None, "un", "deux"])
def test_a_guardian_and_a_structure_that_stand_twice_are_the_same_whatever_the_order(importer, tmp_path, known):
    def day(number, *words):
        people = [guardian(11, [1, 5], mail=f"{word}@example.org") for word in words]
        at = [school(490, A, ENTStructureNomCourant=f"CLG${word.upper()}$LYON") for word in words]
        return take(importer, in_parts(tmp_path, number, (0, [pupil(1, [11]), pupil(5, [11])]), guardians=people, schools=at))[0]

    held = set()
    for order in (1, -1):
        emptied(importer)
        if known:
            day(0, known)
        for number in (1, 2):
            assert codes(importer, day(number, *["un", "deux"][::order])) == {"aaf_id_repeated": 2}
            held.add((*rows(importer, "select mail from preau.person where aaf_id = 11")[0], schools(importer)[A]))
    (mail, name), = held
    assert not known or (mail, name) == (f"{known}@example.org", known.upper())
