"""Two schools of two academies and everybody who may come to the portal's doors: for tests over all pages and all people.

    everyone = Everyone(site)              # site: at least linkd, notifyd, statsd, importd and portald
    everyone.own, everyone.foreign         # Place: .uai, .guardian, .pupil, .batch, .run, .values() for the map's patterns
    visitor = everyone.come("delegue")     # signed in afresh, .page is where it was led, .csrf its token
"""

import json

from .people import Town
from .portal import PASSWORD, add_administrator, add_head, birth, give_password, opening_fields, sign_in, sign_in_head
from .sealing import link_token
from .web import Visitor

OWN, FOREIGN = (16, 31), (4, 33)  # academies, each with a département of its own
ADMINISTRATORS = ("directeur", "delegue", "integrateur", "assistance", "exploitant")
FAMILIES = ("guardian", "pupil", "opening", "new_password")
EVERYBODY = ("nobody", *FAMILIES, *ADMINISTRATORS, "halfway", "disabled")  # halfway: has given the password, not the code


class Place:
    """A collège with a class: what an address may name of it."""

    def __init__(self, site, name, academy, department):
        self.site, self.name, self.department = site, name, department
        self.town = town = Town(site, academy)
        self.school = town.school(2, department)
        self.uai = self.school[0]
        self.head = f"head.{name.lower()}"
        self.pupil = town.pupil(self.school, "Léa", name, "2012-02-29", account=True)
        self.guardian = town.guardian("Anne", name, [self.pupil], mail=f"anne.{name.lower()}@example.org")
        self.run = self._write_run()
        self.batch = None

    def _write_run(self):
        counters = json.dumps({"Eleve": {"read": 1, "refused": 1}})
        with self.site.psql() as database:
            run = database.execute(
                "insert into preau.import_run (academy, degree, kind, generated_on, digest, state, counters, archive, started_at, finished_at)"
                " values (%s, 2, 'complete', '2026-09-16', sha256(%s::bytea), 'applied', %s, %s, now(), now()) returning id",
                (self.town.academy, self.name, counters, f"Archive-{self.name}.tgz")).fetchone()[0]
            database.execute(
                "insert into preau.import_refusal (run_id, sequence, file, line, category, aaf_id, attribute, code, value)"
                " values (%s, 0, 'Eleve_0000.xml', 7, 'Eleve', '1', 'ENTEleveINE', 'ine_invalid', %s)", (run, f"INE-{self.name}"))
        return run

    def print_sheets(self):
        """A batch with its document, asked for as its head does."""
        add_head(self.site, self.head, self.school)
        head = sign_in_head(self.site, self.head)
        form = head.get(f"/etablissements/{self.uai}/responsables").form(f"/etablissements/{self.uai}/apercu")
        preview = head.submit(form, action="sheet", portee="tous")
        sent = head.submit(preview.form(f"/etablissements/{self.uai}/envoi"))
        self.batch = int(sent.path.rpartition("/")[2])
        self.site.wait(lambda: "fiches/1.pdf" in str(head.get(sent.path).links), what="sheets")

    def values(self, **changes):
        """For routes.filled; changes: compte="…" and the like."""
        values = {"uai": self.uai, "compte": "%d-%d" % self.guardian.account, "envoi": str(self.batch), "fiches": "1.pdf",
                  "integration": str(self.run), "releve": f"{self.run}.csv", "jeton": "abc", "portail": "lyon"}
        return {f":{name}": value for name, value in {**values, **changes}.items()}

    def trace(self):
        """What changes when anything is done to its accounts."""
        accounts = [self.guardian.account, self.pupil.account]
        with self.town.database() as database:
            return [database.execute(query, account).fetchall() for account in accounts for query in (
                "select * from preau.account where (academy, id) = (%s, %s)",
                "select * from preau.credential where (academy, account_id) = (%s, %s)",
                "select * from preau.delivery where (academy, account_id) = (%s, %s) order by id",
                "select id, action from preau.account_event where (academy, account_id) = (%s, %s) order by id")]


class Everyone:
    def __init__(self, site):
        self.site = site
        self.own, self.foreign = Place(site, "Proche", *OWN), Place(site, "Ailleurs", *FOREIGN)
        for place in (self.own, self.foreign):
            place.print_sheets()
        self._add_administrators()
        self.families = self._make_families()

    def _add_administrators(self):
        school, academy = ("--school", self.own.uai), ("--academy", OWN[0])
        for role, scope in (("directeur", school), ("delegue", school), ("integrateur", academy), ("assistance", academy),
                            ("exploitant", ("--nation",))):
            add_administrator(self.site, role, role, *scope, name=f"Camille {role.capitalize()}")
        add_administrator(self.site, "disabled", "directeur", *school)
        sign_in_head(self.site, "assistance")  # whose second factor stands from then on

    def _make_families(self):
        """In the second school, so that nobody finds them in the first."""
        town, school = self.own.town, self.own.town.school(2, self.own.department)
        people = {}
        for name in ("guardian", "opening", "pupil", "new_password"):
            child = town.pupil(school, "Tom", f"Famille{name.replace('_', '')}", "2011-11-11", account=True)
            people[name] = town.guardian("Zoé", child.nom, [child], mail=f"{name}@example.org") if name in ("guardian", "opening") else child
            people[name].child = child
            people[name].hand_out()
        for name in ("pupil", "new_password"):
            self._open(people[name])
        people["new_password"].reset()
        self._activate(people["guardian"])
        return people

    def _open(self, pupil):
        visitor = sign_in(self.site, pupil)
        visitor.submit(visitor.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(pupil))

    def _activate(self, guardian):
        visitor = sign_in(self.site, guardian)
        dates = opening_fields(visitor.page, [birth(guardian.child)])
        visitor.submit(visitor.page.form("/ouverture"), dates, nouveau=PASSWORD, confirmation=PASSWORD, courriel="zoe@example.org")
        with self.site.psql() as database:
            number = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)",
                                      guardian.account).fetchone()[0]
        path = "/activation/" + link_token(self.site.folder / "keys", "activation", guardian.account[0], number)
        visitor.submit(visitor.get(path).form(path))

    def come(self, who):
        """A browser of its own for one of EVERYBODY."""
        if who == "nobody":
            visitor = Visitor(self.site.portal_url)
            visitor.page = visitor.get("/connexion")
        elif who in FAMILIES:
            person = self.families[who]
            visitor = sign_in(self.site, person, PASSWORD if who in ("guardian", "pupil") else None)
        elif who == "halfway":
            visitor = give_password(self.site, "assistance")
        else:
            self._enable("disabled")
            visitor = sign_in_head(self.site, who)
        if who == "disabled":  # whose cookie is worth nothing any more
            self._enable("disabled", "now()")
            visitor.page = visitor.get("/connexion")
        visitor.csrf = next(value for form in visitor.page.forms for name, value in form.fields if name == "csrf")
        return visitor

    def _enable(self, login, until="null"):
        with self.site.psql() as database:
            database.execute(f"update preau.administrator set disabled_at = {until} where login = %s", (login,))


def wear(driver, url, visitor):
    """The browser becomes that visitor, however they signed in."""
    driver.execute_cdp_cmd("Network.enable", {})
    driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
    for cookie in visitor.session.cookies if visitor else ():
        driver.execute_cdp_cmd("Network.setCookie", {"name": cookie.name, "value": cookie.value, "url": url, "httpOnly": True})
