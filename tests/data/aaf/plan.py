"""How large an academy is, and how its people share out over sectors.

A sector is a lycée with the collèges and écoles that feed it. A family lives in one sector, so its children of any age
and both degrees are known from its number alone: nothing larger than a sector is ever in memory.
"""

from dataclasses import dataclass

from . import places

# records (pupils and guardians) that a family gives on average, by the degrees written; measured
RECORDS_PER_FAMILY = {(1,): 1.942, (2,): 1.666, (1, 2): 3.623}
PUPILS_PER_FAMILY = 1.47
PEOPLE_PER_SECTOR = 8000
ECOLES, COLLEGES, LYCEES = 13, 2, 1  # of a sector of that size
PUPILS = (130, 480, 600)  # of an école, a collège, a lycée
IDS_PER_FAMILY = 48
IDS_PER_SCHOOL = 2048
FIRST_STRUCTURE = 100
FIRST_PERSON = 1000


@dataclass(frozen=True)
class Plan:
    academy: int
    sectors: int
    families: int  # of the whole academy, on day 0
    schools: tuple  # écoles, collèges, lycées of the whole academy
    arrivals: int  # new families in each sector, each day
    events: int  # events in each sector, each day
    room: int  # families that a sector has numbers for

    def share(self, total, sector):
        """What falls to a sector when the total is dealt out evenly: (first, after the last)."""
        return total * sector // self.sectors, total * (sector + 1) // self.sectors

    def families_of(self, sector):
        first, end = self.share(self.families, sector)
        return end - first

    def first_id(self, sector, family):
        return FIRST_PERSON + ((sector * self.room) + family) * IDS_PER_FAMILY

    def first_staff_id(self, school_number):
        return self.first_id(self.sectors, 0) + school_number * IDS_PER_SCHOOL

    def department(self, sector):
        return places.departments(self.academy)[sector % len(places.departments(self.academy))]


def make_plan(options, academy):
    per_family = RECORDS_PER_FAMILY[tuple(options.degrees)]
    if options.schools:
        schools = options.schools
        families = sum(count * size for count, size in zip(schools, PUPILS)) / PUPILS_PER_FAMILY
        if options.people:
            families = options.people / per_family
        sectors = max(1, schools[2] or schools[1], round(families * per_family / PEOPLE_PER_SECTOR / 4))
        sectors = min(sectors, *(count for count in schools if count))
    else:
        families = options.people / per_family
        weight = families * RECORDS_PER_FAMILY[(1, 2)] / PEOPLE_PER_SECTOR
        sectors = max(1, round(weight))
        schools = tuple(max(sectors, round(weight * count)) for count in (ECOLES, COLLEGES, LYCEES))
    families = max(1, round(families))
    in_sector = -(-families // sectors)
    changes = options.change_rate * in_sector * per_family
    arrivals = round(changes * 0.06) if changes >= 8 else int(options.change_rate > 0)
    room = in_sector + in_sector // 4 + 256
    if in_sector + arrivals * options.day > room:
        raise ValueError(f"day {options.day} is too far: a sector has numbers for {room} families only")
    # an arrival adds some three records, another event touches one, seldom two (counted)
    events = max(int(options.change_rate > 0), round((changes - 3 * arrivals) / 1.03))
    return Plan(academy, sectors, families, tuple(schools), arrivals, events, room)
