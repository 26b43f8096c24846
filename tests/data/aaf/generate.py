"""One academy's set of one degree, from the plan to the packed archive."""

import os
import tempfile
import time

from . import archive, changes, delta, faults, grammar1d, grammar2d, plan, staff
from .schools import Sector
from .truth import Truth
from .writer import Writer


class Set:
    def __init__(self, options, academy, degree, folder, truth, tell):
        self.options, self.academy, self.degree = options, academy, degree
        self.plan = plan.make_plan(options, academy)
        self.grammar = grammar1d if degree == 1 else grammar2d
        self.writer = Writer(options, academy, degree, folder, faults.Faults(options, academy, degree, tell))
        self.truth = truth
        self.left = []  # faults and anomalies that no record was fit for

    def run(self):
        """Writes every file; the records of each category come in order of number."""
        self.nomenclatures()
        out = delta.Anomalies(self.writer, self.options.anomalies, self.degree)
        for number in range(self.plan.sectors):
            sector = Sector(self.options, self.plan, number)
            calendar = changes.Calendar(self.options, self.plan, sector)
            posts = staff.Posts(self.options, self.plan, sector)
            self.structures(sector, posts)
            if self.options.delta:
                self.families_changed(calendar, out)
            else:
                self.families(calendar)
            self.staff(sector, posts)
        self.left = self.writer.faults.left() + out.close()
        self.writer.close(self.grammar.CATEGORIES)
        return archive.ordered(self.writer.files, self.grammar.CATEGORIES, self.options.order)

    def nomenclatures(self):
        if self.degree == 2:
            for number, attributes in grammar2d.subjects(self.options):
                self.writer.write("MatiereEducNat", "add", number, attributes)
            for number, attributes in grammar2d.courses(self.options):
                self.writer.write("MefEducNat", "add", number, attributes)

    def places(self, sector):
        return [one for one in sector.services + sector.schools if one.degree in (0, self.degree)]

    def structures(self, sector, posts):
        parent = sector.services[-4].id
        for one in self.places(sector):
            self.writer.write("EtabEducNat", "add", *self.grammar.structure(self.options, self.academy, one, parent))
            head = next((member for member in posts.members(one, self.options.day) if member.head), None)
            self.truth.school(one, head)

    def families(self, calendar):
        day = self.options.day
        for index in range(calendar.count(day)):
            family = calendar.family(index, day, (self.degree,))
            if family is not None:
                for category, number, attributes in self.records(family, self.truth):
                    self.writer.write(category, "add", number, attributes)

    def families_changed(self, calendar, out):
        day = self.options.day
        for index in calendar.touched(day):
            states = []
            for one, truth in ((day - 1, None), (day, self.truth)):
                records = {"Eleve": {}, "PersRelEleve": {}}
                family = calendar.family(index, one, (self.degree,))
                for category, number, attributes in self.records(family, truth) if family else ():
                    records[category][number] = attributes
                states.append(records)
            for category, operation, number, attributes in delta.difference(*states):
                out.write(category, operation, number, attributes)

    def records(self, family, truth):
        """(category, number, attributes) of a family's pupils and guardians in this degree."""
        children = family.enrolled(self.degree)
        for child in children:
            yield "Eleve", *self.grammar.pupil(self.options, family, child)
            if truth:
                truth.pupil(family, child, self.links(family, child))
        if not children:
            return
        found = (grammar1d.pupils_of(family, children) if self.degree == 1
                 else grammar2d.pupils_of(self.options, family, children))
        for slot, record in sorted(found, key=lambda one: (one[1], one[0])):
            adult = family.adult(slot)
            pupils = found[slot, record]
            yield "PersRelEleve", *self.grammar.guardian(self.options, family, adult, record, pupils)
            if truth:
                legal = any(link.legal == 1 for child in children for link in child.links
                            if link.slot == slot and family.record_for(adult, child) == record)
                truth.guardian(family, adult, record, pupils, legal)

    def links(self, family, child):
        if self.degree == 1:
            return [(adult, number, link) for number, (adult, link) in grammar1d.links(family, child).items()]
        return [(adult, number, link) for adult, number, _, link in grammar2d.links(self.options, family, child)]

    def staff(self, sector, posts):
        day = self.options.day
        changed = posts.change(day)
        for place in self.places(sector):
            if self.options.delta and not (changed and changed[0] is place):
                continue
            after = {one.id: self.grammar.staff(self.options, one)[1] for one in posts.members(place, day)}
            before = {}
            if self.options.delta:
                before = {one.id: self.grammar.staff(self.options, one)[1] for one in posts.members(place, day - 1)}
            for category, operation, number, attributes in delta.difference({"PersEducNat": before}, {"PersEducNat": after}):
                self.writer.write(category, operation, number, attributes)


def archive_name(options, degree):
    mode = "Delta" if options.delta else "Complet"
    name = "ENT1D" if degree == 1 else "ENT2DVA"
    return f"{name}.{options.export_date:%Y%m%d}.{mode}{archive.EXTENSIONS[options.container]}"


def generate_set(options, academy, degree, out, truth_path):
    """Makes one archive in the folder `out`. Returns what was made, for the command to tell."""
    began = time.monotonic()
    os.makedirs(out, exist_ok=True)
    path = os.path.join(out, archive_name(options, degree))
    told = []
    truth = Truth(options, academy, degree, truth_path)
    with tempfile.TemporaryDirectory(prefix=".aaf-", dir=out) as folder:
        one = Set(options, academy, degree, folder, truth, told.append)
        names = one.run()
        truth.close()
        size = sum(os.path.getsize(os.path.join(folder, name)) for name in names)
        archive.pack(options, folder, names, path)
    for line in told:
        line["archive"] = os.path.basename(path)
    return {"academy": academy, "degree": degree, "path": path, "records": one.writer.counts, "files": len(names),
            "xml_bytes": size, "manifest": told, "left": one.left, "seconds": time.monotonic() - began}
