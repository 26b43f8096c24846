"""What preau-statsd tells of one snapshot: a school with its classes, an academy, the nation, and figures for everybody."""

import csv
import datetime
import io
from types import SimpleNamespace

import pytest

from peers.bus import Bus
from peers.people import Town
from peers.site import Site

STATSD = "preau-statsd"
RESPONSABLE, ELEVE = 1, 2
NON_DISTRIBUE, DISTRIBUE, EN_COURS, ACTIVE = 1, 2, 3, 4
NON_RENSEIGNE, ETABLISSEMENT = 1, 2
FRESH, HANDED, OPEN = (NON_DISTRIBUE, NON_RENSEIGNE), (DISTRIBUE, ETABLISSEMENT), (ACTIVE, ETABLISSEMENT)
CENTRE, LYON = 24, 10


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), STATSD) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


def administrator(here, login, role, *scopes):
    """scopes: (academy, uai); None is all of them."""
    with here.psql() as database:
        number = database.execute("insert into preau.administrator (login, name, role, hash) values (%s, %s, %s, 'x') returning id",
                                  (login, login, role)).fetchone()[0]
        for academy, uai in scopes:
            database.execute("insert into preau.administrator_scope (administrator_id, academy, uai) values (%s, %s, %s)", (number, academy, uai))
    return number


def activate(person):
    person.hand_out()
    with person.town.database() as database:
        database.execute("update preau.account set state = 'en_cours', email = 'a@example.org' where (academy, id) = (%s, %s)"
                         " and profile = 'responsable'", person.account)
        database.execute("update preau.account set state = 'active', email = 'a@example.org', activated_at = now()"
                         " where (academy, id) = (%s, %s)", person.account)


def same_account(record, person):
    """The import found the same person in another academy: one account for both records."""
    with record.town.database() as database:
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (*person.account, record.town.academy, record.degree, record.aaf_id))
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", record.account)


@pytest.fixture(scope="module")
def nation(here):
    """Two collèges and an école at Bourges, a collège at Lyon. Anne has twins in 6A, a child in 6B, one in 5A of the same collège,
    one in the other collège, and one at Lyon; Jean has one in 6A and one at the école; Zoé left, Luc's account is closed."""
    centre, lyon = Town(here, CENTRE), Town(here, LYON)
    first, second, ecole, far = centre.school(2), centre.school(2), centre.school(1), lyon.school(2)
    tom, lou, noa = (centre.pupil(first, one, "Roux", "2014-03-04", "6A", account=True) for one in ("Tom", "Lou", "Noa"))
    eli = centre.pupil(first, "Éli", "Roux", "2014-03-04", "6B", account=True)
    max_ = centre.pupil(first, "Max", "Roux", "2013-03-04", "5A", account=True)
    ida = centre.pupil(second, "Ida", "Roux", "2013-03-04", "5A", account=True)
    ben = centre.pupil(ecole, "Ben", "Blanc", "2018-03-04", "CP")
    léo = lyon.pupil(far, "Léo", "Roux", "2012-03-04", "4B", account=True)
    zoe = centre.pupil(first, "Zoé", "Partie", "2014-03-04", "6A", account=True)
    anne = centre.guardian("Anne", "Roux", [tom, lou, eli, max_, ida])
    same_account(lyon.guardian("Anne", "Roux", [léo]), anne)
    jean = centre.guardian("Jean", "Blanc", [noa])
    same_account(centre.guardian("Jean", "Blanc", [ben]), jean)
    luc = centre.guardian("Luc", "Fermé", [noa])
    activate(anne)
    activate(léo)
    tom.hand_out()
    with here.psql() as database:
        database.execute("update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, 2, %s)", (CENTRE, zoe.aaf_id))
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", luc.account)
        database.execute("update preau.enrolment set niveau = case left(class, 1) when '6' then '6EME' when '5' then '5EME' else '' end")
        database.execute("update preau.school set city = case academy when 10 then 'Lyon' else 'Bourges' end")
    everybody = SimpleNamespace(
        head=administrator(here, "tete", "directeur", (CENTRE, first[0])),
        integrator=administrator(here, "integrateur", "integrateur", (CENTRE, None)),
        helper=administrator(here, "assistance", "assistance", (CENTRE, None)),
        local=administrator(here, "assistance2", "assistance", (CENTRE, first[0])),
        operator=administrator(here, "exploitant", "exploitant", (None, None)),
        gone=administrator(here, "parti", "exploitant", (None, None)))
    with here.psql() as database:
        database.execute("update preau.administrator set disabled_at = now() where id = %s", (everybody.gone,))
    return SimpleNamespace(first=first[0], second=second[0], ecole=ecole[0], far=far[0], **vars(everybody))


@pytest.fixture(scope="module")
def taken(bus, nation):
    return bus.ask("statistics", "Compute", operator=True)


def cells(figures):
    return {(cell.profile, (cell.state, cell.origin)): cell.accounts for cell in figures.cells}


def shares(given):
    return {share.profile: (share.accounts, share.active) for share in given}


@pytest.fixture
def school(bus, nation, taken):
    return bus.ask("statistics", "GetSchool", academy=CENTRE, uai=nation.first, administrator=nation.head)


@pytest.fixture
def academy(bus, nation, taken):
    return bus.ask("statistics", "GetAcademy", academy=CENTRE, administrator=nation.integrator)


def test_a_snapshot_tells_how_many_accounts_there_are_each_once(taken):
    assert (taken.accounts, taken.schools) == (9, 4)


def test_a_guardian_counts_once_in_the_school_of_several_children(school):
    assert cells(school) == {(ELEVE, FRESH): 4, (ELEVE, HANDED): 1, (RESPONSABLE, FRESH): 1, (RESPONSABLE, OPEN): 1}


def test_a_guardian_counts_once_in_each_class_and_once_in_each_level(school):
    by_class = {(one.level, getattr(one, "class")): cells(one) for one in school.classes}
    assert by_class == {
        ("5EME", "5A"): {(ELEVE, FRESH): 1, (RESPONSABLE, OPEN): 1},
        ("6EME", "6A"): {(ELEVE, FRESH): 2, (ELEVE, HANDED): 1, (RESPONSABLE, FRESH): 1, (RESPONSABLE, OPEN): 1},
        ("6EME", "6B"): {(ELEVE, FRESH): 1, (RESPONSABLE, OPEN): 1},
    }
    assert {one.level: cells(one) for one in school.levels} == {
        "5EME": {(ELEVE, FRESH): 1, (RESPONSABLE, OPEN): 1},
        "6EME": {(ELEVE, FRESH): 3, (ELEVE, HANDED): 1, (RESPONSABLE, FRESH): 1, (RESPONSABLE, OPEN): 1},
    }


def test_a_school_is_compared_with_its_academy_and_the_nation(school):
    assert shares(school.academy_shares) == {RESPONSABLE: (2, 1), ELEVE: (6, 0)}
    assert shares(school.nation_shares) == {RESPONSABLE: (2, 1), ELEVE: (7, 1)}


def test_an_academy_and_the_nation_count_a_guardian_of_several_schools_once(bus, nation, academy):
    assert cells(academy.figures) == {(ELEVE, FRESH): 5, (ELEVE, HANDED): 1, (RESPONSABLE, FRESH): 1, (RESPONSABLE, OPEN): 1}
    assert shares(academy.nation_shares) == {RESPONSABLE: (2, 1), ELEVE: (7, 1)}
    whole = bus.ask("statistics", "GetNation", administrator=nation.operator)
    assert cells(whole.figures) == {(ELEVE, FRESH): 5, (ELEVE, HANDED): 1, (ELEVE, OPEN): 1, (RESPONSABLE, FRESH): 1, (RESPONSABLE, OPEN): 1}
    assert {one.academy: (one.name, shares(one.shares)) for one in whole.academies} == {
        LYON: ("Essai", {RESPONSABLE: (1, 1), ELEVE: (1, 1)}), CENTRE: ("Essai", {RESPONSABLE: (2, 1), ELEVE: (6, 0)})}
    assert [one.academy for one in whole.academies] == [LYON, CENTRE], "by code"


def test_a_commune_counts_a_guardian_of_several_of_its_schools_once(bus, nation, academy):
    (bourges,) = academy.figures.cities
    assert (bourges.city, bourges.department, bourges.academy, bourges.schools) == ("Bourges", "24", CENTRE, 3)
    assert shares(bourges.shares) == {RESPONSABLE: (2, 1), ELEVE: (6, 0)}
    whole = bus.ask("statistics", "GetNation", administrator=nation.operator).figures
    assert [one.city for one in whole.cities] == ["Bourges", "Lyon"]


def test_a_level_counts_a_guardian_once_in_each_school(academy):
    levels = {one.level: cells(one) for one in academy.figures.levels}
    assert levels["5EME"] == {(ELEVE, FRESH): 2, (RESPONSABLE, OPEN): 2}
    assert levels[""] == {(RESPONSABLE, FRESH): 1}, "the école tells none"


def lagging(reply):
    return [(one.uai, one.accounts, one.active) for one in reply.figures.lagging]


def test_the_schools_that_lag_come_first_and_of_equals_the_largest(bus, nation, academy):
    assert lagging(academy) == [(nation.ecole, 1, 0), (nation.first, 7, 1), (nation.second, 2, 1)]
    assert academy.figures.schools == 3
    assert [(one.name != "", one.city, one.degree) for one in academy.figures.lagging] == [(True, "Bourges", 1), (True, "Bourges", 2), (True, "Bourges", 2)]
    pupils = bus.ask("statistics", "GetAcademy", academy=CENTRE, profile=ELEVE, administrator=nation.helper)
    assert lagging(pupils) == [(nation.first, 5, 0), (nation.second, 1, 0)]
    assert pupils.figures.schools == 2


def test_lists_are_read_page_by_page(bus, nation, taken):
    message = bus.message("statistics", "GetNationRequest")
    message.lagging.limit, message.lagging.offset = 1, 1
    message.cities.limit = 1
    reply = bus.ask("statistics", "GetNation", message, administrator=nation.operator)
    assert lagging(reply) == [(nation.first, 7, 1)]
    assert [one.city for one in reply.figures.cities] == ["Bourges"]
    message.lagging.offset = message.cities.offset = 10
    beyond = bus.ask("statistics", "GetNation", message, administrator=nation.operator).figures
    assert (len(beyond.lagging), len(beyond.cities), beyond.schools, beyond.cities_total) == (0, 0, 4, 2)


@pytest.mark.parametrize("who, sees_academy, sees_other, sees_nation", [
    ("head", False, False, False),
    ("local", False, False, False),
    ("integrator", True, False, False),
    ("helper", True, False, False),
    ("operator", True, True, True),
    ("gone", False, False, False),
])
def test_who_follows_an_academy_sees_its_figures_and_no_others(bus, nation, taken, who, sees_academy, sees_other, sees_nation):
    number = getattr(nation, who)
    seen = lambda method, **asked: bus.refusal("statistics", method, administrator=number, **asked)  # noqa: E731
    assert seen("GetAcademy", academy=CENTRE) == (None if sees_academy else "not_found")
    assert seen("GetAcademy", academy=LYON) == (None if sees_other else "not_found")
    assert seen("GetNation") == (None if sees_nation else "not_found")


def test_who_delivers_files_sees_no_school_and_nobody_sees_nothing(bus, nation, taken):
    assert bus.refusal("statistics", "GetSchool", academy=CENTRE, uai=nation.first, administrator=nation.integrator) == "not_found"
    assert bus.refusal("statistics", "GetSchool", academy=LYON, uai=nation.far, administrator=nation.helper) == "not_found"
    assert bus.refusal("statistics", "GetNation") == "not_found"
    assert bus.refusal("statistics", "GetAcademy", academy=CENTRE) == "not_found"


@pytest.mark.parametrize("method, ask", [
    ("GetAcademy", {"academy": 0}), ("GetAcademy", {"academy": 70000}), ("GetAcademy", {"academy": CENTRE, "profile": 3}),
    ("GetAcademy", {"academy": CENTRE, "lagging": {"limit": 501}}), ("GetNation", {"cities": {"limit": 501}}), ("GetNation", {"profile": 9}),
])
def test_what_cannot_be_asked_is_malformed(bus, nation, taken, method, ask):
    assert bus.refusal("statistics", method, administrator=nation.operator, **ask) == "malformed"


def test_curves_begin_with_the_school_year_and_go_by_profile(here, bus, nation, taken):
    today = datetime.date.fromisoformat(taken.day)
    begins = datetime.date(today.year if today.month >= 9 else today.year - 1, 9, 1)
    with here.psql() as database:
        for day, active in ((begins - datetime.timedelta(1), 1), (begins, 2)):
            database.execute("insert into preau.statistics_day values (%s, now() - interval '1 year')", (day,))
            for state, count in (("active", active), ("distribue", 5)):
                database.execute("insert into preau.statistics values (%s, %s, %s, 'eleve', %s, 'etablissement', %s, 0)",
                                 (day, CENTRE, nation.first, state, count))
                database.execute("insert into preau.statistics_area values (%s, %s, 'eleve', %s, 'etablissement', %s)",
                                 (day, CENTRE, state, 10 * count))
    points = lambda curves: {curve.profile: [(one.day, one.accounts, one.active) for one in curve.points] for curve in curves}  # noqa: E731
    school = bus.ask("statistics", "GetSchool", academy=CENTRE, uai=nation.first, administrator=nation.head)
    first = [(begins.isoformat(), 7, 2)] if begins < today else []
    assert points(school.curves) == {ELEVE: [*first, (taken.day, 5, 0)], RESPONSABLE: [(taken.day, 2, 1)]}
    academy = bus.ask("statistics", "GetAcademy", academy=CENTRE, administrator=nation.integrator)
    first = [(begins.isoformat(), 70, 20)] if begins < today else []
    assert points(academy.figures.curves) == {ELEVE: [*first, (taken.day, 6, 0)], RESPONSABLE: [(taken.day, 2, 1)]}
    with here.psql() as database:
        database.execute("delete from preau.statistics_day where day < %s", (taken.day,))


def test_what_schools_had_long_ago_is_let_go_of_and_academies_keep_theirs(here, bus, nation, taken):
    old = datetime.date.fromisoformat(taken.day) - datetime.timedelta(801)
    with here.psql() as database:
        for day in (old, old + datetime.timedelta(2)):
            database.execute("insert into preau.statistics_day values (%s, now() - interval '3 years')", (day,))
            database.execute("insert into preau.statistics values (%s, %s, %s, 'eleve', 'active', 'etablissement', 3, 3)", (day, CENTRE, nation.first))
            database.execute("insert into preau.statistics_area values (%s, %s, 'eleve', 'active', 'etablissement', 3)", (day, CENTRE))
        bus.ask("statistics", "Compute", operator=True)
        kept = lambda table: database.execute(f"select count(*) from preau.{table} where day < %s - 700", (datetime.date.fromisoformat(taken.day),)).fetchone()[0]  # noqa: E731
        here.wait(lambda: kept("statistics") == 1, what="let go of")
        assert kept("statistics_area") == 2
        database.execute("delete from preau.statistics_day where day < %s", (taken.day,))


def test_asked_again_what_is_no_more_is_no_longer_counted(here, bus, nation, taken):
    """A class, a level and a school that lost their only pupil have no cell left; then all is as before."""
    with here.psql() as database:
        left = "update preau.person set departed_at = %s where academy = %s and degree = 2 and prenom = 'Léo'"
        database.execute(left, (datetime.datetime.now(), LYON))
        bus.ask("statistics", "Compute", operator=True)
        reply = bus.ask("statistics", "GetNation", administrator=nation.operator)
        assert [one.academy for one in reply.academies] == [CENTRE]
        assert reply.figures.schools == 3
        assert database.execute("select count(*) from preau.statistics_class where academy = %s", (LYON,)).fetchone() == (0,)
        database.execute(left, (None, LYON))
        assert bus.ask("statistics", "Compute", operator=True).accounts == 9


def open_lines(reply):
    return list(csv.DictReader(io.StringIO(reply.csv.decode("utf-8-sig")), delimiter=";"))


def test_open_figures_tell_nothing_of_few(bus, nation, taken):
    reply = bus.ask("statistics", "GetOpenFigures")
    assert (reply.day, reply.step) == (taken.day, 10)
    assert open_lines(reply) == []
    assert reply.csv.decode("utf-8-sig") == "date;code_academie;academie;profil;etat;origine;comptes\r\n"


def test_open_figures_tell_whole_tens_of_academies(here, bus, nation, taken):
    """27 guardians more who were not handed anything: 28 with the one who was there."""
    town = Town(here, CENTRE)
    town.families(town.school(2), 27)
    bus.ask("statistics", "Compute", operator=True)
    assert open_lines(bus.ask("statistics", "GetOpenFigures")) == [
        {"date": taken.day, "code_academie": "24", "academie": "Essai", "profil": "responsable", "etat": "non_distribue",
         "origine": "non_renseigne", "comptes": "20"}]
