"""Guardians who open their account without the school: families whose mobiles the school knows, and the forms of a registration.

    families = Families(site)
    who, anne, lea = families.family()      # who: (name, first name, mobile)
    visitor = choose(name_children(give(begin(site, who), code_to(site, who[2])), "29/02/2012"))
"""

import itertools
import re

from .people import Town, letters
from .portal import ACADEMY, PASSWORD
from .self_help import Stranger

NUMBERS = itertools.count()
CODE = re.compile(r"code est (\d{6})")


class Families:
    def __init__(self, site):
        self.site = site
        self.towns = {academy: Town(site, academy) for academy in (ACADEMY, 12)}
        self.schools = {(academy, degree): town.school(degree) for academy, town in self.towns.items() for degree in (1, 2)}

    def person(self, prenom="Anne"):
        """A name, first name and mobile of nobody yet."""
        number = next(NUMBERS)
        return f"Mobile{letters(number)}", prenom, f"+3361200{number:04}"

    def child(self, nom, prenom="Léa", birth_date="2012-02-29", academy=ACADEMY, degree=2):
        return self.towns[academy].pupil(self.schools[academy, degree], prenom, nom, birth_date, account=degree == 2)

    def guardian(self, who, children, academy=ACADEMY, mail=None):
        nom, prenom, mobile = who
        guardian = self.towns[academy].guardian(prenom, nom, children, mail)
        with self.site.psql() as database:
            database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (mobile, *guardian.account))
        return guardian

    def family(self, **child):
        who = self.person()
        pupil = self.child(who[0], **child)
        return who, self.guardian(who, [pupil]), pupil

    def mails(self, person):
        """Kinds of the mails that the account owed so far."""
        with self.site.psql() as database:
            return [kind for kind, in database.execute(
                "select kind from preau.delivery where (academy, account_id) = (%s, %s) order by id", person.account)]

    def events(self, person):
        with self.site.psql() as database:
            return [action for action, in database.execute(
                "select action from preau.account_event where (academy, account_id) = (%s, %s) order by id", person.account)]


def typed(mobile):
    """As people write it: 06 12 00 00 00; 0690 12 34 56 overseas, where the country is not France's 33."""
    if mobile.startswith("+33"):
        return " ".join(re.findall("..", "0" + mobile.removeprefix("+33")))
    return re.sub(r"^\+\d{3}(\d{3})(\d\d)(\d\d)(\d\d)$", r"0\1 \2 \3 \4", mobile)


def begin(site, who, visitor=None, mobile=None):
    nom, prenom, number = who
    visitor = visitor or Stranger(site)
    page = visitor.get("/inscription")
    visitor.page = visitor.submit(page.form("/inscription"), nom=nom, prenom=prenom, mobile=mobile or typed(number))
    return visitor


def code_to(site, mobile, count=1):
    return CODE.search(site.sms.wait(mobile, count)[-1]["text"])[1]


def give(visitor, code):
    visitor.page = visitor.submit(visitor.page.form("/inscription/code"), code=code)
    return visitor


def name_children(visitor, *dates):
    form = visitor.page.form("/inscription/enfants")
    names = [name for name, _ in form.fields if name.startswith("naissance")]
    assert len(names) == len(dates), names
    visitor.page = visitor.submit(form, dict(zip(names, dates)))
    return visitor


def choose(visitor, password=PASSWORD, again=None):
    visitor.page = visitor.submit(visitor.page.form("/inscription/mot-de-passe"), nouveau=password, confirmation=again or password)
    return visitor


def is_looked_at(site):
    def nothing_waits():
        with site.psql() as database:
            return database.execute("select count(*) from preau.registration where state = 'waiting'").fetchone()[0] == 0

    site.wait(nothing_waits, what="looked at")
