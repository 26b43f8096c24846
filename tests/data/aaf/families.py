"""Families: drawn from the seed, the academy, the sector and their number, and from nothing else."""

from . import contacts, names, people, places
from .chance import pick, seed_of, stream
from .people import Adult, Child, Entry, Family, Link

SIZES = (1,) * 35 + (2,) * 42 + (3,) * 16 + (4,) * 5 + (5, 6)
GAPS = (1, 2, 2, 2, 3, 3, 3, 4, 5, 7)
DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
INE_LETTERS = "ABCDEFGHJK"


def border_families(options, the_plan, sector):
    return max(1, round(the_plan.families_of(sector) * options.rates.border)) if options.rates.border else 0


def build(options, the_plan, sector, index, degrees=(1, 2)):
    """The family on day 0; None when none of its children is at a school of these degrees."""
    pair, side = places.pair_of(the_plan.academy)
    border = index < border_families(options, the_plan, sector.number)
    owner = f"pair {pair}" if border else the_plan.academy
    rng = stream(options.seed, owner, sector.number, index)
    national = list(places.ACADEMIES)[2 * pair] if border else the_plan.academy
    uid = national * 10**8 + sector.number * the_plan.room + index
    family = Family(sector, index, uid, border, side, the_plan.first_id(sector.number, index), rng.getrandbits(16))
    draw_children(options, family, rng)
    enrol(options, family)
    if index >= border_families(options, the_plan, sector.number) and not any(
            one.school is not None and one.school.degree in degrees for one in family.children):
        return None
    draw_household(options, family, rng)
    return family


def draw_children(options, family, rng):
    turned = options.school_year - options.population_year
    age = int(rng.random() * 19) + 2 + turned
    count = max(2, pick(rng, SIZES)) if family.border else pick(rng, SIZES)
    birth = None
    for slot in range(count):
        if slot and birth and rng.random() >= options.rates.twins:
            age -= pick(rng, GAPS)
            birth = None
        birth = birth or draw_birth(rng, options.school_year - age)
        family.children.append(new_child(options, family, rng, slot, age, birth))


def draw_birth(rng, year):
    month = int(rng.random() * 12)
    return year, month + 1, int(rng.random() * DAYS[month]) + 1


def new_child(options, family, rng, slot, age, birth):
    draw = rng.random()
    late = 1 if draw < options.rates.late else -1 if draw > 0.985 else 0
    salt = rng.getrandbits(32)
    child = Child(slot, "F" if salt & 1 else "M", age, birth, late if age > 6 else 0, salt, ine(family.uid, slot))
    child.side = slot % 2
    return child


def ine(uid, slot):
    """Nine digits and two letters: academy, number, and letters that hold what the digits have no place for."""
    national, number = divmod(uid, 10**8)
    high, low = divmod(number * people.CHILDREN_MAX + slot, 10**7)
    return f"{national:02d}{low:07d}{INE_LETTERS[high // 10 % 10]}{INE_LETTERS[high % 10]}"


def enrol(options, family):
    """Gives each child the school and class that its age, home and history lead to."""
    for child in family.children:
        child.school = child.school_class = None
        here = child.present and (not family.border or child.side == family.side)
        if not here or not 2 <= child.level <= 17 or (child.level == 2 and child.salt % 10):
            continue
        # one child in eight does not go where the others go
        choice = family.home + child.moves + (child.salt >> 8) % 8 // 7
        child.school = family.sector.school_at(child.level, choice)
        if child.school is not None:
            classes = child.school.classes[child.level]
            child.school_class = classes[((child.salt >> 12) + child.turn) % len(classes)]
    for adult in family.adults:
        adult.school_of = {}
        for child in family.children:
            if child.school is not None and any(link.slot == adult.slot for link in child.links):
                adult.school_of.setdefault(child.school.degree, child.school.id)


def draw_household(options, family, rng):
    """Adults, names, addresses, links."""
    rates = options.rates
    family.addresses.append(places.address(rng, family.sector))
    shape = rng.random()
    # homonyms bear the names of one of few families of the sector
    copied = rng.random() < rates.homonyms
    naming = stream(options.seed, "namesake", family.sector.number, int(rng.random() * 4)) if copied else rng
    if shape < rates.guardianship:
        draw_guardianship(options, family, rng, naming)
    else:
        draw_parents(options, family, rng, naming, single=shape < rates.guardianship + rates.single)
    name_children(options, family, rng, naming)
    if rng.random() < rates.contact:
        draw_contact(options, family, rng)
    if rng.random() < rates.in_charge:
        draw_in_charge(options, family, rng)
    draw_exceptions(options, family, rng)
    enrol(options, family)


def add_adult(options, family, rng, naming, sex, birth_name=None, usage=None, address=0, legal=True, slot=None):
    rates, sector = options.rates, family.sector
    slot = len(family.adults) if slot is None else slot
    first = names.first_name(naming, sex)
    birth_name = birth_name or names.civil(naming, names.birth_name(naming))
    usage = usage or birth_name
    draws = [rng.random() for _ in range(8)]
    unique = family.uid * people.ADULTS_MAX + slot
    mail = contacts.mail(rng, first, usage, unique)
    if draws[6] < rates.wrong_mail:
        mail = contacts.mistyped(rng, mail)
    mobile = contacts.mobile(rng, rates, sector.department)
    home, work = contacts.fixed(rng), contacts.fixed(rng)
    mail_2d = rates.mail_2d if legal else rates.mail_contact
    entry = [Entry(usage, birth_name, first, mail if draws[0] < mail_rate else "", mobile if draws[1] < mobile_rate else "",
                   home if draws[2] < home_rate else "", work if draws[3] < work_rate else "", "")
             for mail_rate, mobile_rate, home_rate, work_rate in (
                 (rates.mail_1d, rates.mobile_1d, rates.home_1d, rates.work_1d),
                 (mail_2d, rates.mobile_2d, rates.home_2d, rates.work_2d)) for _ in range(2)]
    entries = [entry[0], entry[2], entry[1], entry[3]]  # RECORD_1D, RECORD_2D, SECOND_1D, SECOND_2D
    for record, one in enumerate(entries):
        one.sms = one.mobile if draws[4] < rates.sms_2d else ""
        if record and rng.random() < rates.differing:
            make_differ(options, family, rng, one, unique)
    title = ("Mme" if sex == "F" else "M.") if draws[5] < rates.title else ""
    adult = Adult(slot, title, address, rng.getrandbits(32), draws[7] < rates.double_entry, entries)
    family.adults.append(adult)
    return adult


def make_differ(options, family, rng, entry, unique):
    """One thing is not the same on this record of the person."""
    choice = rng.random()
    if choice < 0.35 and entry.mail:
        entry.mail = contacts.mail(rng, entry.first, entry.birth_name, unique * 8 + 1)
    elif choice < 0.7 and entry.mobile:
        entry.mobile = contacts.mobile(rng, options.rates, family.sector.department)
    elif choice < 0.85:
        entry.first = names.respelled(rng, entry.first)
    else:
        entry.name = names.joined(rng, entry.name, names.civil(rng, names.birth_name(rng)))


def draw_parents(options, family, rng, naming, single):
    rates = options.rates
    separated = not single and rng.random() < rates.separated
    same_sex = not single and rng.random() < rates.same_sex
    first_sex = "F" if rng.random() < (0.85 if single else 0.5) else "M"
    sexes = [first_sex] if single else [first_sex, first_sex if same_sex else "MF"[first_sex == "M"]]
    married = rng.random()
    for rank, sex in enumerate(sexes):
        usage, before = None, family.adults[0].entries[0].name if rank else None
        if rank and not separated and married < 0.45:
            usage = before  # patro is mostly typed as the usual name too
        if rank and separated:
            family.addresses.append(places.address(rng, family.sector))
        adult = add_adult(options, family, rng, naming, sex, usage=usage, address=len(family.addresses) - 1,
                          birth_name=usage if usage and married < 0.38 else None)
    if not single and not separated:
        share_contacts(rates, rng, *family.adults)
    powerless = not single and rng.random() < rates.no_right
    pays = int(rng.random() * len(sexes))
    for child in family.children:
        for rank, sex in enumerate(sexes):
            lien = people.MOTHER if sex == "F" else people.FATHER
            right = int(not (powerless and rank == 1))
            child.links.append(Link(rank, lien, int(rank == pays and right), right, 0, int(rank == pays)))
        child.address = family.adults[-1 if separated and child.salt & 2 else 0].address


def share_contacts(rates, rng, one, other):
    if rng.random() < rates.shared_mail:
        for mine, theirs in zip(one.entries, other.entries):
            theirs.mail = mine.mail
    if rng.random() < rates.shared_mobile:
        for mine, theirs in zip(one.entries, other.entries):
            theirs.mobile = mine.mobile


def draw_guardianship(options, family, rng, naming):
    lien = pick(rng, (people.TUTOR, people.TUTOR, people.WELFARE, people.ASCENDANT, people.SIBLING, people.ASSISTANT,
                      people.FAMILY, people.EDUCATOR, people.OTHER))
    add_adult(options, family, rng, naming, pick(rng, "FM"))
    for child in family.children:
        child.links.append(Link(0, lien, 1, 1, 0, 1))


def name_children(options, family, rng, naming):
    first = family.adults[0].entries[0].birth_name
    second = family.adults[-1].entries[0].birth_name
    draw = rng.random()
    name = names.joined(naming, first, second) if draw < 0.1 and first != second else (first if draw < 0.6 else second)
    if family.children[0].links[0].lien not in (people.FATHER, people.MOTHER):
        name = names.civil(naming, names.birth_name(naming))
    taken = set()
    for child in family.children:
        first = names.first_name(naming, child.sex)
        while first in taken:
            first = names.first_name(naming, child.sex)
        taken.add(first)
        rename_child(options, family, child, name, first)


def rename_child(options, family, child, name, first):
    rng = stream(options.seed, family.uid, "child", child.slot)
    child.name = child.birth_name = name
    child.first = first
    child.others = (first,) + tuple(names.first_name(rng, child.sex) for _ in range(int(rng.random() * 3)))
    has_mail = rng.random() < options.rates.pupil_mail_2d
    child.mail = contacts.mail(rng, child.first, name, family.uid * 64 + 32 + child.slot) if has_mail else ""


def draw_contact(options, family, rng):
    adult = add_adult(options, family, rng, rng, pick(rng, "FM"), legal=False)
    lien = pick(rng, (people.FAMILY,) * 8 + (people.OTHER,) * 2 + (people.CHILDMINDER,))
    for child in family.children:
        child.links.append(Link(adult.slot, lien, 0, 0, 1, 0))


def draw_in_charge(options, family, rng):
    adult = add_adult(options, family, rng, rng, pick(rng, "FM"))
    for child in family.children:
        child.links.append(Link(adult.slot, pick(rng, (people.FAMILY, people.ASCENDANT, people.ASSISTANT)), 0, 2, 1, 0))


def draw_exceptions(options, family, rng):
    """Pupils without any link, a guardian twice on one pupil, adult pupils who answer for themselves."""
    rates = options.rates
    for child in family.children:
        draw = rng.random()
        if draw < (rates.no_link_1d if child.level <= 10 else rates.no_link_2d):
            child.links.clear()
        elif draw > 1 - rates.twice_linked:
            child.links.insert(0, Link(child.links[0].slot, child.links[0].lien, 1, 1, 1, 1))
        # of age in September
        if child.school is not None and child.birth <= (options.school_year - 18, 9, 15) and draw < rates.adult_self:
            if family.adult(people.ADULTS_MAX - 1) is None:
                answer_for_self(options, family, rng, child)


def answer_for_self(options, family, rng, child):
    sex = child.sex
    adult = add_adult(options, family, rng, rng, sex, birth_name=child.birth_name, address=child.address,
                      slot=people.ADULTS_MAX - 1)
    for entry in adult.entries:
        entry.name, entry.first = child.name, child.first
    child.links = [Link(adult.slot, people.SELF, 1, 1, 0, 1)] + [
        Link(link.slot, link.lien, 0, 0, 1, 0) for link in child.links]
