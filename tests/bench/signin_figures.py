"""From what the bench of sign-ins measured to what is promised: pure."""

import statistics
from dataclasses import dataclass, field

from .figures import BUSY, Target
from .portal_figures import percentile

RATE_MIN, SLOWER_MAX = 0.9, 3.0
WHO = ("linkd", "portald", "PostgreSQL", "the bench")


@dataclass
class Round:
    """Seconds of one calculation of Argon2id alone, and of one while every core makes one; what was signed in in so many seconds, what
    was told to come back; seconds of CPU meanwhile; seconds of each request of other pages: while nothing else is done, while libsodium
    alone keeps all cores busy, and while families sign in."""

    alone: float
    beside: float
    seconds: float = 0.0
    signed_in: int = 0
    busy: int = 0
    cpu: dict = field(default_factory=dict)  # {one of WHO: seconds}
    idle: dict = field(default_factory=dict)  # {page: [seconds]}
    bare: dict = field(default_factory=dict)
    saturated: dict = field(default_factory=dict)

    @property
    def rate(self):
        return self.signed_in / self.seconds


def p99(took):
    return percentile(took, 0.99)


def slower(one, page):
    return p99(one.saturated[page]) / p99(one.idle[page])


def targets(rounds, cores):
    yield Target("sign-ins", "a second ÷ (cores ÷ seconds of one Argon2id hash on each core)",
                 tuple(one.rate * one.beside / cores for one in rounds), RATE_MIN, most=False)
    for page in rounds[0].idle:
        yield Target(f"{page}, p99", "while saturated by sign-ins ÷ idle", tuple(slower(one, page) for one in rounds), SLOWER_MAX)


def bound(one, cores):
    """Who has the cores, and what is left of them."""
    hashing = one.rate * one.beside
    if hashing >= BUSY * cores:
        return "Argon2id itself"
    if sum(one.cpu.values()) >= BUSY * cores * one.seconds:
        return "the cores, which others share with Argon2id"
    return "waiting: the disk at each commit, one another, other programs"


def milliseconds(took):
    return f"{1000 * statistics.median(took):.2f} ms, p99 {1000 * p99(took):.2f} ms"


def lines(rounds, cores):
    one = sorted(rounds, key=lambda each: each.rate)[(len(rounds) - 1) // 2]
    yield (f"one hash: {1000 * one.alone:.1f} ms alone, {1000 * one.beside:.1f} ms on each of {cores} cores, which share the memory: "
           f"no more than {cores / one.beside:.1f} a second, whoever calculates them")
    yield (f"{one.rate:.1f} sign-ins a second ({one.signed_in} in {one.seconds:.1f} s, {one.busy} told to come back), "
           f"{one.rate * one.alone / cores:.2f} of what hashes made alone would allow; bound by {bound(one, cores)}")
    yield "    of the cores: " + ", ".join(f"{who} {one.cpu[who] / one.seconds / cores:.1%}" for who in WHO)
    for page in one.idle:
        yield (f"{page}: idle {milliseconds(one.idle[page])}; beside libsodium alone {milliseconds(one.bare[page])}; beside sign-ins "
               f"{milliseconds(one.saturated[page])}")
