"""The page of a batch in a real browser: it follows by itself, less and less often, and what can be done about the batch comes and
goes with it; by keyboard alone, and without scripts."""

import pytest

from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_head


@pytest.fixture(scope="module")
def town(site):
    return Town(site, ACADEMY)


@pytest.fixture(scope="module")
def college(site, town):
    school = town.school(2)
    add_head(site, "envois", school)
    return school


@pytest.fixture
def crowd(request, town, college):
    return town.families(college, 4, class_label=f"{'ABCDEFGH'[len(request.node.name) % 8]}{abs(hash(request.node.name)) % 1000}")


@pytest.fixture(autouse=True)
def clean(site):
    yield
    site.mail.accept()
    site.mail.clear()


def sign_in(browser):
    browser.open("/administration/connexion")
    browser.fill(identifiant="envois", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")


def send(browser, college, crowd):
    """To the page of the batch."""
    browser.open(f"/etablissements/{college[0]}/responsables?classe={crowd[0].child.class_label}")
    browser.find("#tous").click()
    browser.fill(action="mail")
    browser.click("#continuer")
    browser.click("#confirmer")
    assert "/envois/" in browser.path


def ended(browser):
    browser.wait(lambda: not browser.has("[data-suite]"))


def test_a_head_cancels_and_takes_up_again_by_keyboard(site, browser, college, crowd):
    sign_in(browser)
    site.mail.refuse("temporarily", at="mail")
    send(browser, college, crowd)
    assert browser.text("#en-attente") == "4" and "Les comptes ne changent pas" in browser.text("#envoi-gestes")
    browser.picture("envoi-en-cours")
    browser.press("#annuler")
    ended(browser)
    assert (browser.text("#en-attente"), browser.text("#annules")) == ("0", "4")
    assert "rien n’est parti" in browser.text("#envoi") and not browser.has("#annuler")
    browser.picture("envoi-annule")
    site.mail.accept()
    browser.press("#reprendre-annules")
    browser.driver.execute_script("window.isTheSamePage = true")
    ended(browser)
    browser.wait(lambda: not browser.has("#envoi-gestes form"))
    assert browser.text("#envoyes") == "4" and "Tous les courriels sont partis" in browser.text()
    assert browser.driver.execute_script("return window.isTheSamePage"), "nothing was loaded anew"


def test_failures_come_to_the_page_with_what_can_be_done(site, browser, college, crowd):
    sign_in(browser)
    site.mail.refuse("permanently", address=crowd[0].mail)
    send(browser, college, crowd)
    ended(browser)
    browser.wait(lambda: browser.has("#reprendre-echecs"))
    assert browser.text("#en-echec") == "1" and "refuse cette adresse" in browser.text("#envoi")
    browser.picture("envoi-echecs")
    site.mail.accept()
    browser.press("#reprendre-echecs")
    ended(browser)
    assert (browser.text("#envoyes"), browser.text("#en-echec")) == ("4", "0")


def test_a_page_on_which_nothing_moves_is_asked_for_less_and_less(site, browser, college, crowd):
    sign_in(browser)
    site.mail.refuse("temporarily", at="mail")
    send(browser, college, crowd)
    looks = "return performance.getEntriesByType('resource').filter((one) => one.initiatorType === 'fetch').map((one) => one.startTime)"
    browser.wait(lambda: len(browser.driver.execute_script(looks)) >= 4, 90)
    times = browser.driver.execute_script(looks)
    pauses = [late - early for early, late in zip(times, times[1:])]
    assert pauses[2] > 1.4 * pauses[0]
    browser.press("#annuler")


def test_without_scripts_a_head_cancels(site, browser_without_scripts, college, crowd):
    browser = browser_without_scripts
    browser.open("/administration/connexion")
    browser.fill(identifiant="envois", mot_de_passe=HEAD_PASSWORD)
    browser.find("#se-connecter").click()
    browser.wait(lambda: browser.has("main h1"))
    site.mail.refuse("temporarily", at="mail")
    browser.open(f"/etablissements/{college[0]}/responsables?classe={crowd[0].child.class_label}")
    for box in browser.all('#comptes input[name="compte"]'):
        box.click()
    browser.find("#continuer").click()
    browser.wait(lambda: browser.has("#confirmer"))
    browser.find("#confirmer").click()
    browser.wait(lambda: browser.has("#annuler"))
    browser.find("#annuler").click()
    browser.wait(lambda: browser.has("#annules"))
    assert browser.text("#annules") == "4" and browser.has("#reprendre-annules")
