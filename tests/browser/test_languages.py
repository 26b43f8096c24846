"""What families meet, in French and in Arabic: nothing is left in the other language, nothing overflows, each refusal is told."""

import re

import pytest

from peers.bus import Bus
from peers.catalogues import translate
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_administrator, birth

SAID = translate.catalogue("ar")
# French of the page's values: a school's name, what an example shows
PIECES = [piece.strip(" .,:;–\u00a0") for french in SAID for piece in re.split(r"\{\{[A-Z_]+\}\}|</?\d>|%d|\|", french)]
PIECES = [piece for piece in PIECES if len(piece) > 9 and " " in piece and "exemple.fr" not in piece]
TEXT = "return document.body.innerText + ' ' + [...document.querySelectorAll('[aria-label],[title]')].map(" \
       "one => one.ariaLabel + ' ' + one.title).join(' ')"


@pytest.fixture(scope="module")
def family(site):
    town = Town(site, ACADEMY)
    school = town.school(2)
    lea = town.pupil(school, "Léa", "Plusieurs", "2010-04-03", class_label="4B", account=True)
    late = town.pupil(school, "Noé", "Plusieurs", "2011-02-03", class_label="5B", account=True)
    anne = town.guardian("Anne", "Plusieurs", [lea], mail="anne.plusieurs@example.org")
    for person in (anne, lea):
        person.hand_out()
    late.hand_out(months=-1)
    anne.lea, anne.late = lea, late
    return anne


@pytest.fixture(params=["fr", "ar"])
def language(request, browser):
    browser.open("/connexion?langue=" + request.param)
    yield request.param
    browser.driver.delete_all_cookies()


def look(browser, name, language, says):
    """The page is in the language, whole; `says` is one of its sentences, in French."""
    shown = browser.driver.execute_script("return [document.documentElement.lang, getComputedStyle(document.body).direction]")
    text = re.sub("[\u2066\u2069]", "", " ".join(browser.driver.execute_script(TEXT).split()))  # what isolates numbers
    assert shown == [language, "rtl" if language == "ar" else "ltr"]
    assert (SAID[says] if language == "ar" else says).replace("\u00a0", " ") in text.replace("\u00a0", " "), text
    if language == "ar":
        assert [piece for piece in PIECES if piece in text] == []
    browser.picture(f"langue-{language}-{name}")


def sign_in(browser, login, password):
    browser.open("/connexion")
    browser.fill(identifiant=login, mot_de_passe=password)
    browser.click("#se-connecter")


def test_who_cannot_come_in(browser, language, family):
    look(browser, "connexion", language, "Identifiant oublié")
    sign_in(browser, "a.inconnue99", "ce n'est pas lui 77")
    look(browser, "connexion-refusee", language, "L’identifiant ou le mot de passe est incorrect.")
    sign_in(browser, family.late.login, family.late.password)
    look(browser, "perime", language, "Votre mot de passe provisoire n’est plus valable")
    for path in ("/aide", "/aide/identifiant", "/aide/mot-de-passe", "/aide/activation", "/etat", "/"):
        browser.open(path)
        look(browser, path.strip("/").replace("/", "-") or "accueil", language,
             "Les comptes des élèves et de leurs responsables")
    browser.open("/aide/identifiant")
    browser.fill(courriel="anne@x")
    browser.click("#demander")
    look(browser, "adresse-refusee", language, "Cette adresse de messagerie n’est pas valable.")
    browser.fill(courriel="anne.plusieurs@example.org")
    browser.click("#demander")
    look(browser, "aide-envoyee", language, "Regardez votre messagerie")
    browser.open("/mot-de-passe/" + "A" * 43)
    look(browser, "lien-mort", language, "Ce lien n’est pas valable.")
    browser.open("/nulle-part")
    look(browser, "introuvable", language, "Page introuvable")


def test_a_guardian_and_a_pupil_open_their_accounts(site, browser, language, family):
    town = Town(site, ACADEMY)
    child = town.pupil(town.school(2), "Zoé", "Langue", "2010-04-03", class_label="4B", account=True)
    guardian = town.guardian("Ana", "Langue", [child], mail=f"ana.{language}@example.org")
    for person in (child, guardian):
        person.hand_out()
    sign_in(browser, guardian.login, guardian.password)
    look(browser, "ouverture", language, "La date de naissance de votre enfant")
    date = browser.find('[name^="naissance-"]').get_attribute("name")
    for name, password, born, says in (
            ("mot-de-passe-faible", "Trampoline-2019", birth(child), "Ce mot de passe est trop répandu."),
            ("date-fausse", PASSWORD, "03/04/1999",
             "La date de naissance ne correspond pas à celle que connaît l’école ou l’établissement.")):
        browser.fill(nouveau=password, confirmation=password, **{date: born})
        browser.click("#ouvrir")
        look(browser, f"ouverture-{name}", language, says)
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, **{date: birth(child)})
    browser.click("#ouvrir")
    look(browser, "ouverture-suite", language, "Une dernière étape\u00a0: votre messagerie")
    mail = site.mail.wait(f"ana.{language}@example.org")[-1]
    browser.open(re.search(r"https?://\S+(/activation/[\w-]+)", text_of(mail))[1])
    look(browser, "activation", language, "Activer mon compte")
    browser.click("main form button")
    look(browser, "activation-faite", language, "Votre compte est activé")
    sign_in(browser, guardian.login, PASSWORD)
    look(browser, "guichet", language, "Mes enfants")
    for path in ("compte", "adresse", "historique", "enfants"):
        browser.open(f"/guichet/{path}")
        look(browser, f"guichet-{path}", language, "Mon compte")
    browser.driver.delete_all_cookies()
    browser.open(f"/connexion?langue={language}")
    sign_in(browser, child.login, child.password)
    look(browser, "ouverture-eleve", language, "Ma date de naissance")
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, naissance="03/04/1999")
    browser.click("#ouvrir")
    look(browser, "ouverture-eleve-date-fausse", language,
         "La date de naissance ne correspond pas à celle que connaît l’école ou l’établissement.")
    assert browser.has("#correction li"), "the school that alone corrects it"
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(child))
    browser.click("#ouvrir")
    look(browser, "guichet-eleve", language, "Votre compte est activé")


CODE = re.compile(r"code est (\d{6})")


def test_by_sms_and_at_the_desk_in_arabic(site, browser):
    """What the tests of the registration and of the desk walk in French: each page once, each refusal that is of it alone."""
    town = Town(site, ACADEMY)
    school = town.school(2)
    lea, tom = (town.pupil(school, prenom, "Arabophone", "2011-06-07", class_label="5A", account=True) for prenom in ("Léa", "Tom"))
    lina = town.guardian("Lina", "Arabophone", [lea, tom])
    lea.hand_out()
    school_mobile, own = "+33612777701", "+33612777702"
    with site.psql() as database:
        database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (school_mobile, *lina.account))

    def code_to(mobile, count=1):
        return CODE.search(site.sms.wait(mobile, count)[-1]["text"])[1]

    def seen(name, says):
        look(browser, name, "ar", says)

    browser.open("/inscription?langue=ar")
    seen("inscription", "Ouvrir mon compte par SMS")
    browser.fill(nom="Arabophone", prenom="Lina", mobile="01 23 45 67 89")
    browser.click("#recevoir")
    seen("inscription-refusee", "Ce numéro n’est pas celui d’un téléphone mobile.")
    browser.fill(mobile="06 12 77 77 01")
    browser.click("#recevoir")
    seen("inscription-code", "Le code reçu par SMS")
    code = code_to(school_mobile)
    browser.fill(code=f"{(int(code) + 1) % 1000000:06}")
    browser.click("#continuer")
    seen("inscription-code-refuse", "Ce code n’est pas le bon.")
    browser.fill(code=code)
    browser.click("#continuer")
    seen("inscription-enfants", "Vos enfants")
    fields = [one.get_attribute("name") for one in browser.all('[name^="naissance-"]')]
    browser.fill(**dict.fromkeys(fields, "07/06/2012"))
    browser.click("#continuer")
    seen("inscription-enfants-refuses", "La date de naissance ne correspond pas à celle que connaît l’école ou l’établissement.")
    browser.fill(**dict.fromkeys(fields, birth(lea)))
    browser.click("#continuer")
    seen("inscription-mot-de-passe", "Votre mot de passe")
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD)
    browser.click("#ouvrir")
    seen("inscription-fin", "Votre compte est prêt")

    browser.open("/guichet/mobile")
    browser.fill(mobile="06 12 77 77 02", actuel="ce n'est pas lui 77")
    browser.click("#recevoir")
    seen("mobile-refuse", "Le mot de passe actuel n’est pas le bon.")
    browser.fill(actuel=PASSWORD)
    browser.click("#recevoir")
    seen("mobile-code", "Confirmer ce numéro")
    browser.open("/guichet/compte")
    seen("compte-mobile-en-attente", "Mon compte")
    assert browser.has("#mobile-en-attente")
    browser.click("#donner-code")
    browser.fill(code=code_to(own))
    browser.click("#confirmer")
    seen("compte-mobile", "Votre téléphone mobile est confirmé")
    for path, says in (("mobile/retrait", "Retirer mon téléphone mobile"), ("autre-compte", "J’ai un autre compte"),
                       ("enfant-manquant", "Il manque un enfant"),
                       (f"enfants/{lea.account[0]}-{lea.account[1]}/mot-de-passe", "Donner un nouveau mot de passe"),
                       ("historique", "Vous avez confirmé votre téléphone mobile")):
        browser.open("/guichet/" + path)
        seen("guichet-" + re.sub(r"[/\d-]+", "-", path), says)
    browser.open("/nouveau-mot-de-passe")
    browser.fill(actuel="ce n'est pas lui 77", nouveau="violet canard plage 3", confirmation="violet canard plage 3")
    browser.click("main form button[type=submit]")
    seen("mot-de-passe-actuel-refuse", "Le mot de passe actuel n’est pas le bon.")

    browser.driver.delete_all_cookies()
    browser.open("/aide/sms?langue=ar")
    seen("aide-sms", "Identifiant ou mot de passe oublié")
    browser.fill(nom="Arabophone", prenom="Lina", mobile="06 12 77 77 02")
    browser.click("#recevoir")
    seen("aide-sms-code", "Le code reçu par SMS")
    browser.fill(code=code_to(own, 2))
    browser.click("#continuer")
    seen("aide-sms-mot-de-passe", "Votre mot de passe")
    assert lina.login in browser.text()
    for path in ("mentions-legales", "accessibilite", "donnees-personnelles"):
        browser.open("/" + path)
        assert browser.text("#en-francais") == SAID["Cette page n’est écrite qu’en français, et c’est ce texte qui fait foi."]
        assert browser.find("#en-francais").get_attribute("dir") == "rtl" and browser.find("html").get_attribute("lang") == "fr"
    browser.picture("langue-ar-donnees-personnelles")


def test_the_administrators_pages_stay_french(browser):
    browser.open("/connexion?langue=ar")
    browser.open("/administration/connexion")
    assert browser.find("html").get_attribute("lang") == "fr" and not browser.has(".preau-languages")
    assert not browser.has('a[href^="/aide"]'), "which is the families'"


def opened(browser, guardian, children, mail):
    """Its password chosen and the dates given, on the page; what follows is the link of the mail."""
    sign_in(browser, guardian.login, guardian.password)
    fields = {f"naissance-{ACADEMY}-{child.degree}-{child.aaf_id}": birth(child) for child in children}
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, courriel=mail, **fields)
    browser.click("#ouvrir")


def activated(site, guardian):
    with site.psql() as database:
        database.execute("update preau.account set state = 'active', activated_at = now(), email_confirmed_at = now()"
                         " where (academy, id) = (%s, %s)", guardian.account)


def test_an_address_that_waits_is_corrected(site, browser, language):
    town = Town(site, ACADEMY)
    child = town.pupil(town.school(2), "Ugo", "Correction", "2010-04-03", class_label="4B", account=True)
    guardian = town.guardian("Eva", "Correction", [child])
    guardian.hand_out()
    opened(browser, guardian, [child], f"fausse.{language}@example.org")
    sign_in(browser, guardian.login, PASSWORD)
    look(browser, "adresse-en-attente", language, "L’adresse est fausse\u00a0?")
    assert browser.find("form[action='/connexion'] [autocomplete=username]").get_attribute("value") == guardian.login
    browser.fill(courriel="eva@x", mot_de_passe=PASSWORD)
    browser.click("#corriger")
    look(browser, "adresse-en-attente-refusee", language, "Cette adresse de messagerie n’est pas valable.")
    assert browser.text("#courriel-erreur") and browser.find("#courriel").get_attribute("aria-invalid") == "true"
    browser.fill(courriel=f"juste.{language}@example.org", mot_de_passe=PASSWORD)
    browser.click("#corriger")
    look(browser, "adresse-en-attente-corrigee", language, "L’adresse est fausse\u00a0?")
    assert f"juste.{language}@example.org" in browser.text() and site.mail.wait(f"juste.{language}@example.org")


def test_an_account_that_the_school_took_back_asks_for_an_address(site, browser, language):
    town = Town(site, ACADEMY)
    school = town.school(2)
    child = town.pupil(school, "Ida", "Reprise", "2010-04-03", class_label="4B", account=True)
    guardian = town.guardian("Mia", "Reprise", [child])
    guardian.hand_out()
    opened(browser, guardian, [child], f"voleur.{language}@example.org")
    head = add_administrator(site, f"reprise-{language}", "directeur", "--school", school[0], name="Mme Girard")
    bus = Bus(site)
    bus.ask("notify", "ResetPasswords", accounts=[bus.reference(guardian.account)], academy=ACADEMY, uai=school[0], administrator=head)
    shown = bus.message("notify", "ShowPasswordRequest", academy=ACADEMY, uai=school[0], account=bus.reference(guardian.account))
    sign_in(browser, guardian.login, bus.ask("notify", "ShowPassword", shown, administrator=head).password)
    browser.fill(nouveau=PASSWORD, confirmation=PASSWORD)
    browser.click("main [type=submit]")
    look(browser, "adresse-a-donner", language, "Une dernière étape\u00a0: votre messagerie")
    assert "voleur" not in browser.text() and not browser.driver.find_elements("css selector", "#renvoyer")
    browser.fill(courriel=f"mia.{language}@example.org", mot_de_passe=PASSWORD)
    browser.click("#corriger")
    assert f"mia.{language}@example.org" in browser.text() and site.mail.wait(f"mia.{language}@example.org")


def test_a_child_that_the_school_gives_back_is_proved_by_its_date(site, browser, language):
    town = Town(site, ACADEMY)
    school = town.school(2)
    lea, leo = (town.pupil(school, prenom, "Rendue", "2010-04-03", class_label="4B", account=True) for prenom in ("Léa", "Léo"))
    guardian = town.guardian("Ana", "Rendue", [lea, leo])
    head = add_administrator(site, f"rendue-{language}", "directeur", "--school", school[0], name="Mme Girard")
    bus = Bus(site)
    request = bus.message("link", "DisclaimChildRequest", account=bus.reference(guardian.account))
    request.child.academy, request.child.degree, request.child.aaf_id = ACADEMY, lea.degree, lea.aaf_id
    guardian.hand_out()
    bus.ask("link", "DisclaimChild", request, account=guardian.account)
    opened(browser, guardian, [leo], f"ana.rendue.{language}@example.org")
    activated(site, guardian)
    with site.psql() as database:
        (claim,) = database.execute("select claim from preau.disclaimed_child where (academy, guardian_id) = (%s, %s)",
                                    (ACADEMY, guardian.aaf_id)).fetchone()
    bus.ask("notify", "RestoreChild", bus.message("notify", "RestoreChildRequest", academy=ACADEMY, uai=school[0],
                                                  account=bus.reference(guardian.account), claim=claim), administrator=head)
    sign_in(browser, guardian.login, PASSWORD)
    browser.open("/guichet/enfants")
    look(browser, "enfant-rendu", language, "Un élève vous a été rattaché")
    browser.fill(naissance="01/01/2001")
    browser.click("form[action='/guichet/enfants/rattachement'] button")
    look(browser, "enfant-rendu-refuse", language, "La date de naissance ne correspond pas à celle que connaît l’école ou l’établissement.")
    browser.fill(naissance=birth(lea))
    browser.click("form[action='/guichet/enfants/rattachement'] button")
    look(browser, "enfant-rendu-prouve", language, "Il y est aussi pour les services en ligne.")
    assert not browser.has("form[action='/guichet/enfants/rattachement']")


def test_a_desk_without_a_password_and_with_an_old_mobile(site, browser, language):
    town = Town(site, ACADEMY)
    child = town.pupil(town.school(2), "Noa", "Ancienne", "2010-04-03", class_label="4B", account=True)
    guardian = town.guardian("Lou", "Ancienne", [child])
    guardian.hand_out()
    opened(browser, guardian, [child], f"lou.{language}@example.org")
    activated(site, guardian)
    mobile = {"fr": "+33612777741", "ar": "+33612777742"}[language]
    with site.psql() as database:
        database.execute("update preau.account set mobile = %s, mobile_confirmed_at = now() - interval '400 days' where (academy, id) = (%s, %s)",
                         (mobile, *guardian.account))
    sign_in(browser, guardian.login, PASSWORD)
    assert browser.has("#mobile-ancien")
    look(browser, "guichet-mobile-ancien", language, "Mes enfants")
    browser.open("/guichet/mobile")
    look(browser, "mobile", language, "Mon téléphone mobile")
    with site.psql() as database:
        database.execute("update preau.account set password = 'provisional' where (academy, id) = (%s, %s)", guardian.account)
    browser.open("/guichet/adresse")
    look(browser, "mot-de-passe-a-choisir", language, "Choisir d’abord un mot de passe")
    assert browser.find("#provisoire").get_attribute("href").endswith("/connexion")
