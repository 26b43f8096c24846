"""A head lets members of staff in on a school, for a profile and a time, and takes it back: on the pages, and on the bus
before notifyd and statsd, which ask the database themselves."""

import datetime

import pytest

from peers.bus import Bus, Refused
from peers.days import today
from peers.deeds import tries
from peers.people import Town
from peers.portal import (ACADEMY, HEAD_PASSWORD, add_administrator, add_head, give_password, sign_in_head)
from peers.site import Site

OWN = "jardin violet sous la pluie 7"
MAIL = 1


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "50", "attempts_address": "1000"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald",
                 settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


class College:
    """A collège of its own with a family, its head, and those the head lets in."""

    def __init__(self, here, town, login):
        self.here, self.school = here, town.school(2)
        self.uai = self.school[0]
        self.lea = town.pupil(self.school, "Léa", "Martin", "2010-04-03", class_label="4B", account=True)
        self.anne = town.guardian("Anne", "Martin", [self.lea], mail="anne@example.org")
        add_head(here, login, self.school, name="Mme Girard")
        self.login = login
        self.head = sign_in_head(here, login)
        self.clerks = 0

    def path(self, rest=""):
        return f"/etablissements/{self.uai}{rest}"

    def give(self, who, name, profile="tous", begins=0, ends=30, by=None):
        """The page that follows; days from today."""
        visitor = by or self.head
        form = visitor.get(self.path("/delegations")).form(self.path("/delegations"))
        return visitor.submit(form, identifiant=who, nom=name, profil=profile, du=day(begins), au=day(ends))

    def clerk(self, profile="tous", **days):
        """A new member of staff, let in and signed in."""
        self.clerks += 1
        who = f"aide{self.clerks}.{self.uai.lower()}"
        page = self.give(who, "Sylvie Durand", profile, **days)
        return open_account(self.here, who, first_password(page))

    def take_back(self, by=None):
        """The one that was given last."""
        visitor = by or self.head
        page = visitor.get(self.path("/delegations"))
        forms = [form for form in page.forms if form.action == self.path("/delegations/retrait")]
        last = max(forms, key=lambda form: int(dict(form.fields)["delegation"]))
        return visitor.submit(last)

    def account(self, person):
        return self.path("/comptes/%d-%d" % person.account)


def day(later):
    return (today() + datetime.timedelta(days=later)).isoformat()


def first_password(page):
    assert page.status == 200 and "ne sera plus montré" in page.text, page.text
    return page.content.decode().split('id="mot-de-passe">')[1].split("<")[0]


def open_account(here, login, first):
    """The person chooses a password of its own at the first sign-in."""
    visitor = give_password(here, login, first)
    assert visitor.page.path == "/administration/mot-de-passe"
    visitor.page = visitor.submit(visitor.page.form("/administration/mot-de-passe"), nouveau=OWN, confirmation=OWN)
    visitor.login = login
    return visitor


@pytest.fixture(scope="module")
def college(here, town):
    return College(here, town, "girard")


@pytest.fixture
def fresh(here, town):
    """One that a test may harm."""
    with here.psql() as database:
        (count,) = database.execute("select count(*) from preau.administrator").fetchone()
    return College(here, town, f"tete{count}")


def number_of(here, login):
    with here.psql() as database:
        return database.execute("select id from preau.administrator where login = %s", (login,)).fetchone()[0]


def lists(college, visitor):
    """Which of the two lists open."""
    return [visitor.get(college.path(rest)).status == 200 for rest in ("/responsables", "/eleves")]


# ------------------------------------------------------------------------------------------------ given


def test_who_has_no_account_gets_one_with_a_password_to_be_replaced(here, college):
    page = college.give("s.durand@ac-lyon.fr", "Sylvie Durand")
    password = first_password(page)
    assert "s.durand@ac-lyon.fr" in page.text and "Sylvie Durand" in page.text
    visitor = open_account(here, "s.durand@ac-lyon.fr", password)
    assert visitor.page.path == college.path() and lists(college, visitor) == [True, True]
    row = college.head.get(college.path("/delegations")).row("Sylvie Durand")
    assert row[1] == "Responsables et élèves" and row[4] == "Mme Girard" and row[5] == "En cours"
    shown = here.ctl("admin", "show", "s.durand@ac-lyon.fr", json_answer=True)
    assert shown["role"] == "delegue" and shown["mail"] == "s.durand@ac-lyon.fr" and not shown["password_is_provisional"]
    assert shown["scopes"][0]["uai"] == college.uai and shown["scopes"][0]["given"]


def test_who_has_an_account_keeps_it(here, college, town):
    other = College(here, town, "ailleurs")
    clerk = other.clerk()
    assert college.give(clerk.login, "DURAND Sylvie").path == college.path("/delegations")
    assert lists(college, clerk) == [True, True] and lists(other, clerk) == [True, True]
    assert "Choisir l’établissement" in clerk.get("/etablissements").text


def test_the_same_login_in_the_minds_of_two_heads_is_not_the_same_person(here, college, town):
    clerk = College(here, town, "plusloin").clerk()
    page = college.give(clerk.login, "Sophie Durand")
    assert page.status == 409 and "un autre nom" in page.text and clerk.login.encode() in page.content
    assert lists(college, clerk) == [False, False]


@pytest.mark.parametrize("who, name", [("girard", "Mme Girard"), ("livreur", "M. Livreur"), ("parti", "M. Parti")])
def test_not_to_oneself_an_integrator_or_who_is_disabled(here, college, who, name):
    if who == "livreur":
        add_administrator(here, who, "integrateur", "--academy", ACADEMY, name=name)
    elif who == "parti":
        add_administrator(here, who, "directeur", "--school", college.uai, name=name)
        here.ctl("admin", "disable", who)
    page = college.give(who, name)
    assert page.status == 409 and "ne peut pas recevoir la délégation" in page.text


@pytest.mark.parametrize("fields, status", [
    ({"begins": 1, "ends": 0}, 422), ({"begins": -9, "ends": -1}, 422), ({"ends": 500}, 422),
    ({"who": "pas un identifiant"}, 422), ({"name": " "}, 422), ({"who": "a@"}, 422), ({"profile": "tout"}, 400),
])
def test_what_cannot_be_is_refused_and_keeps_what_was_typed(college, fields, status):
    page = college.give(**{"who": "essai", "name": "Jean Essai", **fields})
    assert page.status == status
    if status == 422:
        assert (fields.get("who") or "essai").encode() in page.content
    assert "Jean Essai" not in [cell for row in college.head.get(college.path("/delegations")).rows for cell in row]


def test_a_double_click_makes_one_account_and_shows_its_password_twice(here, college):
    form = college.head.get(college.path("/delegations")).form(college.path("/delegations"))
    fields = {"identifiant": "double", "nom": "Jean Double", "profil": "tous", "du": day(0), "au": day(3)}
    first, second = college.head.submit(form, **fields), college.head.submit(form, **fields)
    assert first_password(first) == first_password(second)
    with here.psql() as database:
        assert database.execute("select count(*) from preau.administrator_scope s join preau.administrator a on a.id = s.administrator_id"
                                " where a.login = 'double'").fetchone() == (1,)


# ------------------------------------------------------------------------------------------------ the first password again


def delegation_of(college, login):
    with college.here.psql() as database:
        return database.execute("select s.id from preau.administrator_scope s join preau.administrator a on a.id = s.administrator_id"
                                " where a.login = %s and s.uai = %s and s.giver_id is not null", (login, college.uai)).fetchone()[0]


def renewal(college, login):
    """The form that renews the first password of a delegate; None: there is none."""
    page, wanted = college.head.get(college.path("/delegations")), str(delegation_of(college, login))
    forms = [form for form in page.forms if form.action == college.path("/delegations/mot-de-passe")]
    return next((form for form in forms if dict(form.fields)["delegation"] == wanted), None)


@tries("Link/RenewFirstPassword", "first_password_renewed")
def test_a_first_password_that_was_lost_is_renewed_until_it_was_used(here, fresh):
    login = f"perdu.{fresh.uai.lower()}"
    lost = first_password(fresh.give(login, "Jean Perdu"))
    form = renewal(fresh, login)
    page, again = fresh.head.submit(form), fresh.head.submit(form)
    password = first_password(page)
    assert password == first_password(again) != lost, "a double click is one"
    assert "L’ancien mot de passe de Jean Perdu n’ouvre plus rien" in page.text
    with here.psql() as database:
        entries = database.execute("select actor, detail from preau.audit where action = 'first_password_renewed' and uai = %s",
                                   (fresh.uai,)).fetchall()
    assert entries == [(fresh.login, {"delegation": delegation_of(fresh, login), "administrator": number_of(here, login)})]
    assert give_password(here, login, lost).page.path == "/administration/connexion"
    last = first_password(fresh.head.submit(renewal(fresh, login)))
    assert last != password, "another page, another password"
    stale = renewal(fresh, login)
    assert open_account(here, login, last).page.path == fresh.path()
    assert renewal(fresh, login) is None
    page = fresh.head.submit(stale)
    assert page.status == 409 and "ne peut plus être renouvelé" in page.text


def test_a_school_does_not_renew_the_password_of_an_account_that_others_gave_to(here, bus, town, fresh):
    """Else who lets in somebody else's delegate would come to hold the key of somebody else's school."""
    other = College(here, town, f"autre{fresh.uai.lower()}")
    shared, own = f"partage.{fresh.uai.lower()}", f"propre.{fresh.uai.lower()}"
    first_password(other.give(shared, "Jean Partage"))
    assert renewal(other, shared)
    fresh.give(shared, "Jean Partage")
    here.ctl("admin", "add", own, "--role", "delegue", "--school", fresh.uai, "--name", "Jean Propre")
    fresh.give(own, "Jean Propre")
    for college, login in ((fresh, shared), (other, shared), (fresh, own)):
        assert renewal(college, login) is None, login
        assert bus.refusal("link", "RenewFirstPassword", academy=ACADEMY, uai=college.uai, delegation=delegation_of(college, login),
                           administrator=number_of(here, college.login)) == "first_password_over"


def test_neither_another_school_nor_a_delegate_renews_a_first_password(here, bus, fresh, college):
    login = f"voisin.{fresh.uai.lower()}"
    first_password(fresh.give(login, "Jean Voisin"))
    clerk = fresh.clerk()
    asked = {"academy": ACADEMY, "delegation": delegation_of(fresh, login)}
    for uai, by, told in ((college.uai, college.login, "first_password_over"), (fresh.uai, college.login, "not_found"),
                          (fresh.uai, clerk.login, "not_found"), ("x", fresh.login, "malformed")):
        assert bus.refusal("link", "RenewFirstPassword", uai=uai, administrator=number_of(here, by), **asked) == told
    assert renewal(fresh, login)


# ------------------------------------------------------------------------------------------------ by profile


@pytest.mark.parametrize("profile, expected", [("responsable", [True, False]), ("eleve", [False, True]), ("tous", [True, True])])
def test_a_profile_that_was_not_given_does_not_exist(here, bus, college, profile, expected):
    clerk = college.clerk(profile)
    assert lists(college, clerk) == expected
    assert [clerk.get(college.account(one)).status == 200 for one in (college.anne, college.lea)] == expected
    home = clerk.get(college.path()).text.split("Données de l’académie")
    assert [[word in part for word in ("Responsables", "Élèves")] for part in home] == [expected, expected]
    open_page = clerk.get(college.path("/responsables" if expected[0] else "/eleves"))
    form = open_page.form(college.path("/apercu"))
    for word, given in zip(("responsable", "eleve"), expected):
        for action in ("/apercu", "/envoi"):
            form.action = college.path(action)
            page = clerk.submit(form, profil=word, action="reset", portee="tous" if action == "/apercu" else None,
                                comptes="%d-%d" % college.anne.account, demande="6f9619ff-8b86-4d01-b42d-00cf4fc964ff")
            assert (page.status == 404) is not given, (word, action)


@pytest.mark.parametrize("profile, mine", [("responsable", "anne"), ("eleve", "lea")])
def test_notifyd_knows_it_too(here, bus, college, profile, mine):
    clerk = college.clerk(profile)
    number = number_of(here, clerk.login)
    school = {"academy": ACADEMY, "uai": college.uai}
    for person, is_mine in ((college.anne, mine == "anne"), (college.lea, mine == "lea")):
        ref = bus.reference(person.account)
        batch = bus.ask("notify", "CreateBatch", channel=2, accounts=[ref], dry_run=True, administrator=number, **school)
        assert (batch.notified == 1) is is_mine
        assert is_mine or batch.left_out[0].refusal == "not_in_school"
        reset = bus.ask("notify", "ResetPasswords", accounts=[ref], dry_run=True, administrator=number, **school)
        assert is_mine or reset.left_out[0].refusal == "not_in_school"
        for method in ("ShowPassword", "ResendActivation"):
            request = bus.message("notify", f"{method}Request", account=ref, **school)
            told = bus.refusal("notify", method, request, administrator=number)
            assert (told == "not_in_school") is not is_mine, method


def test_sheets_of_a_profile_that_was_not_given_cannot_be_fetched(here, bus, college):
    head, school = number_of(here, college.login), {"academy": ACADEMY, "uai": college.uai}
    batches = {name: bus.ask("notify", "CreateBatch", channel=2, accounts=[bus.reference(person.account)], administrator=head, **school).batch
               for name, person in (("anne", college.anne), ("lea", college.lea))}
    assert all(batches.values())
    here.wait(lambda: all(bus.ask("notify", "GetBatch", batch=one, administrator=head, **school).documents for one in batches.values()),
              what="sheets made")
    for profile, mine in (("responsable", "anne"), ("eleve", "lea")):
        clerk = college.clerk(profile)
        number = number_of(here, clerk.login)
        for name, batch in batches.items():
            for method, more in (("GetBatch", {}), ("GetDocument", {"part": 1})):
                told = bus.refusal("notify", method, batch=batch, administrator=number, **more, **school)
                assert told == (None if name == mine else "not_found"), (profile, method, name)
            assert (clerk.get(college.path(f"/envois/{batch}/fiches/1.pdf")).status == 200) is (name == mine)
        listed = bus.ask("notify", "ListBatches", limit=50, administrator=number, **school).batches
        assert batches[mine] in [one.batch for one in listed] and not set(batches.values()) - {batches[mine]} & {one.batch for one in listed}


def test_figures_are_of_the_profile_that_was_given(here, bus, college):
    bus.ask("statistics", "Compute", operator=True)
    clerk = college.clerk("eleve")
    page = clerk.get(college.path("/statistiques"))
    assert 'id="eleves"' in page.content.decode() and 'id="responsables"' not in page.content.decode()
    reply = bus.ask("statistics", "GetSchool", academy=ACADEMY, uai=college.uai, administrator=number_of(here, clerk.login))
    assert {cell.profile for cell in reply.cells} == {2}


# ------------------------------------------------------------------------------------------------ by time, and taken back


def test_taken_back_it_ends_with_the_next_request_of_an_open_session(here, bus, fresh):
    clerk = fresh.clerk()
    assert lists(fresh, clerk) == [True, True]
    form = clerk.get(fresh.path("/responsables")).form(fresh.path("/apercu"))
    assert "L’accès a cessé" in fresh.take_back().text
    assert lists(fresh, clerk) == [False, False] and clerk.submit(form, action="reset", portee="tous").status == 404
    nothing = clerk.get("/etablissements").text
    assert "Aucune délégation en cours" in nothing and "demandez à votre chef d’établissement" in nothing, "the account stays"
    assert "L’exploitant peut" not in nothing
    told = bus.refusal("notify", "ListBatches", academy=ACADEMY, uai=fresh.uai, administrator=number_of(here, clerk.login))
    assert told == "not_found"
    assert fresh.head.get(fresh.path("/delegations")).text.count("Sylvie Durand") == 0


def test_it_begins_and_ends_at_midnight_of_its_days(here, fresh):
    clerk = fresh.clerk()
    with here.psql() as database:
        bounds = database.execute("select (from_at at time zone 'Europe/Paris')::text, (until_at at time zone 'Europe/Paris')::text"
                                  " from preau.administrator_scope where giver_id is not null and uai = %s", (fresh.uai,)).fetchone()
        assert bounds == (f"{day(0)} 00:00:00", f"{day(31)} 00:00:00"), "the last day is in it"
        for change, counts in (("until_at = now()", False), ("until_at = now() + interval '1 h', from_at = now() + interval '1 min'", False),
                               ("from_at = now() - interval '1 min'", True)):
            database.execute(f"update preau.administrator_scope set {change} where giver_id is not null and uai = %s", (fresh.uai,))
            assert lists(fresh, clerk) == [counts, counts], change


def test_one_for_later_is_listed_and_lets_nobody_in_yet(here, fresh):
    clerk = fresh.clerk(begins=10, ends=20)
    assert "À venir" in fresh.head.get(fresh.path("/delegations")).row("Sylvie Durand")
    assert lists(fresh, clerk) == [False, False]


def test_it_ends_with_the_givers_own_rights_and_does_not_come_back(here, town, fresh):
    clerk = fresh.clerk()
    here.ctl("admin", "disable", fresh.login)
    assert lists(fresh, clerk) == [False, False]
    here.ctl("admin", "enable", fresh.login)
    assert lists(fresh, clerk) == [False, False]

    fresh.head = sign_in_head(here, fresh.login)
    again = fresh.clerk()
    here.ctl("admin", "grant", fresh.login, "--school", town.school(2)[0])
    assert lists(fresh, again) == [True, True]
    here.ctl("admin", "revoke", fresh.login, "--school", fresh.uai)
    assert lists(fresh, again) == [False, False] and lists(fresh, fresh.head) == [False, False]
    here.ctl("admin", "grant", fresh.login, "--school", fresh.uai)
    assert lists(fresh, again) == [False, False] and lists(fresh, fresh.head) == [True, True]


# ------------------------------------------------------------------------------------------------ who may


def test_a_delegate_does_not_delegate(here, bus, fresh):
    clerk = fresh.clerk()
    assert "Délégations" not in clerk.get(fresh.path("/responsables")).text
    assert clerk.get(fresh.path("/delegations")).status == 404
    form = fresh.head.get(fresh.path("/delegations")).form(fresh.path("/delegations"))
    csrf = dict(clerk.get(fresh.path("/responsables")).form("/deconnexion").fields)["csrf"]
    for action in ("/delegations", "/delegations/retrait"):
        form.action = fresh.path(action)
        page = clerk.submit(form, csrf=csrf, identifiant="ami", nom="Ami Ami", profil="tous", du=day(0), au=day(2), delegation="1")
        assert page.status == 404
    school = {"academy": ACADEMY, "uai": fresh.uai, "administrator": number_of(here, clerk.login)}
    assert bus.refusal("link", "ListDelegations", **school) == "not_found"
    assert bus.refusal("link", "Delegate", who="ami", name="Ami Ami", from_day=day(0), until_day=day(2), **school) == "not_found"
    assert bus.refusal("link", "TakeBackDelegation", delegation=1, **school) == "not_found"


def test_a_head_who_was_let_in_elsewhere_does_not_give_that_on(here, bus, fresh, college):
    fresh.give(college.login, "Mme Girard")
    assert lists(fresh, college.head) == [True, True]
    assert bus.refusal("link", "Delegate", who="ami", name="Ami Ami", from_day=day(0), until_day=day(2), academy=ACADEMY,
                       uai=fresh.uai, administrator=number_of(here, college.login)) == "not_found"
    assert college.head.get(fresh.path("/delegations")).status == 404


def test_assistance_sees_and_takes_back_what_a_head_gave(here, fresh):
    clerk = fresh.clerk()
    add_administrator(here, f"aide.{fresh.uai.lower()}", "assistance", "--academy", ACADEMY, name="M. Aide")
    helper = sign_in_head(here, f"aide.{fresh.uai.lower()}")
    assert "Sylvie Durand" in helper.get(fresh.path("/delegations")).text
    fresh.take_back(by=helper)
    assert lists(fresh, clerk) == [False, False]


def test_another_schools_delegation_is_not_taken_back(here, bus, fresh, college):
    clerk = fresh.clerk()
    with here.psql() as database:
        (given,) = database.execute("select id from preau.administrator_scope where giver_id is not null and uai = %s", (fresh.uai,)).fetchone()
    with pytest.raises(Refused) as refused:
        bus.ask("link", "TakeBackDelegation", academy=ACADEMY, uai=college.uai, delegation=given, administrator=number_of(here, college.login))
    assert refused.value.code == "not_found" and lists(fresh, clerk) == [True, True]


def test_hostile_names_are_shown_as_they_are(fresh):
    page = fresh.give("mechant", "Jean <script>alert(1)</script> Dupont")
    assert b"<script>alert" not in page.content
    assert b"<script>alert" not in fresh.head.get(fresh.path("/delegations")).content
