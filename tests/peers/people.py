"""People written straight into a site's database, as an import would leave them: for tests that need one odd family.

    town = Town(site, academy=24)
    college = town.school(degree=2)
    lea = town.pupil(college, "Léa", "Martin", "2010-04-03", account=True)
    anne = town.guardian("Anne", "Martin", [lea], mail="anne@example.org")
    anne.hand_out()          # notified by the school: .password opens it
    anne.account             # (24, 17)
"""

import itertools
import unicodedata

from .sealing import Sealing

ALPHABET = "bcdfghjkmnpqrstvwxyz23456789"
UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def search_name(nom, prenom):
    """As common/domain/name.h makes keys, for French names."""
    plain = "".join(one for one in unicodedata.normalize("NFD", f"{nom} {prenom}".lower()) if not unicodedata.combining(one))
    return " ".join("".join(one if one.isalnum() else " " for one in plain).split())


def letters(number):
    """0 → aaaa, 1 → aaab: a name has no digits."""
    return "".join(chr(97 + number // 26**place % 26) for place in (3, 2, 1, 0))


class Person:
    def __init__(self, town, aaf_id, degree, nom, prenom, birth_date=None):
        self.town, self.aaf_id, self.degree, self.nom, self.prenom, self.birth_date = town, aaf_id, degree, nom, prenom, birth_date
        self.account = self.login = self.password = None

    def hand_out(self, months=3):
        """The school notified it; months < 0: so long ago that it is over."""
        with self.town.database() as database:
            database.execute(
                "update preau.account set state = 'distribue', origin = 'etablissement', notified_at = now() - interval '1 year',"
                " notification_expires_at = now() + make_interval(months => %s) where (academy, id) = (%s, %s)",
                (months, *self.account))

    def reset(self, password="k7pr-wz4t-9hbn"):
        """The school gave it another provisional password; sessions are left to those who must notice."""
        self.password = password
        sealed = self.town.sealing.seal("credential:%d:%d" % self.account, password.encode())
        with self.town.database() as database:
            database.execute("update preau.credential set sealed = %s, hash = null, changed_at = clock_timestamp()"
                             " where (academy, account_id) = (%s, %s)", (sealed, *self.account))
            database.execute("update preau.account set password = 'provisional' where (academy, id) = (%s, %s)", self.account)

    def row(self):
        """{state, origin, password, email, …} as stored."""
        with self.town.database() as database:
            cursor = database.execute("select * from preau.account where (academy, id) = (%s, %s)", self.account)
            return dict(zip((column.name for column in cursor.description), cursor.fetchone()))


class Town:
    def __init__(self, site, academy=24):
        self.site, self.academy = site, academy
        self.numbers = vars(site).setdefault("numbers_of_towns", {}).setdefault(academy, itertools.count(1))
        self.sealing = Sealing(site.folder / "keys")
        with self.database() as database:
            database.execute("insert into preau.academy (code, name) values (%s, 'Essai') on conflict do nothing", (academy,))

    def database(self):
        return self.site.psql()

    def school(self, degree, department=None):
        """department: of its UAI, where it is not the academy's own number."""
        number = next(self.numbers)
        digits = f"{department or self.academy:03}{5000 + number:04}"
        uai = digits + UAI_LETTERS[int(digits) % 23]
        with self.database() as database:
            database.execute(
                "insert into preau.school (academy, uai, degree, name, kind, city) values (%s, %s, %s, %s, %s, 'Ville-Essai')",
                (self.academy, uai, degree, f"Établissement {number}", "ecole" if degree == 1 else "college"))
        return uai, degree

    def pupil(self, school, prenom, nom, birth_date, class_label="6A", account=False):
        uai, degree = school
        person = self._person(degree, "eleve", prenom, nom, birth_date=birth_date)
        with self.database() as database:
            database.execute("insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class)"
                             " values (%s, %s, %s, %s, %s, %s)", (self.academy, degree, person.aaf_id, uai, 1, class_label))
        if account:
            self._open(person, "eleve")
        return person

    def guardian(self, prenom, nom, children, mail=None, degree=None):
        person = self._person(degree or children[0].degree, "responsable", prenom, nom, mail=mail)
        with self.database() as database:
            for child in children:
                database.execute("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)"
                                 " values (%s, %s, %s, %s, 10)", (self.academy, child.degree, child.aaf_id, person.aaf_id))
        self._open(person, "responsable")
        return person

    def families(self, school, count, class_label=None):
        """So many guardians at once, each with a mail address and a child, in classes of 28: a school's whole crowd."""
        uai, degree = school
        people = [Person(self, next(self.numbers), degree, "Foule" + letters(number), "Anne") for number in range(count)]
        children = [Person(self, next(self.numbers), degree, person.nom, "Léa", "2015-04-03") for person in people]
        for number, (person, child) in enumerate(zip(people, children)):
            person.mail, person.child = f"famille{person.aaf_id}@example.org", child
            self._name_account(person)
            child.class_label = class_label or f"C{number // 28:03}"
        everyone = [(person, "responsable", person.mail) for person in people] + [(child, "eleve", None) for child in children]
        with self.database() as database, database.transaction(), database.cursor() as cursor:
            accounts = dict(cursor.execute(
                "insert into preau.account (academy, profile, login) select %s, 'responsable', login from unnest(%s::text[]) as l(login)"
                " returning login, id", (self.academy, [person.login for person in people])).fetchall())
            for person in people:
                person.account = (self.academy, accounts[person.login])
            cursor.executemany(
                "insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, mail, digest,"
                " account_academy, account_id) values"
                " (%s, %s, %s, %s, %s, %s, %s, %s, %s, '\\x00112233445566778899aabbccddeeff', %s, %s)",
                [(self.academy, degree, one.aaf_id, profile, one.nom, one.prenom, search_name(one.nom, one.prenom), one.birth_date, mail,
                  *(one.account or (None, None))) for one, profile, mail in everyone])
            cursor.executemany(
                "insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class) values (%s, %s, %s, %s, 1, %s)",
                [(self.academy, degree, child.aaf_id, uai, child.class_label) for child in children])
            cursor.executemany(
                "insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, %s, %s, %s, 10)",
                [(self.academy, degree, person.child.aaf_id, person.aaf_id) for person in people])
            cursor.executemany(
                "insert into preau.credential (academy, account_id, sealed) values (%s, %s, %s)",
                [(*person.account, self.sealing.seal("credential:%d:%d" % person.account, person.password.encode())) for person in people])
        with self.database() as database:  # as after an import: the planner knows how many there are
            database.execute("analyze preau.account, preau.credential, preau.person, preau.enrolment, preau.guardianship, preau.delivery")
        return people

    def _person(self, degree, profile, prenom, nom, birth_date=None, mail=None):
        person = Person(self, next(self.numbers), degree, nom, prenom, birth_date)
        with self.database() as database:
            database.execute(
                "insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, mail, digest)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, '\\x00112233445566778899aabbccddeeff')",
                (self.academy, degree, person.aaf_id, profile, nom, prenom, search_name(nom, prenom), birth_date, mail))
        return person

    def _name_account(self, person):
        signs = "".join(ALPHABET[(person.aaf_id * 31 + 7 * i) % len(ALPHABET)] for i in range(12))
        person.password = "-".join((signs[:4], signs[4:8], signs[8:]))
        first = next((letter for letter in person.prenom.lower() if "a" <= letter <= "z"), "x")
        person.login = f"{first}.essai{self.academy}{person.aaf_id:05}"

    def _open(self, person, profile):
        """An account as the import makes one: not distributed, its provisional password sealed."""
        self._name_account(person)
        with self.database() as database:
            person.account = database.execute(
                "insert into preau.account (academy, profile, login) values (%s, %s, %s) returning academy, id",
                (self.academy, profile, person.login)).fetchone()
            place = "credential:%d:%d" % person.account
            database.execute("insert into preau.credential (academy, account_id, sealed) values (%s, %s, %s)",
                             (*person.account, self.sealing.seal(place, person.password.encode())))
            database.execute(
                "update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                (*person.account, self.academy, person.degree, person.aaf_id))
