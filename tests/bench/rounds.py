"""The rounds of the bench of the import: each does once everything that is compared, every other one the wrong way round.

What is imported begins from a kept database: empty, or loaded with day 0 of both academies.
"""

import resource
import subprocess

from .bare_copy import BareCopy
from .figures import Measured
from .house import EMPTY

FIRST, SECOND = 10, 24  # academies: no family of the one has a child in the other
LOADED = "preau_loaded"
PARTS = ("nightly", "first-load", "parallel", "memory")


def cpu_of(*command):
    """Seconds of CPU of a command and of all that it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Rounds:
    def __init__(self, house, deliveries, people, parts, tell):
        self.house, self.deliveries, self.people, self.parts, self.tell = house, deliveries, people, parts, tell
        self.measured = Measured(people=people)
        self.copy = None
        self.wants_second = "parallel" in parts
        academies = (FIRST, SECOND) if self.wants_second else (FIRST,)
        self.days = [{academy: deliveries.get(people, academy, day) for academy in academies} for day in (0, 1)]

    def run(self, count):
        self.load()
        steps = list(self.steps())
        for number in range(count):
            for what, step in steps if number % 2 == 0 else reversed(steps):
                self.tell(f"round {number + 1} of {count}: {what}")
                step()
        if "memory" in self.parts:
            self.twice()
        return self.measured

    def steps(self):
        asked = set(self.parts)
        if asked & {"first-load", "parallel", "memory"}:
            yield "first load", self.first_load
        if "first-load" in asked:
            yield "bare COPY", self.bare_copy
        if "parallel" in asked:
            yield "first load of two academies together", self.first_together
        if asked & {"nightly", "parallel", "memory"}:
            yield "nightly run", self.nightly
        if "nightly" in asked:
            yield "xmllint", self.xmllint
        if "parallel" in asked:
            yield "nightly run of two academies together", self.nightly_together

    def one(self, day, academy):
        return self.house.import_sets({academy: self.days[day][academy]})

    def load(self):
        """The store of the day before; it also warms up what all rounds use."""
        self.tell("store of day 0 (not measured)")
        self.house.begin_from(EMPTY)
        _, counted = self.one(0, FIRST)
        self.measured.records = counted["read"]
        if "first-load" in self.parts:
            with self.house.connect(EMPTY) as before, self.house.connect() as after:
                self.copy = BareCopy(self.house.room("rows"), before, after)
            self.measured.copy_rows = self.copy.rows
        if self.wants_second:
            self.one(0, SECOND)
        self.house.keep_as(LOADED)

    # the steps of a round

    def first_load(self):
        self.house.begin_from(EMPTY)
        cost, _ = self.one(0, FIRST)
        self.measured.first.append(cost)
        self.measured.statements["first load"] = self.house.longest_statements()
        if self.wants_second:
            self.measured.first_in_turn.append(cost.wall + self.one(0, SECOND)[0].wall)

    def bare_copy(self):
        self.house.begin_from(EMPTY)
        with self.house.connect() as live:
            self.measured.copy.append(self.copy.run(live))

    def first_together(self):
        self.house.begin_from(EMPTY)
        self.measured.first_together.append(self.house.import_sets(self.days[0])[0])

    def nightly(self):
        self.house.begin_from(LOADED)
        cost, self.measured.night_records = self.one(1, FIRST)
        self.measured.nightly.append(cost)
        self.measured.statements["nightly run"] = self.house.longest_statements()
        if self.wants_second:
            self.measured.nightly_in_turn.append(cost.wall + self.one(1, SECOND)[0].wall)

    def xmllint(self):
        files = self.days[1][FIRST]
        files.read()
        self.measured.xmllint.append(cpu_of("xmllint", "--stream", "--noout", "--nonet", *files.files))
        if self.deliveries.form != "folder":
            self.measured.unpack.append(sum(cpu_of("sh", "-c", 'gzip -dc "$0" | tar -xO', path) for path in files.deliveries))

    def nightly_together(self):
        self.house.begin_from(LOADED)
        self.measured.nightly_together.append(self.house.import_sets(self.days[1])[0])

    def twice(self):
        """Only its memory is of interest."""
        days = [self.deliveries.get(2 * self.people, FIRST, day) for day in (0, 1)]
        self.house.begin_from(EMPTY)
        for name, one in zip(("first", "nightly"), days, strict=True):
            self.tell(f"twice the people: {name}")
            self.measured.double[name] = self.house.import_sets({FIRST: one})[0]
