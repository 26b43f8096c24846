"""The page that shows the audit trail: to those who answer for it, what they answer for, and to nobody else."""

import re

import pytest

from peers.bus import Bus
from peers.people import Town
from peers.portal import ACADEMY, add_administrator, sign_in_head
from peers.site import Site
from peers.web import Visitor

OTHER = 12  # another academy
ENTRIES = 120


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "1000"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def schools(here, town):
    """Two of one academy, one of another."""
    return town.school(1), town.school(1), Town(here, OTHER).school(1)


@pytest.fixture(scope="module")
def people(here, schools):
    first, second, far = (school[0] for school in schools)
    added = {
        "tete": add_administrator(here, "tete", "directeur", "--school", first, name="Mme Tête"),
        "deux": add_administrator(here, "deux", "directeur", "--school", first, "--school", second, name="M. Deux"),
        "loin": add_administrator(here, "loin", "directeur", "--school", far),
        "delegue": add_administrator(here, "delegue", "delegue", "--school", first),
        "lyon": add_administrator(here, "lyon", "integrateur", "--academy", ACADEMY),
        "aide": add_administrator(here, "aide", "assistance", "--academy", ACADEMY),
        "tous": add_administrator(here, "tous", "exploitant", "--nation"),
    }
    with here.psql() as admin:  # preauctl takes a school's academy from its UAI
        admin.execute("update preau.administrator_scope set academy = %s where uai = %s", (OTHER, far))
    return added


@pytest.fixture(scope="module")
def family(town, schools):
    guardian = town.guardian("Anne", "Durand", [town.pupil(schools[0], "Léa", "Durand", "2017-05-06")], mail="anne@example.org")
    guardian.hand_out()
    return guardian


@pytest.fixture(scope="module")
def shown(here, town, schools, people, family):
    """A head saw a password; entries of the other schools; the operator had an import taken."""
    bus = Bus(here)
    request = bus.message("notify", "ShowPasswordRequest", academy=ACADEMY, uai=schools[0][0], account=bus.reference(family.account))
    bus.ask("notify", "ShowPassword", request, administrator=people["tete"])
    with here.psql() as admin:
        for academy, school, by in ((ACADEMY, schools[1], "deux"), (OTHER, schools[2], "loin")):
            admin.execute("select preau.audit_write(%s, %s, null, 'batch_created', %s, null, null, %s, 'x')",
                          (academy, people[by], school[0], '{"accounts": 12, "channel": "mail", "batch": 4}'))
        admin.execute("select preau.audit_write(%s, 0, 'astreinte', 'import_approved', null, null, null, '{\"run\": 3}', '')", (ACADEMY,))


def journal(here, login, query=""):
    return sign_in_head(here, login).get("/journal" + query)


def actions(page):
    """(action, school, account) of its rows, newest first, without signing in, what that asks for, and administrators added."""
    rows = [(row[1], row[3].split(" ")[-1], row[4]) for row in page.rows[1:]]
    return [row for row in rows if row[0] not in (
        "Connexion", "Mise en place de la double authentification", "Création d’un administrateur")]


def expected(schools, family):
    first, second, far = (school[0] for school in schools)
    return {
        "first": ("Affichage d’un mot de passe provisoire", first, family.login),
        "second": ("Notification de comptes", second, ""),
        "far": ("Notification de comptes", far, ""),
        "import": ("Livraison retenue, approuvée", "", ""),
    }


@pytest.mark.parametrize("login, seen", [
    ("tete", ["first"]), ("deux", ["second", "first"]), ("loin", ["far"]), ("aide", ["import", "second", "first"]),
    ("tous", ["import", "far", "second", "first"])])
def test_each_sees_what_it_answers_for(here, shown, schools, family, login, seen):
    page = journal(here, login)
    words = expected(schools, family)
    assert page.status == 200 and actions(page) == [words[one] for one in seen]


@pytest.mark.parametrize("login", ["delegue", "lyon"])
def test_to_others_there_is_no_such_page(here, shown, login):
    visitor = sign_in_head(here, login)
    assert visitor.get("/journal").status == 404
    assert "/journal" not in visitor.page.content.decode()


def test_nobody_comes_without_signing_in(here, shown):
    assert Visitor(here.portal_url).get("/journal").path == "/administration/connexion"


def test_asking_for_others_schools_shows_nothing(here, shown, schools, family):
    head = sign_in_head(here, "tete")
    for query in (f"?etablissement={schools[1][0]}", "?administrateur=deux", "?administrateur=astreinte", "?compte=nobody",
                  f"?etablissement={schools[2][0]}&compte={family.login}"):
        assert "Aucune action ne correspond" in head.get("/journal" + query).text


def test_filters_narrow_and_stay_in_the_form(here, shown, schools, family):
    visitor = sign_in_head(here, "tous")
    words = expected(schools, family)
    assert actions(visitor.get(f"/journal?etablissement={schools[1][0]}")) == [words["second"]]
    assert actions(visitor.get("/journal?administrateur=loin")) == [words["far"]]
    assert actions(visitor.get(f"/journal?compte={family.login}")) == [words["first"]]
    assert actions(visitor.get("/journal?action=import_approved")) == [words["import"]]
    assert actions(visitor.get("/journal?action=batch_created&administrateur=deux")) == [words["second"]]
    page = visitor.get("/journal?action=batch_created&depuis=2020-01-01")
    fields = dict(page.form("/journal").fields)
    assert (fields["action"], fields["depuis"]) == ("batch_created", "2020-01-01")
    assert actions(visitor.get("/journal?jusque=2020-01-01")) == []
    assert len(actions(visitor.get("/journal?depuis=hier&jusque=99/99/2020"))) == 4, "a day that is none does not narrow"


def test_what_a_row_tells(here, shown, schools, family):
    row = next(row for row in journal(here, "tous").rows if row[1].startswith("Notification") and row[3].endswith(schools[2][0]))
    assert "loin" in row[2] and "comptes : 12" in row[5] and "par : courrier électronique" in row[5] and "envoi : 4" in row[5]
    assert re.fullmatch(rf"{OTHER}/\d+", row[6])
    row = next(row for row in journal(here, "tous").rows if row[1].startswith("Livraison"))
    assert row[2] == "Exploitant astreinte" and row[5] == "intégration : 3"
    page = journal(here, "tete")
    assert page.link(family.login) == f"/etablissements/{schools[0][0]}/comptes/{family.account[0]}-{family.account[1]}"
    assert "Mme Tête (tete)" in " ".join(page.text.split())


def test_hostile_filters_are_only_text(here, shown):
    visitor = sign_in_head(here, "tous")
    for text in ("<script>alert(1)</script>", "' or 1=1 --", "%00", "a" * 500, "\"><b>"):
        for field in ("etablissement", "administrateur", "action", "compte", "depuis", "avant"):
            page = visitor.get("/journal", params={field: text})
            assert page.status in (200, 400) and "<script>alert" not in page.content.decode()


def test_pages_go_back_in_time_and_lose_none(here, shown, schools, people):
    with here.psql() as admin:
        admin.execute("select preau.audit_write(%s, %s, null, 'passwords_reset', %s, null, null,"
                      " jsonb_build_object('accounts', n), 'x') from generate_series(1, %s) n",
                      (OTHER, people["loin"], schools[2][0], ENTRIES))
    visitor = sign_in_head(here, "loin")
    page, seen = visitor.get("/journal?action=passwords_reset"), []
    while True:
        seen += [row[5] for row in page.rows[1:]]
        older = [href for words, href in page.links if words == "Plus anciennes"]
        if not older:
            break
        page = visitor.get(older[0])
        assert "Les plus récentes" in page.text
    assert seen == [f"comptes : {number}" for number in range(ENTRIES, 0, -1)]


def test_the_layout_leads_to_it(here, shown):
    for login in ("tete", "aide", "tous"):
        visitor = sign_in_head(here, login)
        assert visitor.page.link("Journal") == "/journal"
