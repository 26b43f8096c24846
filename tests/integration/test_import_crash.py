"""Killed at many random moments and started again, the import ends where an undisturbed one ends."""

import contextlib
import random
import time

import pytest

from peers.academy import ACADEMY, APPLIED, IMPORTD, REFUSED, drop, emptied, generate, owned, rows, snapshot, take
from peers.bus import Bus, Silent

ROUNDS = 14  # kills, spread over the time that a run takes
MORE = ("--people", "2500", "--schools", "2,2,1", "--degree", "2D")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("aaf")
    return {day: generate(folder / str(day), "--day", str(day), "--change-rate", "0.05", *MORE).archives[2] for day in (0, 1)}


@pytest.fixture
def site(empty_site):
    return empty_site


def quiet(site):
    return (not list((site.folder / "inbox").glob(".taken/*/*")) and not list(site.inbox(ACADEMY).glob("*"))
            and not rows(site, "select 1 from preau.import_run where state = 'running'"))


def kill_within(site, seconds, archive, chance):
    """Drops an archive, asks for it, kills the daemon some time later, and once more while it takes up the pieces."""
    drop(site, archive)
    with contextlib.suppress(Silent):
        Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True)
    for _ in range(2):
        time.sleep(chance.uniform(0, seconds))
        site.kill(IMPORTD)
        site.restart(IMPORTD, ready=False)
    site.wait_ready(IMPORTD)
    site.wait(lambda: quiet(site), 60, "done with the archive")


def timed(site, archive):
    take(site, archive)
    (seconds,), = rows(site, "select extract(epoch from finished_at - started_at)::float8 from preau.import_run order by id desc limit 1")
    return seconds


def test_killed_at_random_moments_it_ends_in_the_same_place(site, made):
    spans = [timed(site, made[0])]
    first = snapshot(site)
    spans.append(timed(site, made[1]))
    second = snapshot(site)
    chance = random.Random(20250915)
    for _ in range(ROUNDS // 2):
        emptied(site)
        kill_within(site, spans[0] * 1.3, made[0], chance)
        assert snapshot(site) == first
        kill_within(site, spans[1] * 1.3, made[1], chance)
        assert snapshot(site) == second
    states = {state for state, in rows(site, "select distinct state from preau.import_run")}
    assert APPLIED in states and states <= {APPLIED, "failed"}


def test_an_archive_over_which_it_dies_again_and_again_is_refused(site, made):
    drop(site, made[0])
    site.stop_daemon(IMPORTD)
    for _ in range(3):
        site.launch(IMPORTD, ready=False, PREAU_FAULT="import_staged")
        with contextlib.suppress(Silent):
            Bus(site).ask("import", "RunImports", academy=ACADEMY, operator=True, seconds=5)
        site.wait_dead(IMPORTD)
        site.stop_daemon(IMPORTD)
    site.launch(IMPORTD)
    site.wait(lambda: quiet(site), 60, "refused")
    assert rows(site, "select state, refusal from preau.import_run order by id desc limit 1") == [(REFUSED, "archive_crashes")]
    assert not any(owned(site))
