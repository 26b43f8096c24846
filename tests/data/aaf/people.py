"""The people of a family, as values."""

from dataclasses import dataclass, field

FATHER, MOTHER, TUTOR, SIBLING, ASCENDANT, FAMILY, EDUCATOR, ASSISTANT, CHILDMINDER, WELFARE, SELF, OTHER = (
    20, 10, 50, 37, 38, 39, 41, 42, 43, 51, 70, 90)
# old codes of the same; those that did not exist become "autre"
OLD_CODES = {20: 1, 10: 2, 50: 3, 39: 4, 51: 5, 90: 6, 70: 7}

# a person's records: in 1D, in 2D, and in each a second entry made by another school
RECORD_1D, RECORD_2D, SECOND_1D, SECOND_2D = range(4)
ADULTS_MAX, CHILDREN_MAX = 6, 12
FIRST_CHILD_ID = 4 * ADULTS_MAX


@dataclass(slots=True)
class Entry:
    """What one school has typed of an adult."""

    name: str
    birth_name: str
    first: str
    mail: str
    mobile: str
    home: str
    work: str
    sms: str


@dataclass(slots=True)
class Adult:
    slot: int
    title: str
    address: int
    salt: int
    second_entry: bool  # another school of the same degree makes its own record
    entries: list  # by record: RECORD_1D ...
    school_of: dict = field(default_factory=dict)  # degree: the school that made the first record


@dataclass(slots=True)
class Link:
    slot: int
    lien: int  # new code
    financial: int
    legal: int  # 0 none, 1 legal guardian, 2 person in charge
    contact: int
    paid: int


@dataclass(slots=True)
class Child:
    slot: int
    sex: str
    age: int  # reached in the calendar year of the school year's start
    birth: tuple  # year, month, day
    late: int  # years behind, -1 ahead
    salt: int
    ine: str
    first: str = ""
    others: tuple = ()
    name: str = ""
    birth_name: str = ""
    mail: str = ""
    address: int = 0
    links: list = field(default_factory=list)
    present: bool = True
    moves: int = 0  # changes of school
    turn: int = 0  # changes of class
    side: int = 0  # which academy of the pair, in families of the border
    school: object = None
    school_class: object = None

    @property
    def level(self):
        return self.age - self.late


@dataclass(slots=True)
class Family:
    sector: object
    index: int
    uid: int  # national: the pair's first academy counts for families of the border
    border: bool
    side: int
    first_id: int
    home: int
    adults: list = field(default_factory=list)
    children: list = field(default_factory=list)
    addresses: list = field(default_factory=list)

    def adult(self, slot):
        return next((one for one in self.adults if one.slot == slot), None)

    def adult_id(self, adult, record):
        return self.first_id + record * ADULTS_MAX + adult.slot

    def child_id(self, child, degree):
        return self.first_id + FIRST_CHILD_ID + (degree - 1) * CHILDREN_MAX + child.slot

    def person(self, member):
        """The human being behind records: the same text in every degree, academy and day."""
        return f"{self.uid}{'a' if isinstance(member, Adult) else 'c'}{member.slot}"

    def enrolled(self, degree):
        return [one for one in self.children if one.school is not None and one.school.degree == degree]

    def record_for(self, adult, child):
        """Which record of the adult this child's school knows."""
        degree = child.school.degree
        if adult.second_entry and adult.school_of.get(degree) not in (None, child.school.id):
            return SECOND_1D if degree == 1 else SECOND_2D
        return RECORD_1D if degree == 1 else RECORD_2D
