"""What others could still write to is copied before it is read. Killed at any step of that, or left without room for it, importd loses nothing, does nothing
twice, and leaves nothing behind."""

import shutil
import subprocess

import pytest

from peers.academy import ACADEMY, APPLIED, FAILED, HELD, IMPORTD, rows, take
from peers.site import ROOT
from test_import_hold import PUPILS, complete, decide, ended, folder_of, people, pupils_of, taken_folder

AS = pytest.mark.parametrize("as_folder", [False, True], ids=["an archive", "a folder"])
STEPS = ("import_claimed", "import_copying", "import_copying:3", "import_copied", "import_copy_named", "import_begun", "import_before_commit",
         "import_ended", "import_upload_removed", "import_put_away")
WITHOUT_A_RUN = STEPS[:STEPS.index("import_begun")]  # before there is one to be told failed
ENDED = STEPS[STEPS.index("import_ended"):]


@pytest.fixture
def site(empty_site):
    yield empty_site
    empty_site.restart(IMPORTD)


class Sent:
    """Dropped with a link to it, by which its sender could write to it still."""

    def __init__(self, site, archive, as_folder):
        source = folder_of(archive) if as_folder else archive
        coming, self.site = site.inbox(ACADEMY) / f".{source.name}", site
        (shutil.copytree if as_folder else shutil.copy)(source, coming)
        self.files = self.files_of(source)
        self.kept = site.folder / "kept"
        self.kept.unlink(missing_ok=True)
        self.kept.hardlink_to(pupils_of(coming) if as_folder else coming)
        self.bytes = self.kept.read_bytes()
        self.dropped = coming.rename(coming.with_name(source.name))

    @staticmethod
    def files_of(path):
        return {str(one.relative_to(path)): one.read_bytes() for one in (path, *path.rglob("*")) if one.is_file()}

    def ask(self):
        return self.site.run_ctl("import", "run", "--academy", ACADEMY)

    def is_over(self):
        return not self.dropped.exists() and not taken_folder(self.site)

    def check_is_put_away_once(self):
        """The very bytes, in files that are ours alone; and of what was sent the link is all that is left."""
        away, = (self.site.folder / f"archive/{ACADEMY}").iterdir()
        assert self.files_of(away) == self.files
        assert {one.stat().st_nlink for one in (away, *away.rglob("*")) if one.is_file()} == {1}
        assert (self.kept.read_bytes(), self.kept.stat().st_nlink) == (self.bytes, 1)
        assert not list(self.site.inbox(ACADEMY).iterdir())


def killed_at(site, point, sent):
    site.restart(IMPORTD, PREAU_FAULT=point)
    sent.ask()
    site.wait_dead(IMPORTD)


def check_people_once(site):
    assert rows(site, "select count(*), count(distinct (profile, aaf_id)) from preau.person") == [(2 * PUPILS, 2 * PUPILS)]


@AS
@pytest.mark.parametrize("point", STEPS)
def test_killed_at_any_step_it_goes_on(site, tmp_path, point, as_folder):
    if point.endswith(":3") and not as_folder:
        point = "import_copied:1"  # there is one file of one block: no third passage
    sent = Sent(site, complete(tmp_path, 15), as_folder)
    killed_at(site, point, sent)
    assert sent.kept.read_bytes() == sent.bytes
    site.restart(IMPORTD)
    site.wait(sent.is_over, 30, "put away")
    states = [state for state, _ in ended(site)]
    assert states == ([APPLIED] if point in (*WITHOUT_A_RUN, *ENDED, "import_copied:1") else [FAILED, APPLIED])
    sent.check_is_put_away_once()
    check_people_once(site)


@AS
@pytest.mark.parametrize("point", ["import_copying", "import_copied", "import_copy_named", "import_ended"])
def test_killed_before_a_person_s_word_it_keeps_the_copy_alone(site, tmp_path, point, as_folder):
    take(site, complete(tmp_path, 15))
    shutil.rmtree(site.folder / f"archive/{ACADEMY}")
    sent = Sent(site, complete(tmp_path, 16, people(PUPILS // 2)), as_folder)
    killed_at(site, point, sent)
    site.restart(IMPORTD)
    site.wait(lambda: rows(site, "select 1 from preau.import_run where state = 'held'") and sent.kept.stat().st_nlink == 1, 30, "held, its upload gone")
    assert [state for state, _ in ended(site)] == [APPLIED, HELD]
    claim, = taken_folder(site)
    assert not claim.startswith(".")
    (run,), = rows(site, "select id from preau.import_run where state = 'held'")
    assert decide(site, "approve", {"run": run}).returncode == 0
    site.wait(sent.is_over, 30, "put away")
    assert [state for state, _ in ended(site)] == [APPLIED, HELD, APPLIED]
    sent.check_is_put_away_once()


@pytest.mark.parametrize("point", ["import_upload_named", "import_given_back"])
def test_killed_while_it_gives_back_what_is_not_whole_the_upload_itself_is_there(site, tmp_path, point):
    whole = complete(tmp_path, 15)
    half, rest = whole.read_bytes()[:whole.stat().st_size // 2], whole.read_bytes()[whole.stat().st_size // 2:]
    whole.write_bytes(half)
    sent = Sent(site, whole, False)
    killed_at(site, point, sent)
    site.restart(IMPORTD)
    site.wait(lambda: sent.dropped.exists() and not taken_folder(site), 30, "given back")
    assert sent.dropped.samefile(sent.kept) and sent.kept.stat().st_nlink == 2
    with open(sent.kept, "ab") as upload:
        upload.write(rest)
    sent.files, sent.bytes = {".": half + rest}, half + rest
    sent.ask()
    site.wait(sent.is_over, 30, "put away")
    assert [state for state, _ in ended(site)].count(APPLIED) == 1
    sent.check_is_put_away_once()
    check_people_once(site)


@AS
def test_without_room_for_the_copy_it_waits_and_keeps_no_part_of_it(site, tmp_path, as_folder):
    preload, full = tmp_path / "full_disk.so", tmp_path / "full"
    source = ROOT / "tests/peers/full_disk.c"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", preload, source, "-ldl"], check=True)
    full.touch()
    site.restart(IMPORTD, LD_PRELOAD=str(preload), PREAU_FULL_COPY=str(full))
    sent = Sent(site, complete(tmp_path, 15), as_folder)
    before = site.log(IMPORTD).count("import_failed")
    sent.ask()
    site.wait(lambda: site.log(IMPORTD).count("import_failed") >= before + 2, 30, "tried again")
    assert "No space left on device" in site.log(IMPORTD)
    site.wait(lambda: len(taken_folder(site)) == 1, 10, "the copy's beginning is gone")
    claim, = (site.folder / "inbox/.taken").glob("*/*")
    assert not claim.name.startswith(".") and Sent.files_of(claim) == sent.files and ended(site) == []
    full.unlink()
    site.wait(sent.is_over, 30, "put away")
    assert [state for state, _ in ended(site)] == [APPLIED]
    sent.check_is_put_away_once()
    check_people_once(site)
