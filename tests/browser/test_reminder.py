"""A head is offered, asks for and gives up the reminder ahead of the end of provisional passwords, by keyboard alone."""

import pytest

from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_administrator


@pytest.fixture(scope="module")
def head(site):
    town = Town(site, ACADEMY)
    school = town.school(2)
    number = add_administrator(site, "prevenue", "directeur", "--school", school[0], "--mail", "prevenue@ac-essai.example", name="Mme Girard")
    guardian = town.guardian("Anne", "Lenoir", [town.pupil(school, "Zoé", "Lenoir", "2012-05-06")])
    guardian.hand_out()
    with site.psql() as database:
        database.execute("update preau.account set notification_expires_at = now() + interval '5 days' where (academy, id) = (%s, %s)",
                         guardian.account)
    return number, school[0]


def choose(browser, days):
    browser.driver.execute_script("arguments[0].click()", browser.find(f'#rappel input[value="{days}"]'))
    browser.press("#choisir-rappel")


def chosen(browser):
    return browser.find("#rappel input:checked").get_attribute("value")


def test_a_head_asks_for_it_from_the_home_page_and_gives_it_up(site, browser, head):
    browser.open("/administration/connexion")
    browser.fill(identifiant="prevenue", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    browser.open(f"/etablissements/{head[1]}")
    browser.picture("accueil-offre-rappel")
    browser.press("#offre-rappel a")
    assert browser.path == "/administration/mon-compte" and chosen(browser) == "0"
    assert "prevenue@ac-essai.example" in browser.text("#rappel")
    browser.picture("rappel")
    choose(browser, 15)
    assert "Vous serez prévenu par courriel." in browser.text() and chosen(browser) == "15"
    browser.open(f"/etablissements/{head[1]}")
    assert not browser.has("#offre-rappel")
    browser.open("/administration/mon-compte")
    choose(browser, 0)
    assert "Vous ne recevrez plus de rappel." in browser.text() and chosen(browser) == "0"


def test_whoever_has_no_address_is_told_so(site, browser, head):
    with site.psql() as database:
        database.execute("update preau.administrator set mail = null where id = %s", (head[0],))
    browser.open("/administration/connexion")
    browser.fill(identifiant="prevenue", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    browser.open("/administration/mon-compte")
    assert "aucun rappel ne peut partir" in browser.text("#rappel-sans-adresse")
    browser.picture("rappel-sans-adresse")
