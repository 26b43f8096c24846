"""What a head's pages are on paper: what they say, under whose name and when; nothing to press. The PDFs are kept."""

import base64
import subprocess

import pytest

from peers.days import today
from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_head

CONTROLS = ("Se déconnecter", "Continuer", "Filtrer", "Page suivante", "Accueil", "Voir tous", "Cocher", "Toute la liste", "CSV",
            "Revenir", "Changer d’établissement", "Envois", "Afficher", "Renvoyer")


@pytest.fixture(scope="module")
def town(site):
    return Town(site, ACADEMY)


@pytest.fixture(scope="module")
def college(site, town):
    school = town.school(2)
    add_head(site, "papier", school, town.school(2))
    return school


@pytest.fixture(scope="module")
def guardians(town, college):
    """More than a sheet of paper holds."""
    people = []
    for number in range(45):
        child = town.pupil(college, "Maximilienne", f"De La Rochefoucauld-{number:02}", "2012-05-06", class_label="6EME A", account=True)
        people.append(town.guardian("Marie-Antoinette", f"De La Rochefoucauld-{number:02}", [child],
                                    mail=f"marie-antoinette.de.la.rochefoucauld{number:02}@courriel.example.org"))
    people[0].hand_out()
    return people


@pytest.fixture
def paper(browser, college, artifacts):
    """Signs in; gives a page's text as printed, as a list of sheets."""
    browser.open("/administration/connexion")
    browser.fill(identifiant="papier", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")

    def printed(path, name):
        browser.open(path)
        answer = browser.driver.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "paperWidth": 8.27, "paperHeight": 11.69})
        pdf = base64.b64decode(answer["data"])
        (artifacts / f"papier-{name}.pdf").write_bytes(pdf)
        subprocess.run(["pdftoppm", "-r", "60", "-png", f"papier-{name}.pdf", f"papier-{name}"], cwd=artifacts, check=True)
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, check=True, capture_output=True)
        sheets = done.stdout.decode().replace("\u00a0", " ").replace("\u202f", " ").split("\f")[:-1]
        assert_headed(sheets[0], college)
        return sheets

    return printed


def assert_headed(sheet, college):
    """The school and the day stand on top; no control is anywhere."""
    assert college[0] in sheet and "Établissement" in sheet
    assert f"à jour le {today():%d/%m/%Y}" in sheet
    assert [words for words in CONTROLS if words in sheet] == []


def test_a_list_is_printed_whole_with_its_heading_on_each_sheet(paper, college, guardians):
    sheets = paper(f"/etablissements/{college[0]}/responsables", "liste")
    text = "".join(sheets)
    assert "45 comptes" in sheets[0] and len(sheets) <= 5
    assert [person.login for person in guardians if person.login not in text] == []
    assert all("Identifiant" in sheet for sheet in sheets)
    assert guardians[44].password not in text


def test_an_account_is_printed_with_what_is_known_of_it(paper, college, guardians):
    account = guardians[0].account
    (sheet,) = paper(f"/etablissements/{college[0]}/comptes/{account[0]}-{account[1]}", "compte")
    assert guardians[0].login in sheet and "Distribué" in sheet and "Maximilienne" in sheet
    assert guardians[0].password not in sheet and "Réinitialiser" not in sheet.split("Ce qui n’est pas possible")[0]


def test_a_batch_and_the_figures_are_printed(site, paper, browser, college, guardians):
    browser.open(f"/etablissements/{college[0]}/responsables?nom=rochefoucauld-01")
    browser.find('[name="compte"]').click()
    browser.fill(action="sheet")
    browser.click("#continuer")
    browser.click("#confirmer")
    browser.wait(lambda: browser.has(".fr-link--download"))
    (sheet,) = paper(browser.path, "envoi")
    assert "Les feuilles sont prêtes" in sheet and "Télécharger" not in sheet and "Préparées" in sheet
    site.ctl("statistics", "compute")
    sheets = paper(f"/etablissements/{college[0]}/statistiques", "statistiques")
    assert "Non distribué" in sheets[0] and "Total" in sheets[0] and len(sheets) <= 3
