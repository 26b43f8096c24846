"""Families who lost something, and what they do about it: for tests.

    with help_site(folder) as site:
        families = Families(site)
        anne = families.active("Anne", "anne@example.net")       # guardian, .child is a pupil with an account
        ask(site, "/aide/identifiant", "anne@example.net")       # the page that answers
"""

import itertools
import re

from .bus import Bus
from .people import Town, letters
from .portal import ACADEMY, PASSWORD
from .site import Site
from .web import Visitor

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")
FIELDS = {"/aide/identifiant": "courriel", "/aide/mot-de-passe": "identifiant", "/aide/activation": "identifiant"}
NUMBERS = itertools.count()
NETWORKS = itertools.count(1)


def help_site(folder, **options):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "5", "attempts_address": "20",
                         "attempts_delay": "1min"},
                "sms": {"daily_number_total": "1000"},
                "notify": {"scan_interval": "200ms", "smtp_timeout": "1s", "retry_first": "1s", "retry_max": "1s"}}
    return Site.of(folder, *DAEMONS, settings=settings, **options)


class Families:
    """Each with a name of its own."""

    def __init__(self, site):
        self.site, self.bus, self.town = site, Bus(site), Town(site, ACADEMY)
        self.school = self.town.school(2)

    def handed_out(self, mail=None, months=3):
        """A guardian and .child, notified by the school."""
        nom = "Famille" + letters(next(NUMBERS))
        child = self.town.pupil(self.school, "Léa", nom, "2012-02-29", account=True)
        guardian = self.town.guardian("Anne", nom, [child], mail=mail)
        guardian.child = child
        for person in (guardian, child):
            person.hand_out(months)
        return guardian

    def opened(self, email):
        """In the middle: a password chosen, the link of the mail not followed."""
        guardian = self.handed_out()
        request = self.bus.message("link", "OpenAccountRequest", password=PASSWORD, email=email)
        request.account.academy, request.account.id = guardian.account
        entry = request.children.add(birth_date=guardian.child.birth_date)
        entry.child.academy, entry.child.degree, entry.child.aaf_id = ACADEMY, 2, guardian.child.aaf_id
        self.bus.ask("link", "OpenAccount", request, account=guardian.account)
        return guardian

    def active(self, email):
        guardian = self.opened(email)
        self.site.mail.wait(email)
        with self.site.psql() as database:
            database.execute("update preau.account set state = 'active', activated_at = now(), email_confirmed_at = now()"
                             " where (academy, id) = (%s, %s)", guardian.account)
            database.execute("update preau.confirmation set used_at = now() where (academy, account_id) = (%s, %s)", guardian.account)
        self.site.mail.clear()
        return guardian

    def active_pupil(self, pupil, email=None):
        """Opened by its own birth date; email: confirmed later, at its desk."""
        request = self.bus.message("link", "OpenAccountRequest", password=PASSWORD, birth_date=pupil.birth_date)
        request.account.academy, request.account.id = pupil.account
        self.bus.ask("link", "OpenAccount", request, account=pupil.account)
        with self.site.psql() as database:
            database.execute("update preau.account set email = %s, email_confirmed_at = case when %s then now() end"
                             " where (academy, id) = (%s, %s)", (email, email is not None, *pupil.account))
        return pupil

    def sibling(self, guardian):
        """Another child of the guardian, handed out."""
        child = self.town.pupil(self.school, "Léo", guardian.child.nom, "2013-03-01", account=True)
        child.hand_out()
        with self.site.psql() as database:
            database.execute("insert into preau.guardianship select academy, degree, %s, guardian_id, lien from preau.guardianship"
                             " where (academy, degree, pupil_id) = (%s, %s, %s)",
                             (child.aaf_id, self.town.academy, child.degree, guardian.child.aaf_id))
        return child

    def events(self, person):
        with self.site.psql() as database:
            return database.execute("select action, actor from preau.account_event where (academy, account_id) = (%s, %s) order by id",
                                    person.account).fetchall()

    def owed(self, person, kind):
        """(recipient, state) of what was owed of that kind."""
        with self.site.psql() as database:
            return database.execute("select recipient, state from preau.delivery where (academy, account_id, kind) = (%s, %s, %s)"
                                    " order by id", (*person.account, kind)).fetchall()


class Stranger(Visitor):
    """At a network of its own, as the reverse proxy says."""

    def __init__(self, site, network=None):
        super().__init__(site.portal_url)
        number = next(NETWORKS)
        self.session.headers["X-Forwarded-For"] = network or f"198.18.{number // 250}.{number % 250 + 1}"


def ask(site, path, subject, visitor=None):
    """The page that answers who asks for help."""
    visitor = visitor or Stranger(site)
    return visitor.submit(visitor.get(path).form(path), {FIELDS[path]: subject})


def is_answered(site):
    """Until nothing that was asked for waits to be looked at."""
    def nothing_waits():
        with site.psql() as database:
            return database.execute("select count(*) from preau.help_request").fetchone()[0] == 0

    site.wait(nothing_waits, what="answered")


def link_in(text, path="mot-de-passe"):
    return re.search(rf"https?://\S+/{path}/[\w-]+", text)[0]
