"""What happens to families from one day to the next: day N is day N-1 and the events of day N."""

from . import contacts, families, names, people, places
from .chance import pick, seed_of, stream


class Calendar:
    """Which families of a sector something happens to, on each day up to the asked one."""

    def __init__(self, options, the_plan, sector):
        self.options, self.plan, self.sector = options, the_plan, sector
        self.at_start = sector.families
        self.border = families.border_families(options, the_plan, sector.number)
        self.days_of = {}
        for day in range(1, options.day + 1):
            for index in self.touched_by_event(day):
                self.days_of.setdefault(index, []).append(day)

    def count(self, day):
        """How many families the sector has known up to this day."""
        return self.at_start + self.plan.arrivals * day

    def touched_by_event(self, day):
        if not self.plan.events:
            return []
        rng = stream(self.options.seed, self.plan.academy, "day", day, self.sector.number)
        low, high = self.border, self.count(day - 1)
        if high <= low:
            return []
        return sorted(rng.sample(range(low, high), min(self.plan.events, high - low)))

    def flip_day(self, index):
        """The day on which a family of the border moves a child to the other academy; the same seen from both."""
        pair, _ = places.pair_of(self.plan.academy)
        return seed_of(self.options.seed, pair, "flip", self.sector.number, index) % 20 + 1

    def touched(self, day):
        """Families whose records may differ between the day before and this day."""
        flips = [index for index in range(self.border) if self.plan.events and self.flip_day(index) == day]
        return flips + self.touched_by_event(day) + list(range(self.count(day - 1), self.count(day)))

    def family(self, index, day, degrees=(1, 2)):
        """The family as it is on this day; None when it has nothing to write."""
        if index >= self.count(day):
            return None
        days = [one for one in self.days_of.get(index, ()) if one <= day]
        # an event may bring a child to a school: then the whole family is needed
        family = families.build(self.options, self.plan, self.sector, index, (1, 2) if days else degrees)
        if family is None:
            return None
        for one in days:
            happen(self.options, family, stream(self.options.seed, family.uid, "event", one))
        if index < self.border and self.plan.events and self.flip_day(index) <= day:
            family.children[-1].side ^= 1
            families.enrol(self.options, family)
        return family


def happen(options, family, rng):
    """One event, by its weight."""
    draw = rng.random() * TOTAL
    for weight, event in EVENTS:
        draw -= weight
        if draw < 0:
            break
    event(options, family, rng)
    families.enrol(options, family)


def present(family, rng):
    """A child who is at a school, or any."""
    return pick(rng, [one for one in family.children if one.school is not None] or family.children)


def records_of(adult, rng):
    """The entries that a correction reaches: one degree's, or all."""
    draw = rng.random()
    one_degree = (people.RECORD_1D, people.SECOND_1D) if draw < 0.3 else (people.RECORD_2D, people.SECOND_2D)
    return [adult.entries[record] for record in one_degree] if draw < 0.6 else adult.entries


def parent(family, rng):
    return pick(rng, family.adults[:2])


def change_mail(options, family, rng):
    adult = parent(family, rng)
    unique = (family.uid * people.ADULTS_MAX + adult.slot) * 64 + 2 + int(rng.random() * 60)
    mail = contacts.mail(rng, adult.entries[0].first, adult.entries[0].name, unique) if rng.random() < 0.9 else ""
    for entry in records_of(adult, rng):
        entry.mail = mail


def change_mobile(options, family, rng):
    adult = parent(family, rng)
    mobile = contacts.mobile(rng, options.rates, family.sector.department) if rng.random() < 0.95 else ""
    for entry in records_of(adult, rng):
        entry.mobile = mobile


def change_name(options, family, rng):
    adult = parent(family, rng)
    name = names.civil(rng, names.birth_name(rng))
    for entry in records_of(adult, rng):
        entry.name = name if rng.random() < 0.5 else names.joined(rng, entry.name, name)


def move_house(options, family, rng):
    family.addresses[0] = places.address(rng, family.sector)


def change_class(options, family, rng):
    present(family, rng).turn += 1


def change_school(options, family, rng):
    present(family, rng).moves += 1


def leave(options, family, rng):
    present(family, rng).present = False


def come_back(options, family, rng):
    gone = [one for one in family.children if not one.present]
    if gone:
        gone[0].present = True
    else:
        leave(options, family, rng)


def correct_birth(options, family, rng):
    child = present(family, rng)
    child.birth = families.draw_birth(rng, child.birth[0])


def correct_first_name(options, family, rng):
    child = present(family, rng)
    child.first = names.first_name(rng, child.sex)


def new_contact(options, family, rng):
    if len(family.adults) < people.ADULTS_MAX - 1 and family.adult(len(family.adults)) is None:
        families.draw_contact(options, family, rng)


def lose_or_gain_right(options, family, rng):
    """A judge's decision: the second parent's responsibility turns round."""
    for child in family.children:
        for link in child.links[1:]:
            if link.slot == 1 and link.lien in (people.FATHER, people.MOTHER):
                link.legal = 1 - link.legal if link.legal < 2 else link.legal


def unlink(options, family, rng):
    child = present(family, rng)
    if len(child.links) > 1:
        child.links.pop()


EVENTS = ((20, change_mail), (20, change_mobile), (8, change_class), (8, move_house), (6, leave), (6, change_school),
          (5, come_back), (4, correct_birth), (4, change_name), (4, new_contact), (3, correct_first_name),
          (3, lose_or_gain_right), (2, unlink))
TOTAL = sum(weight for weight, _ in EVENTS)
