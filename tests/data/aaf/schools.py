"""Schools of a sector with their classes, and the structures that are no schools."""

from dataclasses import dataclass, field

from . import contacts, names, places, plan
from .chance import pick, seed_of, stream

# age reached in the calendar year in which the school year begins: code, label, cycle, MEF
LEVELS = {
    2: ("1110", "TPS", 1, ""), 3: ("1111", "PS", 1, ""), 4: ("1112", "MS", 1, ""), 5: ("1113", "GS", 1, ""),
    6: ("1121", "CP", 2, ""), 7: ("1122", "CE1", 2, ""), 8: ("1123", "CE2", 2, ""), 9: ("1124", "CM1", 3, ""),
    10: ("1125", "CM2", 3, ""), 11: ("6EME", "6EME", 0, "10010012110"), 12: ("5EME", "5EME", 0, "10110001110"),
    13: ("4EME", "4EME", 0, "10210001110"), 14: ("3EME", "3EME", 0, "10310019110"),
    15: ("2NDE GT", "2NDE GENERALE ET TECHNO YC BT", 0, "20010018110"),
    16: ("1ERE GENERALE", "PREMIERE GENERALE", 0, "20110019110"),
    17: ("TERM GENERALE", "TERMINALE GENERALE", 0, "20211010110"),
}
MATERNELLE, ELEMENTAIRE = range(2, 6), range(6, 11)
AGES = {"maternelle": MATERNELLE, "elementaire": ELEMENTAIRE, "primaire": range(2, 11), "college": range(11, 15),
        "lycee": range(15, 18)}
# 1D: label and code of the type, start of the current name; 2D likewise
KINDS = {
    "maternelle": ("ECOLE MATERNELLE", "101", "E.M"), "elementaire": ("ECOLE DE NIVEAU ELEMENTAIRE", "151", "E.E"),
    "primaire": ("ECOLE DE NIVEAU ELEMENTAIRE", "151", "E.P"), "college": ("COLLEGE", "340", "CLG"),
    "lycee": ("LYCEE ENSEIGNT GENERAL ET TECHNOLOGIQUE", "302", "LGT"), "rectorat": ("RECTORAT", "809", "RECTORAT"),
    "dsden": ("SERVICE DE L INSPECTION ACADEMIQUE", "806", "DSDEN"), "ime": ("INSTITUT MEDICO-EDUCATIF", "240", "IME"),
    "circonscription": ("CIRCONSCRIPTIONS INSPECTION EDUC NAT", "804", "CIRCONSCRIPTION"),
    "cio": ("CENTRE D INFORMATION ET D ORIENTATION", "850", "CIO"),
}
SERVICES = 4  # of a sector
PER_AGE = 0.098  # pupils of one age per family, measured


@dataclass(frozen=True, slots=True)
class SchoolClass:
    number: int
    label: str
    age: int


@dataclass(slots=True)
class Structure:
    id: int
    uai: str
    kind: str
    name: str
    town: tuple  # postal code, name
    street: str
    phone: str
    mail: str
    siret: str
    degree: int  # 0: in both sets
    number: int  # among all structures of the academy
    department: str
    private: bool = False
    circonscription: int = 0
    classes: dict = field(default_factory=dict)  # age: classes
    staff: int = 0

    @property
    def is_school(self):
        return bool(self.classes)


class Sector:
    """The schools of one sector; families ask it for a school and a class."""

    def __init__(self, options, the_plan, number):
        self.number = number
        self.academy = the_plan.academy
        self.department = the_plan.department(number)
        self.families = the_plan.families_of(number)
        rng = stream(options.seed, the_plan.academy, "sector", number)
        self.towns = [(places.postal_code(rng, self.department), places.town(rng)) for _ in range(6)]
        self.services = services(options, the_plan, self, rng)
        self.schools = [school(options, the_plan, self, rng, kind, rank) for kind, rank in kinds(the_plan, number)]
        self.for_age = {age: [one for one in self.schools if age in AGES[one.kind]] for age in LEVELS}
        for one in self.schools:
            one.circonscription = self.services[-1].id
            fill_classes(rng, one, self)
        for day in range(1, options.day + 1):
            move_schools(options, self, day)

    def school_at(self, age, choice):
        candidates = self.for_age[age]
        return candidates[choice % len(candidates)] if candidates else None


def kinds(the_plan, sector):
    """(kind, number in the academy) of each school of the sector."""
    shares = [the_plan.share(total, sector) for total in the_plan.schools]
    number = first_number(the_plan, sector) + SERVICES
    found = []
    for (first, end), kind in zip(shares, ("ecole", "college", "lycee")):
        for rank in range(end - first):
            ecole = ("primaire", "elementaire", "maternelle")[rank % 3]
            found.append((ecole if kind == "ecole" else kind, number))
            number += 1
    return found


def first_number(the_plan, sector):
    """Structures are numbered sector by sector, services before schools; the rectorate is 0."""
    return 1 + sector * SERVICES + sum(the_plan.share(total, sector)[0] for total in the_plan.schools)


def structure(options, the_plan, sector, rng, kind, number, degree, name):
    town = pick(rng, sector.towns)
    code = places.uai(sector.department, number)
    return Structure(
        id=plan.FIRST_STRUCTURE + number, uai=code, kind=kind, name=name, town=town, degree=degree, number=number,
        street=f"{int(rng.random() * 90) + 1} {pick(rng, places.STREETS)}", phone=contacts.fixed(rng),
        mail=f"ce.{code.lower()}@example.fr", siret=f"{190000000 + seed_of(code) % 9999999:09d}00012",
        department=sector.department)


def school(options, the_plan, sector, rng, kind, number):
    degree = 2 if kind in ("college", "lycee") else 1
    patron = f"{names.first_name(rng, pick(rng, 'FM'))} {names.birth_name(rng)}"
    title = pick(rng, (patron, patron, patron, "Les Tilleuls", "L'Étang neuf", "Le Petit Prince des prés", "Centre"))
    one = structure(options, the_plan, sector, rng, kind, number, degree, title)
    one.private = rng.random() < options.rates.private
    return one


def move_schools(options, sector, day):
    """Some have another UAI from this day on; nothing else of them changes, nor their pupils."""
    rng = stream(options.seed, sector.academy, "places", day, sector.number)
    for one in sector.schools:
        if rng.random() < options.rates.school_moves:
            others = [other.uai for other in sector.schools if other.degree == one.degree and other is not one]
            fresh = places.uai(sector.department, one.number + day * 1000)
            one.uai = pick(rng, others) if others and rng.random() < 0.5 else fresh


def services(options, the_plan, sector, rng):
    """Services of the sector; the first one also holds the rectorate. The circonscription comes last."""
    number = first_number(the_plan, sector.number)
    label = places.ACADEMIES[the_plan.academy][0]
    found = []
    if sector.number == 0:
        found.append(structure(options, the_plan, sector, rng, "rectorat", 0, 0, f"RECTORAT DE {label}"))
    for kind, degree in (("dsden", 0), ("cio", 2), ("ime", 1), ("circonscription", 1)):
        name = f"{KINDS[kind][2]} {sector.towns[0][1]} {sector.number + 1}"
        found.append(structure(options, the_plan, sector, rng, kind, number, degree, name))
        number += 1
    return found


def class_label(rng, one, age, rank, count):
    level = LEVELS[age][1]
    if one.degree == 1:
        teacher = names.ascii_of(names.birth_name(rng)).upper()
        return f"{level} {pick(rng, ('M.', 'Mme'))} {teacher}" if rng.random() < 0.7 else f"{level} {'ABCDEFGHIJ'[rank % 10]}"
    if one.kind == "college":
        return f"{17 - age}{'.ABCDEFGHIJKLMNOPQRSTUVWXYZ'[rank + 1]}" if count < 26 else f"{17 - age}EME {rank + 1}"
    return f"{('2', '1G', 'TG')[age - 15]}{rank + 1:02d}"


def fill_classes(rng, one, sector):
    ages = AGES[one.kind]
    for age in ages:
        pupils = sector.families * PER_AGE * (0.1 if age == 2 else 1) / max(1, len(sector.for_age[age]))
        count = max(1, round(pupils / (24 if one.degree == 1 else 28)))
        base = one.number * 400 + (age - ages[0]) * 40
        one.classes[age] = [SchoolClass(base + rank, class_label(rng, one, age, rank, count), age) for rank in range(count)]
    one.staff = 3 + int(sum(map(len, one.classes.values())) * (1 if one.degree == 1 else 1.8))
