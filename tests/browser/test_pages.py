"""The head's path and a guardian's in a real browser: list → select → preview → send; sheets; first sign-in → desk."""

import re
import subprocess

import pytest

from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, PASSWORD, add_head, birth


@pytest.fixture(scope="module")
def town(site):
    return Town(site, ACADEMY)


@pytest.fixture(scope="module")
def college(town):
    return town.school(2)


@pytest.fixture(scope="module")
def families(town, college):
    """Guardians of a class: Anne has two children and a mail address; Jean has none."""
    lea = town.pupil(college, "Léa", "Martin", "2010-04-03", class_label="4B", account=True)
    tom = town.pupil(college, "Tom", "Martin", "2012-10-21", class_label="6A", account=True)
    anne = town.guardian("Anne", "Martin", [lea, tom], mail="anne.martin@example.org")
    anne.children = [lea, tom]
    others = []
    for number, name in enumerate(("Le Goff", "D’Almeida", "Nguyên", "Öztürk", "Ben Saïd", "Lefèvre", "De La Tour")):
        child = town.pupil(college, "Inès", name, "2012-05-06", class_label="6A", account=True)
        others.append(town.guardian("Hélène", name, [child], mail=f"helene.pages{number}@example.org"))
    child = town.pupil(college, "Jules", "Petit", "2012-05-07", class_label="6A", account=True)
    jean = town.guardian("Jean", "Petit", [child])
    return {"anne": anne, "jean": jean, "others": others}


@pytest.fixture(scope="module")
def head(site, college, families):
    add_head(site, "girard", college)


def sign_in_head(browser):
    browser.open("/administration/connexion")
    browser.fill(identifiant="girard", mot_de_passe=HEAD_PASSWORD)
    browser.click("#se-connecter")


def ended(browser):
    browser.wait(lambda: not browser.has("[data-suite]"))


def test_a_head_filters_selects_previews_and_notifies_by_mail(site, browser, college, families, head):
    browser.open("/")
    browser.picture("accueil")
    sign_in_head(browser)
    assert browser.path == f"/etablissements/{college[0]}"
    browser.picture("etablissement")
    browser.press(f'a[href="/etablissements/{college[0]}/responsables"]')
    assert browser.text("#resultat") == "9 comptes"
    browser.picture("responsables")

    browser.fill(nom="martin", courriel="avec")
    browser.click("#filtrer")
    assert browser.text("#resultat") == "1 compte"
    browser.open(f"/etablissements/{college[0]}/responsables?classe=6A")
    browser.find("#toute-la-page").click()
    assert browser.text("#nombre") == "9"
    browser.fill(action="mail")
    browser.click("#continuer")
    assert "8 comptes seront notifiés par courrier électronique" in browser.text()
    assert "1 compte : Aucune adresse de messagerie" in browser.text()
    browser.picture("apercu")

    browser.click("#confirmer")
    assert "/envois/" in browser.path
    assert "1 compte : Aucune adresse de messagerie" in browser.text("#ecartes")
    ended(browser)
    assert browser.text("#envoyes") == "8" and "Tous les courriels sont partis" in browser.text()
    browser.picture("envoi-courriels")
    mails = site.wait(lambda: found if len(found := site.mail.mails()) >= 8 else None, what="eight mails")
    assert "anne.martin@example.org" in {mail["To"].addresses[0].addr_spec for mail in mails}

    browser.open(f"/etablissements/{college[0]}/responsables?nom=martin")
    assert browser.text(".preau-etat") == "Distribué"


def test_the_same_form_sent_twice_is_one_batch(site, browser, college, families, head):
    sign_in_head(browser)
    browser.open(f"/etablissements/{college[0]}/responsables?nom=goff")
    browser.find('[name="compte"]').click()
    browser.click("#continuer")
    twice = """
        const done = arguments[0], form = document.querySelector('main form');
        const send = () => fetch(form.getAttribute('action'), {method: 'POST', body: new URLSearchParams(new FormData(form))});
        Promise.all([send(), send()]).then((answers) => done(answers.map((answer) => answer.url)));
    """
    first, second = browser.driver.execute_async_script(twice)
    assert "/envois/" in first and second == first


def test_a_head_prints_sheets_for_those_without_mail(site, browser, college, families, head, tmp_path):
    sign_in_head(browser)
    browser.open(f"/etablissements/{college[0]}/responsables?courriel=sans")
    browser.find("#tous").click()
    browser.fill(action="sheet")
    browser.click("#continuer")
    browser.picture("apercu-feuilles")
    browser.click("#confirmer")
    ended(browser)
    browser.wait(lambda: browser.has(".fr-link--download"))
    browser.picture("envoi-feuilles")
    cookies = {one["name"]: one["value"] for one in browser.driver.get_cookies()}
    document = download(browser.find(".fr-link--download").get_attribute("href"), cookies, tmp_path / "feuilles.pdf")
    text = subprocess.run(["pdftotext", "-layout", document, "-"], check=True, text=True, capture_output=True).stdout
    assert families["jean"].login in text and "PETIT" in text.upper()
    browser.open(f"/etablissements/{college[0]}/envois")
    browser.picture("envois")


def download(address, cookies, file):
    import requests

    answer = requests.get(address, cookies=cookies, headers={"Connection": "close"}, timeout=20)
    assert answer.status_code == 200 and answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    file.write_bytes(answer.content)
    return file


def test_a_head_helps_one_family(site, browser, college, families, head):
    sign_in_head(browser)
    jean = families["jean"]
    browser.open(f"/etablissements/{college[0]}/comptes/{jean.account[0]}-{jean.account[1]}")
    browser.click("#afficher")
    assert browser.text("#mot-de-passe") == jean.password
    assert "Mot de passe provisoire affiché" in browser.text() and "Mme Girard" in browser.text()
    browser.picture("compte")
    browser.click('button[value="reset"]')
    assert "1 mot de passe sera réinitialisé" in browser.text()
    browser.click("#confirmer")
    assert "1 mot de passe est réinitialisé" in browser.text()
    browser.picture("bilan")


def test_a_guardian_follows_the_mail_to_the_desk(site, browser, college, families, head):
    anne = families["anne"]
    browser.open("/connexion")
    browser.picture("connexion")
    browser.fill(identifiant=anne.login, mot_de_passe=anne.password)
    browser.click("#se-connecter")
    assert browser.path == "/ouverture"
    dates = browser.all('[name^="naissance"]')
    for field, child in zip(dates, anne.children):
        field.send_keys(birth(child))
    browser.fill(nouveau="court", confirmation="court", courriel="anne@example.net")
    browser.click("#ouvrir")
    assert "trop court" in browser.text("#nouveau-erreur")
    assert [field.get_attribute("value") for field in browser.all('[name^="naissance"]')] == ["03/04/2010", "21/10/2012"]
    browser.picture("ouverture-refus")
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD)
    browser.click("#ouvrir")
    assert "anne@example.net" in browser.text()
    browser.picture("ouverture-suite")

    def confirmation():
        return [mail for mail in site.mail.mails() if mail["To"].addresses[0].addr_spec == "anne@example.net"]

    mail = site.wait(confirmation, what="the confirmation mail")[0]
    link = re.search(re.escape(site.portal_url) + r"(/activation/\S+)", text_of(mail))[1]
    browser.open(link)
    browser.picture("activation")
    browser.click("main form button")
    assert "Votre compte est activé" in browser.text()
    browser.picture("activation-faite")

    browser.open("/connexion")
    browser.fill(identifiant=anne.login, mot_de_passe=PASSWORD)
    browser.click("#se-connecter")
    assert browser.path == "/guichet" and "Léa MARTIN" in browser.text() and "Tom MARTIN" in browser.text()
    browser.picture("guichet")
    assert anne.row()["state"] == "active"


def test_figures_and_errors_are_readable(site, browser, college, families, head):
    site.ctl("statistics", "compute")
    sign_in_head(browser)
    browser.open(f"/etablissements/{college[0]}/statistiques")
    assert "Relevé du" in browser.text()
    browser.picture("statistiques")
    browser.open(f"/etablissements/{college[0]}/eleves")
    browser.picture("eleves")
    browser.open("/nulle-part")
    assert "Page introuvable" in browser.text()
    browser.picture("introuvable")
    browser.open("/administration/connexion")
    browser.fill(identifiant="girard", mot_de_passe="ce n’est pas lui")
    browser.click("#se-connecter")
    browser.picture("connexion-administration")


def test_whether_it_works(site, browser):
    browser.open("/")
    browser.press('a[href="/etat"]')
    assert browser.path == "/etat"
    browser.wait(lambda: browser.open("/etat") or browser.text("#reponse") == "Oui, tout fonctionne.")
    assert browser.text("#connexion .fr-badge").lower() == "fonctionne"
    browser.picture("etat")
    site.kill("preau-notifyd")
    try:
        browser.wait(lambda: browser.open("/etat") or "Les courriels attendent." in browser.text("#courriels"), seconds=60)
        assert browser.text("#courriels .fr-badge").lower() == "indisponible"
        browser.picture("etat-perturbe")
    finally:
        site.restart("preau-notifyd")
