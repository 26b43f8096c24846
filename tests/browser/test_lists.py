"""A list in a real browser, with JavaScript and without: filters, order, and ticks that stay from page to page."""


import pytest

from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_head

GUARDIANS = 60


@pytest.fixture(scope="module")
def college(site):
    town = Town(site, ACADEMY)
    college = town.school(2)
    for number in range(GUARDIANS):
        child = town.pupil(college, "Inès", f"Exemple{number:02}", "2012-05-06", class_label=f"{number % 3 + 4}A")
        person = town.guardian("Hélène", f"Exemple{number:02}", [child], mail=f"helene{number}@example.org" if number % 4 else None)
        if number % 5 == 0:
            person.hand_out(months=number % 2 * 2 - 1)  # half of them ran out a month ago
    with site.psql() as database:
        database.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient, state, reason, done_at)"
                         " select account_academy, account_id, 'notification', 'mail', mail, 'failed', 'address_refused', now()"
                         " from preau.person where mail in ('helene5@example.org', 'helene7@example.org')")
        database.execute("update preau.person set mobile = '+33612345678' where mail in ('helene5@example.org', 'helene6@example.org')")
    add_head(site, "listes", college)
    return college[0]


def signed_in(browser, college):
    browser.open("/administration/connexion")
    browser.fill(identifiant="listes", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    browser.open(f"/etablissements/{college}/responsables?lignes=25")
    return browser


def ticked(browser):
    return [box.get_attribute("value") for box in browser.all('[name="compte"]') if box.is_selected()]


def tick(browser, *rows):
    boxes = browser.all('[name="compte"]')
    for row in rows:
        boxes[row].click()


def walks_through_the_pages(browser):
    """What both browsers do; what is ticked in the end, of this page and elsewhere."""
    tick(browser, 0, 1, 2)
    first = ticked(browser)
    browser.click(".fr-pagination__link--next")
    assert browser.text("#ailleurs") == "3" and ticked(browser) == []
    tick(browser, 4)
    second = ticked(browser)
    browser.click("th:nth-child(5) .preau-sort")
    assert browser.find("th:nth-child(5)").get_attribute("aria-sort") == "ascending" and browser.text("#nombre") == "4"
    browser.click("th:nth-child(2) .preau-sort")
    assert ticked(browser) == first
    tick(browser, 1)
    browser.fill(classe="5A")
    browser.click("#filtrer")
    assert browser.text("#nombre") == "3"
    assert [tag.text for tag in browser.all("#filtres-actifs .fr-tag")] == ["Classe 5A"]
    browser.click("#filtres-actifs .fr-tag")
    assert ticked(browser) == [first[0], first[2]]
    return {first[0], first[2], *second}


def confirms_for(browser, accounts):
    browser.fill(action="sheet")
    browser.click("#continuer")
    assert f"{len(accounts)} comptes seront notifiés" in browser.text()
    assert set(browser.find('[name="comptes"]').get_attribute("value").split(",")) == accounts


def test_ticks_stay_from_page_to_page(browser, college):
    signed_in(browser, college)
    browser.picture("liste")
    tick(browser, 3)
    assert browser.text("#nombre") == "1"
    tick(browser, 3)
    assert browser.text("#nombre") == "aucun"
    accounts = walks_through_the_pages(browser)
    assert browser.text("#nombre") == "3"
    browser.picture("liste-cochee")
    browser.driver.refresh()
    assert browser.text("#nombre") == "3"
    browser.find("#toute-la-page").click()
    assert browser.text("#nombre") == "26"
    browser.find("#toute-la-page").click()
    assert browser.text("#nombre") == "1"
    browser.driver.refresh()
    confirms_for(browser, accounts)
    browser.find(".preau-names summary").click()
    assert browser.text(".preau-names ul").count("EXEMPLE") == 3
    browser.picture("apercu-noms")


def test_ticks_stay_from_page_to_page_without_scripts(browser_without_scripts, college):
    browser = signed_in(browser_without_scripts, college)
    assert not browser.find("#toute-la-page").is_displayed()
    accounts = walks_through_the_pages(browser)
    browser.driver.refresh()
    assert browser.text("#nombre") == "3"
    browser.click("#cocher-page")
    assert browser.text("#nombre") == "26" and len(ticked(browser)) == 25
    browser.driver.back()
    assert browser.text("#nombre") == "26", "a step back asks again, and shows what is"
    browser.click("#decocher")
    browser.click("#cocher-liste")
    assert browser.text("#nombre") == str(GUARDIANS)
    browser.picture("liste-sans-script")
    browser.click("#decocher")
    for value in sorted(accounts):
        browser.open(f"/etablissements/{college}/responsables?lignes=100&choix={chosen_number(browser)}")
        browser.find(f'[value="{value}"]').click()
        browser.click("th:nth-child(2) .preau-sort")
    confirms_for(browser, accounts)


def chosen_number(browser):
    address = browser.driver.current_url
    return address.partition("choix=")[2].partition("&")[0]


def test_the_filters_open_when_they_are_used(browser, college):
    signed_in(browser, college)
    assert not browser.find("#plus-de-filtres").get_attribute("open")
    browser.find("#plus-de-filtres summary").click()
    browser.fill(connexion="jamais", notifie="oui", echeance="0")
    browser.click("#filtrer")
    assert browser.find("#plus-de-filtres").get_attribute("open")
    assert [tag.text for tag in browser.all("#filtres-actifs .fr-tag")] == ["Déjà notifié", "Délai dépassé", "Jamais connecté"]
    assert browser.text("#resultat") == "6 comptes"
    browser.picture("liste-filtree")
    browser.open(f"/etablissements/{college}/responsables?courriel=revenu")
    assert browser.text("#comptes").count("revenu en erreur") == 2
    browser.picture("liste-revenus")


def test_a_list_that_was_downloaded_leaves_the_page_alive(browser, college):
    signed_in(browser, college)
    tick(browser, 0)
    for format in ("pdf", "csv", "csv"):
        browser.find(f"#liste-{format}").click()  # the browser stays where it is
    browser.fill(action="sheet")
    browser.click("#continuer")
    assert "1 compte sera notifié" in browser.text()
