"""From what the bench of registrations measured to what is promised: pure."""

from dataclasses import dataclass, field

from .figures import BUSY, Target

RATE_MIN = 0.7
WHO = ("linkd", "portald", "PostgreSQL", "Kannel", "FranceConnect", "the bench")
# what the house counts itself of a registration, in seconds: (name of it, daemon, series)
COUNTED = (
    ("portald's answers", "preau-portald", 'preau_portal_request_seconds_sum{route="public"}'),
    ("linkd's answers", "preau-linkd", "preau_bus_request_seconds_sum"),
    ("Argon2id", "preau-linkd", 'preau_worker_job_seconds_sum{pool="argon2"}'),
    ("statements of linkd", "preau-linkd", "preau_store_statement_seconds_sum"),
    ("statements of portald", "preau-portald", "preau_store_statement_seconds_sum"),
    ("SMS taken", "preau-linkd", "preau_sms_seconds_sum"),
)
EXECUTED, MATCHING = "executed", "matching"  # by PostgreSQL itself: all statements, and the one that finds who is to get a code


@dataclass
class Measured:
    """Registrations of one way that ended in so many seconds, so many at once."""

    clients: int
    seconds: float
    steps: dict  # {step: [seconds of each]}
    counted: dict = field(default_factory=dict)  # {one of COUNTED, EXECUTED, MATCHING: seconds of all}
    cpu: dict = field(default_factory=dict)  # {one of WHO: seconds}
    busy: int = 0  # answers that said to come back

    @property
    def done(self):
        return len(next(iter(self.steps.values())))

    @property
    def rate(self):
        return self.done / self.seconds

    def mean(self, step):
        return sum(self.steps[step]) / self.done

    @property
    def whole(self):
        """Seconds of a registration."""
        return sum(map(self.mean, self.steps))

    def share(self, step):
        return self.mean(step) / self.whole

    def each(self, what):
        """Seconds that were counted of it for each registration."""
        return self.counted.get(what, 0.0) / self.done


@dataclass
class Round:
    """Seconds of one calculation of Argon2id alone, and of one while every core makes one; each way by one guardian after the other, and
    by many at once."""

    alone: float
    beside: float
    ways: dict = field(default_factory=dict)  # {way: (Measured, Measured)}


def measured_of(clients, seconds, ended, counted, cpu, steps):
    """ended: [({step: seconds}, answers that said to come back)]"""
    return Measured(clients, seconds, {step: [took[step] for took, _ in ended] for step in steps}, counted, cpu, sum(busy for _, busy in ended))


def targets(rounds, cores):
    if "sms" in rounds[0].ways:
        yield Target("registrations by SMS", "a second ÷ (cores ÷ seconds of one Argon2id hash on each core)",
                     tuple(one.ways["sms"][1].rate * one.beside / cores for one in rounds), RATE_MIN, most=False)


def bound(many, beside, cores):
    """Who has the cores, and what is left of them. beside: seconds of one hash; 0 for a way without."""
    if many.rate * beside >= BUSY * cores:
        return "Argon2id itself"
    if sum(many.cpu.values()) >= BUSY * cores * many.seconds:
        share = f"{many.rate * beside / cores:.0%} of them Argon2id's" if beside else "no Argon2id among them"
        return f"the cores, {share}"
    return "waiting: the disk at each commit, one another, other programs"


def ms(seconds):
    return f"{1000 * seconds:.1f} ms"


def step_line(measured):
    return ", ".join(f"{step} {ms(measured.mean(step))} ({measured.share(step):.0%})" for step in measured.steps)


def counted_line(measured):
    """What is in these steps, as the daemons and PostgreSQL count it themselves; one within the other, and the SMS beside the person's wait."""
    statements = measured.each("statements of linkd") + measured.each("statements of portald")
    argon2 = measured.each("Argon2id")
    return (f"portald's answers {ms(measured.each(COUNTED[0][0]))}, in them linkd's {ms(measured.each(COUNTED[1][0]))}"
            + (f", in them Argon2id {ms(argon2)} ({argon2 / measured.whole:.0%} of the registration)" if argon2 else "")
            + f"; PostgreSQL's answers {ms(statements)}, SMS told of included ({ms(measured.each(EXECUTED))} of it statements, the rest commits and "
              f"the way there; who is to get a code, {ms(measured.each(MATCHING))}); the SMS taken by Kannel in {ms(measured.each('SMS taken'))}")


def way_lines(name, one, many, beside, cores):
    yield f"{name}, one after the other: {ms(one.whole)} each: {step_line(one)}"
    yield f"    {counted_line(one)}"
    yield (f"{name}, {many.clients} at once: {many.rate:.1f} a second ({many.done} in {many.seconds:.1f} s, {many.busy} answers said to come back), {ms(many.whole)} each; "
           f"bound by {bound(many, beside, cores)}")
    yield f"    {step_line(many)}"
    yield f"    {counted_line(many)}"
    yield "    of the cores: " + ", ".join(f"{who} {used / many.seconds / cores:.1%}" for who, used in many.cpu.items())


def lines(rounds, cores):
    """Of the round in the middle, of each way."""
    middle = (len(rounds) - 1) // 2
    hashes = sorted(rounds, key=lambda one: one.beside)[middle]
    yield (f"one hash: {ms(hashes.alone)} alone, {ms(hashes.beside)} on each of {cores} cores, which share the memory: no more than "
           f"{cores / hashes.beside:.1f} a second, whoever calculates them")
    for way, name in (("sms", "by SMS"), ("franceconnect", "by FranceConnect")):
        if way in rounds[0].ways:
            one = sorted(rounds, key=lambda each: each.ways[way][1].rate)[middle]
            yield from way_lines(name, *one.ways[way], one.beside if way == "sms" else 0, cores)
