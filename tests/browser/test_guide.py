"""The head's use cases, one test for each row of the guide's tables 2.1 and 2.2, by the keyboard alone, with real mails."""

import itertools
import re

import pytest

from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, PASSWORD, add_head, birth, opening_fields, sign_in

logins = (f"chef{number}" for number in itertools.count(1))


@pytest.fixture(scope="module")
def town(site):
    return Town(site, ACADEMY)


class Place:
    """A school, its head signed in, and families to come."""

    def __init__(self, site, town, browser, degree):
        self.site, self.town, self.browser = site, town, browser
        self.school = town.school(degree)
        self.home = f"/etablissements/{self.school[0]}"
        self.login = next(logins)
        add_head(site, self.login, self.school)

    def family(self, nom, mail=None, mobile=None, born="2012-04-03", account=False):
        """A guardian with one child here."""
        child = self.town.pupil(self.school, "Léa", nom, born, class_label="6A", account=account)
        guardian = self.town.guardian("Anne", nom, [child], mail=mail)
        guardian.child, guardian.page = child, f"{self.home}/comptes/%d-%d" % guardian.account
        self.change(guardian, mobile=mobile, civilite="Mme", adresse="12 rue des Lilas$Bâtiment B", code_postal="11000",
                    ville="CARCASSONNE", changed_at="2026-09-14 06:20:00+00")
        return guardian

    def change(self, person, **columns):
        """What the academy's record says, as an import leaves it."""
        names = ", ".join(f"{name} = %s" for name in columns)
        with self.town.database() as database:
            database.execute(f"update preau.person set {names} where (academy, degree, aaf_id) = (%s, %s, %s)",
                             (*columns.values(), ACADEMY, person.degree, person.aaf_id))

    def sign_in(self):
        self.browser.open("/administration/connexion")
        self.browser.fill(identifiant=self.login, mot_de_passe=HEAD_PASSWORD)
        self.browser.press("#se-connecter")
        assert self.browser.path == self.home

    def help(self, person, situation):
        """Opens the person's page, and there what the person tells of."""
        self.browser.open(person.page)
        self.browser.unfold(f"#aide-{situation}")
        return f"#aide-{situation}"

    def confirm(self):
        """The preview, then what was done, once all has left."""
        self.browser.press("#confirmer")
        self.browser.wait(lambda: not self.browser.has("[data-suite]"))

    def mails(self, address, count=1):
        return self.site.mail.wait(address, count)

    def open_account(self, guardian, address, born=None):
        """First sign-in of a guardian, up to the mail to confirm; the page that follows."""
        visitor = sign_in(self.site, guardian)
        return visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [born or birth(guardian.child)]),
                              nouveau=PASSWORD, confirmation=PASSWORD, courriel=address)

    def activate(self, guardian, address):
        self.open_account(guardian, address)
        link = self.activation_link(self.mails(address)[-1])
        self.browser.open(link)
        self.browser.press("main form button")
        assert guardian.row()["state"] == "active"

    def activation_link(self, mail):
        return re.search(re.escape(self.site.portal_url) + r"(/activation/\S+)", text_of(mail))[1]


@pytest.fixture
def ecole(site, town, browser):
    return Place(site, town, browser, 1)


@pytest.fixture
def college(site, town, browser):
    return Place(site, town, browser, 2)


# ---------------------------------------------------------------------- 2.1 Administration des comptes


def notify_all(place, todo, action):
    """From the home page to the ready-made list, all of it, and back."""
    browser = place.browser
    browser.open(place.home)
    browser.press(f"#responsables-{todo} a")
    browser.find("#tous").click()
    browser.fill(action=action)
    browser.press("#continuer")
    place.confirm()


def test_premiere_notification_de_comptes(ecole, browser):
    with_mail = [ecole.family(f"Rentrée{letter}", mail=f"rentree{letter}@example.org") for letter in "abc"]
    without = [ecole.family(f"Papier{letter}") for letter in "de"]
    ecole.sign_in()
    assert "3 comptes jamais notifiés, avec une adresse de courriel" in browser.sentence("#responsables-a-notifier-courriel")
    assert "2 comptes jamais notifiés, sans adresse de courriel" in browser.sentence("#responsables-a-notifier-feuille")
    browser.picture("guide-accueil-rentree")
    notify_all(ecole, "a-notifier-courriel", "mail")
    for guardian in with_mail:
        assert guardian.login in text_of(ecole.mails(f"{guardian.nom.lower().replace('é', 'e')}@example.org")[0])
    notify_all(ecole, "a-notifier-feuille", "sheet")
    browser.wait(lambda: browser.has(".fr-link--download"))
    assert {guardian.row()["state"] for guardian in with_mail + without} == {"distribue"}
    browser.open(ecole.home)
    assert not browser.has("#responsables-a-notifier-courriel") and not browser.has("#responsables-a-notifier-feuille")
    browser.picture("guide-accueil-apres")


def test_en_cours_d_annee_pour_les_nouveaux_arrives(ecole, browser):
    known = ecole.family("Connu", mail="connu@example.org")
    known.hand_out()
    new = ecole.family("Nouveau", mail="nouveau@example.org")
    ecole.sign_in()
    browser.press("#responsables-a-notifier-courriel a")
    assert browser.text("#resultat") == "1 compte"
    browser.press("#comptes tbody .preau-card-title a")
    browser.unfold("#aide-jamais-notifie")
    assert "n’a jamais été notifié" in browser.text("#aide-jamais-notifie")
    browser.picture("guide-nouvel-arrive")
    browser.press('#aide-jamais-notifie button[value="mail"]')
    assert "1 compte sera notifié par courrier électronique" in browser.text()
    ecole.confirm()
    assert new.password in text_of(ecole.mails("nouveau@example.org")[0]) and new.row()["state"] == "distribue"


def test_suite_a_la_notification_suivre_l_avancement(site, college, browser):
    opened, waiting, handed = (college.family(name, mail=f"{name.lower()}@example.org") for name in ("Ouvert", "Attend", "Remis"))
    for guardian in (opened, waiting, handed):
        guardian.hand_out()
    college.activate(opened, "ouvert@example.net")
    college.open_account(waiting, "attend@example.net")
    site.ctl("statistics", "compute")
    college.sign_in()
    assert [browser.text(f'a[href$="responsables?etat={state}"] ~ *') for state in ("non_distribue", "distribue", "en_cours", "active")] == \
        ["0", "1", "1", "1"]
    browser.press('a[href$="responsables?etat=en_cours"]')
    assert browser.text("#resultat") == "1 compte" and "ATTEND" in browser.text("#comptes")
    browser.press(f'a[href="{college.home}/statistiques"]')
    assert "Relevé du" in browser.text() and "3 comptes" in browser.text()


def test_avant_l_echeance_des_3_mois_relancer(town, ecole, browser):
    late = ecole.family("Tardif", mail="tardif@example.org")
    late.hand_out()
    pending = ecole.family("Pendant", mail="pendant@example.org")
    pending.hand_out()
    ecole.open_account(pending, "pendant@example.net")
    ecole.mails("pendant@example.net")
    with town.database() as database:
        database.execute("update preau.account set notification_expires_at = now() + interval '10 days' where (academy, id) = (%s, %s)",
                         late.account)
    ecole.sign_in()
    assert "1 mot de passe provisoire expire d’ici 14 jours" in browser.sentence("#responsables-echeance-proche")
    assert "1 compte attend que l’adresse de courriel soit confirmée" in browser.sentence("#responsables-en-cours")
    browser.picture("guide-accueil-echeance")
    before = late.row()["notification_expires_at"]
    notify_all(ecole, "echeance-proche", "mail")
    assert late.password in text_of(ecole.mails("tardif@example.org")[0])
    assert (late.row()["notification_expires_at"] - before).days > 60
    browser.open(ecole.home)
    assert not browser.has("#responsables-echeance-proche")
    browser.press("#responsables-en-cours a")
    browser.press("#comptes tbody .preau-card-title a")
    browser.press("#renvoyer")
    assert "Le courriel d’activation est renvoyé" in browser.text()
    ecole.mails("pendant@example.net", 2)


# ---------------------------------------------------------------------- 2.2 Assistance aux utilisateurs


def test_perte_du_lien_vers_le_guichet(site, ecole, browser):
    guardian = ecole.family("Lien", mail="lien@example.org")
    guardian.hand_out()
    ecole.sign_in()
    help = ecole.help(guardian, "lien-perdu")
    assert "lien@example.org" in browser.text(help)
    browser.press(f'{help} button[value="mail"]')
    ecole.confirm()
    assert site.portal_url in text_of(ecole.mails("lien@example.org")[0])


def test_perte_de_son_identifiant(ecole, browser):
    guardian = ecole.family("Oubli", mail="oubli@example.org")
    guardian.hand_out()
    ecole.sign_in()
    help = ecole.help(guardian, "identifiant-perdu")
    assert guardian.login in browser.text(help)
    browser.picture("guide-identifiant")
    browser.press(f'{help} button[value="sheet"]')
    ecole.confirm()
    browser.wait(lambda: browser.has(".fr-link--download"))
    browser.open(guardian.page)
    assert "Compte notifié, par feuille individuelle (Mme Girard)" in browser.text("#vie")


def test_perte_de_son_mot_de_passe_non_encore_change(ecole, browser):
    guardian = ecole.family("Papillon", mail="papillon@example.org")
    guardian.hand_out()
    ecole.sign_in()
    help = ecole.help(guardian, "provisoire-perdu")
    assert guardian.password not in browser.text() and not browser.has("#aide-mot-de-passe-perdu")
    browser.press(f'{help} form[action$="mot-de-passe"] button')
    assert browser.text("#mot-de-passe") == guardian.password
    assert "Mot de passe provisoire affiché (Mme Girard)" in browser.text("#vie")
    browser.picture("guide-mot-de-passe-affiche")
    browser.unfold("#aide-provisoire-perdu")
    browser.press('#aide-provisoire-perdu button[value="mail"]')
    ecole.confirm()
    assert guardian.password in text_of(ecole.mails("papillon@example.org")[0])


def test_perte_de_son_mot_de_passe_deja_change(site, ecole, browser):
    """Reset and notification are one path: the mail brings the new password, and it is replaced at the next sign-in."""
    guardian = ecole.family("Change", mail="change@example.org")
    guardian.hand_out()
    ecole.activate(guardian, "change@example.net")
    ecole.sign_in()
    help = ecole.help(guardian, "mot-de-passe-perdu")
    assert not browser.has("#aide-provisoire-perdu")
    browser.picture("guide-mot-de-passe-change")
    browser.press(f'{help} button[value="mail-reset"]')
    assert "1 mot de passe sera réinitialisé" in browser.text()
    ecole.confirm()

    def password():
        texts = [text_of(mail) for mail in site.mail.mails("change@example.net")]
        found = [match[0] for text in texts if (match := re.search(r"\b[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}\b", text))]
        return found[-1] if found else None

    guardian.password = site.wait(password, what="the new password by mail")
    assert sign_in(site, guardian).page.path == "/nouveau-mot-de-passe" and guardian.row()["state"] == "active"


def test_perte_du_lien_d_activation(ecole, browser):
    guardian = ecole.family("Activer", mail="activer@example.org")
    guardian.hand_out()
    ecole.open_account(guardian, "activer@example.net")
    first = ecole.activation_link(ecole.mails("activer@example.net")[0])
    ecole.sign_in()
    help = ecole.help(guardian, "activation-perdue")
    browser.picture("guide-activation-perdue")
    browser.press(f"{help} button")
    assert "Le courriel d’activation est renvoyé" in browser.text()
    second = next(link for mail in ecole.mails("activer@example.net", 2) if (link := ecole.activation_link(mail)) != first)
    browser.open(first)
    if browser.has("main form button"):
        browser.press("main form button")
    assert guardian.row()["state"] == "en_cours"
    browser.open(second)
    browser.press("main form button")
    assert guardian.row()["state"] == "active"


def test_changement_d_adresse_mail_d_un_compte_en_cours_d_activation(ecole, browser):
    guardian = ecole.family("Nouvelle", mail="nouvelle@example.org")
    guardian.hand_out()
    ecole.open_account(guardian, "ancienne@example.net")
    ecole.mails("ancienne@example.net")
    ecole.sign_in()
    help = ecole.help(guardian, "courriel-change")
    browser.find("#nouvelle-adresse").send_keys("toute-nouvelle@example.net")
    browser.picture("guide-adresse-en-cours")
    browser.press(f"{help} button")
    assert "Le courriel d’activation est renvoyé" in browser.text() and guardian.row()["email"] == "toute-nouvelle@example.net"
    browser.open(ecole.activation_link(ecole.mails("toute-nouvelle@example.net")[0]))
    browser.press("main form button")
    assert guardian.row()["state"] == "active"


@pytest.mark.parametrize("state, words", [
    ("non_distribue", "donnera elle-même son adresse lors de sa première connexion"),
    ("distribue", "donnera elle-même son adresse lors de sa première connexion"),
    ("active", "modifier elle-même son adresse depuis son compte"),
])
def test_changement_d_adresse_mail_dans_les_autres_cas(ecole, browser, state, words):
    guardian = ecole.family("Adresse", mail=f"{state}@example.org")
    if state != "non_distribue":
        guardian.hand_out()
    if state == "active":
        ecole.activate(guardian, "adresse-active@example.net")
    ecole.sign_in()
    help = ecole.help(guardian, "courriel-change")
    assert words in browser.text(help) and "ne pouvez pas intervenir" in browser.text(help)
    assert not browser.has(f"{help} form")


def test_refus_de_la_date_de_naissance_de_son_enfant(ecole, browser):
    """The date in ONDE is wrong: the head sees it, has it corrected, sees the correction, and the family gets in."""
    guardian = ecole.family("Naissance", mail="naissance@example.org", born="2012-03-04")
    guardian.hand_out()
    ecole.change(guardian.child, changed_at="2026-09-02 06:20:00+00")
    refused = ecole.open_account(guardian, "naissance@example.net", born="03/04/2012")
    assert "La date de naissance ne correspond pas" in refused.text
    ecole.sign_in()
    assert "Anne NAISSANCE" in browser.text("#dates-refusees")
    browser.picture("guide-accueil-date")
    browser.press("#dates-refusees a")
    assert "Date de naissance refusée (la personne)" in browser.text("#vie")
    browser.unfold("#aide-date-refusee")
    text = browser.text("#aide-date-refusee")
    assert "Léa NAISSANCE : 04/03/2012 (fiche inchangée depuis le 02/09/2026)" in text
    assert "dans ONDE" in text and re.search(r"au plus tôt le \d\d/\d\d/\d{4} à 8 h 20", text)
    browser.picture("guide-date-refusee")
    ecole.change(guardian.child, birth_date="2012-04-03", changed_at="2026-09-20 06:20:00+00")
    ecole.help(guardian, "date-refusee")
    assert "Léa NAISSANCE : 03/04/2012 (fiche inchangée depuis le 20/09/2026)" in browser.text("#aide-date-refusee")
    assert "naissance@example.net" in ecole.open_account(guardian, "naissance@example.net", born="03/04/2012").text
    browser.open(ecole.home)
    assert not browser.has("#dates-refusees")


@pytest.mark.parametrize("situation, again", [
    ("mobile-sms", "réessayer de créer son compte par SMS"),
    ("mobile-franceconnect", "réessayer de se connecter avec FranceConnect"),
], ids=["impossibilite_de_creer_son_compte_par_sms", "impossibilite_de_se_connecter_avec_franceconnect"])
def test_numero_de_mobile_non_reconnu(college, browser, situation, again):
    """The mobile of SIECLE is wrong, or missing: the head sees it, has it corrected, sees the correction."""
    guardian = college.family("Mobile", mobile="+33612345678")
    college.sign_in()
    help = college.help(guardian, situation)
    text = browser.text(help)
    assert "Numéro connu : 06 12 34 56 78 (fiche inchangée depuis le 14/09/2026)" in text
    assert "dans SIECLE" in text and again in text and re.search(r"au plus tôt le \d\d/\d\d/\d{4} à 8 h 20", text)
    browser.picture(f"guide-{situation}")
    college.change(guardian, mobile=None)
    assert "Aucun numéro de mobile n’est connu" in browser.text(college.help(guardian, situation))
    college.change(guardian, mobile="+33698765432", changed_at="2026-09-20 06:20:00+00")
    assert "Numéro connu : 06 98 76 54 32 (fiche inchangée depuis le 20/09/2026)" in browser.text(college.help(guardian, situation))


# ---------------------------------------------------------------------- 2nd degree: pupils through the same screens


def test_un_eleve_dont_la_date_de_naissance_est_refusee(site, college, browser):
    guardian = college.family("Collégien", born="2012-03-04", account=True)
    pupil = guardian.child
    pupil.hand_out()
    pupil.page = f"{college.home}/comptes/%d-%d" % pupil.account
    visitor = sign_in(site, pupil)
    refused = visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, ["03/04/2012"]), nouveau=PASSWORD,
                             confirmation=PASSWORD)
    assert refused.status == 422
    college.sign_in()
    browser.press("#dates-refusees a")
    assert "Anne COLLÉGIEN" in browser.text("#rattaches")
    browser.unfold("#aide-date-refusee")
    assert "Date connue : 04/03/2012" in browser.text("#aide-date-refusee")
    browser.picture("guide-eleve")
    assert not browser.has("#aide-mobile-sms") and not browser.has("#aide-activation-perdue")


def test_un_courriel_qui_revient(site, ecole, browser):
    """The mail server refuses the address: the home page and the account say so, until the academy corrects it."""
    guardian = ecole.family("Retour", mail="inconnu@example.org")
    site.mail.refuse("permanently", address="inconnu@example.org")
    ecole.sign_in()
    try:
        notify_all(ecole, "a-notifier-courriel", "mail")
    finally:
        site.mail.accept()
    browser.open(ecole.home)
    assert "1 courriel n’est pas parvenu" in browser.sentence("#responsables-courriel-revenu")
    browser.open(guardian.page)
    assert "inconnu@example.org" in browser.text("#courriel-revenu") and "ONDE" in browser.text("#courriel-revenu")
    browser.picture("guide-courriel-revenu")
    ecole.change(guardian, mail="juste@example.org")
    browser.open(guardian.page)
    assert not browser.has("#courriel-revenu")
    browser.open(ecole.home)
    assert not browser.has("#responsables-courriel-revenu")
