"""A guardian who is not a pupil's legal guardian, in a real browser, wide and narrow; and what the head sees of it."""

from gestures import sign_in_administrator
from peers.people import Town
from peers.portal import ACADEMY, add_head


def test_from_the_opening_to_the_head_who_keeps_the_attachment(site, browser):
    town = Town(site, ACADEMY)
    college = town.school(2)
    add_head(site, "declarations", college)
    tom, zoe = (town.pupil(college, prenom, "Rattachée", "2010-04-03", account=True) for prenom in ("Tom", "Zoé"))
    guardian = town.guardian("Ida", "Rattachée", [tom, zoe])
    guardian.hand_out()
    browser.open("/connexion")
    browser.fill(identifiant=guardian.login, mot_de_passe=guardian.password)
    browser.click("#se-connecter")
    for child in ("premier", "second"):
        browser.picture(f"ouverture-{child}-enfant")
        browser.press('a[href^="/ouverture/pas-responsable"]')
        browser.picture(f"pas-responsable-{child}")
        browser.press("#confirmer")
        if child == "premier":
            assert browser.path == "/ouverture" and "C’est noté" in browser.text()
    assert "Aucun élève n’est rattaché" in browser.text()
    browser.picture("ouverture-sans-enfant")

    browser.driver.delete_all_cookies()
    sign_in_administrator(site, browser, "declarations")
    browser.open(f"/etablissements/{college[0]}")
    assert len(browser.all("#pas-responsables li")) == 2
    browser.picture("accueil-pas-responsables")
    browser.click("#pas-responsables a")
    browser.picture("compte-pas-responsable")
    browser.click("#pas-responsable button")
    assert "Le rattachement est maintenu" in browser.text() and len(browser.all("#pas-responsable form")) == 1
    browser.picture("compte-rattachement-maintenu")
