"""A guardian with two accounts, in a real browser: what is asked, what will happen, the deed, and the identifier that ended; a
missing child, by a code."""

import pytest

from peers.joining import Twos
from peers.portal import PASSWORD
from peers.registering import code_to


@pytest.fixture(scope="module")
def twos(site):
    return Twos(site)


@pytest.fixture(scope="module")
def pair(twos):
    return twos.pair(nom="Réunie", child="Maël")


def sign_in(browser, person, password):
    browser.open("/connexion")
    browser.fill(identifiant=person.login, mot_de_passe=password)
    browser.click("#se-connecter")


def test_two_accounts_become_one(browser, pair):
    mine, second = pair
    sign_in(browser, mine, PASSWORD)
    browser.click("#mon-compte")
    browser.picture("compte-un-seul")
    browser.click("#autre-compte")
    browser.picture("autre-compte")
    browser.fill(identifiant=second.login, mot_de_passe="pas le bon du tout 5")
    browser.click("#continuer")
    assert "incorrect" in browser.text("#erreur")
    browser.picture("autre-compte-refuse")
    browser.fill(identifiant=second.login, mot_de_passe=second.password)
    browser.click("#continuer")
    assert "Maël" in browser.text("#suites") and second.login in browser.text("#suites")
    browser.picture("autre-compte-suites")
    field = browser.find("fieldset input")
    field.send_keys("01/01/2012")
    browser.click("#reunir")
    assert "ne correspond pas" in browser.text("#erreur")
    browser.picture("autre-compte-date-refusee")
    field = browser.find("fieldset input")
    field.clear()
    field.send_keys("29/02/2012")
    browser.click("#reunir")
    assert browser.path == "/guichet/compte" and "Vos deux comptes sont réunis" in browser.text()
    browser.picture("autre-compte-reunis")
    browser.open("/guichet")
    assert "Maël" in browser.text("#enfants") and "Léa" in browser.text("#enfants")
    browser.picture("guichet-reuni")


def test_a_missing_child_comes_by_a_code(site, browser, twos):
    mine, second = twos.pair(nom="Manquante", child="Maël")
    with site.psql() as database:
        database.execute("update preau.person set mobile = '+33612999955' where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (second.town.academy, second.degree, second.aaf_id))
    sign_in(browser, mine, PASSWORD)
    browser.click("#enfant-manquant")
    browser.picture("enfant-manquant")
    browser.fill(mobile="06 12 99 99 55")
    browser.click("#recevoir")
    browser.picture("enfant-manquant-code")
    browser.fill(code=code_to(site, "+33612999955"))
    browser.click("#continuer")
    assert browser.path == "/guichet/enfant-manquant/enfants" and "Maël" in browser.text()
    browser.picture("enfant-manquant-enfants")
    browser.find("fieldset input").send_keys("29/02/2012")
    browser.click("#continuer")
    assert browser.path == "/guichet" and "Maël" in browser.text("#enfants")
    browser.picture("enfant-manquant-fin")


def test_the_identifier_that_ended_says_so(browser, pair):
    _, second = pair
    sign_in(browser, second, second.password)
    assert "réuni à un autre compte" in browser.text("#erreur")
    browser.picture("connexion-compte-reuni")
