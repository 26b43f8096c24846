"""The families' desk in a real browser, wide and on a small telephone: services, children, the account, another mail address with the
mail that confirms it, sessions, what happened, one's own data."""

import re

import pytest

from conftest import CHEAP, DAEMONS, chromium
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth
from peers.site import Site

LOGO = ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><circle cx="20" cy="20" r="19" fill="#18753c"/>'
        '<path d="M12 12v10a4 4 0 0 0 8 0V12M16 22v8m12-18c-4 0-5 5-5 9h5v9" stroke="#fff" stroke-width="2.5" fill="none"/></svg>')


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Of its own: with online services."""
    pictures = tmp_path_factory.mktemp("images")
    (pictures / "cantine.svg").write_text(LOGO)
    services = {
        'online_service "ent"': {"name": "Espace numérique de travail", "address": "https://ent.example.fr/", "degrees": ["2"],
                                 "description": "Cahier de textes, messagerie, vie scolaire."},
        'online_service "cantine"': {"name": "Cantine et garderie", "address": "https://cantine.example.fr/", "degrees": ["1"],
                                     "picture": "cantine.svg", "description": "Réserver, payer."},
        'online_service "bourses"': {"name": "Demande de bourse", "address": "https://bourses.example.fr/", "profiles": ["responsable"]},
        'online_service "orientation"': {"name": "Orientation après la troisième : anticonstitutionnellement", "profiles": ["eleve"],
                                         "address": "https://orientation.example.fr/"},
    }
    settings = {**CHEAP, "portal": {"service_pictures": pictures}, **services}
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def family(site):
    """Anne, whose children go to two schools; opened by her in the first test."""
    town = Town(site, ACADEMY)
    ecole, college = town.school(1), town.school(2)
    lea = town.pupil(college, "Léa", "De La Tour-Lefèvre", "2010-04-03", class_label="4EME B", account=True)
    tom = town.pupil(ecole, "Tom", "De La Tour-Lefèvre", "2016-10-21", class_label="CE2")
    anne = town.guardian("Anne", "De La Tour-Lefèvre", [lea])
    with town.database() as database:
        record = town._person(1, "responsable", "Anne", "De La Tour-Lefèvre")
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 1, %s)",
                         (*anne.account, town.academy, record.aaf_id))
        database.execute("insert into preau.guardianship values (%s, 1, %s, %s, 10)", (town.academy, tom.aaf_id, record.aaf_id))
    anne.children = [lea, tom]
    for person in (anne, lea):
        person.hand_out()
    return anne


def sign_in(browser, person, password=PASSWORD):
    browser.open("/connexion")
    browser.fill(identifiant=person.login, mot_de_passe=password)
    browser.click("#se-connecter")


def link_of(site, address, place, count=1):
    mail = site.mail.wait(address, count)[count - 1]
    return re.search(re.escape(site.portal_url) + rf"(/{place}/\S+)", text_of(mail))[1]


@pytest.fixture
def opened(site, artifacts, tmp_path, family):
    """Anne's account is active, by her own hands."""
    if family.row()["state"] != "active":
        with chromium(site, artifacts, tmp_path / "opening") as browser:
            sign_in(browser, family, family.password)
            for field, child in zip(browser.all('[name^="naissance"]'), family.children):
                field.send_keys(birth(child))
            browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, courriel="anne@example.net")
            browser.click("#ouvrir")
            browser.open(link_of(site, "anne@example.net", "activation"))
            browser.click("main form button")
    return family


def test_a_guardian_finds_services_and_children(browser, opened):
    sign_in(browser, opened)
    assert browser.path == "/guichet"
    tiles = [tile.text.split("\n") for tile in browser.all("#services li")]
    assert tiles == [["Espace numérique de travail", "Cahier de textes, messagerie, vie scolaire.", "Pour Léa"],
                     ["Cantine et garderie", "Réserver, payer.", "Pour Tom"], ["Demande de bourse"]]
    shown = browser.driver.execute_script("return [...document.querySelectorAll('#services img')].map((one) => one.complete && one.naturalWidth > 0)")
    assert shown == [True] * 3
    assert [child.text.split("\n")[0] for child in browser.all("#enfants li")] == ["Léa DE LA TOUR-LEFÈVRE", "Tom DE LA TOUR-LEFÈVRE"]
    assert "classe 4EME B" in browser.text("#enfants")
    browser.reach('#services a[href="https://ent.example.fr/"]')
    browser.picture("guichet-services")


def test_a_pupil_finds_the_own_ones(browser, opened):
    lea = opened.children[0]
    sign_in(browser, lea, lea.password)
    browser.fill(naissance=birth(lea), nouveau=PASSWORD, confirmation=PASSWORD)
    browser.click("#ouvrir")
    assert browser.path == "/guichet" and "Orientation" in browser.text("#services") and "classe 4EME B" in browser.text("#scolarite")
    browser.picture("guichet-eleve")
    browser.click("#mon-compte")
    assert "Donner une adresse" in browser.text()
    browser.picture("compte-eleve")


def test_another_address_by_the_keyboard_and_the_mail(site, browser, opened):
    sign_in(browser, opened)
    browser.press("#mon-compte")
    assert browser.path == "/guichet/compte" and browser.text("#adresse") == "anne@example.net"
    browser.press("#changer-adresse")
    browser.fill(courriel="anne.nouvelle@example.org", actuel="ce n’est pas lui")
    browser.press("#enregistrer")
    assert "n’est pas le bon" in browser.text("#actuel-erreur") and browser.find("#courriel").get_attribute("value") == "anne.nouvelle@example.org"
    browser.picture("adresse-refusee")
    browser.fill(courriel="anne@example.net", actuel=PASSWORD)
    browser.press("#enregistrer")
    assert "déjà celle de votre compte" in browser.text("#courriel-erreur")
    browser.fill(courriel="anne.nouvelle@example.org", actuel=PASSWORD)
    browser.press("#enregistrer")
    assert browser.path == "/guichet/compte" and "Il reste à confirmer" in browser.text("#message")
    assert "anne.nouvelle@example.org" in browser.text("#en-attente") and browser.text("#adresse") == "anne@example.net"
    browser.picture("compte-adresse-en-attente")
    browser.press("#annuler-adresse")
    assert "est annulé" in browser.text("#message") and not browser.has("#en-attente")
    browser.open(link_of(site, "anne.nouvelle@example.org", "adresse"))
    browser.press("#confirmer")
    assert "n’est plus valable" in browser.text("#erreur")
    browser.picture("adresse-lien-annule")

    browser.open("/guichet/adresse")
    browser.picture("adresse")
    browser.fill(courriel="anne.nouvelle@example.org", actuel=PASSWORD)
    browser.press("#enregistrer")
    browser.open(link_of(site, "anne.nouvelle@example.org", "adresse", 2))
    browser.picture("adresse-confirmation")
    browser.press("#confirmer")
    assert "Votre adresse est confirmée" in browser.text()
    browser.picture("adresse-confirmee")
    browser.click("main .fr-btn")
    assert browser.path == "/guichet" and "anne.nouvelle@example.org" in browser.text()


def test_sessions_history_and_data(site, browser, opened, artifacts, tmp_path):
    with chromium(site, artifacts, tmp_path / "telephone") as telephone:
        sign_in(telephone, opened)
        sign_in(browser, opened)
        browser.open("/guichet/compte")
        assert "Ce navigateur" in browser.text("#sessions") and browser.text("#sessions").count("sur Linux") >= 2
        browser.picture("compte-famille")
        browser.press("#terminer-les-autres")
        assert "Vos autres connexions ont pris fin" in browser.text("#message") and not browser.has("#terminer-les-autres")
        telephone.open("/guichet")
        assert telephone.path == "/connexion"
    browser.press("#historique")
    assert "Vous avez mis fin à d’autres connexions" in browser.text("#vie") and "Première connexion" in browser.text("#vie")
    browser.picture("historique")
    browser.open("/guichet/compte")
    asked = """
        const done = arguments[0], form = document.querySelector('form[action="/guichet/donnees"]');
        fetch(form.getAttribute('action'), {method: 'POST', body: new URLSearchParams(new FormData(form))})
            .then((answer) => answer.json()).then((data) => done(data.compte.identifiant));
    """
    assert browser.driver.execute_async_script(asked) == opened.login


def test_all_of_it_without_scripts(browser_without_scripts, opened):
    browser = browser_without_scripts
    sign_in(browser, opened)
    browser.click("#mon-compte")
    browser.click("#changer-adresse")
    browser.fill(courriel="sans.script@example.org", actuel=PASSWORD)
    browser.click("#enregistrer")
    browser.click("#annuler-adresse")
    assert "est annulé" in browser.text("#message")
