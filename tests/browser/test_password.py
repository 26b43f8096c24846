"""Who chooses a password sees how strong it is as it is typed, by the very rule that linkd judges it with."""

import re

import pytest
from selenium import webdriver
from selenium.webdriver.common.keys import Keys

from peers.people import Town
from peers.portal import ACADEMY
from peers.site import ROOT

CASES = [(int(strength), password) for strength, password in
         re.findall(r'^CASE\((\d), "(.*)"\)$', (ROOT / "tests/unit/domain/password_strength.def").read_text(), re.M)]
WORDS = ("Très facile à deviner", "Trop facile à deviner", "Suffisant", "Bon", "Très bon")


@pytest.fixture
def opening(site, browser):
    """The page on which a pupil opens the account."""
    town = Town(site, ACADEMY)
    pupil = town.pupil(town.school(2), "Léa", "Martin", "2010-04-03", class_label="4B", account=True)
    pupil.hand_out()
    browser.open("/connexion")
    browser.fill(identifiant=pupil.login, mot_de_passe=pupil.password)
    browser.click("#se-connecter")
    assert browser.path == "/ouverture"
    return browser


def type_in(browser, password):
    browser.driver.execute_script("const field = document.getElementById('nouveau'); field.value = arguments[0];"
                                  "field.dispatchEvent(new Event('input'));", password)


def test_strength_is_told_as_one_types(opening):
    place = opening.find("#nouveau-force")
    assert len(CASES) > 10 and not place.is_displayed()
    for strength, password in CASES:
        type_in(opening, password)
        if password:
            assert opening.text("#nouveau-force").strip() == WORDS[strength], password
            assert opening.find("#nouveau-force meter").get_property("value") == strength
        assert place.is_displayed() == bool(password)
    type_in(opening, "cheval agrafe pile")
    opening.picture("ouverture-force-du-mot-de-passe")
    opening.driver.execute_script("document.getElementById('nouveau').value = ''")


def test_a_password_is_pasted(opening):
    """As what keeps passwords does it for people, or they themselves."""
    keys = webdriver.ActionChains(opening.driver)
    opening.fill(naissance="jardin sous la pluie")
    keys.click(opening.find("#naissance")).key_down(Keys.CONTROL).send_keys("a").send_keys("c").key_up(Keys.CONTROL).perform()
    for field in ("#nouveau", "#confirmation"):
        keys = webdriver.ActionChains(opening.driver)
        keys.click(opening.find(field)).key_down(Keys.CONTROL).send_keys("v").key_up(Keys.CONTROL).perform()
        assert opening.find(field).get_property("value") == "jardin sous la pluie", field
    opening.fill(naissance="03/04/2010")
    opening.click("#ouvrir")
    assert opening.path == "/guichet"


def test_a_password_that_everybody_knows_is_refused_with_a_way_on(opening):
    opening.fill(nouveau="Trampoline-2019", confirmation="Trampoline-2019", naissance="03/04/2010")
    opening.click("#ouvrir")
    assert "Ce mot de passe est trop répandu" in opening.text()
    opening.picture("ouverture-mot-de-passe-repandu")
