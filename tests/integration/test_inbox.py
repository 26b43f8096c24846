"""What lies in the inbox of preau-importd: what is taken, what is left alone, where it goes, and what a crash leaves."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
from types import SimpleNamespace

import pytest

from peers.bus import Bus, Silent
from peers.site import Site

ROOT = pathlib.Path(__file__).resolve().parents[2]
IMPORTD = "preau-importd"
ACADEMIES = (10, 11)
SMALL = ("--seed", "inbox", "--academies", "10,11", "--schools", "1,0,0", "--people", "120", "--degree", "1D")
APPLIED, REFUSED = "applied", "refused"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """.archive and .folder by academy; .later: the archive of the next day."""
    folder = tmp_path_factory.mktemp("aaf")
    for name, options in {"archives": (), "folders": ("--container", "folder"), "later": ("--day", "1", "--change-rate", "0.02")}.items():
        subprocess.run([ROOT / "tests/data/generate-aaf", "--quiet", *SMALL, *options, folder / name], check=True)

    def by_academy(name):
        return {academy: next((folder / name / str(academy)).iterdir()) for academy in ACADEMIES}

    return SimpleNamespace(archive=by_academy("archives"), folder=by_academy("folders"), later=by_academy("later"))


@pytest.fixture(scope="module")
def standing(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), IMPORTD) as started:
        yield started


@pytest.fixture
def site(standing):
    """One site for many tests; each finds it empty, and the runs numbered from 1."""
    yield standing
    standing.wait(lambda: standing.status(IMPORTD)["numbers"]["runs"] == 0, 30, "idle")
    shutil.rmtree(standing.folder / "inbox/.taken", ignore_errors=True)
    for academy in ACADEMIES:
        shutil.rmtree(standing.folder / "inbox" / str(academy), ignore_errors=True)
        shutil.rmtree(standing.folder / "archive" / str(academy), ignore_errors=True)
    with standing.psql() as database:
        database.execute("truncate preau.import_run, preau.school, preau.person, preau.account, preau.identifier, preau.academy "
                         "restart identity cascade")
    looks(standing, 2)  # it has forgotten them too


def drop(site, archive, academy=10, name=None):
    """By its name only once it is whole."""
    begun = site.inbox(academy) / ".coming"
    (shutil.copytree if archive.is_dir() else shutil.copy)(archive, begun)
    return begun.rename(begun.with_name(name or archive.name))


def ask(site, academy=0, **fields):
    return Bus(site).ask("import", "RunImports", academy=academy, operator=True, **fields).archives


def rows(site, statement, *values):
    with site.psql() as database:
        return database.execute(statement, values or None).fetchall()


def states(site, academy=10):
    return [state for state, in rows(site, "select state from preau.import_run where academy = %s order by id", academy)]


def taken(site):
    return sorted(path.name for path in (site.folder / "inbox/.taken").glob("*/*"))


def put_away(site, academy=10):
    return sorted(path.name for path in (site.folder / "archive" / str(academy)).glob("*"))


def wait_states(site, wanted, academy=10):
    try:
        site.wait(lambda: states(site, academy) == wanted and not taken(site), 30, "ended")
    except TimeoutError:
        raise AssertionError(f"{states(site, academy)}, not {wanted}; claimed: {taken(site)}") from None


def looks(site, count=4):
    """So many looks at the inbox went by."""
    def looked():
        return sum(value for series, value in site.metrics(IMPORTD).items()
                   if series.startswith("preau_worker_jobs_total") and "import-look" in series)

    before = looked()
    site.wait(lambda: looked() >= before + count, 20, "looked at")


@contextlib.contextmanager
def standing_still(site, academy):
    """Runs of that academy wait, having begun, until the block is left."""
    with site.psql() as blocker:
        blocker.execute("begin")
        blocker.execute("insert into preau.academy (code, name) values (%s, 'blocked')", (academy,))
        yield
        blocker.execute("rollback")


def blocked(site):
    return rows(site, "select 1 from pg_stat_activity where usename = 'preau_import' and wait_event_type = 'Lock'")


# ------------------------------------------------------------------------------------------------ what is taken


def test_a_folder_of_xml_is_an_archive(site, made):
    dropped = drop(site, made.folder[10], name="set")
    assert ask(site, 10) == 1
    wait_states(site, [APPLIED])
    assert not dropped.exists()
    run, = rows(site, "select id, archive from preau.import_run")
    assert run[1] == "set" and put_away(site) == [f"{run[0]}-set"]
    files = {path.name for path in (site.folder / "archive/10" / f"{run[0]}-set").rglob("*.xml")}
    assert files == {path.name for path in made.folder[10].rglob("*.xml")}


def test_a_folder_is_left_alone_until_its_last_file_has_its_name(site, made):
    dropped = drop(site, made.folder[10])
    part = dropped / "ENT_Eleve_0009.xml.part"
    part.write_bytes(b"")
    assert ask(site, 10) == 0
    looks(site)
    assert states(site) == [] and dropped.exists()
    part.unlink()
    assert ask(site, 10) == 1
    wait_states(site, [APPLIED])


@pytest.mark.parametrize("as_folder", [False, True])
def test_what_is_still_open_for_writing_is_left_alone(site, made, as_folder):
    dropped = drop(site, (made.folder if as_folder else made.archive)[10])
    file = next(dropped.rglob("*.xml")) if as_folder else dropped
    with open(file, "ab"):
        assert ask(site, 10) == 1
        looks(site)
        assert states(site) == [] and dropped.exists() and taken(site) == []
    wait_states(site, [APPLIED])


def test_only_the_archive_that_was_named_is_taken(site, made):
    first = drop(site, made.archive[10], name="a.tgz")
    second = drop(site, made.later[10], name="b.tgz")
    assert ask(site, 10, archive="b.tgz") == 1
    assert ask(site, 10, archive="c.tgz") == 0
    wait_states(site, [APPLIED])
    looks(site, 2)
    assert first.exists() and not second.exists() and states(site) == [APPLIED]


def test_a_check_leaves_the_archive_and_the_data(site, made):
    dropped = drop(site, made.archive[10])
    assert ask(site, 10, check=True) == 1
    wait_states(site, ["checked"])
    looks(site, 2)
    assert dropped.exists() and states(site) == ["checked"] and put_away(site) == []
    assert rows(site, "select count(*) from preau.account") == [(0,)]
    assert ask(site, 10) == 1
    wait_states(site, ["checked", APPLIED])


def test_a_cut_off_archive_waits_for_the_rest_of_it(site, made):
    whole = made.archive[10].read_bytes()
    dropped = site.inbox(10) / "set.tgz"
    dropped.write_bytes(whole[:len(whole) // 2])
    assert ask(site, 10) == 1
    site.wait(lambda: site.metrics(IMPORTD).get('preau_import_runs_total{outcome="unfinished"}'), 20, "given back")
    site.wait(dropped.exists, 5, "given back")
    assert site.status(IMPORTD)["numbers"]["archives_waiting"] == 0
    with open(dropped, "ab") as upload:
        upload.write(whole[len(whole) // 2:])
    ask(site, 10)
    site.wait(lambda: states(site)[-1] == APPLIED, 20, "integrated")
    site.wait(lambda: put_away(site) == [f"{len(states(site))}-set.tgz"], 10, "put away")


def test_a_cut_off_archive_that_stays_so_is_refused(fresh_site, made):
    site = fresh_site(start=False, settings={"import": {"upload_max": "0s"}})
    site.start_peers()
    site.launch(IMPORTD)
    (site.inbox(10) / "set.tgz").write_bytes(made.archive[10].read_bytes()[:2000])
    ask(site, 10)
    wait_states(site, [REFUSED])
    assert rows(site, "select refusal from preau.import_run") == [("archive_unreadable",)]


# ------------------------------------------------------------------------------------------------ hostile, and others'


def test_odd_things_stop_nobody(site, made):
    inbox = site.inbox(10)
    secret = site.folder / "secret"
    shutil.copytree(made.folder[10], secret)
    (inbox / "link.tgz").symlink_to("/etc/passwd")
    (inbox / "linked").symlink_to(secret)
    os.mkfifo(inbox / "fifo.tgz")
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(inbox):
        listening.bind("socket.zip")
    (inbox / "device.tgz").mkdir()
    (inbox / "trap").mkdir()
    (inbox / "trap/a_Eleve_0000.xml").symlink_to("/etc/passwd")
    (inbox / "trap/b_Eleve_0000.xml").write_text("<a/>")
    (site.folder / "inbox/12").symlink_to(secret)
    (site.folder / "inbox/14").write_text("no folder")
    (inbox / "a\n\udce9.tgz").write_bytes(b"\x1f\x8bnot gzip")
    drop(site, made.archive[10])
    drop(site, made.archive[11], 11)
    ask(site)
    wait_states(site, [APPLIED], 11)
    site.wait(lambda: sorted(states(site)) == [APPLIED, REFUSED, REFUSED], 30, "ended")
    refused = dict(rows(site, "select archive, refusal from preau.import_run where state = 'refused'"))
    assert refused == {"trap": "archive_unsafe", "a??.tgz": "archive_unreadable"}
    assert {"link.tgz", "linked", "fifo.tgz", "socket.zip"} <= {path.name for path in inbox.iterdir()}
    assert list(secret.rglob("*.xml"))
    looks(site, 3)
    assert site.log(IMPORTD).count("link.tgz") == 1
    check, = [one for one in site.status(IMPORTD)["checks"] if one["name"] == "import"]
    assert check["state"] == "degraded" and "inbox/1" in check["cause"]
    for name in ("12", "14"):
        (site.folder / "inbox" / name).unlink()


# ------------------------------------------------------------------------------------------------ side by side


def test_academies_are_integrated_side_by_side(site, made):
    drop(site, made.archive[10])
    drop(site, made.archive[11], 11)
    with standing_still(site, 10):
        assert ask(site) == 2
        site.wait(lambda: blocked(site), 20, "standing still")
        site.wait(lambda: states(site, 11) == [APPLIED], 20, "integrated")
        assert states(site) == []
        # a run ends in the store first, and then in the daemon
        numbers = site.wait(lambda: (said := site.status(IMPORTD)["numbers"])["runs"] == 1 and said, 20, "one run alone")
        assert numbers["run_bytes_total"] == made.archive[10].stat().st_size
        assert numbers["archives_waiting"] == 0
    wait_states(site, [APPLIED])


def test_one_academy_is_never_integrated_twice_at_a_time(site, made):
    drop(site, made.archive[10], name="a.tgz")
    second = drop(site, made.later[10], name="b.tgz")
    with standing_still(site, 10):
        assert ask(site) == 2
        site.wait(lambda: blocked(site), 20, "standing still")
        looks(site)
        assert second.exists() and len(taken(site)) == 1
        assert site.status(IMPORTD)["numbers"]["archives_waiting"] == 1
    wait_states(site, [APPLIED, APPLIED])


def test_a_new_upload_under_the_name_of_a_claimed_one_is_another(site, made):
    drop(site, made.archive[10], name="set.tgz")
    with standing_still(site, 10):
        ask(site, 10)
        site.wait(lambda: blocked(site), 20, "standing still")
        assert not (site.inbox(10) / "set.tgz").exists()
        dropped = drop(site, made.later[10], name="set.tgz")
        looks(site, 2)
        assert dropped.exists()
    wait_states(site, [APPLIED])
    assert dropped.exists(), "nobody asked for it, and its hour has not come"
    ask(site, 10)
    wait_states(site, [APPLIED, APPLIED])
    assert put_away(site) == ["1-set.tgz", "2-set.tgz"]
    assert (site.folder / "archive/10/2-set.tgz").read_bytes() == made.later[10].read_bytes()


# ------------------------------------------------------------------------------------------------ crashes, and time


@pytest.mark.parametrize(("point", "as_folder"), [
    ("import_claimed", False), ("import_begun", True), ("import_ended", False), ("import_ended", True)])
def test_a_claim_outlives_the_process(fresh_site, made, point, as_folder):
    site = fresh_site(start=False)
    site.start_peers()
    site.launch(IMPORTD, PREAU_FAULT=point)
    drop(site, (made.folder if as_folder else made.archive)[10], name="set" if as_folder else "set.tgz")
    with contextlib.suppress(Silent):
        Bus(site).ask("import", "RunImports", academy=10, operator=True, seconds=3)
    site.wait_dead(IMPORTD)
    assert len(taken(site)) == 1
    site.restart(IMPORTD)
    wait_states(site, {"import_claimed": [APPLIED], "import_begun": ["failed", APPLIED], "import_ended": [APPLIED]}[point])
    assert len(put_away(site)) == 1


def test_old_archives_are_removed(fresh_site, made, tmp_path):
    shift = tmp_path / "clock"
    shift.write_text("0")
    site = fresh_site(start=False, environment={"PREAU_CLOCK_FILE": str(shift)},
                      settings={"import": {"archive_retention": "30j"}})
    site.start_peers()
    site.launch(IMPORTD)
    drop(site, made.archive[10], name="a.tgz")
    drop(site, made.folder[10], name="b")
    (site.folder / "archive/10").mkdir(exist_ok=True)
    (site.folder / "archive/10/notes.txt").write_text("kept")
    ask(site)
    wait_states(site, [APPLIED, APPLIED])
    shift.write_text(f"+{29 * 86400}")
    looks(site, 3)
    assert len(put_away(site)) == 3
    shift.write_text(f"+{31 * 86400}")
    site.wait(lambda: put_away(site) == ["notes.txt"], 20, "removed")


def test_what_was_never_taken_is_removed_and_told(fresh_site, made, tmp_path):
    """An upload that stopped, a name that is none of ours."""
    shift = tmp_path / "clock"
    shift.write_text("0")
    site = fresh_site(start=False, environment={"PREAU_CLOCK_FILE": str(shift)}, settings={"import": {"archive_retention": "30j"}})
    site.start_peers()
    site.launch(IMPORTD)
    drop(site, made.archive[10], name="a.tgz.part")
    drop(site, made.archive[10], name="b.7z")
    drop(site, made.folder[10], name="c.part")
    left = site.inbox(10)
    shift.write_text(f"+{29 * 86400}")
    looks(site, 3)
    assert sorted(path.name for path in left.iterdir()) == ["a.tgz.part", "b.7z", "c.part"]
    shift.write_text(f"+{31 * 86400}")
    looks(site, 3)
    assert len(list(left.iterdir())) == 3, "its turn may come: what is old is looked at once more, a day later"
    shift.write_text(f"+{33 * 86400}")
    site.wait(lambda: not list(left.iterdir()), 20, "removed")
    assert site.log(IMPORTD).count("inbox_entry_removed") == 3


def test_a_claim_of_before_a_long_absence_is_taken_all_the_same(fresh_site, made, tmp_path):
    shift = tmp_path / "clock"
    shift.write_text("0")
    site = fresh_site(start=False, environment={"PREAU_CLOCK_FILE": str(shift)})
    site.start_peers()
    site.launch(IMPORTD, PREAU_FAULT="import_claimed")
    drop(site, made.archive[10], name="set.tgz")
    with contextlib.suppress(Silent):
        Bus(site).ask("import", "RunImports", academy=10, operator=True, seconds=3)
    site.wait_dead(IMPORTD)
    assert len(taken(site)) == 1
    shift.write_text(f"+{31 * 86400}")
    site.restart(IMPORTD)
    wait_states(site, [APPLIED])
    site.wait(lambda: not taken(site), 10, "put away")


def late(site):
    check, = [one for one in site.status(IMPORTD)["checks"] if one["name"] == "import_late"]
    return check["state"], check.get("cause", "")


def test_an_academy_that_is_late_is_told_outside_of_summer(fresh_site, made, tmp_path):
    shift = tmp_path / "clock"
    shift.write_text("0")
    site = fresh_site(start=False, environment={"PREAU_CLOCK_FILE": str(shift)},
                      settings={"import": {"summer_begins": "29/02", "summer_ends": "29/02"}})
    site.start_peers()
    site.launch(IMPORTD)
    site.inbox(11)
    drop(site, made.archive[10])
    ask(site)
    wait_states(site, [APPLIED])
    assert late(site) == ("ok", "")
    shift.write_text("+140000")
    site.wait(lambda: late(site)[0] == "degraded", 10, "late")
    assert late(site)[1].endswith("academy 10, 11") or late(site)[1].endswith("academy 11, 10")
    site.stop_daemon(IMPORTD)
    site.settings["import"] = {"summer_begins": "01/01", "summer_ends": "31/12"}
    site.start_peers()
    site.launch(IMPORTD)
    site.wait(lambda: late(site)[0] == "ok", 10, "summer")


def test_a_day_that_is_none_is_a_wrong_configuration(fresh_site):
    site = fresh_site(start=False, settings={"import": {"summer_begins": "31/06"}})
    site.start_peers()
    with contextlib.suppress(Exception):
        site.launch(IMPORTD, ready=False)
    site.wait_dead(IMPORTD)
    assert "import.summer_begins" in site.log(IMPORTD)
