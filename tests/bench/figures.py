"""From what was measured to what is promised: pure."""

import statistics
from dataclasses import dataclass, field

MIB = 1 << 20
PEAK_MAX, PEAK_GROWTH = 256, 16
NIGHT_ACADEMIES, NIGHT_PEOPLE, NIGHT_BYTES, NIGHT_SECONDS = 30, 30_000_000, 48e9, 600
CORES = 2
BUSY = 0.85  # from this share of the time on, somebody is never idle


@dataclass(frozen=True)
class Cost:
    """What imports took: seconds on the wall; seconds of CPU of importd and of PostgreSQL; bytes of XML that were read and of
    PostgreSQL's log that were written; the largest memory of importd; shares of the machine's time spent waiting for disks."""

    wall: float
    importer: float
    postgres: float
    xml: int
    wal: int
    peak: int
    disk: float

    @property
    def cpu(self):
        return self.importer + self.postgres


@dataclass
class Measured:
    """Every figure of every round, in order."""

    people: int = 0
    records: int = 0  # of the first day's set, all categories
    night_records: dict = field(default_factory=dict)  # of a nightly run: {"read": …, "changed": …}
    first: list = field(default_factory=list)  # Cost
    copy: list = field(default_factory=list)  # {table: seconds}
    copy_rows: dict = field(default_factory=dict)
    nightly: list = field(default_factory=list)  # Cost
    xmllint: list = field(default_factory=list)  # seconds of CPU
    unpack: list = field(default_factory=list)  # seconds of CPU
    first_in_turn: list = field(default_factory=list)  # seconds of both, one after the other
    first_together: list = field(default_factory=list)  # Cost
    nightly_in_turn: list = field(default_factory=list)
    nightly_together: list = field(default_factory=list)  # Cost
    double: dict = field(default_factory=dict)  # {"first" | "nightly": Cost} at twice the people
    statements: dict = field(default_factory=dict)  # {"first load": [(seconds, calls, text)]} of the last round, if asked for


@dataclass(frozen=True)
class Target:
    name: str
    what: str
    values: tuple  # of each round
    limit: float
    most: bool = True  # limit is the most; else the least
    aim: float | None = None
    unit: str = ""

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def is_met(self):
        return self.median <= self.limit if self.most else self.median >= self.limit


def ratios(above, below):
    return tuple(one / other for one, other in zip(above, below, strict=True))


def seconds(costs):
    return [cost.wall for cost in costs]


def night_seconds(together):
    """A national night at the rate of two academies together: by bytes of XML."""
    return NIGHT_BYTES / (together.xml / together.wall)


def share(seconds, cost):
    return seconds / cost.wall


def bound(cost, academies=1):
    """Who works all the time. An academy has one thread of importd and one process of PostgreSQL, which may work together."""
    importer, postgres = share(cost.importer, cost), share(cost.postgres, cost)
    if importer + postgres >= BUSY * CORES:
        return "the cores"
    if max(importer, postgres) >= BUSY * academies:
        return "importd" if importer > postgres else "PostgreSQL"
    if importer + postgres >= BUSY * academies:
        return "importd and PostgreSQL in turn, each waiting for the other"
    return "waiting: disks, locks, what else runs here"


def targets(measured):
    """In the order of the issue; those whose measures were not asked for are left out."""
    if measured.xmllint:
        yield Target("nightly", "CPU of importd and PostgreSQL ÷ CPU of xmllint --stream",
                     ratios([cost.cpu for cost in measured.nightly], measured.xmllint), 1.0, aim=0.75)
    if measured.copy:
        yield Target("first load", "wall time ÷ wall time of a bare COPY of the same rows",
                     ratios(seconds(measured.first), [sum(one.values()) for one in measured.copy]), 2.0, aim=1.3)
    if measured.double:
        peaks = [cost.peak for cost in (*measured.first, *measured.nightly)]
        yield Target("memory", f"importd's peak, {measured.people} people", (max(peaks) / MIB,), PEAK_MAX, unit="MiB")
        double = max(cost.peak for cost in measured.double.values())
        yield Target("memory, twice", f"importd's peak, {2 * measured.people} people", (double / MIB,), PEAK_MAX, unit="MiB")
        yield Target("memory, growth", "from the one to the other", ((double - max(peaks)) / MIB,), PEAK_GROWTH, unit="MiB")
    for name, in_turn, together in (("first", measured.first_in_turn, measured.first_together),
                                    ("nightly", measured.nightly_in_turn, measured.nightly_together)):
        if together:
            yield Target(f"two academies, {name}", "one after the other ÷ both together",
                         ratios(in_turn, seconds(together)), 1.6, most=False)
    if measured.nightly_together:
        yield Target("national night", "at the rate of two academies together",
                     tuple(night_seconds(cost) for cost in measured.nightly_together), NIGHT_SECONDS, unit="s")
