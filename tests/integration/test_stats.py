"""preau-statsd against PostgreSQL: the figures of a school, taken at their hour, after an outage, and when asked for."""

import datetime
from types import SimpleNamespace

import pytest

from peers.bus import Bus
from peers.days import PARIS
from peers.people import Town
from peers.site import Site

STATSD = "preau-statsd"
RESPONSABLE, ELEVE = 1, 2
NON_DISTRIBUE, DISTRIBUE = 1, 2
NON_RENSEIGNE, ETABLISSEMENT = 1, 2


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), STATSD) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def school(here):
    """A collège: two pupils, of whom one was notified; one guardian of both, one of the first."""
    town = Town(here)
    college = town.school(2)
    paul = town.pupil(college, "Paul", "Roux", "2011-03-04", account=True)
    ines = town.pupil(college, "Inès", "Roux", "2012-03-04", account=True)
    town.guardian("Marc", "Roux", [paul, ines])
    town.guardian("Jean", "Blanc", [paul])
    paul.hand_out()
    with here.psql() as database:
        head = database.execute("insert into preau.administrator (login, name, role, hash) values ('tete', 'Mme Tête', 'directeur', 'x')"
                                " returning id").fetchone()[0]
        database.execute("insert into preau.administrator_scope (administrator_id, academy, uai) values (%s, 24, %s)", (head, college[0]))
    return SimpleNamespace(uai=college[0], head=head)


def figures(bus, school):
    """{(profile, state, origin): accounts} and when they were taken."""
    reply = bus.ask("statistics", "GetSchool", academy=24, uai=school.uai, administrator=school.head)
    return {(cell.profile, cell.state, cell.origin): cell.accounts for cell in reply.cells}, reply.computed_at


EXPECTED = {
    (ELEVE, DISTRIBUE, ETABLISSEMENT): 1,
    (ELEVE, NON_DISTRIBUE, NON_RENSEIGNE): 1,
    (RESPONSABLE, NON_DISTRIBUE, NON_RENSEIGNE): 2,
}


def test_each_account_counts_once_in_its_school(bus, school):
    reply = bus.ask("statistics", "Compute", operator=True)
    assert datetime.date.fromisoformat(reply.day)
    assert (reply.accounts, reply.schools) == (4, 1)
    assert figures(bus, school)[0] == EXPECTED


def test_a_school_that_is_not_the_callers_has_no_figures(here, bus, school):
    for stranger in (0, 999_999):
        assert bus.refusal("statistics", "GetSchool", academy=24, uai=school.uai, administrator=stranger) == "not_found"


def test_who_was_let_in_for_pupils_sees_the_figures_of_pupils(here, bus, school):
    with here.psql() as database:
        clerk = database.execute("insert into preau.administrator (login, name, role, hash) values ('aide', 'M. Aide', 'delegue', 'x')"
                                 " returning id").fetchone()[0]
        database.execute("insert into preau.administrator_scope (administrator_id, academy, uai, profile, from_at, until_at, giver_id)"
                         " values (%s, 24, %s, 'eleve', now(), now() + interval '1 hour', %s)", (clerk, school.uai, school.head))
    seen, _ = figures(bus, SimpleNamespace(uai=school.uai, head=clerk))
    assert seen == {key: count for key, count in EXPECTED.items() if key[0] == ELEVE}


def test_asked_again_on_the_same_day_they_are_replaced(bus, school):
    before = figures(bus, school)[1]
    bus.ask("statistics", "Compute", operator=True)
    cells, after = figures(bus, school)
    assert cells == EXPECTED
    assert after > before


def test_a_night_that_was_missed_is_made_up_for(here, bus, school):
    here.stop_daemon(STATSD)
    with here.psql() as database:
        database.execute("delete from preau.statistics_day")
        database.execute("insert into preau.statistics_day values (current_date - 2, now() - interval '2 days')")
    here.launch(STATSD)
    here.wait(lambda: figures(bus, school)[1] > (datetime.datetime.now().timestamp() - 3600) * 1e6, what="taken")
    with here.psql() as database:
        assert database.execute("select count(*) from preau.statistics_day").fetchone() == (2,), "history is kept"
    assert here.metrics(STATSD)['preau_statistics_runs_total{outcome="ok"}'] == 1


def statistics_check(here):
    return next(one for one in here.status(STATSD)["checks"] if one["name"] == "statistics")


def history(here):
    with here.psql() as database:
        return database.execute("select day, computed_at from preau.statistics_day order by day").fetchall()


@pytest.mark.parametrize("hours", [720, 26, -20, -720])
def test_a_clock_that_is_wrong_takes_no_snapshot(here, school, tmp_path, hours):
    """Neither of a day to come, which pages would show until it comes, nor over one of the past, which is history."""
    before, shift = history(here), tmp_path / "clock"
    shift.write_text(f"{hours * 3600:+d}")
    here.restart(STATSD, PREAU_CLOCK_FILE=str(shift))
    try:
        if abs(hours) > 24:  # else no night is missing by that clock
            cause = "is not PostgreSQL's" if hours > 0 else "of a moment to come"
            here.wait(lambda: statistics_check(here)["state"] == "degraded" and cause in statistics_check(here)["cause"], what="told")
        if hours < 0:  # of one that is ahead every request comes too late
            assert here.run_ctl("statistics", "compute").returncode != 0
    finally:
        here.restart(STATSD)
    assert history(here) == before


def test_the_hour_is_the_one_of_the_configuration(here, school, tmp_path):
    """By a clock that goes from before it to behind it: within the minutes that it may differ from PostgreSQL's."""
    here.ctl("statistics", "compute")
    soon = (datetime.datetime.now(PARIS) + datetime.timedelta(minutes=4)).strftime("%H:%M")
    shift = tmp_path / "clock"
    shift.write_text("+0")
    here.settings["statistics"] = {"time": soon}
    here.configure()
    runs = 'preau_statistics_runs_total{outcome="ok"}'
    try:
        here.restart(STATSD, PREAU_CLOCK_FILE=str(shift))
        here.wait(lambda: "statistics_age_seconds" in here.status(STATSD)["numbers"], what="looked")
        assert here.metrics(STATSD).get(runs, 0) == 0
        shift.write_text("+300")
        here.restart(STATSD, PREAU_CLOCK_FILE=str(shift))
        here.wait(lambda: here.metrics(STATSD).get(runs) == 1, what="taken")
    finally:
        del here.settings["statistics"]
        here.configure()
        here.restart(STATSD)


@pytest.mark.parametrize("ask, code", [
    ({"academy": 24, "uai": "0240001"}, "malformed"),
    ({"academy": 0, "uai": "0241234A"}, "malformed"),
    ({"academy": 24, "uai": "0240001A' or 1=1"}, "malformed"),
])
def test_a_school_that_cannot_be_is_refused(bus, ask, code):
    assert bus.refusal("statistics", "GetSchool", **ask) == code


def test_killed_it_comes_back_with_what_it_had(here, bus, school):
    here.kill(STATSD)
    here.launch(STATSD)
    assert figures(bus, school)[0] == EXPECTED
