"""A family in a browser before the whole: TLS and nginx as operators set them up, the portal behind."""

from types import SimpleNamespace

import pytest

from browser.conftest import CHEAP, chromium
from peers.front import Front
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth
from peers.site import Site


@pytest.fixture(scope="module")
def front(tmp_path_factory):
    front = Front(tmp_path_factory.mktemp("front"))
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings={**front.settings, **CHEAP}) as site:
        front.site = site
        with front.before(site):
            yield front


@pytest.fixture
def browser(front, artifacts, tmp_path):
    with chromium(SimpleNamespace(portal_url=front.url), artifacts, tmp_path / "profile", ("--ignore-certificate-errors",)) as browser:
        yield browser


def test_a_family_opens_its_account_over_tls(front, browser):
    """What only a browser minds: cookies that want TLS, one's own origin, what a page may load."""
    town = Town(front.site, ACADEMY)
    child = town.pupil(town.school(1), "Zoe", "Devant", "2017-05-06")
    person = town.guardian("Anne", "Devant", [child])
    person.hand_out()
    browser.open("/connexion")
    browser.fill(identifiant=person.login, mot_de_passe=person.password)
    browser.click('form[action="/connexion"] button[type="submit"]')
    assert browser.path == "/ouverture"
    cookies = browser.driver.get_cookies()
    assert cookies and all(cookie["secure"] and cookie["name"].startswith("__Host-") for cookie in cookies)
    (date,) = [field.get_attribute("name") for field in browser.all('[name^="naissance"]')]
    browser.fill(**{date: birth(child)}, nouveau=PASSWORD, confirmation=PASSWORD, courriel="devant.navigateur@example.org")
    browser.click('form[action="/ouverture"] button[type="submit"]')
    assert "devant.navigateur@example.org" in browser.text() and person.row()["state"] == "en_cours"


def test_the_pages_of_the_proxy_itself_are_readable(front, browser):
    front.site.kill("preau-portald")
    try:
        browser.open("/connexion")
        assert "ne répond pas pour le moment" in browser.text("h1")
        browser.driver.get_log("browser")  # the browser says of each 502 that it is one
        browser.picture("mandataire-indisponible")
    finally:
        front.site.restart("preau-portald")
