"""The transition in a real browser, by a real LemonLDAP::NG over CAS and OpenID Connect; and what an ENT's page sends from another site, with the cookies that a
browser then keeps back."""

import urllib.parse

import pytest

from conftest import chromium
from peers.lemonldap import PASSWORD as ENT_PASSWORD
from peers.lemonldap import LemonLdap
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD
from peers.site import Site

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")
WORDS = ("--ignore-certificate-errors",)  # the ENT's is of an authority of its own


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, settings={"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "provider_timeout": "20s"}})
    site.ent = LemonLdap(folder / "lemonldap", site.portal_url)
    site.settings.update({**site.ent.section("ecollege", ACADEMY, "cas", label="ENT Écollège", key_pattern="([0-9]+)"),
                          **site.ent.section("aten", ACADEMY, "cas", label="ATEN", origin="aten", key_pattern="([0-9]+)"),
                          **site.ent.section("ouvert", ACADEMY, "oidc", label="ENT Ouvert", key_pattern="([0-9]+)"),
                          **site.ent.section("ailleurs", 12, "cas", label="ENT d’ailleurs", key_pattern="([1-9][0-9]*)")})
    try:
        site.ent.start()
        site.start_peers()
        for name in DAEMONS:
            site.launch(name)
        yield site
    finally:
        site.ent.stop()
        site.remove()


@pytest.fixture
def browser_words():
    return WORDS


def pupil(site, login, prenom):
    town = Town(site, ACADEMY)
    child = town.pupil(town.school(2), prenom, "Passage", "2011-06-07", class_label="5A", account=True)
    site.ent.person(login, login, child.aaf_id)
    return child


def test_a_pupil_opens_the_account_by_the_ent(browser, site):
    zoe = pupil(site, "zoe", "Zoé")
    browser.open("/connexion")
    browser.picture("ent-connexion")
    browser.press('main a[href="/ent"]')
    browser.picture("ent-liste")
    browser.press('a[href="/ent/ecollege"]')
    browser.fill(user="zoe", password=ENT_PASSWORD)
    browser.click('button[type="submit"].btn-success')
    browser.wait(lambda: browser.path == "/ouverture/ent")
    assert "Zoé Passage" in browser.text() and browser.text("#identifiant") == zoe.login
    browser.fill(nouveau="court", confirmation="court")
    browser.click("#ouvrir")
    assert browser.has("[aria-invalid], .fr-error-text") and browser.text("#identifiant") == zoe.login
    browser.picture("ent-mot-de-passe")
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD)
    browser.press("#ouvrir")
    assert "est prêt" in browser.text() and zoe.row()["origin"] == "ent"
    browser.picture("ent-pret")
    browser.click("#guichet")
    assert browser.path == "/guichet"

    browser.click('form[action="/deconnexion"] button')
    browser.open("/ent/ecollege")  # still signed in there
    browser.wait(lambda: "déjà activé" in browser.text())
    browser.picture("ent-deja-active")
    browser.complaints()  # the ENT's own pages are told of, which are not ours


def test_a_pupil_comes_back_from_an_ent_of_openid_connect(browser, site):
    zita = pupil(site, "zita", "Zita")
    browser.open("/ent")
    browser.press('a[href="/ent/ouvert"]')
    browser.fill(user="zita", password=ENT_PASSWORD)
    browser.click('button[type="submit"].btn-success')
    browser.wait(lambda: browser.path == "/ouverture/ent")
    assert "Zita Passage" in browser.text() and browser.text("#identifiant") == zita.login
    browser.complaints()  # the same as above


def state_of_a_way(browser):
    """Of a way out of this browser, which has its cookie now."""
    browser.open("/ent/ecollege")
    browser.complaints()  # the same
    service = urllib.parse.parse_qs(urllib.parse.urlsplit(browser.driver.current_url).query)["service"][0]
    return urllib.parse.parse_qs(urllib.parse.urlsplit(service).query)["etat"][0]


def send_from_another_site(browser, state):
    page = (f'<form method="post" action="{browser.url}/ent/ecollege/retour"><input name="SAMLResponse" value="PHg+">'
            f'<input name="RelayState" value="{state}"><button>ENT</button></form>')
    browser.driver.get("data:text/html," + urllib.parse.quote(page))
    browser.find("button").click()


def is_told_as_a_bad_answer(browser):
    assert "n’a pas pu être vérifiée" in browser.text()
    assert all("status of 502" in one for one in browser.complaints())


def test_what_another_site_sends_finds_its_browser_again(browser, site):
    """The cookie came along with the second form alone: else the way would be another browser's."""
    send_from_another_site(browser, state_of_a_way(browser))
    browser.wait(lambda: browser.path == "/ent/ecollege/suite" and browser.has("main .fr-alert, main [role=alert]"))
    browser.picture("ent-reponse-fausse")
    is_told_as_a_bad_answer(browser)


def test_without_scripts_a_button_sends_it_on(site, artifacts, tmp_path):
    with chromium(site, artifacts, tmp_path / "profile", WORDS, with_scripts=False) as browser:
        send_from_another_site(browser, state_of_a_way(browser))
        browser.wait(lambda: browser.has("#continuer"))
        browser.picture("ent-retour")
        browser.click("#continuer")
        is_told_as_a_bad_answer(browser)
