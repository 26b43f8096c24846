"""From what the bench of notifyd measured to what is promised: pure."""

import statistics
from dataclasses import dataclass, field

from .figures import MIB, Target, ratios

MAILS_MIN, SHEETS_MIN, MEMORY_MAX = 0.7, 0.8, 64
BUSY = 0.85  # from this share of a core on, who has one thread is never idle


class TooFew(Exception):
    """Nothing happened between a first and a last moment."""


def rate(steps):
    """A second, between the first moment and the last: [(seconds from the first, how many so far)]. What was done by the first
    moment is left out, with the time until then: nobody knows when it began."""
    if len(steps) < 2 or steps[-1][0] <= 0:
        raise TooFew(f"{len(steps)} moments: give it more to do")
    return (steps[-1][1] - steps[0][1]) / steps[-1][0]


@dataclass(frozen=True)
class Spent:
    """Seconds of CPU of each side, and of the wall, over the whole of a batch."""

    wall: float
    notifyd: float
    postgres: float
    sink: float = 0.0


@dataclass
class Mails:
    connections: int = 0
    size: int = 0  # bytes of one
    count: int = 0  # of a round
    notifyd: list = field(default_factory=list)  # a second, of every round
    source: list = field(default_factory=list)
    spent: list = field(default_factory=list)  # Spent of notifyd's


@dataclass
class Sheets:
    count: int = 0
    parts: list = field(default_factory=list)  # pages of each document, of the last round
    notifyd: list = field(default_factory=list)  # a second, on the wall
    bare: list = field(default_factory=list)  # a second of CPU
    idle: list = field(default_factory=list)  # bytes
    peak: list = field(default_factory=list)
    spent: list = field(default_factory=list)


def targets(mails, sheets):
    if mails.notifyd:
        yield Target("mails", f"mails a second into smtp-sink ÷ those of smtp-source, {mails.connections} connections",
                     ratios(mails.notifyd, mails.source), MAILS_MIN, most=False)
    if sheets.notifyd:
        yield Target("sheets", "sheets a second of notifyd's CPU ÷ those of a bare loop of libharu",
                     ratios([sheets.count / spent.notifyd for spent in sheets.spent], sheets.bare), SHEETS_MIN, most=False)
        yield Target("sheets, on the wall", "sheets a second of one notifyd, one thread of which draws ÷ the same",
                     ratios(sheets.notifyd, sheets.bare), SHEETS_MIN, most=False)
        yield Target("memory", f"over idle, a batch of {sheets.count:,} sheets",
                     tuple((peak - idle) / MIB for peak, idle in zip(sheets.peak, sheets.idle, strict=True)), MEMORY_MAX, unit="MiB")


def bound(spent, cores):
    """Who works all the time; notifyd's threads draw one document at a time, but send mails side by side."""
    shares = {name: getattr(spent, name) / spent.wall for name in ("notifyd", "postgres", "sink")}
    if sum(shares.values()) >= BUSY * cores:
        return "the cores"
    if sum(shares.values()) >= BUSY and max(shares.values()) < BUSY:
        return "each waiting for the other, in turn"
    busiest = max(shares, key=shares.get)
    return busiest if shares[busiest] >= BUSY else "waiting: the disk at each commit, sockets, other programs"


def _spent_line(spent, count, cores):
    each = [f"{name} {1000 * seconds / count:.2f} ms" for name, seconds in
            (("notifyd", spent.notifyd), ("PostgreSQL", spent.postgres), ("smtp-sink", spent.sink)) if seconds > 0]
    return f"    CPU of each: {', '.join(each)}; together {(spent.notifyd + spent.postgres + spent.sink) / spent.wall:.0%} of a core; bound by {bound(spent, cores)}"


def lines(mails, sheets, cores):
    if mails.notifyd:
        yield (f"mails: {statistics.median(mails.notifyd):,.0f} a second, smtp-source {statistics.median(mails.source):,.0f}; "
               f"{mails.count:,} of {mails.size:,} bytes a round")
        yield _spent_line(mails.spent[-1], mails.count, cores)
    if sheets.notifyd:
        spent = sheets.spent[-1]
        yield (f"sheets: {statistics.median(sheets.notifyd):,.0f} a second, bare loop {statistics.median(sheets.bare):,.0f}; "
               f"{len(sheets.parts)} documents of {min(sheets.parts)} to {max(sheets.parts)} pages")
        yield _spent_line(spent, sheets.count, cores)
        yield (f"    a second of CPU makes {sheets.count / spent.notifyd:,.0f} by notifyd's alone, "
               f"{sheets.count / (spent.notifyd + spent.postgres):,.0f} by its and PostgreSQL's")
        yield (f"    notifyd idle {statistics.median(sheets.idle) / MIB:.1f} MiB, peak {statistics.median(sheets.peak) / MIB:.1f} MiB")
