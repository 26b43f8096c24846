"""From what the bench of statistics measured to what is promised: pure."""

import statistics
from dataclasses import dataclass, field

from .figures import BUSY, Target
from .portal_figures import percentile

SNAPSHOT_MAX, SIGN_IN_MAX = 1.3, 1.1


@dataclass
class Round:
    """Seconds of the bare GROUP BY by one process, of its CPU, and by as many as PostgreSQL likes; of the snapshot, of PostgreSQL's CPU
    and bytes of its log meanwhile; seconds of each sign-in while no snapshot is taken, and while one is."""

    bare: float
    bare_cpu: float
    parallel: float
    snapshot: float
    cpu: float
    wal: int
    alone: list = field(default_factory=list)
    beside: list = field(default_factory=list)


def slower(one):
    return statistics.median(one.beside) / statistics.median(one.alone)


def targets(rounds):
    yield Target("snapshot", "seconds ÷ those of the bare GROUP BY by one process", tuple(one.snapshot / one.bare for one in rounds), SNAPSHOT_MAX)
    if all(one.alone and one.beside for one in rounds):
        yield Target("sign-in", "median beside a snapshot ÷ median alone", tuple(map(slower, rounds)), SIGN_IN_MAX)


def bound(one):
    """A snapshot is one process of PostgreSQL's."""
    return "PostgreSQL's one process" if one.cpu >= BUSY * one.snapshot else "waiting: disks, what else runs here"


def milliseconds(took):
    return f"{1000 * statistics.median(took):.1f} ms, p99 {1000 * percentile(took, 0.99):.1f} ms, {len(took)} of them"


def lines(rounds):
    one = sorted(rounds, key=lambda each: each.snapshot)[(len(rounds) - 1) // 2]
    yield (f"snapshot {one.snapshot:.1f} s, of PostgreSQL's CPU {one.cpu:.1f} s, {one.wal / 1e6:.0f} MB of its log; bound by {bound(one)}")
    yield (f"bare GROUP BY {one.bare:.1f} s by one process, of its CPU {one.bare_cpu:.1f} s, {one.parallel:.1f} s by as many as PostgreSQL likes; "
           f"in CPU a snapshot is {one.cpu / one.bare_cpu:.2f} of it, whatever else runs here")
    if one.alone and one.beside:
        yield f"sign-ins: alone {milliseconds(one.alone)}; beside a snapshot {milliseconds(one.beside)}"
