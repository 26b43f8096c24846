"""The figures of notifyd's bench, and that the bare loop draws the house's own page; nothing is measured."""

import os
import pathlib
import subprocess

import pytest

from bench import notify_figures
from bench.notify_figures import Mails, Sheets, Spent, TooFew
from peers.site import ROOT

MIB = 1 << 20
FONTS = "/usr/share/fonts/truetype/dejavu"


def test_a_rate_counts_from_the_first_moment_to_the_last():
    assert notify_figures.rate([(0.0, 200), (2.0, 350), (4.0, 600)]) == 100.0


@pytest.mark.parametrize("steps", [[], [(0.0, 40)], [(0.0, 3), (0.0, 9)]])
def test_one_moment_has_no_rate(steps):
    with pytest.raises(TooFew):
        notify_figures.rate(steps)


def test_a_ratio_is_taken_within_its_round():
    mails = Mails(connections=4, notifyd=[700.0, 900.0, 400.0], source=[1000.0, 1000.0, 800.0])
    (target,) = notify_figures.targets(mails, Sheets())
    assert target.values == (0.7, 0.9, 0.5) and target.median == 0.7 and target.is_met
    mails.notifyd[0] = 690.0
    (target,) = notify_figures.targets(mails, Sheets())
    assert not target.is_met


def test_memory_is_told_over_idle():
    sheets = Sheets(count=10, notifyd=[80.0], bare=[100.0], idle=[20 * MIB], peak=[85 * MIB], spent=[Spent(2, 0.2, 0.5)])
    by_cpu, by_wall, memory = notify_figures.targets(Mails(), sheets)
    assert by_cpu.values == (0.5,) and not by_cpu.is_met
    assert by_wall.values == (0.8,) and by_wall.is_met
    assert memory.values == (65.0,) and not memory.is_met


@pytest.mark.parametrize("spent, who", [
    (Spent(10, 9, 8.5, 1), "the cores"), (Spent(10, 9, 1), "notifyd"), (Spent(10, 1, 1, 8.6), "sink"),
    (Spent(10, 6, 3), "each waiting for the other, in turn"), (Spent(10, 2, 2), "waiting: the disk at each commit, sockets, other programs")])
def test_who_works_all_the_time_is_the_bound(spent, who):
    assert notify_figures.bound(spent, 2) == who


def test_every_half_is_told_alone():
    mails = Mails(connections=4, size=5000, count=100, notifyd=[700.0], source=[1000.0], spent=[Spent(2, 1, 0.5, 0.1)])
    sheets = Sheets(count=10, parts=[4, 6], notifyd=[80.0], bare=[100.0], idle=[MIB], peak=[2 * MIB], spent=[Spent(2, 1, 0.5)])
    both = "\n".join(notify_figures.lines(mails, sheets, 2))
    assert "\n".join((*notify_figures.lines(mails, Sheets(), 2), *notify_figures.lines(Mails(), sheets, 2))) == both
    assert "smtp-source 1,000" in both and "2 documents of 4 to 6 pages" in both and "notifyd 10.00 ms" in both


@pytest.fixture
def drawn(tmp_path):
    """The page by the house and by the loop: two files."""
    build = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))
    done = subprocess.run([build / "tests/bench/bare_sheet", FONTS, "2", "3", tmp_path], check=True, capture_output=True, text=True)
    pages, seconds, size = done.stdout.split()
    assert int(pages) == 6 and float(seconds) > 0 and int(size) > 3 * 10_000
    return tmp_path / "sheet.pdf", tmp_path / "bare.pdf"


def image_of(pdf, page):
    done = subprocess.run(["pdftoppm", "-r", "60", "-gray", "-f", str(page), "-l", str(page), pdf], check=True, capture_output=True)
    return done.stdout


def test_the_bare_loop_draws_the_same_page(drawn):
    house, bare = drawn
    assert len(image_of(house, 1)) > 100_000
    assert image_of(house, 1) == image_of(bare, 1) == image_of(bare, 2)
