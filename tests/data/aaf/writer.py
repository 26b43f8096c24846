"""Cuts one academy's set of one degree into numbered files, in a folder that the archive is then made of."""

import os

from . import places, xml


class Writer:
    def __init__(self, options, academy, degree, folder, faults):
        self.options, self.academy, self.degree, self.folder = options, academy, degree, folder
        self.faults = faults
        self.head = xml.header(options, academy, degree)
        self.open = {}  # category: texts of the part being filled
        self.records = {}  # category: records in that part
        self.lines = {}
        self.next_part = {}
        self.files = []  # (category, part, name)
        self.counts = {}  # category: records written

    def write(self, category, operation, number, attributes=None):
        identifier, attributes, fault, times = self.faults.on_record(category, operation, number, attributes)
        text = xml.REQUESTS[operation](category, identifier, attributes)
        for _ in range(times):
            self.put(category, text, fault, number)

    def put(self, category, text, fault=None, number=None):
        texts = self.open.get(category)
        if texts is None:
            texts = self.start(category)
        if fault:
            self.faults.tell(fault, category, number, self.name(category, self.next_part[category]), self.lines[category])
        texts.append(text)
        self.lines[category] += text.count("\n")
        self.records[category] += 1
        self.counts[category] = self.counts.get(category, 0) + 1
        if self.records[category] >= self.options.part_size and self.options.naming != "bare":
            self.finish(category)

    def start(self, category):
        self.next_part.setdefault(category, 0)
        self.open[category] = [self.head]
        self.records[category] = 0
        self.lines[category] = self.head.count("\n") + 1
        return self.open[category]

    def finish(self, category):
        texts = self.open.pop(category)
        part = self.next_part[category]
        self.next_part[category] += 1
        name = self.name(category, part)
        data = xml.to_bytes(self.options, "".join(texts) + xml.FOOTER)
        data = self.faults.on_part(category, part, name, data)
        if data is None:
            return
        with open(os.path.join(self.folder, name), "wb") as file:
            file.write(data)
        self.files.append((category, part, name))

    def close(self, categories):
        """Ends every part; a category without any record still has a file."""
        for category in categories:
            if category not in self.open and category not in self.next_part:
                self.start(category)
            if category in self.open:
                self.finish(category)

    def name(self, category, part):
        return file_name(self.options, self.academy, self.degree, category, part)


def file_name(options, academy, degree, category, part):
    mode = "Delta" if options.delta else "Complet"
    day = f"{options.export_date:%Y%m%d}"
    label = places.ACADEMIES[academy][0].replace(" ", "-")
    reference = f"ENT1D_{label}" if degree == 1 else f"ENT2DVA-{label}"
    stem = {
        "reference": f"{reference}_{mode}_{day}", "full": f"FULL_ENTTSSERVICES_{mode}_{day}",
        "underscored": f"ENT_TS_SERVICES_{academy}_{mode}_{day}", "undated": f"ENT_{mode}",
        "school": f"ENT_{places.uai(places.departments(academy)[0], 1)}_{mode}_{day}",
        "baddate": f"ENTTSSERVICES-{label.lower()}_{mode}_{day[:6]}0{day[6:]}", "bare": "",
    }[options.naming]
    return f"{stem}_{category}_.xml" if options.naming == "bare" else f"{stem}_{category}_{part:04d}.xml"
