"""Who cannot sign in, and a guardian who helps a child, in a real browser: each path, each refusal, wide and narrow."""

import re

import pytest

from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth, opening_fields, sign_in

OTHER = "trois canards dorment 88"


@pytest.fixture(scope="module")
def college(site):
    return Town(site, ACADEMY).school(2)


@pytest.fixture(scope="module")
def family(site, college):
    """Active, with a pupil who is too, and one whom the school has not handed anything."""
    town = Town(site, ACADEMY)
    lea = town.pupil(college, "Léa", "Oublieuse", "2010-04-03", class_label="4B", account=True)
    nils = town.pupil(college, "Nils", "Oublieuse", "2012-10-21", class_label="6A", account=True)
    anne = town.guardian("Anne", "Oublieuse", [lea, nils], mail="anne.oublieuse@example.org")
    anne.lea = lea
    for person in (anne, lea):
        person.hand_out()
    visitor = sign_in(site, anne)
    dates = opening_fields(visitor.page, [birth(child) for child in (lea, nils)])
    visitor.submit(visitor.page.form("/ouverture"), dates, nouveau=PASSWORD, confirmation=PASSWORD, courriel="anne.oublieuse@example.net")
    link = last_link(site, "anne.oublieuse@example.net", "activation")
    visitor.submit(visitor.get(link).form(link.removeprefix(site.portal_url)))
    pupil = sign_in(site, lea)
    pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea))
    assert anne.row()["state"] == lea.row()["state"] == "active"
    return anne


def last_link(site, address, path):
    links = [found[0] for mail in site.mail.wait(address) if (found := re.search(rf"https?://\S+/{path}/[\w-]+", text_of(mail)))]
    return links[-1]


def ask(browser, path, name, **fields):
    browser.open("/connexion")
    browser.click(f'main a[href="{path}"]')
    assert browser.path == path
    browser.picture(f"aide-{name}")
    browser.fill(**fields)
    browser.click("#demander")
    assert "Regardez votre messagerie" in browser.text()
    browser.picture(f"aide-{name}-envoyee")


def test_what_to_do_is_one_page_away_from_the_sign_in(browser):
    browser.open("/connexion")
    browser.picture("connexion-aide")
    browser.press('main a[href="/aide"]')
    assert browser.text("h1") == "Aide pour les élèves et les responsables" and browser.find("html").get_attribute("lang") == "fr"
    shown = [part.get_attribute("id") for part in browser.all("main section")]
    assert [link.get_attribute("href").split("#")[1] for link in browser.all("main nav a")] == shown
    assert {"sms", "mobile"} <= set(shown) and not {"franceconnect", "ent"} & set(shown), "a gateway is configured here, no more"
    assert browser.url in browser.text("#securite") and browser.has('footer a[href="/aide"]')
    browser.picture("aide")


def test_a_forgotten_identifier(site, browser, family):
    ask(browser, "/aide/identifiant", "identifiant", courriel="anne.oublieuse@example.net")
    site.wait(lambda: any(mail["Subject"] == "Votre identifiant" and family.login in text_of(mail)
                          for mail in site.mail.mails("anne.oublieuse@example.net")), what="told")
    browser.open("/aide/identifiant")
    browser.fill(courriel="anne@x")  # which a browser lets pass
    browser.click("#demander")
    assert "n’est pas valable" in browser.text()
    browser.picture("aide-identifiant-refusee")


def test_a_forgotten_password_from_the_mail_to_the_desk(site, browser, family):
    site.mail.clear()
    ask(browser, "/aide/mot-de-passe", "mot-de-passe", identifiant=family.login)
    link = last_link(site, "anne.oublieuse@example.net", "mot-de-passe").removeprefix(site.portal_url)
    browser.open(link)
    assert browser.text("#compte") == family.login
    browser.picture("mot-de-passe-lien")
    browser.fill(nouveau="court", confirmation="court")
    browser.click("#enregistrer")
    assert "trop court" in browser.text()
    browser.picture("mot-de-passe-lien-refuse")
    browser.fill(nouveau=OTHER, confirmation=OTHER)
    browser.click("#enregistrer")
    assert "Votre mot de passe est changé" in browser.text()
    browser.picture("mot-de-passe-lien-fait")
    browser.open(link)
    assert "Ce lien ne permet pas" in browser.text()
    browser.picture("mot-de-passe-lien-perime")
    browser.open("/connexion")
    browser.fill(identifiant=family.login, mot_de_passe=OTHER)
    browser.click("#se-connecter")
    assert browser.path == "/guichet"
    family.chosen = OTHER


def test_an_activation_link_asked_for_again(site, browser, college):
    town = Town(site, ACADEMY)
    tom = town.pupil(college, "Tom", "Distraite", "2010-04-03", account=True)
    zoe = town.guardian("Zoé", "Distraite", [tom])
    zoe.hand_out()
    visitor = sign_in(site, zoe)
    dates = opening_fields(visitor.page, [birth(tom)])
    visitor.submit(visitor.page.form("/ouverture"), dates, nouveau=PASSWORD, confirmation=PASSWORD, courriel="zoe.distraite@example.net")
    site.mail.wait("zoe.distraite@example.net")
    ask(browser, "/aide/activation", "activation", identifiant=zoe.login)
    site.mail.wait("zoe.distraite@example.net", count=2)
    browser.open("/connexion")
    browser.fill(identifiant=zoe.login, mot_de_passe=PASSWORD)
    browser.click("#se-connecter")
    browser.picture("connexion-en-attente")
    browser.click("#renvoyer")
    assert "Regardez votre messagerie" in browser.text()
    site.mail.wait("zoe.distraite@example.net", count=3)


def test_a_provisional_password_that_is_over(site, browser, college):
    town = Town(site, ACADEMY)
    noe = town.pupil(college, "Noé", "Tardif", "2010-04-03", account=True)
    noe.hand_out(months=-1)
    browser.open("/connexion")
    browser.fill(identifiant=noe.login, mot_de_passe=noe.password)
    browser.click("#se-connecter")
    assert "n’est plus valable" in browser.text() and browser.has("#etablissements li")
    browser.picture("mot-de-passe-perime")


def test_a_guardian_helps_a_child(site, browser, family):
    browser.open("/connexion")
    browser.fill(identifiant=family.login, mot_de_passe=getattr(family, "chosen", PASSWORD))
    browser.click("#se-connecter")
    browser.click('main a[href="/guichet/enfants"]')
    assert family.lea.login in browser.text() and "n’a pas encore remis ce compte" in browser.text()
    browser.picture("enfants")
    browser.click('main a[href$="/mot-de-passe"]')
    assert family.lea.login in browser.text()
    browser.picture("enfant-confirmation")
    browser.click("#donner")
    password = browser.text("#mot-de-passe")
    assert browser.text("#identifiant") == family.lea.login
    browser.picture("enfant-mot-de-passe")
    browser.click('form[action="/deconnexion"] button')
    browser.open("/connexion")
    browser.fill(identifiant=family.lea.login, mot_de_passe=password)
    browser.click("#se-connecter")
    assert browser.path == "/nouveau-mot-de-passe"


def test_without_scripts_too(site, browser_without_scripts, family):
    site.mail.clear()
    browser = browser_without_scripts
    browser.open("/aide/mot-de-passe")
    browser.fill(identifiant=family.login)
    browser.find("#demander").click()
    assert "Regardez votre messagerie" in browser.text()
    browser.open(last_link(site, "anne.oublieuse@example.net", "mot-de-passe").removeprefix(site.portal_url))
    assert browser.has("#enregistrer")
