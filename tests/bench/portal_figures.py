"""From what the bench of the portal measured to what is promised: pure."""

import math
import statistics
from dataclasses import dataclass, field

from .figures import Target

MEDIAN_MAX, RATE_AIM = 1.5, 0.3


def percentile(values, share):
    """The least value that so large a share of them does not pass."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


@dataclass
class Page:
    """Seconds of each request and of each run of its SQL alone, of every round; CPU seconds of both sides of the requests."""

    name: str
    path: str
    http: list = field(default_factory=list)  # of rounds: [seconds]
    sql: list = field(default_factory=list)
    portal_cpu: list = field(default_factory=list)
    postgres_cpu: list = field(default_factory=list)

    def ratios(self, of):
        return tuple(of(one) / of(other) for one, other in zip(self.http, self.sql, strict=True))

    @property
    def bound(self):
        wall = sum(map(sum, self.http))
        portal, postgres = sum(self.portal_cpu) / wall, sum(self.postgres_cpu) / wall
        return f"PostgreSQL {postgres:.0%}, portald {portal:.0%} of the time; the rest is waiting: sockets, other programs"


@dataclass
class Rates:
    portal: list = field(default_factory=list)  # requests a second, of every round
    nginx: list = field(default_factory=list)
    portal_cpu: list = field(default_factory=list)  # shares of one core
    postgres_cpu: list = field(default_factory=list)


def targets(pages, rates):
    for page in pages:
        yield Target(f"list, {page.name}", "median over HTTP ÷ median of its SQL by pgbench", page.ratios(statistics.median), MEDIAN_MAX)
    if rates.portal:
        yield Target("signed-in page", "requests a second ÷ those of nginx with the same bytes",
                     tuple(one / other for one, other in zip(rates.portal, rates.nginx, strict=True)), 0, most=False, aim=RATE_AIM)


def lines(pages, rates):
    yield f"{'list':16} {'median':>9} {'p99':>9} {'SQL med.':>9} {'SQL p99':>9} {'÷ median':>9} {'÷ p99':>7}"
    for page in pages:
        over, alone = [one for took in page.http for one in took], [one for took in page.sql for one in took]
        cells = (statistics.median(over), percentile(over, 0.99), statistics.median(alone), percentile(alone, 0.99))
        yield (f"{page.name:16} " + " ".join(f"{1000 * cell:6.1f} ms" for cell in cells)
               + f" {statistics.median(page.ratios(statistics.median)):9.2f}"
               + f" {statistics.median(page.ratios(lambda took: percentile(took, 0.99))):7.2f}")
        yield f"{'':16} {page.bound}"
    if rates.portal:
        yield ""
        yield (f"signed-in page: {statistics.median(rates.portal):,.0f} requests a second, nginx {statistics.median(rates.nginx):,.0f}; "
               f"portald {statistics.median(rates.portal_cpu):.0%}, PostgreSQL {statistics.median(rates.postgres_cpu):.0%} of a core")
