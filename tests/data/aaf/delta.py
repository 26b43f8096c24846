"""The difference of two days as requests, and the anomalies that deltas come with."""

from .faults import ANOMALIES_EXPECT, NOBODY
from .xml import REQUESTS

ANOMALIES = tuple(ANOMALIES_EXPECT)


def difference(before, after):
    """Requests that lead from one set of records to the other: {category: {number: attributes}} each.

    In order of number; as in all samples, a modification repeats every attribute.
    """
    for category in {**before, **after}:
        old, new = before.get(category, {}), after.get(category, {})
        for number in sorted(old.keys() | new.keys()):
            if number not in new:
                yield category, "delete", number, None
            elif number not in old:
                yield category, "add", number, new[number]
            elif old[number] != new[number]:
                yield category, "modify", number, new[number]


class Anomalies:
    """Writes requests, the first fitting ones in an odd way. None of the ways changes where the delta leads."""

    def __init__(self, writer, kinds, degree):
        self.writer, self.waiting, self.degree = writer, set(kinds), degree

    def write(self, category, operation, number, attributes):
        turned = self.turn(category, operation)
        if turned is None:
            self.writer.write(category, operation, number, attributes)
            return
        kind, operations = turned
        self.waiting.discard(kind)
        for one in operations:
            self.put(kind, category, one, number, None if one == "delete" else attributes)

    def turn(self, category, operation):
        if category not in ("Eleve", "PersRelEleve"):
            return None
        ways = {"add": (("modify-new", ("modify",)), ("add-twice", ("add", "add"))),
                "modify": (("add-known", ("add",)), ("delete-then-add", ("delete", "add")))}
        return next((way for way in ways.get(operation, ()) if way[0] in self.waiting), None)

    def put(self, kind, category, operation, number, attributes):
        self.writer.put(category, REQUESTS[operation](category, number, attributes), kind, number)

    def close(self):
        """The requests about records that nobody knows come last. Returns the kinds that found no fitting request."""
        if "modify-unknown" in self.waiting:
            name = "ENTPersonMail" if self.degree == 1 else "mail"
            self.put("modify-unknown", "PersRelEleve", "modify", int(NOBODY), [(name, "inconnu@example.org")])
        if "delete-unknown" in self.waiting:
            self.put("delete-unknown", "PersRelEleve", "delete", int(NOBODY) - 1, None)
        return sorted(self.waiting - {"modify-unknown", "delete-unknown"})
