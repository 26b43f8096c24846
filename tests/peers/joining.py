"""A guardian with two accounts, and what leads from two to one: for tests.

    twos = Twos(site)
    anne, second = twos.pair()             # anne is active; second was handed out, with a child of its own
    visitor = prove(site, anne, second)    # on the page that says what will happen
    confirm(visitor, "29/02/2012")
"""

import itertools

from .bus import Bus
from .people import Town, letters
from .portal import ACADEMY, PASSWORD, sign_in
from .self_help import NETWORKS

NUMBERS = itertools.count()
FORM = "/guichet/autre-compte"


class Twos:
    def __init__(self, site):
        self.site, self.bus = site, Bus(site)
        self.towns = {academy: Town(site, academy) for academy in (ACADEMY, 12)}
        self.schools = {(academy, degree): town.school(degree) for academy, town in self.towns.items() for degree in (1, 2)}

    def child(self, prenom="Tom", nom="Double", birth_date="2012-02-29", academy=ACADEMY, degree=2):
        return self.towns[academy].pupil(self.schools[academy, degree], prenom, nom, birth_date, account=degree == 2)

    def guardian(self, prenom, nom, children, mail=None):
        """Handed out."""
        guardian = self.towns[children[0].town.academy].guardian(prenom, nom, children, mail=mail)
        guardian.children = children
        guardian.hand_out()
        return guardian

    def activate(self, guardian, email):
        """Opened with PASSWORD, and the address confirmed."""
        request = self.bus.message("link", "OpenAccountRequest", password=PASSWORD, email=email)
        request.account.academy, request.account.id = guardian.account
        for child in guardian.children:
            entry = request.children.add(birth_date=child.birth_date)
            entry.child.academy, entry.child.degree, entry.child.aaf_id = child.town.academy, child.degree, child.aaf_id
        self.bus.ask("link", "OpenAccount", request, account=guardian.account)
        with self.site.psql() as database:
            database.execute("update preau.account set state = 'active', activated_at = now(), email_confirmed_at = now()"
                             " where (academy, id) = (%s, %s)", guardian.account)
        guardian.email, guardian.password = email, PASSWORD
        return guardian

    def name(self):
        return "Double" + letters(next(NUMBERS))

    def pair(self, nom=None, other_nom=None, prenom="Anne", other_prenom=None, child="Tom", academy=12):
        """One active, with Léa; the other handed out, with a child born on 29 February 2012."""
        nom = nom or self.name()
        mine = self.guardian(prenom, nom, [self.child("Léa", nom, "2010-04-03")])
        place = f"double{next(NUMBERS)}@example"
        self.activate(mine, place + ".net")
        second = self.guardian(other_prenom or prenom, other_nom or nom, [self.child(child, nom, academy=academy)], mail=place + ".org")
        second.mail = place + ".org"
        return mine, second

    def events(self, person):
        with self.site.psql() as database:
            return [action for action, in database.execute(
                "select action from preau.account_event where (academy, account_id) = (%s, %s) order by id", person.account)]

    def joins(self, person):
        """As preauctl tells them."""
        return self.site.ctl("account", "joined", person.login, json_answer=True)["joins"]

    def link_identity(self, person, subject):
        with self.site.psql() as database:
            database.execute("insert into preau.franceconnect_identity (academy, account_id, issuer, subject) values (%s, %s, 'https://fc.example.org', %s)",
                             (*person.account, subject))

    def identity(self, person):
        with self.site.psql() as database:
            row = database.execute("select subject from preau.franceconnect_identity where (academy, account_id) = (%s, %s)", person.account).fetchone()
            return row and row[0]


def elsewhere(visitor):
    """At a network of its own, so that tries are counted for it alone."""
    number = next(NETWORKS)
    visitor.session.headers["X-Forwarded-For"] = f"198.18.{number // 250}.{number % 250 + 1}"
    return visitor


def prove(site, mine, other, password=None, visitor=None):
    """Signed in, the identifier and the password of the other account given: .page is what came."""
    visitor = visitor or elsewhere(sign_in(site, mine))
    visitor.page = visitor.submit(visitor.get(FORM).form(FORM), identifiant=other.login, mot_de_passe=password or other.password)
    return visitor


def confirm(visitor, *dates):
    form = visitor.page.form(visitor.page.path)
    names = [name for name, _ in form.fields if name.startswith("naissance")]
    assert len(names) == len(dates), names
    visitor.page = visitor.submit(form, dict(zip(names, dates)))
    return visitor
