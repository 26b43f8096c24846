"""Who cannot sign in asks for help: the answer is the same for everybody, what helps goes to the account's own address, and
nobody is flooded."""

import re
import time

import pytest

from peers.mail import text_of
from peers.portal import PASSWORD, sign_in
from peers.self_help import FIELDS, Families, Stranger, ask, help_site, is_answered, link_in

NOTIFYD = "preau-notifyd"
IDENTIFIER, FORGOTTEN, ACTIVATION = FIELDS


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture(autouse=True)
def clean(here):
    yield
    is_answered(here)
    here.mail.clear()


def words(page):
    return " ".join(page.text.split()).replace("\u00a0", " ").replace("\u202f", " ")


# ------------------------------------------------------------------------------------------------ the identifier


def test_the_identifier_goes_to_the_confirmed_address_however_it_is_typed(here, families):
    anne = families.active("Anne.Perso@example.net")
    assert ask(here, IDENTIFIER, " anne.perso@EXAMPLE.net ").status == 200
    (mail,) = here.mail.wait("Anne.Perso@example.net")
    text = text_of(mail)
    assert mail["Subject"] == "Votre identifiant" and anne.login in text and f"{here.portal_url}/connexion" in text
    assert anne.login in mail.get_body(("html",)).get_content() and not mail.defects
    assert PASSWORD not in text and "/mot-de-passe/" not in text
    assert families.events(anne)[-1] == ("help_identifier", "person")


def test_an_address_of_two_parents_gets_a_mail_for_each_that_tells_its_own(here, families):
    both = [families.active("foyer@example.net") for _ in range(2)]
    ask(here, IDENTIFIER, "foyer@example.net")
    mails = here.mail.wait("foyer@example.net", count=2)
    is_answered(here)
    told = {person.login: [mail for mail in mails if person.login in text_of(mail)] for person in both}
    assert [len(found) for found in told.values()] == [1, 1] and len(here.mail.mails()) == 2
    for person in both:
        assert person.nom.upper() in text_of(told[person.login][0]).upper()


def test_an_address_that_nobody_confirmed_is_told_nothing(here, families):
    families.handed_out(mail="aaf@example.net")
    families.opened("fausse@example.net")
    here.mail.wait("fausse@example.net")
    here.mail.clear()
    for address in ("aaf@example.net", "fausse@example.net", "personne@example.net"):
        assert ask(here, IDENTIFIER, address).status == 200
    is_answered(here)
    assert here.mail.mails() == []


def test_a_closed_account_is_told_nothing(here, families):
    anne = families.active("partie@example.net")
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", anne.account)
    ask(here, IDENTIFIER, "partie@example.net")
    ask(here, FORGOTTEN, anne.login)
    ask(here, ACTIVATION, anne.login)
    is_answered(here)
    assert here.mail.mails() == [] and families.owed(anne, "forgotten_identifier") == []


def test_what_is_no_address_is_said_at_its_field(here):
    page = ask(here, IDENTIFIER, "anne@")
    assert page.status == 422 and "Cette adresse de messagerie n’est pas valable" in page.text
    assert ("courriel", "anne@") in page.form(IDENTIFIER).fields
    for strange in ("a@b.fr\r\nBcc: x@example.org", "a" * 300 + "@example.org"):
        assert ask(here, IDENTIFIER, strange).status in (400, 422)


# ------------------------------------------------------------------------------------------------ what the state calls for


def test_an_account_that_was_never_opened_is_told_what_to_do_where_the_school_would_notify_it(here, families):
    anne = families.handed_out(mail="aaf.ouvre@example.net")
    for path in (FORGOTTEN, ACTIVATION):
        ask(here, path, anne.login)
    first, second = here.mail.wait("aaf.ouvre@example.net", count=2)
    for mail in (first, second):
        text = text_of(mail)
        assert mail["Subject"] == "Votre compte n’est pas encore ouvert" and anne.login in text
        assert "valable jusqu’au" in text and "n’est plus valable" not in text and anne.password not in text
        assert "/mot-de-passe/" not in text and "/activation/" not in text
    assert anne.row()["state"] == "distribue"
    assert sign_in(here, anne).page.path == "/ouverture", "it keeps its provisional password"


def test_one_whose_password_is_over_is_told_that_the_school_renews_it(here, families):
    anne = families.handed_out(mail="aaf.fini@example.net", months=-1)
    ask(here, FORGOTTEN, anne.login)
    (mail,) = here.mail.wait("aaf.fini@example.net")
    text = text_of(mail)
    assert "n’est plus valable" in text and "en donner un nouveau" in text
    assert text.index("une autre façon") < text.index(f"{here.portal_url}/connexion") < text.index("en donner un nouveau"), "the school last"
    assert "valable jusqu’au" not in text_of(mail)


@pytest.mark.parametrize("months", [3, -1])
def test_a_pupil_is_told_that_a_guardian_gives_another_password_too(here, families, months):
    anne = families.handed_out(mail=f"parent{months}@example.net", months=months)
    with here.psql() as database:
        database.execute("update preau.person set mail = %s where (account_academy, account_id) = (%s, %s)",
                         (f"eleve{months}@example.net", *anne.child.account))
    for person in (anne, anne.child):
        ask(here, FORGOTTEN, person.login)
    (to_pupil,), (to_guardian,) = here.mail.wait(f"eleve{months}@example.net"), here.mail.wait(f"parent{months}@example.net")
    assert "Un responsable légal peut aussi vous en donner un nouveau, depuis son guichet." in text_of(to_pupil)
    assert "responsable légal" not in text_of(to_guardian)


def test_an_account_that_was_not_handed_out_is_told_nothing(here, families):
    anne = families.town.guardian("Anne", "Pasencore", [families.town.pupil(families.school, "Léo", "Pasencore", "2012-01-01")],
                                  mail="pasencore@example.net")
    ask(here, FORGOTTEN, anne.login)
    is_answered(here)
    assert here.mail.mails() == []


def test_the_activation_link_comes_again_and_ends_the_one_before(here, families):
    anne = families.opened("attente@example.net")
    (mail,) = here.mail.wait("attente@example.net")
    old = link_in(text_of(mail), "activation")
    here.mail.clear()
    ask(here, ACTIVATION, anne.login.upper())
    (mail,) = here.mail.wait("attente@example.net")
    new = link_in(text_of(mail), "activation")
    assert mail["Subject"].startswith("Confirmez") and new != old
    visitor = Stranger(here)
    page = visitor.get(old)
    page = visitor.submit(page.forms[-1])
    assert page.status == 410 and page.link("Recevoir un autre lien d’activation") == ACTIVATION, "the page itself leads to another"
    page = visitor.get(new)
    assert visitor.submit(page.forms[-1]).status == 200 and anne.row()["state"] == "active"
    here.mail.clear()
    ask(here, ACTIVATION, anne.login)
    (mail,) = here.mail.wait("attente@example.net")
    assert mail["Subject"] == "Votre identifiant", "there is no link to send: the account is active"


def test_who_forgot_the_password_before_the_activation_gets_the_activation_link(here, families):
    anne = families.opened("oubli.attente@example.net")
    here.mail.wait("oubli.attente@example.net")
    here.mail.clear()
    ask(here, FORGOTTEN, anne.login)
    (mail,) = here.mail.wait("oubli.attente@example.net")
    assert "/activation/" in text_of(mail) and "/mot-de-passe/" not in text_of(mail), "the address proves nothing yet"
    here.mail.clear()
    visitor = Stranger(here)
    page = visitor.get(link_in(text_of(mail), "activation"))
    page = visitor.submit(page.forms[-1])
    page = visitor.get(page.link("Mot de passe oublié"))
    visitor.submit(page.form(FORGOTTEN), identifiant=anne.login)
    (mail,) = here.mail.wait("oubli.attente@example.net")
    path, other = link_in(text_of(mail)).removeprefix(here.portal_url), "hibou dans le grenier 41"
    page = visitor.submit(visitor.get(path).form(path), nouveau=other, confirmation=other)
    assert page.status == 200 and sign_in(here, anne, other).page.path == "/guichet"


def test_who_signs_in_before_the_activation_asks_for_the_link_at_once(here, families):
    anne = families.opened("bouton@example.net")
    here.mail.wait("bouton@example.net")
    here.mail.clear()
    visitor = sign_in(here, anne, PASSWORD)
    page = visitor.submit(visitor.page.form(ACTIVATION))
    assert page.status == 200 and "Regardez votre messagerie" in page.text
    (mail,) = here.mail.wait("bouton@example.net")
    assert "/activation/" in text_of(mail)


def test_who_comes_with_a_password_that_is_over_is_told_which_school_can_help(here, families):
    anne = families.handed_out(months=-1)
    with here.psql() as database:
        (name,) = database.execute("select name from preau.school where uai = %s", (families.school[0],)).fetchone()
    late = sign_in(here, anne)
    assert "/inscription" not in [href for _, href in late.page.links], "no way that this site has not"
    assert late.page.status == 403 and name in late.page.text and "en donner un nouveau" in late.page.text
    assert late.get("/ouverture").path == "/connexion", "no session"
    guess = sign_in(here, anne, "aaaa-bbbb-cccc")
    assert guess.page.status == 401 and name not in guess.page.text


# ------------------------------------------------------------------------------------------------ bounds


def test_an_account_is_mailed_a_few_times_a_day_whoever_asks(here, families):
    anne = families.active("inondee@example.net")
    for _ in range(6):
        assert ask(here, IDENTIFIER, "inondee@example.net").status == 200
    for _ in range(6):
        assert ask(here, FORGOTTEN, anne.login).status == 200
    is_answered(here)
    here.mail.wait("inondee@example.net", count=4)
    assert len(families.owed(anne, "forgotten_identifier")) == 3 and len(families.owed(anne, "forgotten_password")) == 3
    assert [one for one in families.events(anne) if one[0].startswith("help_")].count(("help_password", "person")) == 3
    with here.psql() as database:
        database.execute("update preau.delivery set created_at = created_at - interval '25 hours' where (academy, account_id) = (%s, %s)",
                         anne.account)
    ask(here, IDENTIFIER, "inondee@example.net")
    is_answered(here)
    assert len(families.owed(anne, "forgotten_identifier")) == 4, "the next day"


def test_strangers_do_not_use_up_what_is_the_person_s_in_a_browser_that_is_known(here, families):
    anne, bob = families.active("connue@example.net"), families.active("autre.connu@example.net")
    own, other = sign_in(here, anne, PASSWORD), sign_in(here, bob, PASSWORD)
    for _ in range(4):
        ask(here, FORGOTTEN, anne.login)
    is_answered(here)
    for visitor in (own, other):
        visitor.submit(visitor.get("/guichet").form("/deconnexion"))
    ask(here, FORGOTTEN, anne.login, other)
    is_answered(here)
    assert len(families.owed(anne, "forgotten_password")) == 3, "another's browser is a stranger's"
    ask(here, FORGOTTEN, anne.login, own)
    is_answered(here)
    assert len(families.owed(anne, "forgotten_password")) == 4


def test_a_network_that_asks_too_often_waits_and_others_do_not(here, families):
    anne = families.active("reseau@example.net")
    stranger = Stranger(here)
    told = [ask(here, IDENTIFIER, "reseau@example.net", stranger).status for _ in range(7)]
    assert told == [200] * 5 + [429] * 2
    assert [ask(here, IDENTIFIER, f"inconnue{number}@example.net", stranger).status for number in range(14)] == [200] * 13 + [429], \
        "of the network as a whole, what was refused included"
    assert ask(here, FORGOTTEN, anne.login).status == 200, "a stranger's tries shut nobody out"
    nobody = Stranger(here)
    assert [ask(here, IDENTIFIER, "nulle.part@example.net", nobody).status for _ in range(7)] == told, "the same of nobody"


def test_a_double_click_asks_once(here, families):
    anne = families.active("double@example.net")
    stranger = Stranger(here)
    form = stranger.get(IDENTIFIER).form(IDENTIFIER)
    for _ in range(2):
        assert stranger.submit(form, courriel="double@example.net").status == 200
    is_answered(here)
    assert len(families.owed(anne, "forgotten_identifier")) == 1


# ------------------------------------------------------------------------------------------------ to nobody else


def test_a_mail_that_waits_does_not_go_to_an_address_that_is_the_account_s_no_more(here, families):
    anne = families.active("avant@example.net")
    here.mail.refuse("temporarily")
    ask(here, IDENTIFIER, "avant@example.net")
    ask(here, FORGOTTEN, anne.login)
    kinds = ("forgotten_identifier", "forgotten_password")
    here.wait(lambda: all(families.owed(anne, kind) for kind in kinds), what="owed")
    with here.psql() as database:
        database.execute("update preau.account set email = 'apres@example.net' where (academy, id) = (%s, %s)", anne.account)
    here.mail.accept()
    for kind in kinds:
        here.wait(lambda kind=kind: families.owed(anne, kind) == [("avant@example.net", "cancelled")], what="cancelled")
    assert here.mail.mails() == []


def test_the_host_that_a_request_names_is_not_in_the_mail(here, families):
    anne = families.active("hote@example.net")
    stranger = Stranger(here)
    form = stranger.get(FORGOTTEN).form(FORGOTTEN)
    cookies = "; ".join(f"{one.name}={one.value}" for one in stranger.session.cookies)  # which are not that host's
    stranger.session.headers.update({"Cookie": cookies, "Host": "evil.example", "X-Forwarded-Host": "evil.example", "Forwarded": "host=evil.example"})
    assert stranger.submit(form, identifiant=anne.login).status == 200
    (mail,) = here.mail.wait("hote@example.net")
    assert link_in(text_of(mail)).startswith(f"{here.portal_url}/mot-de-passe/") and "evil.example" not in mail.as_string()


# ------------------------------------------------------------------------------------------------ crashes


def test_what_is_asked_while_notifyd_is_away_is_answered_when_it_is_back(here, families):
    anne = families.active("absent@example.net")
    here.kill(NOTIFYD)
    assert ask(here, FORGOTTEN, anne.login).status == 200
    time.sleep(0.5)
    assert families.owed(anne, "forgotten_password") == []
    here.restart(NOTIFYD)
    (mail,) = here.mail.wait("absent@example.net")
    assert "/mot-de-passe/" in text_of(mail)


@pytest.mark.parametrize("point", ["notify_help_answered", "notify_mail_claimed"])
def test_killed_between_the_request_and_the_mail_it_sends_one(here, families, point):
    anne = families.active(f"{point.replace('_', '.')}@example.net")
    here.stop_daemon(NOTIFYD)
    here.launch(NOTIFYD, PREAU_FAULT=point)
    ask(here, FORGOTTEN, anne.login)
    here.wait_dead(NOTIFYD)
    here.restart(NOTIFYD)
    here.mail.wait(f"{point.replace('_', '.')}@example.net", seconds=40)
    time.sleep(1)
    assert len(here.mail.mails()) == 1 and len(families.owed(anne, "forgotten_password")) == 1
