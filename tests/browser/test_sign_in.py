"""An administrator sets the second factor up as a telephone would, signs in by it, and a head lets somebody in, in a real
browser."""

import subprocess

import pytest

from peers import totp
from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_administrator, add_head, forget_step

from gestures import sign_in_administrator


@pytest.fixture(scope="module")
def college(site):
    town = Town(site, ACADEMY)
    school = town.school(2)
    lea = town.pupil(school, "Léa", "Martin", "2010-04-03", class_label="4B", account=True)
    town.guardian("Anne", "Martin", [lea], mail="anne.connexion@example.org")
    return school


def scanned(browser, artifacts):
    """What a telephone reads from the image on the page, as it is drawn there."""
    picture = str(artifacts / "double-authentification-qr.png")
    browser.find(".preau-qr").screenshot(picture)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", picture], text=True, capture_output=True)
    return read.stdout.strip()


def test_an_operator_sets_up_the_second_factor_and_signs_in_by_it(site, browser, artifacts, college):
    add_administrator(site, "national", "exploitant", "--nation", name="Camille Exploitation")
    browser.open("/administration/connexion")
    browser.fill(identifiant="national", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    assert browser.path == "/administration/double-authentification"
    browser.picture("double-authentification")
    address = scanned(browser, artifacts)
    secret = browser.find("#cle").text
    assert address == f"otpauth://totp/Pr%C3%A9au:national?secret={secret.replace(' ', '')}&issuer=Pr%C3%A9au"
    browser.fill(code="000000")
    browser.click("#enregistrer")
    assert "Ce code n’est pas le bon" in browser.text() and browser.find("#cle").text == secret
    browser.picture("double-authentification-refusee")

    browser.fill(code=totp.code(secret))
    browser.click("#enregistrer")
    assert len(browser.all("#codes li")) == 10
    browser.picture("codes-de-secours")
    browser.click("#suite")
    assert "Établissements" in browser.text("header")

    browser.click('form[action="/deconnexion"] button')
    forget_step(site, "national")
    browser.open("/administration/connexion")
    browser.fill(identifiant="national", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")
    assert browser.path == "/administration/code"
    browser.picture("code-administration")
    browser.fill(code=totp.code(secret))
    browser.click("#continuer")
    browser.open("/administration/mon-compte")
    assert "10 codes de secours" in browser.text() and "Votre rôle exige" in browser.text()
    assert "Chrom" in browser.text("#sessions") and "Ce navigateur" in browser.text("#sessions")
    browser.picture("mon-compte")


def test_a_head_lets_a_member_of_staff_in_who_chooses_a_password(site, browser, college):
    add_head(site, "deleguante", college, name="Mme Deleguante")
    sign_in_administrator(site, browser, "deleguante")
    browser.open(f"/etablissements/{college[0]}/delegations")
    browser.picture("delegations-aucune")
    browser.fill(nom="Sylvie Durand", identifiant="s.durand", profil="responsable")
    browser.driver.execute_script("document.querySelector('#au').value = new Date(Date.now() + 20 * 864e5).toISOString().slice(0, 10)")
    browser.click("#deleguer")
    first = browser.find("#mot-de-passe").text
    assert browser.text("#identifiant") == "s.durand" and "ne sera plus montré" in browser.text()
    browser.picture("delegation-donnee")
    browser.open(f"/etablissements/{college[0]}/delegations")
    assert "Sylvie Durand" in browser.text("#delegations") and "En cours" in browser.text("#delegations")
    browser.picture("delegations")

    browser.click('form[action="/deconnexion"] button')
    browser.open("/administration/connexion")
    browser.fill(identifiant="s.durand", mot_de_passe=first)
    browser.click("#se-connecter")
    assert browser.path == "/administration/mot-de-passe"
    browser.picture("premier-mot-de-passe")
    browser.fill(nouveau="jardin violet sous la pluie 7", confirmation="jardin violet sous la pluie 7")
    browser.click("#enregistrer")
    assert browser.path == f"/etablissements/{college[0]}"
    tabs = browser.text("header .preau-tabs")
    assert "Responsables" in tabs and "Élèves" not in tabs and "Délégations" not in tabs
    browser.open("/administration/mon-compte")
    assert "par délégation" in browser.text()
    browser.picture("mon-compte-delegue")
