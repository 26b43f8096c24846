"""FranceConnect in a real browser before a stand-in as strict as it is: the first link, one click, out of both, linking and unlinking."""

import re

import pytest

from conftest import CHEAP
from peers.franceconnect import site_with_franceconnect
from peers.people import Town
from peers.portal import ACADEMY, birth

DAEMONS = ("preau-importd", "preau-linkd", "preau-notifyd", "preau-portald")
CODE = re.compile(r"code est (\d{6})")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    with site_with_franceconnect(tmp_path_factory.mktemp("site"), CHEAP, DAEMONS) as site:
        site.franceconnect.person("anne", "Anne Marie", "LIEN")
        site.franceconnect.person("jean", "Jean", "AUTRE")
        yield site


@pytest.fixture
def browser_words():
    return ("--ignore-certificate-errors",)  # the stand-in's is of an authority of its own


@pytest.fixture(scope="module")
def family(site):
    town = Town(site, ACADEMY)
    child = town.pupil(town.school(2), "Zoé", "Lien", "2011-06-07", class_label="5A", account=True)
    anne = town.guardian("Anne", "Lien", [child])
    anne.child, anne.mobile = child, "+33612999911"
    with site.psql() as database:
        database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (anne.mobile, *anne.account))
    return anne


def code_of(site, family, count):
    return CODE.search(site.sms.wait(family.mobile, count)[-1]["text"])[1]


def test_a_guardian_opens_an_account_by_franceconnect_and_comes_back_in_one_click(browser, site, family):
    browser.open("/connexion")
    browser.picture("franceconnect-connexion")
    browser.press("#franceconnect")
    browser.click("#error-access_denied")
    assert "Vous n’avez pas terminé" in browser.text() and browser.has("#franceconnect")
    browser.picture("franceconnect-abandon")
    browser.click("#franceconnect")
    browser.click("#as-anne")
    assert browser.path == "/inscription/mobile"
    browser.picture("franceconnect-mobile")
    browser.fill(mobile="06 12 99 99 11")
    browser.click("#recevoir")
    assert browser.path == "/inscription/code"
    browser.picture("franceconnect-code")
    browser.fill(code=code_of(site, family, 1))
    browser.click("#continuer")
    browser.fill(**{f"naissance-{ACADEMY}-{family.child.degree}-{family.child.aaf_id}": birth(family.child)})
    browser.click("#continuer")
    assert browser.path == "/inscription/franceconnect" and family.login in browser.text()
    browser.picture("franceconnect-lier")
    browser.press("#lier")
    assert "est prêt" in browser.text() and family.row()["origin"] == "franceconnect"
    browser.picture("franceconnect-pret")
    browser.click("#guichet")
    browser.open("/guichet/compte")
    assert browser.has("#franceconnect-lie") and browser.has("#choisir-mot-de-passe")
    browser.picture("franceconnect-compte-lie")
    browser.click("#dissocier")
    browser.fill(actuel="un mot de passe quelconque")
    browser.click("form[action$=retrait] button")
    assert browser.has("#choisir")
    browser.picture("franceconnect-retrait-refuse")

    browser.click('form[action="/deconnexion"] button')  # and on by itself, to FranceConnect and back
    browser.wait(lambda: "aussi déconnecté de FranceConnect" in browser.text("body"))
    assert browser.path == "/franceconnect/fin"
    browser.picture("franceconnect-deconnecte")
    browser.open("/connexion")
    browser.click("#franceconnect")
    browser.click("#as-anne")
    assert browser.path == "/guichet" and "Zoé" in browser.text()


def test_who_is_signed_in_is_offered_to_link_and_nobody_elses_identity_is(browser, site, family):
    town = Town(site, ACADEMY)
    child = town.pupil(town.school(2), "Tom", "Seul", "2013-11-30", account=True)
    paul = town.guardian("Paul", "Seul", [child])
    with site.psql() as database:  # opened long ago
        database.execute("update preau.account set state = 'active', origin = 'responsable', activated_at = now()"
                         " where (academy, id) = (%s, %s)", paul.account)
        database.execute("update preau.account set notified_at = now(), notification_expires_at = now() + interval '1 day'"
                         " where (academy, id) = (%s, %s)", paul.account)
    browser.open("/connexion")
    browser.fill(identifiant=paul.login, mot_de_passe=paul.password)
    browser.click("#se-connecter")
    browser.fill(nouveau="jardin violet sous la pluie 7", confirmation="jardin violet sous la pluie 7")
    browser.click("main form button[type=submit]")
    browser.open("/guichet/compte")
    browser.picture("franceconnect-compte")
    browser.click("#lier")
    browser.click("#as-jean")
    assert "ne sont pas ceux de ce compte" in browser.text()
    browser.picture("franceconnect-refus")
    site.franceconnect.person("paul", "Paul", "SEUL")
    browser.click('main a[href="/guichet/franceconnect"]')
    browser.click("#as-paul")
    assert browser.path == "/guichet/compte" and "FranceConnect est lié" in browser.text("body")
