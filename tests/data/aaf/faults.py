"""Bad records and files, on purpose, each told in a manifest."""

from .chance import seed_of
from .xml import BYTES_MARK

LONG = 100_000


def change(attributes, *names, to):
    """Gives the attributes a value by one of the names that the two grammars have."""
    return [(name, to(value) if name in names else value) for name, value in attributes]


def drop(attributes, *names):
    return [one for one in attributes if one[0] not in names]


def to(text):
    return lambda _: text


LINKS = ("ENTElevePersRelEleve", "ENTEleveAutoriteParentale")
NOBODY = "99999999"
FIRST_NAMES, LAST_NAMES = ("givenName", "ENTPersonPrenom"), ("sn", "ENTPersonNom")


def dangling_guardian(value):
    first = value[0] if isinstance(value, list) else value or "0$20"
    return [NOBODY + first[first.index("$"):] if "$" in first else NOBODY]


def short_link(value):
    return [(value[0] if isinstance(value, list) else value or "0").split("$")[0] + "$"]


def other_school(value):
    return NOBODY + (value[value.index("$"):] if "$" in value else "")


def unlucky_uai(value):
    return value[:-1] + ("A" if value[-1] != "A" else "B")


def attribute(name, text):
    return lambda attributes: attributes + [(name, text)]


def setting(text, *names):
    return lambda attributes: change(attributes, *names, to=to(text))


def without(*names):
    return lambda attributes: drop(attributes, *names)


def changing(function, *names):
    return lambda attributes: change(attributes, *names, to=function)


SCHOOLS = ("ENTPersonStructRattach", "ENTEleveClasses", "ENTPersonClasses")
# kind: category, what it does to the attributes, what a sound importer does
RECORD_FAULTS = {
    "missing-birth-date": ("Eleve", without("ENTPersonDateNaissance"), "refuse record"),
    "empty-birth-date": ("Eleve", setting("", "ENTPersonDateNaissance"), "refuse record"),
    "impossible-date": ("Eleve", setting("31/02/2015", "ENTPersonDateNaissance"), "refuse record"),
    "future-date": ("Eleve", setting("01/01/2099", "ENTPersonDateNaissance"), "refuse record"),
    "iso-date": ("Eleve", setting("2015-02-28", "ENTPersonDateNaissance"), "refuse record"),
    "missing-name": ("Eleve", setting("", *LAST_NAMES, "ENTPersonNomPatro"), "refuse record"),
    "guardian-without-name": ("PersRelEleve", setting("", *FIRST_NAMES, *LAST_NAMES, "ENTPersonNomPatro"), "refuse record"),
    "missing-jointure": ("Eleve", without("ENTPersonJointure"), "refuse record"),
    "jointure-mismatch": ("Eleve", setting("14357", "ENTPersonJointure"), "refuse record"),
    "not-a-number": ("Eleve", setting("12A", "ENTPersonJointure"), "refuse record"),
    "bad-ine": ("Eleve", setting("???", "ENTEleveINE"), "take record, report"),
    "dangling-guardian": ("Eleve", changing(dangling_guardian, *LINKS), "take record without the link, report"),
    "short-link": ("Eleve", changing(short_link, *LINKS), "take record without the link, report"),
    "dangling-school": ("Eleve", changing(other_school, *SCHOOLS), "refuse record"),
    "dangling-pupil": ("PersRelEleve", setting([NOBODY], "ENTAuxPersRelEleveEleve", "ENTPersRelEleveEleve"), "take, report"),
    "invalid-uai": ("EtabEducNat", changing(unlucky_uai, "ENTStructureUAI", "ENTEtablissementUAI"), "refuse record"),
    "missing-uai": ("EtabEducNat", setting("", "ENTStructureUAI", "ENTEtablissementUAI"), "refuse record"),
    "unknown-attribute": ("Eleve", attribute("ENTEleveAttributNouveau", "valeur"), "take record, count the attribute"),
    "over-long-value": ("Eleve", setting("A" * LONG, *FIRST_NAMES), "refuse record"),
    "long-mail": ("PersRelEleve", setting("a" * 400 + "@example.org", "mail", "ENTPersonMail"), "take without the mail"),
    "control-characters": ("Eleve", setting("Ma\x7frie\x85\u200b", *FIRST_NAMES), "refuse record or clean, report"),
    "formula": ("PersRelEleve", setting('=HYPERLINK("http://example.org")', *FIRST_NAMES), "never a formula in CSV"),
    "markup": ("PersRelEleve", setting("<script>alert(1)</script>", *FIRST_NAMES), "never markup on a page"),
    "no-value": ("Eleve", setting([], "ENTPersonAutresPrenoms"), "take record: well-formed, though not of the DTD"),
    "twice": ("Eleve", None, "take once, report"),
    "forbidden-character": ("Eleve", setting("Ma\x01rie", *FIRST_NAMES), "refuse file: not well-formed"),
    "invalid-bytes": ("Eleve", setting(f"Ma{BYTES_MARK}rie", *FIRST_NAMES), "decode otherwise and report, or refuse file"),
}
DOCTYPE = b'<!DOCTYPE ficAlimMENESR SYSTEM "ficAlimMENESR.dtd">'
LAUGHS = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10 if n else b"ha") for n in range(10))
PART_FAULTS = {
    "truncated-file": ("PersRelEleve", lambda data: data[:len(data) * 2 // 3], "refuse file"),
    "empty-file": ("PersEducNat", lambda data: b"", "refuse file"),
    "missing-part": ("Eleve", lambda data: None, "notice the gap in the numbers"),
    "wrong-academy": ("EtabEducNat", lambda data: data.replace(b'codeAcademieExport="', b'codeAcademieExport="9'), "refuse set"),
    "billion-laughs": ("PersEducNat", lambda data: data.replace(
        DOCTYPE, b"<!DOCTYPE ficAlimMENESR [" + LAUGHS + b"]>").replace(b"<value/>", b"<value>&l9;</value>", 1), "refuse file"),
    "external-entity": ("PersEducNat", lambda data: data.replace(
        DOCTYPE, b'<!DOCTYPE ficAlimMENESR [<!ENTITY x SYSTEM "file:///etc/hostname">]>').replace(
            b"<value/>", b"<value>&x;</value>", 1), "refuse file, open nothing"),
    "byte-order-mark": ("Eleve", lambda data: b"\xef\xbb\xbf" + data, "read it, if the encoding is UTF-8"),
}
KINDS = {**RECORD_FAULTS, **PART_FAULTS}


class Faults:
    """Puts each asked fault into its own record; which one follows from the seed."""

    def __init__(self, options, academy, degree, tell):
        self.tell_line, self.where = tell, {"academy": academy, "degree": degree}
        self.waiting = {}  # category: [(place, kind)]
        self.parts = {}
        self.seen = {}
        for asked in options.bad:
            kind, _, times = asked.partition(":")
            self.plan(options, academy, degree, kind, int(times or 1))
        for places in self.waiting.values():
            places.sort(reverse=True)

    def plan(self, options, academy, degree, kind, times):
        category = KINDS[kind][0]
        if kind in PART_FAULTS:
            self.parts.setdefault(category, []).append(kind)
            return
        taken = {place for place, _ in self.waiting.get(category, ())}
        # structures are few
        apart = 1 if category == "EtabEducNat" else 3
        for rank in range(times):
            place = rank * apart + seed_of(options.seed, academy, degree, kind, rank) % apart
            while place in taken:
                place += 1
            taken.add(place)
            self.waiting.setdefault(category, []).append((place, kind))

    def on_record(self, category, operation, number, attributes):
        """(identifier, attributes, kind of the fault or None, how often to write it)"""
        waiting = self.waiting.get(category)
        if not waiting or attributes is None:
            return number, attributes, None, 1
        seen = self.seen[category] = self.seen.get(category, -1) + 1
        if waiting[-1][0] > seen or not fits(waiting[-1][1], attributes):
            return number, attributes, None, 1
        _, kind = waiting.pop()
        make = RECORD_FAULTS[kind][1]
        identifier = "12A" if kind == "not-a-number" else number
        return identifier, make(attributes) if make else attributes, kind, 2 if kind == "twice" else 1

    def on_part(self, category, part, name, data):
        """The bytes to write; None for a part that is withheld."""
        if part == 0 and category in self.parts:
            for kind in self.parts.pop(category):
                self.tell(kind, category, None, name, None)
                data = PART_FAULTS[kind][1](data)
                if data is None:
                    return None
        return data

    def left(self):
        """Kinds that found no record to go to: the set was too small."""
        return [kind for waiting in self.waiting.values() for _, kind in waiting]

    def tell(self, kind, category, number, file, line):
        expected = KINDS[kind][2] if kind in KINDS else ANOMALIES_EXPECT[kind]
        self.tell_line({"kind": kind, **self.where, "file": file, "line": line, "category": category, "id": number,
                        "expect": expected})


def fits(kind, attributes):
    """A fault of links needs a pupil who has some; one of schools, a structure that is one."""
    if kind in ("dangling-guardian", "short-link"):
        return any(name in LINKS and value for name, value in attributes)
    if kind in ("invalid-uai", "missing-uai"):
        return any(name in ("ENTEcoleCirconscription", "ENTStructureClasses") and value for name, value in attributes)
    return True


ANOMALIES_EXPECT = {
    "modify-new": "create the record: the set of attributes is whole",
    "add-known": "update the record",
    "add-twice": "take once",
    "delete-then-add": "the record is there in the end",
    "modify-unknown": "report, change nothing",
    "delete-unknown": "report, change nothing",
}
