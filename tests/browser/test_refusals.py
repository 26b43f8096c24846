"""Every refusal of a sign-in and of an opening, as a family sees it: which page, which field is marked, what is said, what to do next;
wide and narrow. The words of each language stand in one table."""

import re

import pytest

from peers.catalogues import translate
from peers.flood import flood
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth, opening_fields, sign_in
from peers.site import ROOT, Site

from conftest import CHEAP, DAEMONS, chromium

WRONG = "personne ne devine cela 7"
# (what is refused: what is said, with the advice that goes with it where there is one)
WORDS = {
    "fr": {
        "wrong_credentials": ("L’identifiant ou le mot de passe est incorrect", "Les liens de cette page vous aident"),
        "too_many_attempts": ("Trop d’essais ont été faits", "plusieurs heures si les essais ont été nombreux"),
        "notification_expired": ("n’est plus valable", "en donner un nouveau"),
        "not_distributed": ("n’a pas encore été remis", "Adressez-vous à l’école ou à l’établissement"),
        "sign_in_required": ("votre session a pris fin", "Connectez-vous de nouveau"),
        "birth_date_wrong": ("ne correspond pas à celle que connaît", "Seul l’établissement de l’élève peut corriger"),
        "birth_dates_over": ("Trop de dates de naissance fausses ont été données pour ce compte", "vous notifiera de nouveau"),
        "date_invalid": ("Cette date n’est pas valable", "Écrivez le jour, le mois et l’année"),
        "email_invalid": ("Cette adresse de messagerie n’est pas valable", "Vérifiez l’adresse"),
        "password_too_short": ("trop court", "au moins 8 caractères"),
        "password_too_simple": ("trop facile à deviner", "Allongez-le"),
        "password_too_common": ("trop répandu", "plusieurs mots sans rapport"),
        "password_has_name": ("contient un nom ou un prénom", "sans rapport avec votre nom"),
        "password_has_birth_date": ("contient une date de naissance", "sans rapport avec une date"),
        "password_has_identifier": ("contient votre identifiant", "sans rapport avec votre identifiant"),
        "password_not_new": ("celui que vous devez remplacer", "différent"),
        "passwords_differ": ("ne sont pas les mêmes", "Écrivez deux fois"),
        "link_unknown": ("Ce lien n’est pas valable", "demandez un nouveau courriel"),
        "link_expired": ("Ce lien n’est plus valable", "Demandez un nouveau courriel"),
        "busy": ("Le service est très sollicité", "Recommencez dans quelques instants"),
        "away": ("Service momentanément indisponible", "Recommencez dans quelques instants"),
    },
}
SAID = translate.catalogue("ar")
REFUSED = dict(re.findall(r'REFUSAL\(\w+, "(\w+)", \d+,\s+"([^"]+)"', (ROOT / translate.REFUSALS).read_text()))
OWN = {"not_distributed": "Votre compte n’a pas encore été remis par l’établissement.", "away": "Service momentanément indisponible"}  # of a page, and no refusal's


def in_arabic(code):
    """The whole sentence: the French above is of it. As a title it has no full stop."""
    return " ".join(SAID[OWN.get(code) or REFUSED[code]].split()).removesuffix(".")


WORDS["ar"] = {code: (in_arabic(code),) for code in WORDS["fr"]}
LANGUAGES = tuple(WORDS)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    settings = {"link": {**CHEAP["link"], "attempts_account": "3", "argon2_queue": "1", "birth_date_attempts": "50"}}
    with Site.of(tmp_path_factory.mktemp("refusals"), *DAEMONS, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def college(site):
    return Town(site, ACADEMY).school(2)


@pytest.fixture(params=LANGUAGES)
def language(request):
    return request.param


@pytest.fixture
def family(site, college):
    """A guardian and .child, whom the school has notified."""
    town = Town(site, ACADEMY)
    child = town.pupil(college, "Maëlle", "Trampoline", "2010-04-03", class_label="4B", account=True)
    guardian = town.guardian("Gwendoline", "Trampoline", [child], mail="gwendoline@example.org")
    guardian.child = child
    for person in (guardian, child):
        person.hand_out()
    return guardian


class Refusals:
    """What is checked of every refusal, whatever the language."""

    def __init__(self, browser, language):
        self.browser, self.language = browser, language

    def said(self, code, selector="main"):
        text = " ".join(self.browser.text(selector).split())
        for words in WORDS[self.language][code]:
            assert words in text, f"{code}: {text}"

    def of_form(self, code, name):
        """Of the form as a whole: announced, and first in the title."""
        assert self.browser.find("#erreur").get_attribute("role") == "alert" and self.browser.has("h1")
        self.said(code)
        self.browser.picture(f"refus-{name}-{self.language}")

    def of_field(self, code, field, name):
        """Marked, described, and led to from what is announced."""
        marked = self.browser.all('[aria-invalid="true"]')
        assert field in [one.get_attribute("id") for one in marked]
        for one in marked:
            assert self.browser.find("#" + one.get_attribute("aria-describedby")).is_displayed()
        assert self.browser.has(f'#erreur a[href="#{field}"]')
        self.of_form(code, name)

    def sign_in(self, login, password):
        self.browser.open("/connexion")
        self.browser.fill(identifiant=login, mot_de_passe=password)
        self.browser.click("#se-connecter")


@pytest.fixture(scope="module")
def one_browser(site, artifacts, tmp_path_factory):
    """For all of them: Chromium takes longer to start than to show a refusal."""
    with chromium(site, artifacts, tmp_path_factory.mktemp("profile")) as browser:
        yield browser


@pytest.fixture
def browser(one_browser):
    """Of nobody."""
    one_browser.driver.delete_all_cookies()
    return one_browser


@pytest.fixture
def refusals(browser, language):
    browser.open("/connexion?langue=" + language)
    return Refusals(browser, language)


# ------------------------------------------------------------------------------------------------ signing in


@pytest.mark.parametrize("who", ["known", "unknown"])
def test_a_wrong_password_and_an_unknown_identifier_are_one_refusal(refusals, family, who):
    login = family.login if who == "known" else "n.personne"
    refusals.sign_in(login, WRONG)
    refusals.of_form("wrong_credentials", f"connexion-{who}")
    assert refusals.browser.find("#identifiant").get_property("value") == login
    assert refusals.browser.find("#mot-de-passe").get_property("value") == ""


def test_after_some_tries_one_waits(refusals, family):
    for _ in range(3):
        refusals.sign_in(family.login, WRONG)
    refusals.sign_in(family.login, family.password)
    refusals.of_form("too_many_attempts", "connexion-trop-d-essais")


def test_a_notification_that_is_over(refusals, family, site, college):
    family.hand_out(months=-1)
    refusals.sign_in(family.login, family.password)
    refusals.said("notification_expired")
    assert refusals.browser.has("#etablissements li")
    refusals.browser.picture(f"refus-notification-{refusals.language}")


def test_an_account_that_was_not_handed_out(refusals, site, college):
    child = Town(site, ACADEMY).pupil(college, "Nils", "Pasremis", "2010-04-03", account=True)
    refusals.sign_in(child.login, child.password)
    refusals.of_form("not_distributed", "connexion-non-distribue")


def test_a_session_that_ended(refusals, site, family):
    refusals.sign_in(family.login, family.password)
    with site.psql() as database:
        database.execute("delete from preau.session where (academy, account_id) = (%s, %s)", family.account)
    refusals.browser.open("/ouverture")
    refusals.of_form("sign_in_required", "connexion-session-finie")


# ------------------------------------------------------------------------------------------------ choosing a password


CHOICES = {  # {name: (what is refused, its field, nouveau, confirmation)}; {} is of the person
    "court": ("password_too_short", "nouveau", "abc12", "abc12"),
    "simple": ("password_too_simple", "nouveau", "zxzxzxzx", "zxzxzxzx"),
    "repandu": ("password_too_common", "nouveau", "azerty123", "azerty123"),
    "nom": ("password_has_name", "nouveau", "la gwendoline violette 88", "la gwendoline violette 88"),
    "naissance": ("password_has_birth_date", "nouveau", "canard violet 03042010", "canard violet 03042010"),
    "identifiant": ("password_has_identifier", "nouveau", "violet {login} canard", "violet {login} canard"),
    "provisoire": ("password_not_new", "nouveau", "{password}", "{password}"),
    "differents": ("passwords_differ", "confirmation", PASSWORD, WRONG),
}


@pytest.mark.parametrize("name", CHOICES)
def test_a_password_that_is_refused(refusals, family, name):
    code, field, chosen, again = CHOICES[name]
    refusals.sign_in(family.login, family.password)
    chosen, again = (one.format(login=family.login, password=family.password) for one in (chosen, again))
    refusals.browser.fill(nouveau=chosen, confirmation=again, courriel="gwendoline@example.net", **child_date(refusals.browser, "03/04/2010"))
    refusals.browser.click("#ouvrir")
    refusals.of_field(code, field, f"ouverture-{name}")
    assert refusals.browser.find("#courriel").get_property("value") == "gwendoline@example.net", "the rest is kept"
    assert family.row()["state"] == "distribue"


# ------------------------------------------------------------------------------------------------ dates and addresses


def child_date(browser, date):
    return {browser.find('[name^="naissance"]').get_attribute("name"): date}


@pytest.mark.parametrize("code, date", [("birth_date_wrong", "04/04/2010"), ("date_invalid", "31/02/2010")])
def test_a_birth_date_that_is_refused(refusals, family, code, date):
    refusals.sign_in(family.login, family.password)
    field = next(iter(child_date(refusals.browser, date)))
    refusals.browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, courriel="gwendoline@example.net", **{field: date})
    refusals.browser.click("#ouvrir")
    refusals.of_field(code, field, f"ouverture-{code.replace('_', '-')}")
    assert refusals.browser.has("#correction") == (code == "birth_date_wrong")


def test_dates_that_were_refused_too_often(refusals, site, college, family):
    """Which school helps; there is no form."""
    with site.psql() as database:
        database.execute("insert into preau.account_event (academy, account_id, action, actor) select %s, %s, 'birth_date_refused', 'person'"
                         " from generate_series(1, 20)", family.account)
        (school,) = database.execute("select name from preau.school where uai = %s", (college[0],)).fetchone()
    refusals.sign_in(family.login, family.password)
    refusals.said("birth_dates_over")
    assert school in refusals.browser.text("#ecole") and not refusals.browser.has("#ouvrir")
    refusals.browser.picture(f"refus-dates-epuisees-{refusals.language}")


def test_a_pupils_own_date(refusals, family):
    refusals.sign_in(family.child.login, family.child.password)
    refusals.browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, naissance="04/04/2010")
    refusals.browser.click("#ouvrir")
    refusals.of_field("birth_date_wrong", "naissance", "ouverture-eleve-naissance")


def test_an_address_that_is_none(refusals, family):
    refusals.sign_in(family.login, family.password)
    refusals.browser.fill(nouveau=PASSWORD, confirmation=PASSWORD, courriel="gwendoline@exemple", **child_date(refusals.browser, "03/04/2010"))
    refusals.browser.click("#ouvrir")
    refusals.of_field("email_invalid", "courriel", "ouverture-courriel")


# ------------------------------------------------------------------------------------------------ links


def activation_link(site, family):
    """Of an opening that waits for it."""
    site.mail.clear()
    visitor = sign_in(site, family)
    dates = opening_fields(visitor.page, [birth(family.child)])
    visitor.submit(visitor.page.form("/ouverture"), dates, nouveau=PASSWORD, confirmation=PASSWORD, courriel="gwendoline@example.net")
    (mail,) = site.mail.wait("gwendoline@example.net")
    return re.search(r"https?://\S+(/activation/[\w-]+)", text_of(mail))[1]


def test_a_link_that_is_cut(refusals):
    refusals.browser.open("/activation/abc")
    refusals.browser.click("main form button")  # what only looks at a link is told nothing
    refusals.of_form("link_unknown", "activation-inconnue")


def test_a_link_that_is_over(refusals, site, family):
    link = activation_link(site, family)
    with site.psql() as database:
        database.execute("update preau.confirmation set expires_at = now() - interval '1 minute' where (academy, account_id) = (%s, %s)",
                         family.account)
    refusals.browser.open(link)
    refusals.browser.click("main form button")
    refusals.of_form("link_expired", "activation-perimee")


def test_a_link_to_another_password_that_is_none(refusals):
    refusals.browser.open("/mot-de-passe/abc")
    refusals.said("link_unknown")
    refusals.browser.picture(f"refus-lien-mot-de-passe-{refusals.language}")


# ------------------------------------------------------------------------------------------------ too many, or nobody who answers


def test_when_too_many_sign_in_at_once(refusals, site, family):
    with flood(site.portal_url, 12):
        for _ in range(30):
            refusals.sign_in(family.login, family.password)
            if refusals.browser.path == "/connexion":
                break
    refusals.of_form("busy", "connexion-occupe")
    assert refusals.browser.find("#identifiant").get_property("value") == family.login
    refusals.sign_in(family.login, family.password)
    assert refusals.browser.path == "/ouverture", "nothing was counted against anybody"


def test_when_nobody_answers(refusals, site, family):
    refusals.browser.open("/connexion")
    site.kill("preau-linkd")
    try:
        refusals.browser.fill(identifiant=family.login, mot_de_passe=family.password)
        refusals.browser.click("#se-connecter")
        refusals.said("away")
        refusals.browser.picture(f"refus-indisponible-{refusals.language}")
    finally:
        site.restart("preau-linkd")
