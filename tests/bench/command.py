"""The command `import`: options in, the table and its JSON out."""

import argparse
import contextlib
import dataclasses
import json
import os
import pathlib
import platform
import shutil
import signal
import sys
import tempfile
import time

from peers.site import ROOT

from . import figures, table
from .deliveries import Deliveries
from .house import POSTGRES, House
from .rounds import PARTS, Rounds

ENOUGH_PEOPLE = 100_000  # with fewer, what does not depend on the size weighs
BUILD_OPTIONS = "meson-info/intro-buildoptions.json"


def add_common(parser, keep="where the site is put while it runs"):
    """What every bench takes."""
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help=keep)
    parser.add_argument("--build", type=pathlib.Path, default=os.environ.get("PREAU_BUILD", ROOT / "build"), metavar="FOLDER",
                        help="meson's (default: $PREAU_BUILD, else build/)")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="all figures of all rounds, too")
    parser.add_argument("--require", action="store_true", help="end with 1 when something promised is missed")


def parser():
    self = argparse.ArgumentParser(prog="import", description="Measures the import of an academy's sets, as ratios.",
                                   epilog="How each figure is made: docs/developers/benches.md")
    self.add_argument("--people", type=int, default=1_000_000, metavar="N", help="pupils and guardians of an academy (1000000)")
    self.add_argument("--rounds", type=int, default=3, metavar="K", help="medians of so many (3)")
    self.add_argument("--only", metavar="PARTS", help=f"of {', '.join(PARTS)}; with commas")
    self.add_argument("--form", choices=("folder", "tgz"), default="folder", help="what is delivered (folder)")
    self.add_argument("--change-rate", type=float, default=0.005, metavar="R",
                      help="share of records that a night changes (0.005)")
    self.add_argument("--statements", action="store_true", help="also PostgreSQL's longest; watching them costs a little")
    add_common(self, keep="of the data made, for the next run")
    return self


def parts_asked(text):
    asked = text.split(",") if text else PARTS
    for one in asked:
        if one not in PARTS:
            raise ValueError(f"no part is called {one}: {', '.join(PARTS)}")
    return tuple(asked)


def take_two_cores():
    """What is promised is promised on two; the children inherit it."""
    cores = sorted(os.sched_getaffinity(0))[:figures.CORES]
    os.sched_setaffinity(0, cores)
    return len(cores)


def cpu_model():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def build_type(build):
    with contextlib.suppress(OSError, ValueError):
        for option in json.loads((build / BUILD_OPTIONS).read_text()):
            if option["name"] == "buildtype":
                return option["value"]
    return "unknown"


def conditions(given, cores, load, house):
    postgres = ", ".join(f"{name} {house.setting(name)}" for name in (*POSTGRES, "work_mem", "wal_level"))
    return {
        "machine": f"{cpu_model()}, {cores} cores used, Linux {platform.release()}, load {load:.1f} before",
        "build": build_type(given.build),
        "sets": f"{given.people} people, first and second degree, as {given.form}; medians of {given.rounds} round(s)",
        "PostgreSQL": f"{house.setting('server_version')}; {postgres}",
    }


class Progress:
    """A line for each step with the time it took, on standard error."""

    def __init__(self):
        self.step, self.start = None, 0.0

    def __call__(self, step):
        now = time.monotonic()
        if self.step is not None:
            print(f"{now - self.start:7.1f} s {self.step}", file=sys.stderr, flush=True)
        self.step, self.start = step, now


@contextlib.contextmanager
def place(keep):
    """(folder of the data sets, folder of the site): on one file system, since deliveries are linked into the inbox."""
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
    site = pathlib.Path(tempfile.mkdtemp(prefix="site-" if keep else "preau-bench-", dir=keep))
    try:
        yield keep or site / "data", site / "site"
    finally:
        shutil.rmtree(site, ignore_errors=True)


def measure(given, parts, tell):
    cores, load = take_two_cores(), os.getloadavg()[0]
    with place(given.keep) as (data, folder):
        deliveries = Deliveries(data, given.form, given.change_rate, tell)
        tell("site")
        with contextlib.closing(House(folder, given.build, given.statements)) as house:
            told = conditions(given, cores, load, house)
            measured = Rounds(house, deliveries, given.people, parts, tell).run(given.rounds)
        tell(None)
    return measured, told


def conclude(given, told, targets, lines, figures):
    """Tells what was measured, and writes all figures where that was asked for; with what the program ends."""
    print("\n".join(f"{name:12} {what}" for name, what in told.items()))
    print()
    print("\n".join(table.promise_lines(targets)))
    print()
    print("\n".join(lines))
    if given.json:
        given.json.write_text(json.dumps({"conditions": told, **figures}, indent=1) + "\n")
    return 1 if given.require and not all(one.is_met for one in targets) else 0


def as_json(measured, targets, told):
    return {
        "conditions": told, "measured": dataclasses.asdict(measured),
        "targets": [{**dataclasses.asdict(one), "median": one.median, "is_met": one.is_met} for one in targets],
    }


def main(arguments=None):
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped on the way out
    the_parser = parser()
    given = the_parser.parse_args(arguments)
    try:
        parts = parts_asked(given.only)
    except ValueError as wrong:
        the_parser.error(str(wrong))
    measured, told = measure(given, parts, Progress())
    targets = list(figures.targets(measured))
    print("\n".join(table.lines(measured, targets, told)))
    if given.people < ENOUGH_PEOPLE:
        print(f"\nWith less than {ENOUGH_PEOPLE:,} people the fixed costs weigh: these ratios promise nothing.")
    if given.json:
        given.json.write_text(json.dumps(as_json(measured, targets, told), indent=1) + "\n")
    return 1 if given.require and not all(one.is_met for one in targets) else 0
