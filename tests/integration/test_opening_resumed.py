"""An opening that was interrupted goes on where it stopped: at every step, whatever was lost meanwhile."""

import itertools
from concurrent.futures import ThreadPoolExecutor

import pytest

from peers.mail import text_of
from peers.portal import PASSWORD, add_administrator, birth, opening_fields, sign_in, sign_in_head
from peers.self_help import Families, Stranger, ask, help_site, is_answered, link_in

LINKD, PORTALD = "preau-linkd", "preau-portald"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


class Opening:
    """A guardian on the way, in the browser that is at hand."""

    def __init__(self, here, families):
        self.here, self.number = here, next(NUMBERS)
        self.email = f"reprise{self.number}@example.net"
        self.anne = families.handed_out(mail=f"aaf{self.number}@example.org")
        self.browser = sign_in(here, self.anne)

    def fill(self, date=None, **fields):
        page = self.browser.get("/ouverture")
        dates = opening_fields(page, [date or birth(self.anne.child)])
        given = {"nouveau": PASSWORD, "confirmation": PASSWORD, "courriel": self.email, **fields}
        return self.browser.submit(page.form("/ouverture"), dates, **given)

    def state(self):
        return self.anne.row()["state"]


# what was done before


def at_the_form(opening):
    return opening.anne.password


def at_a_form_that_was_refused(opening):
    assert opening.fill(date="01/01/2001").status == 422
    assert opening.fill(courriel="anne@").status == 422
    return opening.anne.password


def at_the_mail(opening):
    assert opening.email in opening.fill().text
    return PASSWORD


# what happened then: gives the browser that goes on, signed in where that is needed


def the_daemons_were_killed(opening, password):
    for name in (PORTALD, LINKD):
        opening.here.kill(name)
    for name in (LINKD, PORTALD):
        opening.here.restart(name)


def the_session_was_lost(opening, password):
    with opening.here.psql() as database:
        database.execute("delete from preau.session where (academy, account_id) = (%s, %s)", opening.anne.account)
    page = opening.browser.get("/ouverture")
    assert page.path == "/connexion"
    opening.browser.page = opening.browser.submit(page.form("/connexion"), identifiant=opening.anne.login, mot_de_passe=password)


def another_browser_goes_on(opening, password):
    opening.browser = sign_in(opening.here, opening.anne, password)


INTERRUPTIONS = (the_daemons_were_killed, the_session_was_lost, another_browser_goes_on)


@pytest.mark.parametrize("interrupt", INTERRUPTIONS)
@pytest.mark.parametrize("reach", [at_the_form, at_a_form_that_was_refused])
def test_before_the_password_was_chosen_the_form_is_there_again(here, families, reach, interrupt):
    opening = Opening(here, families)
    interrupt(opening, reach(opening))
    page = opening.browser.get("/ouverture")
    assert page.path == "/ouverture" and ("courriel", f"aaf{opening.number}@example.org") in page.form("/ouverture").fields
    assert opening.email in opening.fill().text and opening.state() == "en_cours"


@pytest.mark.parametrize("interrupt", INTERRUPTIONS)
def test_once_it_was_chosen_the_mail_is_what_is_left(here, families, interrupt):
    """The first link goes on to count, or another is sent from the sign-in."""
    opening = Opening(here, families)
    password = at_the_mail(opening)
    (mail,) = here.mail.wait(opening.email)
    path = link_in(text_of(mail), "activation").removeprefix(here.portal_url)
    elsewhere = Stranger(here)
    form = elsewhere.get(path).form(path)  # looked at, not confirmed
    interrupt(opening, password)
    page = sign_in(here, opening.anne, password).page
    assert page.status == 200 and page.form("/aide/activation"), "asked for again from here"
    assert opening.browser.get("/guichet").path == "/connexion", "nobody is signed in before the address is known to be theirs"
    assert "activé" in elsewhere.submit(form).text and opening.state() == "active"
    assert sign_in(here, opening.anne, password).page.path == "/guichet"


def test_an_opening_is_told_at_the_address_that_the_school_knows(here, families):
    """Whoever holds the sheet and gives an address of their own does not open quietly."""
    opening = Opening(here, families)
    at_the_mail(opening)
    (mail,) = here.mail.wait(f"aaf{opening.number}@example.org")
    text = text_of(mail)
    assert opening.anne.login in text and "avec le mot de passe provisoire" in text and "Prévenez sans attendre" in text
    assert "activation/" not in text and opening.email not in text, "neither the link nor where it went"
    assert families.owed(opening.anne, "account_opened") == [(f"aaf{opening.number}@example.org", "sent")]


def test_who_gives_the_schools_address_has_the_link_alone_and_that_mail_tells_of_the_opening(here, families):
    opening = Opening(here, families)
    opening.email = f"AAF{opening.number}@example.org"
    at_the_mail(opening)
    (mail,) = here.mail.wait(opening.email)
    assert families.owed(opening.anne, "activation") and families.owed(opening.anne, "account_opened") == []
    text = " ".join(text_of(mail).split())
    assert "avec le mot de passe provisoire" in text and "Quelqu’un y a choisi un nouveau mot de passe" in text
    assert "Si ce n’est pas vous, ne suivez pas ce lien" in text and "Prévenez sans attendre" in text, "it may be a stranger who kept this address"
    path = link_in(text_of(mail), "activation").removeprefix(here.portal_url)
    page = Stranger(here).get(path)
    assert page.form(path) and "quelqu’un y a choisi un nouveau mot de passe" in page.text and "Si ce n’est pas vous, ne l’activez pas" in page.text


def test_a_pupils_opening_is_told_too(here, families):
    pupil = families.handed_out().child
    with here.psql() as database:
        database.execute("update preau.person set mail = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         ("lea.aaf@example.org", pupil.account[0], pupil.degree, pupil.aaf_id))
    families.active_pupil(pupil)
    (mail,) = here.mail.wait("lea.aaf@example.org")
    assert pupil.login in text_of(mail) and "avec le mot de passe provisoire" in text_of(mail)


def correct(page, browser, opening, email, password=PASSWORD):
    return browser.submit(page.form("/connexion"), courriel=email, mot_de_passe=password)


def test_an_address_that_was_typed_wrong_is_seen_and_corrected_with_the_new_password(here, families):
    opening = Opening(here, families)
    at_the_mail(opening)
    (mail,) = here.mail.wait(opening.email)
    old = link_in(text_of(mail), "activation").removeprefix(here.portal_url)
    browser = Stranger(here)
    page = sign_in(here, opening.anne, PASSWORD).page
    assert opening.email in page.text and "Connectez-vous avec le mot de passe" not in page.text, "the form that corrects is on this page"
    right = f"juste{opening.number}@example.net"
    form = browser.get("/connexion").form("/connexion")
    page = browser.submit(form, identifiant=opening.anne.login, mot_de_passe=PASSWORD)
    demand = page.form("/connexion")
    page = browser.submit(demand, courriel=right, mot_de_passe=PASSWORD)
    assert page.status == 200 and f"vient d’être envoyé à {right}" in page.text and opening.anne.row()["email"] == right
    browser.submit(demand, courriel=right, mot_de_passe=PASSWORD)
    (mail,) = here.mail.wait(right)
    assert [recipient for recipient, _ in families.owed(opening.anne, "activation")] == [opening.email, right], "a double click is one"
    elsewhere = Stranger(here)
    page = elsewhere.get(old)
    assert elsewhere.submit(page.form(old)).status == 410 and opening.state() == "en_cours", "the stranger's link is dead"
    new = link_in(text_of(mail), "activation").removeprefix(here.portal_url)
    assert "activé" in elsewhere.submit(elsewhere.get(new).form(new)).text and opening.state() == "active"
    assert ("change_email", "person") in families.events(opening.anne)
    assert sign_in(here, opening.anne, PASSWORD).page.path == "/guichet"


def test_who_opens_with_the_schools_address_and_corrects_it_is_told_of_there_once(here, families):
    opening = Opening(here, families)
    opening.email = f"aaf{opening.number}@example.org"
    at_the_mail(opening)
    page = sign_in(here, opening.anne, PASSWORD).page
    for number in range(2):
        browser = Stranger(here)
        page = browser.submit(browser.get("/connexion").form("/connexion"), identifiant=opening.anne.login, mot_de_passe=PASSWORD)
        correct(page, browser, opening, f"voleur{number}.{opening.number}@example.net")
    assert [recipient for recipient, _ in families.owed(opening.anne, "account_opened")] == [opening.email]


def test_a_correction_asks_for_the_password_a_right_form_and_few_a_day(here, families):
    opening = Opening(here, families)
    at_the_mail(opening)
    browser = Stranger(here)
    page = browser.submit(browser.get("/connexion").form("/connexion"), identifiant=opening.anne.login, mot_de_passe=PASSWORD)
    refused = correct(page, browser, opening, "voleur@example.net", password="un tout autre mot 55")
    assert refused.status == 401 and "mot de passe est incorrect" in refused.text and opening.email not in refused.text
    refused = correct(page, browser, opening, "voleur@")
    assert refused.text.count("n’est pas valable") == 2, "above the form, and at its field"
    assert refused.status == 422 and refused.form("/connexion") and opening.anne.row()["email"] == opening.email
    for number in range(20):
        browser = Stranger(here)
        page = browser.submit(browser.get("/connexion").form("/connexion"), identifiant=opening.anne.login, mot_de_passe=PASSWORD)
        page = correct(page, browser, opening, f"autre{number}.{opening.number}@example.net")
        if page.status != 200:
            break
    assert page.status == 429 and number > 1 and page.form("/connexion")
    assert len(families.owed(opening.anne, "activation")) == number + 1


def test_a_correction_that_is_sent_again_and_again_is_one_try(here, families):
    opening = Opening(here, families)
    at_the_mail(opening)
    browser = Stranger(here)
    demand = browser.submit(browser.get("/connexion").form("/connexion"), identifiant=opening.anne.login, mot_de_passe=PASSWORD).form("/connexion")
    right = f"juste{opening.number}@example.net"
    assert {browser.submit(demand, courriel=right, mot_de_passe=PASSWORD).status for _ in range(8)} == {200}
    with here.psql() as database:
        assert database.execute("select failures from preau.attempt where subject like 'email-change%%' and subject like %s",
                                (f"%:{opening.anne.account[1]}",)).fetchone() == (1,)
    assert len(families.owed(opening.anne, "activation")) == 2


@pytest.mark.parametrize("meanwhile, status, words", [
    ("email = email", 200, "vient d’être envoyé à juste"),
    ("state = 'active', email_confirmed_at = now(), activated_at = now()", 409, "ont changé"),
], ids=["something else changed", "the link was followed"])
def test_a_correction_of_an_account_that_changes_meanwhile_goes_on_or_says_so(here, families, meanwhile, status, words):
    opening = Opening(here, families)
    at_the_mail(opening)
    browser = Stranger(here)
    demand = browser.submit(browser.get("/connexion").form("/connexion"), identifiant=opening.anne.login, mot_de_passe=PASSWORD).form("/connexion")
    with here.psql() as database, here.psql() as watch, ThreadPoolExecutor(1) as threads:
        with database.transaction():
            database.execute(f"update preau.account set {meanwhile} where (academy, id) = (%s, %s)", opening.anne.account)
            asked = threads.submit(browser.submit, demand, courriel=f"juste{opening.number}@example.net", mot_de_passe=PASSWORD)
            here.wait(lambda: watch.execute("select exists (select from pg_locks where not granted)").fetchone()[0], what="the correction waits")
        page = asked.result()
    assert page.status == status and words in page.text and (status == 200 or page.form("/connexion"))


def of_school(families, name, person, **fields):
    return families.bus.message("notify", name, academy=families.town.academy, uai=families.school[0],
                                account=families.bus.reference(person.account), **fields)


def reset_by_the_school(families, head, person):
    """The password that the head then reads."""
    families.bus.ask("notify", "ResetPasswords", accounts=[families.bus.reference(person.account)], academy=families.town.academy,
                     uai=families.school[0], administrator=head)
    return families.bus.ask("notify", "ShowPassword", of_school(families, "ShowPasswordRequest", person), administrator=head).password


@pytest.fixture(scope="module")
def head(here, families):
    return add_administrator(here, "girard", "directeur", "--school", families.school[0], name="Mme Girard")


def test_a_reset_takes_the_account_back_from_whoever_opened_it_half(here, families, head):
    """A stranger with the sheet gave an address of theirs, and the person calls the school before its link was followed."""
    opening = Opening(here, families)
    at_the_mail(opening)
    (mail,) = here.mail.wait(opening.email)
    old = link_in(text_of(mail), "activation").removeprefix(here.portal_url)
    password = reset_by_the_school(families, head, opening.anne)
    stranger = Stranger(here)
    assert stranger.submit(stranger.get(old).form(old)).status == 410 and opening.state() == "en_cours", "the link is dead"
    for way in ("/aide/activation", "/aide/mot-de-passe"):
        ask(here, way, opening.anne.login)
    is_answered(here)
    assert len(families.owed(opening.anne, "activation")) == 1 and opening.anne.row()["email"] is None, "and no other is sent there"

    opening.browser = sign_in(here, opening.anne, password)
    page = opening.browser.page
    assert page.path == "/nouveau-mot-de-passe"
    page = opening.browser.submit(page.form("/nouveau-mot-de-passe"), nouveau=PASSWORD, confirmation=PASSWORD)
    assert "Donnez-la" in page.text and [form.action for form in page.forms if form.action == "/aide/activation"] == [] and opening.email not in page.text
    own = f"vraie{opening.number}@example.net"
    page = correct(page, opening.browser, opening, own)
    assert f"vient d’être envoyé à {own}" in page.text
    (mail,) = here.mail.wait(own)
    link = link_in(text_of(mail), "activation").removeprefix(here.portal_url)
    assert "activé" in stranger.submit(stranger.get(link).form(link)).text and opening.state() == "active"
    assert sign_in(here, opening.anne, PASSWORD).page.path == "/guichet"


def test_an_account_that_was_taken_back_asks_for_its_address_at_each_sign_in(here, families, head):
    opening = Opening(here, families)
    at_the_mail(opening)
    password = reset_by_the_school(families, head, opening.anne)
    browser = sign_in(here, opening.anne, password)
    browser.submit(browser.page.form("/nouveau-mot-de-passe"), nouveau=PASSWORD, confirmation=PASSWORD)
    page = sign_in(here, opening.anne, PASSWORD).page
    assert page.status == 200 and "Donnez-la" in page.text and page.form("/connexion") and [form.action for form in page.forms if form.action == "/aide/activation"] == []


def test_the_head_sends_the_link_of_an_account_that_was_taken_back_to_an_address_alone(here, families, head):
    opening = Opening(here, families)
    at_the_mail(opening)
    reset_by_the_school(families, head, opening.anne)
    again = of_school(families, "ResendActivationRequest", opening.anne)
    assert families.bus.refusal("notify", "ResendActivation", again, administrator=head) == "email_invalid"
    visitor = sign_in_head(here, "girard")
    page = visitor.get(f"/etablissements/{families.school[0]}/comptes/{opening.anne.account[0]}-{opening.anne.account[1]}")
    assert "Renvoyez le courriel d’activation à la nouvelle adresse" in page.text and "Les liens envoyés auparavant" not in page.text
    again.email = f"dite{opening.number}@example.net"
    families.bus.ask("notify", "ResendActivation", again, administrator=head)
    assert [recipient for recipient, _ in families.owed(opening.anne, "activation")][1:] == [again.email]


def test_an_address_at_the_sign_in_of_an_open_account_changes_nothing(here, families):
    anne = families.active(f"ouverte{next(NUMBERS)}@example.net")
    browser = Stranger(here)
    form = browser.get("/connexion").form("/connexion")
    page = browser.submit(form, {"courriel": "voleur@example.net"}, identifiant=anne.login, mot_de_passe=PASSWORD)
    assert page.path == "/guichet" and anne.row()["email"].startswith("ouverte") and families.owed(anne, "activation")[1:] == []


def test_of_two_browsers_at_the_form_one_opens_and_the_other_is_told(here, families):
    opening = Opening(here, families)
    other = sign_in(here, opening.anne)
    page = other.get("/ouverture")
    assert opening.email in opening.fill().text
    late = other.submit(page.form("/ouverture"), opening_fields(page, [birth(opening.anne.child)]), nouveau="trois canards dorment 88",
                        confirmation="trois canards dorment 88", courriel="autre@example.net")
    assert late.path == "/connexion" and "session a pris fin" in late.text
    assert opening.anne.row()["email"] == opening.email
    assert sign_in(here, opening.anne, PASSWORD).page.form("/aide/activation")


@pytest.mark.parametrize("interrupt", INTERRUPTIONS)
def test_a_pupil_goes_on_too(here, families, interrupt):
    opening = Opening(here, families)
    opening.anne = opening.anne.child
    opening.browser = sign_in(here, opening.anne)
    interrupt(opening, opening.anne.password)
    page = opening.browser.get("/ouverture")
    page = opening.browser.submit(page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(opening.anne))
    assert page.path == "/guichet" and opening.state() == "active"
