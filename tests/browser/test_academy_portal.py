"""A head's sign-in by the portal of the academy, in a real browser before a real provider, and the sign-out of both."""

import pytest

from peers.identity import IdentityProvider
from peers.people import Town
from peers.portal import ACADEMY
from peers.site import Site

DAEMONS = ("preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald")
NAMES = ("Aude", "Gard", "Hérault", "Lozère", "Pyrénées-Orientales", "Rectorat", "Essai")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """With more portals than are seen at a glance: all of the one provider."""
    folder = tmp_path_factory.mktemp("site")
    site = Site(folder, with_kannel=False)
    provider = IdentityProvider(folder / "identity", site.portal_url, {}, portals=[f"p{n}" for n in range(len(NAMES))])
    for number, name in enumerate(NAMES):
        site.settings[f'academy_portal "p{number}"'] = provider.section(ACADEMY, label=f"Portail {name}")
    try:
        site.start_peers()
        town = Town(site, ACADEMY)
        school = town.school(2)
        town.guardian("Anne", "Martin", [town.pupil(school, "Léa", "Martin", "2010-04-03", account=True)])
        provider.people["girard"] = {"name": "Mme Girard", "preferred_username": "girard", "FrEduRneResp": school[0]}
        provider.start()
        for name in DAEMONS:
            site.launch(name)
        site.school = school
        yield site
    finally:
        provider.stop()
        site.remove()


@pytest.fixture
def browser_words():
    return ("--ignore-certificate-errors",)  # the provider's is of an authority of its own


def test_a_head_signs_in_by_the_portal_and_out_of_both(site, browser):
    browser.open("/administration/connexion")
    assert len(browser.all(".preau-portals a")) == len(NAMES)
    browser.picture("connexion-portails")
    browser.fill(academie="herault")
    browser.click('[role="search"] button')
    assert [link.text for link in browser.all(".preau-portals a")] == ["Portail Hérault"]

    browser.click(".preau-portals a")
    assert "Qui êtes-vous" in browser.text("body")
    browser.click("#girard")
    assert browser.path == f"/etablissements/{site.school[0]}"
    assert "Mme Girard" in browser.text("header")

    browser.click('form[action="/deconnexion"] button')
    assert browser.path == "/fin-de-session" and "encore ouverte" in browser.text()
    browser.picture("deconnexion-portail")
    browser.click("#quitter-le-portail")
    browser.click("#oui")
    assert browser.path == "/fin-de-session" and "aussi déconnecté du portail" in browser.text()
    browser.picture("deconnecte-partout")


def test_who_gives_up_at_the_portal_finds_the_ways_in_again(site, browser):
    browser.open("/administration/connexion?academie=zzz")
    assert "Aucun portail ne porte ce nom" in browser.text() and len(browser.all(".preau-portals a")) == len(NAMES)
    browser.click(".preau-portals a")
    browser.click("#abandon")
    assert "Vous n’avez pas terminé la connexion" in browser.text()
    assert browser.has("#se-connecter") and browser.has(".preau-portals a")
    browser.picture("connexion-portail-abandon")
