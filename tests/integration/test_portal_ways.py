"""Where a browser comes to, comes back to, and is led: a preview that is reloaded, a form without a tick, addresses that are none,
a session that ended, and what is told once."""

import urllib.parse

import pytest
import requests

from peers import totp
from peers.people import Town
from peers.portal import (ACADEMY, CODE, HEAD_PASSWORD, SECOND_FACTOR, add_administrator, add_head, enrol, forget_step, secrets_of,
                          sign_in_head)
from peers.site import Site
from peers.web import Visitor

SIGN_IN = "/administration/connexion"
ATTEMPTS = 20


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": str(ATTEMPTS), "attempts_address": "1000"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


class School:
    def __init__(self, site, town):
        self.uai = town.school(2)[0]
        self.guardians = []
        for letter in "abc":
            child = town.pupil((self.uai, 2), "Zoé", f"Essai{letter}", "2012-05-06", class_label="6A", account=letter == "a")
            person = town.guardian("Anne", f"Essai{letter}", [child], mail=f"{letter}@example.org")
            person.hand_out()
            self.guardians.append(person)
        add_head(site, "girard", (self.uai, 2))

    def path(self, rest=""):
        return f"/etablissements/{self.uai}{rest}"

    def account(self, number=0):
        return "%d-%d" % self.guardians[number].account


@pytest.fixture(scope="module")
def school(here, town):
    return School(here, town)


@pytest.fixture
def head(here, school):
    return sign_in_head(here, "girard")


def previewed(head, school, query="", **fields):
    page = head.get(school.path("/responsables" + query))
    return head.submit(page.form(school.path("/apercu")), action="reset", **fields)


def confirmation(page, school):
    return dict(page.form(school.path("/envoi")).fields)


def told(page):
    return page.text.replace("\u00a0", " ")


# ------------------------------------------------------------------------------------------------ a preview


@pytest.mark.parametrize("what", ("ticked", "all", "account"))
def test_a_preview_is_an_address_that_is_loaded_again(head, school, what):
    if what == "account":
        account = head.get(school.path(f"/comptes/{school.account()}"))
        page = head.submit(account.form(school.path("/apercu")), action="reset")
        expected, back = [school.account()], account.path
    else:
        fields = {"portee": "tous"} if what == "all" else {"compte": [school.account(0), school.account(1)]}
        page = previewed(head, school, "?classe=6A", **fields)
        expected, back = [school.account(one) for one in range(3 if what == "all" else 2)], school.path("/responsables")
    again = head.get(page.url)
    assert page.path == again.path == school.path("/apercu") and page.status == again.status == 200
    for one in (page, again):
        assert sorted(confirmation(one, school)["comptes"].split(",")) == sorted(expected)
        assert urllib.parse.urlsplit(one.link("Annuler")).path == back
    assert confirmation(page, school)["demande"] != confirmation(again, school)["demande"]


def test_all_of_a_list_is_who_was_on_it_when_it_was_chosen(head, town, school):
    def arrive(name):
        town.guardian("Anne", name, [town.pupil((school.uai, 2), "Zoé", name, "2012-05-06", class_label="5C")]).hand_out()

    arrive("Essaitot")
    page = previewed(head, school, "?classe=5C", portee="tous")
    before = confirmation(page, school)["comptes"]
    arrive("Essaitard")
    assert confirmation(head.get(page.url), school)["comptes"] == before


def test_a_preview_of_all_leaves_the_ticks_of_the_list(head, school):
    page = head.get(school.path("/responsables"))
    page = head.press(page, "Filtrer", compte=school.account(2))
    preview = head.submit(page.form(school.path("/apercu")), action="reset", portee="tous")
    back = head.get(preview.link("Annuler"))
    assert [value for name, value in back.form(school.path("/apercu")).fields if name == "compte"] == [school.account(2)]


def test_a_preview_of_another_session_is_of_nobody(here, head, school):
    page = previewed(head, school, compte=school.account())
    other = sign_in_head(here, "girard").get(page.url)
    assert other.path == school.path("/responsables") and "Cochez au moins un compte" in other.text


@pytest.mark.parametrize("query, status", [
    ("", 400), ("?action=reset", 400), ("?action=effacer&profil=responsable", 400), ("?action=reset&profil=roi", 400),
    ("?action=reset&profil=responsable&compte=x", 400), ("?action=reset&profil=responsable&apart=x", 200),
    ("?action=reset&profil=responsable&apart=99999999999999999999", 200), ("?action=reset&profil=responsable&compte=11-99999999", 200),
])
def test_the_address_of_a_preview_is_checked(head, school, query, status):
    assert head.get(school.path("/apercu" + query)).status == status


def test_two_previews_of_one_choice_are_two_requests_and_each_counts_once(here, head, school):
    page = previewed(head, school, compte=school.account(1))
    with here.psql() as database:
        def secret():
            return database.execute("select sealed from preau.credential where (academy, account_id) = (%s, %s)",
                                    school.guardians[1].account).fetchone()[0]
        secrets = [secret()]
        for _ in range(2):
            assert "1 mot de passe est réinitialisé" in told(head.submit(page.form(school.path("/envoi"))))
            secrets.append(secret())
        assert secrets[0] != secrets[1] == secrets[2]


# ------------------------------------------------------------------------------------------------ nothing ticked, refusals


@pytest.mark.parametrize("address, fields", [("/apercu", {"action": "mail"}), ("/liste", {"format": "pdf"})])
def test_without_a_tick_one_is_back_on_the_list_which_says_so_once(head, school, address, fields):
    form = head.get(school.path("/responsables?classe=6A")).form(school.path("/apercu"))
    form.action = form.action.replace("/apercu", address)
    page = head.submit(form, **fields)
    assert (page.status, page.path) == (200, school.path("/responsables")) and "classe=6A" in page.query
    assert "Cochez au moins un compte" in page.text and b'role="alert" id="message" tabindex="-1"' in page.content
    assert urllib.parse.urlsplit(page.url).fragment == "message"
    assert "Cochez au moins un compte" not in head.get(page.url).text


def test_a_refusal_in_a_school_leads_back_to_the_school(head, school):
    for page in (head.get(school.path("/comptes/11-99999999")), head.get(school.path("/apercu"))):
        assert page.link("Revenir à l’accueil de l’établissement") == school.path()


# ------------------------------------------------------------------------------------------------ addresses that are none


@pytest.mark.parametrize("path, status", [("/etablissements/UAI/zzz", 404), ("/nulle-part", 404), ("/deconnexion", 405)])
def test_an_address_that_is_none_leaves_one_signed_in(here, head, school, path, status):
    page = head.get(path.replace("UAI", school.uai))
    assert page.status == status and "Se déconnecter" in page.text and "Mme Girard" in page.text
    assert page.link("Revenir à l’accueil") == "/etablissements"
    stranger = Visitor(here.portal_url).get(path)
    assert stranger.status == status and "Se déconnecter" not in stranger.text and stranger.link("Revenir à l’accueil") == "/"


def test_without_a_cookie_an_unknown_address_asks_no_database(here, school):
    with here.psql() as database:
        database.execute("alter role preau_portal nologin")
        try:
            database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'preau_portal'")
            assert Visitor(here.portal_url).get("/nulle-part").status == 404
        finally:
            database.execute("alter role preau_portal login")
    here.wait(lambda: sign_in_head(here, "girard").page.path == school.path(), 30, "the database again")


@pytest.mark.parametrize("path, place", [
    ("/comptes/ID/mot-de-passe", "/comptes/ID"), ("/comptes/ID/renvoi", "/comptes/ID"), ("/envoi", "/responsables"),
    ("/envoi?profil=eleve", "/eleves"), ("/liste", "/responsables"), ("/delegations/retrait", "/delegations"),
])
def test_where_a_form_was_answered_a_reload_leads_to_its_page(head, school, path, place):
    path, place = (school.path(one.replace("ID", school.account())) for one in (path, place))
    answer = head.session.get(head.url + path, allow_redirects=False, timeout=20)
    assert (answer.status_code, answer.headers["Location"]) == (303, place)


# ------------------------------------------------------------------------------------------------ a session that ended


def end_sessions(here):
    with here.psql() as database:
        database.execute("update preau.session set seen_at = now() - interval '2 h'")


def sign_in_on(page, visitor, login="girard"):
    assert page.path == SIGN_IN, page.text
    return visitor.submit(page.form(SIGN_IN), identifiant=login, mot_de_passe=HEAD_PASSWORD)


def test_after_a_session_that_ended_one_is_where_one_was(here, head, school):
    wanted = school.path("/responsables?nom=essai%20a&classe=6A")
    end_sessions(here)
    page = sign_in_on(head.get(wanted), head)
    assert page.url == here.portal_url + wanted
    again = sign_in_on(head.get(SIGN_IN), head)
    assert again.path == school.path(), "it is taken once"


def test_a_form_of_a_session_that_ended_leads_to_its_list(here, head, school):
    form = head.get(school.path("/responsables?classe=6A")).form(school.path("/apercu"))
    end_sessions(here)
    page = sign_in_on(head.submit(form, action="reset", compte=school.account()), head)
    assert (page.path, page.query) == (school.path("/responsables"), "classe=6A")


def test_a_wrong_password_and_a_browser_without_a_session_keep_the_wish(here, school):
    visitor = Visitor(here.portal_url)
    page = visitor.get(school.path("/statistiques"))
    wrong = visitor.submit(page.form(SIGN_IN), identifiant="girard", mot_de_passe="x")
    assert sign_in_on(wrong, visitor).path == school.path("/statistiques")


def test_the_second_factor_keeps_the_wish(here, school):
    add_administrator(here, "aide", "assistance", "--academy", ACADEMY)
    visitor = Visitor(here.portal_url)
    visitor.page = sign_in_on(visitor.get("/journal?page=1"), visitor, "aide")
    assert visitor.page.path == SECOND_FACTOR
    secrets_of(here)["aide"], _ = enrol(visitor)
    assert visitor.page.link("continuer") == "/journal?page=1"
    other = Visitor(here.portal_url)
    other.page = sign_in_on(other.get(school.path("/eleves")), other, "aide")
    forget_step(here, "aide")
    assert other.submit(other.page.form(CODE), code=totp.code(secrets_of(here)["aide"])).path == school.path("/eleves")


def test_a_wish_of_somebody_else_is_none(here, school):
    person = school.guardians[2]
    visitor = Visitor(here.portal_url)
    visitor.get(school.path("/responsables"))
    page = visitor.get("/connexion")
    page = visitor.submit(page.form("/connexion"), identifiant=person.login, mot_de_passe=person.password)
    assert page.path == "/ouverture"


@pytest.mark.parametrize("wish", ["//evil.example/", "https://evil.example/", "/\\evil.example", "/deconnexion", "/nulle-part",
                                  "/etablissements/../..//evil.example", "/portail/aude", "/assets/x", "/administration/connexion"])
def test_a_wish_that_is_no_page_of_ours_is_not_followed(here, school, wish):
    visitor = Visitor(here.portal_url)
    visitor.session.cookies.set("preau-suite", wish, domain="127.0.0.1", path="/")
    page = visitor.get(SIGN_IN)
    data = {**dict(page.form(SIGN_IN).fields), "identifiant": "girard", "mot_de_passe": HEAD_PASSWORD}
    answer = visitor.session.post(here.portal_url + SIGN_IN, data=data, allow_redirects=False, timeout=20)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/etablissements")


def test_documents_and_files_are_no_wish(here, school):
    answer = requests.get(here.portal_url + school.path("/responsables/liste?format=csv"), allow_redirects=False, timeout=20)
    assert answer.status_code == 303 and "preau-suite" not in answer.headers.get("Set-Cookie", "")


# ------------------------------------------------------------------------------------------------ told once


def test_what_was_done_is_told_once_and_by_no_link(here, head, school):
    mine = "/administration/mon-compte"
    assert "ont pris fin" not in head.get(mine + "?fait=sessions").text
    sign_in_head(here, "girard")
    page = head.submit(head.get(mine).form(mine + "/sessions"))
    assert page.path == mine and page.query == "" and "La connexion a pris fin" in page.text
    assert "La connexion a pris fin" not in head.get(mine).text


def test_what_was_done_is_told_on_its_own_page_alone(head, school):
    head.session.cookies.set("preau-message", f"renvoi{school.path('/comptes/' + school.account(0))}", domain="127.0.0.1", path="/")
    assert "renvoyé" not in head.get(school.path(f"/comptes/{school.account(1)}")).text
    assert "Le courriel d’activation est renvoyé" in head.get(school.path(f"/comptes/{school.account(0)}")).text
    assert "renvoyé" not in head.get(school.path(f"/comptes/{school.account(0)}")).text


# ------------------------------------------------------------------------------------------------ kept out by nobody


def sign_in_attempt(visitor, path, login, password):
    return visitor.submit(visitor.get(path).form(path), identifiant=login, mot_de_passe=password)


@pytest.mark.parametrize("path", (SIGN_IN, "/connexion"))
def test_wrong_tries_of_others_do_not_keep_out_the_browser_that_signed_in_before(here, school, path):
    person = school.guardians[2]
    login, password = ("girard", HEAD_PASSWORD) if path == SIGN_IN else (person.login, person.password)
    known, stranger = Visitor(here.portal_url), Visitor(here.portal_url)
    home = sign_in_attempt(known, path, login, password).path
    known.session.cookies.set("preau", None)
    told = [sign_in_attempt(stranger, path, login, "faux").status for _ in range(ATTEMPTS + 1)]
    assert told[-1] == 429 and sign_in_attempt(stranger, path, login, password).status == 429
    assert sign_in_attempt(known, path, login, password).path == home
    with here.psql() as database:
        database.execute("delete from preau.attempt")
