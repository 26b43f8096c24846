"""What the files say, as JSON lines that tests compare with and pick families from."""

import json


class Truth:
    def __init__(self, options, academy, degree, path):
        self.options, self.academy, self.degree = options, academy, degree
        self.file = open(path, "w", encoding="utf-8") if path else None

    def close(self):
        if self.file:
            self.file.close()

    def put(self, subject, number, **values):
        line = {"type": subject, "academy": self.academy, "degree": self.degree, "id": number, **values}
        self.file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")

    def school(self, one, head):
        if not self.file:
            return
        held = {"id": head.id, "title": head.title, "name": head.name, "first": head.first, "mail": head.mail,
                "birth": "%04d-%02d-%02d" % head.birth} if head else None
        self.put("school" if one.is_school else "service", one.id, uai=one.uai, kind=one.kind, name=one.name,
                 town=one.town[1], mail=one.mail, private=one.private, head=held,
                 classes=[entry.label for entries in one.classes.values() for entry in entries])

    def pupil(self, family, child, links):
        """`links`: (adult, guardian's number, link) of each value written."""
        if not self.file:
            return
        self.put("pupil", family.child_id(child, self.degree), person=family.person(child),
                 ine=child.ine if self.degree == 1 or self.options.generation >= 2018 else "",
                 title="Mme" if child.sex == "F" else "M.", name=child.name, first=child.first,
                 birth="%04d-%02d-%02d" % child.birth,
                 mail=child.mail if self.degree == 2 and self.options.generation >= 2024 else "",
                 school=child.school.uai, school_id=child.school.id,
                 **{"class": child.school_class.label}, level=child.level,
                 guardians=[{"id": number, "lien": link.lien, "legal": link.legal == 1,
                             "in_charge": link.legal == 2 and self.options.link == "new",
                             "person": family.person(adult)} for adult, number, link in links])

    def guardian(self, family, adult, record, pupils, legal):
        if not self.file:
            return
        entry = adult.entries[record]
        reached = self.degree == 1 or self.options.generation >= 2018
        self.put("guardian", family.adult_id(adult, record), person=family.person(adult), title=adult.title,
                 name=entry.name, birth_name=entry.birth_name, first=entry.first, mail=entry.mail if reached else "",
                 mobile=entry.mobile if reached else "", home=entry.home, work=entry.work, pupils=pupils, legal=legal)
