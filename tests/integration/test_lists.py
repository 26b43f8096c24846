"""The lists of a school (guide 5.1) over HTTP, against a small oracle: people made by chance, filters and orders combined by
chance, the same accounts in the same order. And what is ticked, kept from page to page without a script."""

import datetime
import random
import re
import urllib.parse
from types import SimpleNamespace

import pytest

from peers.people import Town, search_name
from peers.portal import ACADEMY, add_head, sign_in_head
from peers.site import Site

SEED = 2026
PUPILS = 70
NOMS = ("Le Goff", "Legoff", "N’Diaye", "Nguyên", "Öztürk", "D’Almeida", "Müller", "Éluard", "Eluard", "Ben-Saïd", "De La Tour",
        "Martin", "Martin-Dupont", "Zola", "Petit")
PRENOMS = ("Élodie", "Jean-Marie", "Zoé", "Anne", "Étienne", "Léa", "Noé", "Inès", "Tom", "Awa", "Marie")
CLASSES = {"6A": "6EME", "6B": "6EME", "5A": "5EME", "4 C": "4EME", "Été": "4EME"}
BACK = ("address_refused", "message_refused", "refused_for_now", "returned_unknown", "returned_full", "returned_unreached",
        "returned_refused")
NOT_BACK = ("server_unreachable", "not_composed", "account_closed")
NOW = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
STATES = ("non_distribue", "distribue", "en_cours", "active")


def days(count):
    return datetime.timedelta(days=count)


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "1000"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(here, town):
    school = town.school(2)
    add_head(here, "girard", school)
    return school


@pytest.fixture(scope="module")
def head(here, college):
    return sign_in_head(here, "girard")


# ------------------------------------------------------------------------------------------------ people by chance


class People:
    """The school's records and accounts, in memory and in the store alike."""

    def __init__(self, seed):
        self.chance = random.Random(seed)
        self.aaf_id, self.number = 500_000, 700_000
        self.persons, self.enrolments, self.guardianships = [], [], []
        self.accounts, self.credentials, self.deliveries = [], [], []

    def maybe(self, value, share=0.5):
        return value if self.chance.random() < share else None

    def record(self, profile, account=None):
        self.aaf_id += 1
        nom, prenom = self.chance.choice(NOMS), self.chance.choice(PRENOMS)
        person = SimpleNamespace(
            aaf_id=self.aaf_id, profile=profile, nom=nom, prenom=prenom, name=search_name(nom, prenom), account=account,
            mail=self.maybe(f"aaf{self.aaf_id}@example.org"), mobile=self.maybe(f"+336{self.aaf_id:08}"))
        self.persons.append(person)
        return person

    def account(self, profile):
        self.number += 1
        chance = self.chance
        state = chance.choice([state for state in STATES if profile == "responsable" or state != "en_cours"])
        one = SimpleNamespace(number=self.number, profile=profile, state=state, origin="non_renseigne", email=None, confirmed=None,
                              mobile=self.maybe(f"+337{self.number:08}", 0.3), notified=None, expires=None, activated=None,
                              login=f"{chance.choice('abcxyz')}.liste{self.number}", seen=None, came_back=set(), password="provisional")
        if state != "non_distribue":
            one.origin = chance.choice(("etablissement",) * 3 + ("franceconnect", "responsable", "aten", "ent")) if state == "active" else "etablissement"
            if one.origin == "etablissement" or chance.random() < 0.3:
                one.notified = NOW - datetime.timedelta(hours=chance.randrange(24 * 120))
                one.expires = one.notified + days(90)
        if state in ("en_cours", "active") and (state == "en_cours" or chance.random() < 0.6):
            one.email = f"moi{self.number}@example.net"
        if state in ("en_cours", "active"):
            one.password = "chosen"
        if state == "active" and one.expires:  # some were reset since
            one.password = chance.choice(("chosen", "provisional"))
        if state == "active":
            one.activated = NOW - days(3)
            one.confirmed = one.email and NOW - days(2)
            one.seen = self.maybe(NOW - days(1), 0.7)
        self.accounts.append(one)
        return one

    def deliver(self, account, address):
        """A history of mails to it; what the last one became counts."""
        for number in range(self.chance.randrange(3)):
            state = self.chance.choice(("sent", "failed", "failed", "cancelled"))
            reason = self.chance.choice(BACK + NOT_BACK) if state == "failed" else None
            self.deliveries.append((account.number, address, state, reason, NOW - days(10 - number)))
            if state != "cancelled":
                (account.came_back.add if reason in BACK else account.came_back.discard)(address)

    def make(self, pupils):
        for _ in range(pupils):
            pupil = self.record("eleve", self.account("eleve"))
            label = self.chance.choice(list(CLASSES))
            self.enrolments.append((pupil, label, CLASSES[label]))
            for _ in range(self.chance.randrange(1, 3)):
                known = [one for one in self.persons if one.profile == "responsable"]
                guardian = self.chance.choice(known) if known and self.chance.random() < 0.3 else None
                if guardian is None:  # a tenth have another record of somebody already known
                    again = known and self.chance.random() < 0.1
                    guardian = self.record("responsable", self.chance.choice(known).account if again else self.account("responsable"))
                if (pupil, guardian) not in self.guardianships:
                    self.guardianships.append((pupil, guardian))
        for account in self.accounts:
            addresses = {one.mail for one in self.persons if one.account is account} | {account.email}
            for address in sorted(addresses - {None}):  # the order of a set is another each time
                self.deliver(account, address)
        return self

    def store(self, database, uai):
        digest = b"\0" * 16
        with database.transaction(), database.cursor() as to:
            to.execute("set local session_replication_role = replica")  # rows as they would have become, not one by one
            to.executemany(
                "insert into preau.account (academy, id, profile, state, origin, password, login, email, email_confirmed_at, mobile, mobile_confirmed_at,"
                " notified_at, notification_expires_at, activated_at)"
                " values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, case when %s::text is not null then now() end, %s, %s, %s)",
                [(ACADEMY, a.number, a.profile, a.state, a.origin, a.password,
                  a.login, a.email, a.confirmed, a.mobile, a.mobile, a.notified, a.expires, a.activated) for a in self.accounts])
            to.executemany("insert into preau.credential (academy, account_id, sealed, last_sign_in_at) values (%s, %s, '\\x00', %s)",
                           [(ACADEMY, a.number, a.seen) for a in self.accounts])
            to.executemany(
                "insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, mail, mobile, digest,"
                " account_academy, account_id) values (%s, 2, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [(ACADEMY, p.aaf_id, p.profile, p.nom, p.prenom, p.name, "2012-05-06" if p.profile == "eleve" else None, p.mail,
                  p.mobile, digest, ACADEMY, p.account.number) for p in self.persons])
            to.executemany("insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class, niveau) values (%s, 2, %s, %s, 1, %s, %s)",
                           [(ACADEMY, pupil.aaf_id, uai, label, level) for pupil, label, level in self.enrolments])
            to.executemany("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, 2, %s, %s, 10)",
                           [(ACADEMY, pupil.aaf_id, guardian.aaf_id) for pupil, guardian in self.guardianships])
            to.executemany(
                "insert into preau.delivery (academy, account_id, kind, channel, recipient, state, reason, created_at, done_at)"
                " values (%s, %s, 'notification', 'mail', %s, %s, %s, %s, %s)",
                [(ACADEMY, number, address, state, reason, at, at) for number, address, state, reason, at in self.deliveries])


# ------------------------------------------------------------------------------------------------ the oracle


class Oracle:
    def __init__(self, people):
        self.rows = {"responsable": {}, "eleve": {}}
        for pupil, label, level in people.enrolments:
            guardians = [guardian for child, guardian in people.guardianships if child is pupil]
            self._add(pupil, guardians, label, level)
            for guardian in guardians:
                self._add(guardian, [pupil], label, level)

    def _add(self, person, relatives, label, level):
        row = self.rows[person.profile].setdefault(person.account.number, SimpleNamespace(
            account=person.account, records=[], relatives=[], places=set()))
        row.records.append(person)
        row.relatives += relatives
        row.places.add((label, level))

    def wanted(self, profile, filter_):
        rows = [row for row in self.rows[profile].values() if self.matches(row, filter_)]
        return [row.account.login for row in self.sorted(rows, filter_.get("tri", "nom"))]

    @staticmethod
    def person(row):
        return min(row.records, key=lambda one: (one.mail is None, one.aaf_id))

    def email(self, row):
        account = row.account
        return account.email if account.confirmed and account.email else self.person(row).mail

    @staticmethod
    def expires(row):
        return row.account.expires if row.account.password == "provisional" and row.account.state != "non_distribue" else None

    def matches(self, row, filter_):
        account, email = row.account, self.email(row)
        tests = {
            "nom": lambda words: all(self.names_have(row, word) for word in search_name(words, "").split()),
            "classe": lambda label: any(label == one and level in ("", filter_.get("niveau") or level) for one, level in row.places),
            "niveau": lambda level: any(level == one for label, one in row.places if label == (filter_.get("classe") or label)),
            "etat": lambda state: account.state == state,
            "origine": lambda origin: account.origin == origin,
            "courriel": lambda how: {"avec": bool(email), "sans": not email,
                                     "revenu": bool(account.came_back & {email, account.email})}[how],
            "mobile": lambda how: (how == "avec") == bool(account.mobile or self.person(row).mobile),
            "notifie": lambda how: (how == "oui") == bool(account.notified),
            "notifie_avant": lambda day: bool(account.notified) and paris(account.notified) < day,
            "notifie_apres": lambda day: bool(account.notified) and paris(account.notified) >= day,
            "echeance": lambda count: self.expires(row) is not None and (
                account.expires < NOW if count == "0" else NOW <= account.expires < NOW + days(int(count))),
            "echeance_au": lambda day: self.expires(row) is not None and paris(account.expires) <= day,
            "connexion": lambda never: account.seen is None,
        }
        return all(tests[name](value) for name, value in filter_.items() if name in tests and value)

    @staticmethod
    def names_have(row, word):
        names = [one.name for one in (*row.records, *row.relatives)]
        return any(word in name or (len(word) >= 5 and word in name.replace(" ", "")) for name in names)

    def sorted(self, rows, order):
        key = {
            "nom": lambda row: self.person(row).name,
            "classe": lambda row: min(label for label, _ in row.places),
            "etat": lambda row: STATES.index(row.account.state),
            "notification": lambda row: row.account.notified,
            "echeance": self.expires,
            "identifiant": lambda row: row.account.login,
        }[order.lstrip("-")]
        rows = sorted(rows, key=lambda row: (self.person(row).name, row.account.number))
        told = sorted((row for row in rows if key(row) is not None), key=key, reverse=order.startswith("-"))
        if order.startswith("-"):  # Python keeps equal ones as they were, also backwards
            assert [key(row) for row in told] == sorted((key(row) for row in told), reverse=True)
        return told + [row for row in rows if key(row) is None]


def paris(at):
    from zoneinfo import ZoneInfo

    return at.astimezone(ZoneInfo("Europe/Paris")).date().isoformat()


@pytest.fixture(scope="module")
def people(here, college):
    people = People(SEED).make(PUPILS)
    with here.psql() as database:
        people.store(database, college[0])
    return people


@pytest.fixture(scope="module")
def oracle(people):
    return Oracle(people)


def listed(head, college, profile, filter_):
    """(logins of all pages in order, what the page counts)"""
    tab = "eleves" if profile == "eleve" else "responsables"
    page = head.get(f"/etablissements/{college[0]}/{tab}", params=filter_)
    assert page.status == 200, page.text
    count = int(re.search(r'id="resultat">([\d\u202f]+)', page.content.decode())[1].replace("\u202f", ""))
    logins = []
    while True:
        logins += [row[4] for row in page.rows[1:]]
        if "Page suivante" not in page.text:
            return logins, count
        page = head.press(page, "Page suivante")


def by_chance(chance, people):
    values = {
        "nom": lambda: chance.choice([
            chance.choice(NOMS), chance.choice(PRENOMS).upper(), f"{chance.choice(PRENOMS)} {chance.choice(NOMS)}", "legoff", "ndiaye",
            chance.choice(NOMS)[:3], "delatour", "jean marie", "personne"]),
        "classe": lambda: chance.choice([*CLASSES, "3Z"]),
        "niveau": lambda: chance.choice([*CLASSES.values()]),
        "etat": lambda: chance.choice(STATES),
        "origine": lambda: chance.choice(("etablissement", "franceconnect", "non_renseigne", "ent")),
        "courriel": lambda: chance.choice(("avec", "sans", "revenu")),
        "mobile": lambda: chance.choice(("avec", "sans")),
        "notifie": lambda: chance.choice(("oui", "jamais")),
        "notifie_avant": lambda: paris(NOW - days(chance.randrange(120))),
        "notifie_apres": lambda: paris(NOW - days(chance.randrange(120))),
        "echeance": lambda: chance.choice(("0", "7", "15", "30", "61")),
        "echeance_au": lambda: paris(NOW + days(chance.randrange(-30, 90))),
        "connexion": lambda: "jamais",
    }
    filter_ = {name: values[name]() for name in chance.sample(sorted(values), chance.choice((0, 1, 1, 2, 2, 3)))}
    sort = chance.choice(("nom", "classe", "etat", "notification", "echeance", "identifiant"))
    return {**filter_, "tri": chance.choice(("", "-")) + sort, "lignes": chance.choice(("25", "50", "200"))}


# ------------------------------------------------------------------------------------------------ filters and orders


@pytest.mark.parametrize("profile", ["responsable", "eleve"])
def test_any_filters_and_any_order_give_what_the_oracle_says(head, college, people, oracle, profile):
    chance = random.Random(f"{SEED} {profile}")
    found = 0
    for _ in range(120):
        filter_ = by_chance(chance, people)
        wanted = oracle.wanted(profile, filter_)
        assert listed(head, college, profile, filter_) == (wanted, len(wanted)), filter_
        found += bool(wanted)
    assert found > 60, "chance left too many lists empty"


@pytest.mark.parametrize("name, values", [
    ("etat", STATES), ("courriel", ("avec", "sans", "revenu")), ("mobile", ("avec", "sans")), ("notifie", ("oui", "jamais")),
    ("echeance", ("0", "30")), ("connexion", ("jamais",)), ("classe", tuple(CLASSES)), ("niveau", ("6EME", "5EME", "4EME")),
    ("nom", ("Éluard", "legoff", "marie petit"))])
def test_each_filter_alone_finds_some_and_not_all(head, college, oracle, name, values):
    for value in values:
        wanted = oracle.wanted("responsable", {name: value})
        assert 0 < len(wanted) < len(oracle.rows["responsable"]), (name, value)
        assert listed(head, college, "responsable", {name: value, "lignes": "200"}) == (wanted, len(wanted)), (name, value)


def test_accents_sort_with_their_letter(head, college, oracle):
    logins, _ = listed(head, college, "responsable", {"nom": "luard", "lignes": "200"})
    with_accent = {row.account.login: oracle.person(row).nom.startswith("É") for row in oracle.rows["responsable"].values()}
    marks = [with_accent[login] for login in logins if login in with_accent]
    assert True in marks and False in marks and marks != sorted(marks) and marks != sorted(marks, reverse=True)


def test_a_row_says_where_addresses_come_from_and_what_came_back(head, college, oracle):
    rows = list(oracle.rows["responsable"].values())
    own = next(row for row in rows if row.account.confirmed and row.account.email in row.account.came_back)
    aaf = next(row for row in rows if not row.account.email and oracle.email(row) and not row.account.came_back)
    none = next(row for row in rows if not row.account.email and not oracle.email(row) and not oracle.person(row).mobile and not row.account.mobile)
    page = head.get(f"/etablissements/{college[0]}/responsables?lignes=200")
    assert f"{own.account.email} (compte) revenu en erreur" in page.row(own.account.login)[7]
    assert f"{oracle.email(aaf)} (AAF)" in page.row(aaf.account.login)[7] and "revenu" not in page.row(aaf.account.login)[7]
    assert page.row(none.account.login)[7] == "aucun courriel aucun mobile"


def test_active_filters_are_tags_that_can_be_taken_off(head, college):
    page = head.get(f"/etablissements/{college[0]}/responsables?etat=distribue&connexion=jamais&echeance=30")
    assert "<details class=\"preau-more\" id=\"plus-de-filtres\" open>" in page.content.decode()
    page = head.press(page, "Jamais connecté")
    assert page.query == "etat=distribue&echeance=30"
    page = head.press(page, "Voir tous les comptes")
    assert page.query == "" and " open>" not in page.content.decode()


def test_a_heading_sorts_and_says_so(head, college):
    page = head.press(head.get(f"/etablissements/{college[0]}/responsables?etat=active"), "Identifiant")
    assert page.query == "etat=active&tri=identifiant"
    assert re.search(r'aria-sort="ascending"[^>]*><button[^>]*>Identifiant', page.content.decode())
    page = head.press(page, "Identifiant")
    assert page.query == "etat=active&tri=-identifiant" and 'aria-sort="descending"' in page.content.decode()


def test_the_filter_form_leads_to_an_address_that_says_it(head, college):
    page = head.get(f"/etablissements/{college[0]}/responsables?tri=etat&page=2")
    page = head.press(page, "Filtrer", nom="Le Goff", courriel="avec", notifie_avant="3/9/2026", tri="-etat", lignes="25")
    assert urllib.parse.parse_qs(page.query) == {
        "nom": ["Le Goff"], "courriel": ["avec"], "notifie_avant": ["3/9/2026"], "tri": ["-etat"], "lignes": ["25"]}
    assert dict(page.form(page.path.replace("responsables", "apercu")).fields)["notifie_avant"] == "2026-09-03"


EVIL = ["'", '"', "%", "_", "%_%", "\\", "a' or '1'='1", "{{NAME}}", "</select><b>", "é" * 300, "x" * 5000, "\u202e", "名前", "0", "-1", "1e9",
        "2026-13-45", "\t\n", "🙂"]


@pytest.mark.parametrize("name", ["nom", "classe", "niveau", "etat", "origine", "courriel", "mobile", "notifie", "notifie_avant",
                                  "notifie_apres", "echeance", "echeance_au", "connexion", "tri", "lignes", "page", "choix"])
def test_hostile_values_are_never_an_error(head, college, name):
    for value in EVIL:
        page = head.get(f"/etablissements/{college[0]}/responsables", params={name: value})
        assert page.status == 200, (name, value)
        assert "<b>" not in page.content.decode() and "Incident" not in page.text
        assert head.press(page, "Filtrer").status == 200, (name, value)


@pytest.mark.parametrize("query", ["nom=%00", "nom=%ff%fe", "etat=%c3%28"])
def test_what_is_no_text_is_refused_before_it_is_looked_at(head, college, query):
    assert head.get(f"/etablissements/{college[0]}/responsables?{query}").status == 400


def test_a_filter_that_is_not_understood_finds_nothing_and_is_taken_off(head, college, oracle):
    page = head.get(f"/etablissements/{college[0]}/responsables?notifie_avant=hier")
    assert "Un des filtres n’est pas compris" in page.text and "0 compte" in page.text.replace("\u00a0", " ")
    page = head.press(page, "n’est pas compris")
    assert f"{len(oracle.rows['responsable'])} comptes" in page.text.replace("\u00a0", " ")


# ------------------------------------------------------------------------------------------------ what is ticked


def ticked(page):
    return re.search(r'id="nombre"[^>]*>([^<]*)<', page.content.decode())[1]


def boxes(page):
    return page.form(page.path.replace("responsables", "apercu")).values("compte")


def chosen(page):
    """What a browser would send of the boxes of this page."""
    return [value for name, value in page.form(page.path.replace("responsables", "apercu")).fields if name == "compte"]


def first_page(head, college, query=""):
    return head.get(f"/etablissements/{college[0]}/responsables?lignes=25{query}")


def test_what_is_ticked_stays_ticked_from_page_to_page(head, college, people):
    page = first_page(head, college)
    some = boxes(page)[:3]
    second = head.press(page, "Page suivante", compte=some)
    assert ticked(second) == "3" and "dont 3 hors de cette page" in second.text and chosen(second) == []
    more = boxes(second)[5:7]
    back = head.press(second, "Page précédente", compte=more)
    assert ticked(back) == "5" and chosen(back) == some
    without = head.press(back, "Page suivante", compte=some[1:])  # one unticked
    assert ticked(without) == "4" and chosen(without) == more
    filtered = head.press(without, "Filtrer", nom="zzz", compte=more)
    assert ticked(filtered) == "4" and "Aucun compte ne correspond" in filtered.text
    whole = head.press(filtered, "Nom : zzz")
    assert ticked(whole) == "4" and chosen(whole) == some[1:]
    sorted_ = head.press(whole, "Identifiant", compte=some[1:])
    assert ticked(sorted_) == "4"
    preview = head.submit(sorted_.form(f"/etablissements/{college[0]}/apercu"), action="sheet", compte=chosen(sorted_))
    assert set(dict(preview.form(f"/etablissements/{college[0]}/envoi").fields)["comptes"].split(",")) == set(some[1:] + more)
    again = head.get(preview.link("Annuler"))
    assert ticked(again) == "4"


def test_a_reload_or_a_step_back_changes_nothing(head, college, people):
    page = first_page(head, college)
    some = boxes(page)[:2]
    second = head.press(page, "Page suivante", compte=some)
    assert ticked(head.get(second.url)) == "2" and ticked(head.get(second.url)) == "2"
    assert ticked(head.press(second, "Page précédente", compte=[])) == "2"
    assert ticked(head.press(second, "Page précédente", compte=[])) == "2"
    assert ticked(first_page(head, college)) == "aucun", "a list opened anew begins with nothing"


def test_the_page_the_list_and_nothing(head, college, oracle):
    page = first_page(head, college)
    page = head.press(page, "Cocher la page")
    assert ticked(page) == "25" and chosen(page) == boxes(page)
    page = head.press(page, "Cocher toute la liste", compte=chosen(page))
    everybody = len(oracle.rows["responsable"])
    assert ticked(page) == str(everybody) and page.path.endswith("/responsables")
    page = head.press(page, "Page suivante", compte=chosen(page)[1:])
    assert ticked(page) == str(everybody - 1)
    page = head.press(page, "Tout décocher", compte=chosen(page))
    assert ticked(page) == "aucun" and chosen(page) == []


def test_only_what_the_filter_finds_is_ticked_with_it(head, college, oracle):
    wanted = oracle.wanted("responsable", {"etat": "active"})
    page = head.press(first_page(head, college, "&etat=active"), "Cocher toute la liste")
    assert ticked(page) == str(len(wanted))
    page = head.press(page, "Voir tous les comptes", compte=chosen(page))
    assert ticked(page) == str(len(wanted))


def test_a_selection_is_of_its_session_and_of_its_list(here, head, college, people):
    second = head.press(first_page(head, college), "Page suivante", compte=boxes(first_page(head, college))[:2])
    number = urllib.parse.parse_qs(second.query)["choix"][0]
    assert ticked(head.get(second.url)) == "2"
    assert ticked(sign_in_head(here, "girard").get(second.url)) == "aucun"
    assert ticked(head.get(f"/etablissements/{college[0]}/eleves?choix={number}")) == "aucun"


def test_an_older_selection_makes_room(here, head, college, people):
    some = boxes(first_page(head, college))[:1]
    pages = [head.press(first_page(head, college), "Page suivante", compte=some) for _ in range(12)]
    assert ticked(head.get(pages[-1].url)) == "1" and ticked(head.get(pages[0].url)) == "aucun"
    with here.psql() as database:
        assert database.execute("select max(count) from (select count(*) from preau.list_selection group by digest) s").fetchone()[0] <= 8
    assert ticked(head.press(pages[0], "Page précédente", compte=boxes(pages[0])[:2])) == "2", "it is begun anew"


def test_ticks_need_the_token_and_hold_accounts(head, college, people):
    page = first_page(head, college)
    assert head.press(page, "Page suivante", csrf="x").status == 403
    for wrong in ("x", "10", "10-1,", "' or 1=1"):
        assert head.press(page, "Page suivante", compte=wrong).status == 400
        assert head.press(page, "Page suivante", montres=wrong).status == 400


def test_what_was_done_begins_a_new_selection(head, college, people):
    page = first_page(head, college, "&courriel=avec")
    second = head.press(page, "Page suivante", compte=boxes(page)[:2])
    preview = head.submit(second.form(f"/etablissements/{college[0]}/apercu"), action="mail")
    done = head.submit(preview.form(f"/etablissements/{college[0]}/envoi"))
    assert done.status == 200
    assert ticked(head.get(second.url)) == "aucun"


# ------------------------------------------------------------------------------------------------ before and after, by name


def names_of(page, group):
    """The names in the first list of names after these words."""
    found = re.search(re.escape(group) + r".*?<details class=\"preau-names\">(.*?)</details>", page.content.decode(), re.S)
    return re.findall(r">([^<>]+)</a></li>", found[1]) if found else []


def test_a_mixed_selection_is_told_by_name_before_and_after(here, head, town, college):
    children = [town.pupil(college, "Lou", f"Mixte{one}", "2012-01-02", class_label="MIX") for one in "abcd"]
    handed = [town.guardian("Ana", f"Mixte{one}", [child], mail=f"{one}@example.org") for one, child in zip("ab", children)]
    others = [town.guardian("Ana", f"Mixte{one}", [child]) for one, child in zip("cd", children[2:])]
    for person in handed:
        person.hand_out()
    page = head.get(f"/etablissements/{college[0]}/responsables?classe=MIX")
    preview = head.submit(page.form(f"/etablissements/{college[0]}/apercu"), action="mail", portee="tous")
    text = preview.text.replace("\u00a0", " ")
    assert "2 comptes seront notifiés par courrier électronique" in text and "2 comptes : Aucune adresse" in text
    assert names_of(preview, "seront notifiés") == ["MIXTEA Ana", "MIXTEB Ana"]
    assert names_of(preview, "Ce qui ne sera pas fait") == ["MIXTEC Ana", "MIXTED Ana"]
    assert preview.link("MIXTEC").endswith("/comptes/%d-%d" % others[0].account)
    confirm = preview.form(f"/etablissements/{college[0]}/envoi")
    for done in (head.submit(confirm), head.submit(confirm), head.get(head.submit(confirm).url)):
        assert re.search(r"/envois/\d+$", done.path)
        assert "2 comptes : Aucune adresse" in done.text.replace("\u00a0", " ")
        assert names_of(done, "Ce qui n’a pas été fait") == ["MIXTEC Ana", "MIXTED Ana"]
    with here.psql() as database:
        assert database.execute("select count(*) from preau.delivery where (academy, account_id) in ((%s, %s), (%s, %s))",
                                (*handed[0].account, *handed[1].account)).fetchone()[0] == 2
    reset = head.submit(page.form(f"/etablissements/{college[0]}/apercu"), action="reset", compte=[
        "%d-%d" % person.account for person in (*handed, *others)])
    done = head.submit(reset.form(f"/etablissements/{college[0]}/envoi"))
    assert "2 mots de passe sont réinitialisés" in done.text.replace("\u00a0", " ")
    assert names_of(done, "Ce qui n’a pas été fait") == ["MIXTEC Ana", "MIXTED Ana"]
    assert "2 comptes : Ce compte n’a pas encore été distribué." in done.text.replace("\u00a0", " ")


def test_an_address_that_is_anothers_too_is_told_and_left_to_a_sheet(head, town, college):
    couple = [town.guardian(prenom, "Deux", [town.pupil(college, "Lou", "Deux", "2012-01-02", class_label="DEUX")], mail="deux@example.org")
              for prenom in ("Ana", "Bob")]
    place = f"/etablissements/{college[0]}/responsables?classe=DEUX"
    page = head.get(place)
    assert page.text.count("aussi d’un autre compte") == 2
    found = {choice: [person.login in head.get(f"{place}&courriel={choice}").text for person in couple] for choice in ("avec", "sans")}
    assert found == {"avec": [False, False], "sans": [True, True]}
    preview = head.submit(page.form(f"/etablissements/{college[0]}/apercu"), action="mail", portee="tous")
    assert "2 comptes : L’adresse de messagerie de cette fiche est aussi celle d’un autre compte" in preview.text.replace("\u00a0", " ")
    account = head.get(f"/etablissements/{college[0]}/comptes/%d-%d" % couple[0].account)
    assert "aussi d’un autre compte" in account.text and "aucun courriel n’y part" in account.text.replace("\u00a0", " ")
    assert 'name="action" value="mail"' not in account.content.decode()
    assert 'name="action" value="sheet"' in account.content.decode()


def test_somebody_elses_account_is_not_named(head, town, college):
    school = town.school(2)
    stranger = town.guardian("Ana", "Ailleurs", [town.pupil(school, "Lou", "Ailleurs", "2012-01-02")])
    page = head.get(f"/etablissements/{college[0]}/responsables")
    preview = head.submit(page.form(f"/etablissements/{college[0]}/apercu"), action="reset", compte="%d-%d" % stranger.account)
    assert "n’est pas rattaché" in preview.text and "AILLEURS" not in preview.text


# ------------------------------------------------------------------------------------------------ many

MANY = 2000


@pytest.fixture(scope="module")
def large(here, town):
    """A collège of 2,000 guardians with a mail address, none handed out."""
    school = town.school(2)
    add_head(here, "grande", school)
    first = 800_000
    numbers = range(first, first + MANY)
    with here.psql() as database, database.transaction(), database.cursor() as to:
        to.execute("set local session_replication_role = replica")
        to.executemany("insert into preau.account (academy, id, profile, login) values (%s, %s, 'responsable', %s)",
                       [(ACADEMY, number, f"g.grand{number}") for number in numbers])
        to.executemany("insert into preau.credential (academy, account_id, sealed) values (%s, %s, %s)",
                       [(ACADEMY, number, town.sealing.seal(f"credential:{ACADEMY}:{number}", b"k7pr-wz4t-9hbn")) for number in numbers])
        to.executemany(
            "insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, mail, digest, account_academy,"
            " account_id) values (%s, 2, %s, %s, %s, 'Ana', %s, %s, %s, '\\x00112233445566778899aabbccddeeff', %s, %s)",
            [row for number in numbers for row in (
                (ACADEMY, number, "responsable", f"Grand{number}", f"grand{number} ana", None, f"grand{number}@example.org", ACADEMY, number),
                (ACADEMY, number + MANY, "eleve", f"Grand{number}", f"grand{number} ana", "2012-05-06", None, None, None))])
        to.executemany("insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class) values (%s, 2, %s, %s, 1, %s)",
                       [(ACADEMY, number + MANY, school[0], f"{number % 6 + 1}A") for number in numbers])
        to.executemany("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, 2, %s, %s, 10)",
                       [(ACADEMY, number + MANY, number) for number in numbers])
        to.execute("select preau.tell_planner()")  # as an import ends
    return school


def test_two_thousand_are_notified_at_once_and_the_mails_leave_behind(here, large):
    head = sign_in_head(here, "grande")
    page = head.press(head.get(f"/etablissements/{large[0]}/responsables?lignes=200"), "Cocher toute la liste")
    assert ticked(page) == "2\u202f000"
    preview = head.submit(page.form(f"/etablissements/{large[0]}/apercu"), action="mail")
    assert "2 000 comptes seront notifiés" in preview.text.replace("\u00a0", " ").replace("\u202f", " ")
    assert len(names_of(preview, "seront notifiés")) == 200 and "1 800 autres comptes" in preview.text.replace("\u00a0", " ").replace("\u202f", " ")
    here.mail.stop()  # not one can leave
    try:
        done = head.submit(preview.form(f"/etablissements/{large[0]}/envoi"))
        assert re.search(r"/envois/\d+$", done.path) and done.status == 200
        with here.psql() as database:
            states = dict(database.execute("select d.state, count(*) from preau.delivery d where d.batch_id = %s group by 1",
                                           (done.path.rsplit("/", 1)[1],)).fetchall())
        assert sum(states.values()) == MANY and not states.get("sent"), "answered before the first mail left"
    finally:
        here.mail.start()
    sent = here.wait(lambda: int(re.search(r'id="envoyes">(\d+)', head.get(done.path).content.decode())[1]), 60, "mails that leave")
    assert sent > 0
