"""Texts of mails as an operator edits them: copies, what is said of a wrong one, previews, a second language by school."""

import email
import email.policy
import json
import re
import subprocess

import pytest
from test_notify import School, half_open

from peers.bus import Bus
from peers.mail import text_of
from peers.people import UAI_LETTERS, Town
from peers.site import ROOT, Site

NOTIFYD = "preau-notifyd"
NAMES = ["notification", "re-notification", "activation", "email-change", "email-change-asked", "email-changed", "reset", "changed",
         "reminder", "reset-by-guardian", "franceconnect-linked", "franceconnect-unlinked",
         "accounts-joined", "accounts-separated", "account-opened", "mobile-changed", "contacts-forgotten", "forgotten-identifier", "forgotten-password", "not-opened"]
ACADEMY = 24


def uai_of(number):
    """Of the Town's object of that number, if it is a school."""
    digits = f"{ACADEMY:03}{5000 + number:04}"
    return digits + UAI_LETTERS[int(digits) % 23]


@pytest.fixture(scope="module")
def copies(tmp_path_factory):
    return tmp_path_factory.mktemp("copies")


@pytest.fixture(scope="module")
def here(tmp_path_factory, copies):
    settings = {"notify": {"scan_interval": "200ms", "template_copies": copies},
                'mail_language "anglais"': {"language": "en", "schools": [uai_of(1)]}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def schools(here):
    """One with English, one without."""
    bus, town = Bus(here), Town(here, ACADEMY)
    english = School(here, bus, town)
    assert english.uai == uai_of(1)
    return english, School(here, bus, town)


@pytest.fixture(autouse=True)
def clean(here, copies):
    yield
    for path in copies.iterdir():
        path.unlink()
    here.mail.clear()


def test_the_mails_are_listed_with_what_stands_for_them(here, copies):
    said = here.ctl("mail", "list", json_answer=True)["mails"]
    assert [one["name"] for one in said] == NAMES and all(one["summary"].endswith(".") and not one["copies"] for one in said)
    (copies / "reset.html").write_text("{{LOGIN}}")
    said = {one["name"]: one["copies"] for one in here.ctl("mail", "list", json_answer=True)["mails"]}
    assert said["reset"] == ["reset.html"] and said["changed"] == []
    assert "votre copie : reset.html" in here.ctl("mail", "list")


@pytest.mark.parametrize("name", NAMES)
def test_each_mail_is_shown_as_it_would_leave(here, name):
    text = here.ctl("mail", "preview", name)
    assert text.startswith("Objet : ") and "{{" not in text
    is_named = "EXEMPLE-LEFÈVRE" in text
    assert is_named == (name != "contacts-forgotten"), "one of those whom that goes to is a stranger"
    assert "<h1" in here.ctl("mail", "preview", name, "--html")
    mail = email.message_from_string(here.ctl("mail", "preview", name, "--eml"), policy=email.policy.default)
    assert not mail.defects and [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"] == text.splitlines()[0].removeprefix("Objet : ") and mail["Content-Language"] == "fr"
    both = here.ctl("mail", "preview", name, "--language", "pt", json_answer=True)
    assert both["subject"].startswith(str(mail["Subject"])) and " / " in both["subject"]
    assert "palavra-passe" in both["text"] and 'lang="pt"' in both["html"]


def told_cases(here):
    return {one["name"]: one["cases"] for one in here.ctl("mail", "list", json_answer=True)["mails"]}


def test_each_case_of_each_mail_is_shown(here, copies):
    """Of copies in which every part tells its name: no case is the same as another, together they show all parts."""
    cases = told_cases(here)
    assert cases["notification"] == cases["re-notification"] == ["responsable", "eleve", "reinitialise", "choisi"]
    assert cases["account-opened"] == ["mot-de-passe", "etablissement", "franceconnect"]
    assert cases["not-opened"] == ["valable", "expire", "eleve", "eleve-expire"] and "--case eleve" in here.ctl("mail", "list")
    for name in NAMES:
        for suffix, option in ((".txt", ()), (".html", ("--html",))):
            source = (ROOT / f"daemons/notify/mails/{name}{suffix}").read_text()
            (copies / f"{name}{suffix}").write_text(re.sub(r"{{#(\w+)}}", r"{{#\1}}(\1)", source))
            shown = [here.ctl("mail", "preview", name, *option, *case) for case in [("--case", one) for one in cases[name]] or [()]]
            assert len(set(shown)) == len(shown), name
            assert set(re.findall(r"{{#(\w+)}}", source)) == set(re.findall(r"\(([A-Z_]+)\)", "".join(shown))), name
            assert here.ctl("mail", "preview", name, *option) == shown[0]
    both = here.ctl("mail", "preview", "notification", "--case", "eleve", "--language", "en", json_answer=True)
    assert "date of birth" in both["text"] and '<div lang="en" dir="auto"' in both["html"]


def test_a_case_that_there_is_not_is_told_with_those_there_are(here):
    done = here.run_ctl("mail", "preview", "not-opened", "--case", "choisi")
    assert done.returncode == 1 and "valable, expire, eleve, eleve-expire" in done.stderr
    done = here.run_ctl("mail", "preview", "reset", "--case", "eleve")
    assert done.returncode == 1 and "pareil pour tous" in done.stderr


def test_a_mail_that_there_is_not_is_refused(here):
    assert here.run_ctl("mail", "preview", "facture").returncode == 1
    assert here.run_ctl("mail", "preview", "reset", "--language", "../x").returncode == 1
    done = here.run_ctl("mail", "preview", "reset", "--language", "it")
    assert done.returncode == 1 and "it/notification.txt" in done.stderr


def test_a_copy_is_seen_at_once_and_a_wrong_one_told_by_line(here, copies):
    (copies / "activation.txt").write_text("Objet : Bienvenue à {{LOGIN}}\n\nVotre lien : {{LINK}}\n")
    assert here.ctl("mail", "preview", "activation").startswith("Objet : Bienvenue à c.exemple")
    (copies / "activation.txt").write_text("Objet : Bienvenue\n\nVotre lien : {{LIEN}}\n")
    done = here.run_ctl("mail", "preview", "activation")
    assert done.returncode == 1 and f"{copies}/activation.txt:3: valeur inconnue {{{{LIEN}}}}" in done.stderr and "LOGIN" in done.stderr
    error = json.loads(here.run_ctl("mail", "preview", "activation", "--json").stdout)["error"]
    assert error["code"] == "template"


def test_a_wrong_copy_is_told_at_the_start_and_mails_leave_without_it(here, copies, schools):
    """As after an upgrade that knows other values: what stops all mail is worse than a mail in the house's words."""
    (copies / "notification.txt").write_text("Objet : x\nBonjour\n")
    here.restart(NOTIFYD)
    assert "mail_copy_left" in here.log(NOTIFYD) and "notification.txt:1: il y manque {{LOGIN}}" in here.log(NOTIFYD)
    (check,) = [one for one in here.status(NOTIFYD)["checks"] if one["name"] == "mail_copies"]
    assert check["state"] == "degraded" and not check["required"] and "notification.txt:1: il y manque {{LOGIN}}" in check["cause"]
    anne = schools[1].family()
    schools[1].ended(schools[1].notify([anne]).batch)
    (mail,) = here.mail.wait(anne.mail)
    assert mail["Subject"].startswith("Votre compte") and anne.login in text_of(mail)
    here.mail.clear()
    (copies / "notification.txt").write_text("Objet : À nous\n{{LOGIN}} {{#PROVISIONAL}}{{PASSWORD}}{{/PROVISIONAL}} {{SIGN_IN}}\n")
    here.restart(NOTIFYD)
    assert [one["state"] for one in here.status(NOTIFYD)["checks"] if one["name"] == "mail_copies"] == ["ok"]
    bob = schools[1].family("Bob")
    schools[1].ended(schools[1].notify([bob]).batch)
    (mail,) = here.mail.wait(bob.mail)
    assert mail["Subject"] == "À nous" and text_of(mail).split() == [bob.login, bob.password, f"{here.portal_url}/connexion"]
    (copies / "notification.txt").unlink()
    here.restart(NOTIFYD)


def test_a_wrong_copy_is_told_before_the_start(here, copies):
    """By the programs of the next version, before they are installed."""
    check = [here.build / "daemons/notify/preau-notifyd", "--config", here.config, "--check-config"]
    assert subprocess.run(check, capture_output=True, text=True).stdout == "configuration correcte\n"
    (copies / "notification.txt").write_text("Objet : x\nBonjour\n")
    (copies / "reset.html").write_text("<img src='x'>{{LOGIN}}")
    done = subprocess.run(check, capture_output=True, text=True)
    assert done.returncode == 1 and done.stdout == ""
    assert "notification.txt:1: il y manque {{LOGIN}}" in done.stderr and "reset.html:1: <img" in done.stderr


def test_a_school_has_its_second_language_and_the_others_not(here, schools):
    english, french = schools
    anne, bob = english.family(), french.family("Bob")
    english.ended(english.notify([anne]).batch)
    french.ended(french.notify([bob]).batch)
    (mail,), (other,) = here.mail.wait(anne.mail), here.mail.wait(bob.mail)
    assert mail["Subject"] == ("Votre compte d’accès aux services en ligne de l’école / "
                               "Your account for the school’s online services")
    text = text_of(mail)
    assert text.count(anne.password) == 2 and "The first time you sign in" in text
    assert mail["Content-Language"] == "fr, en" and 'lang="en"' in mail.get_body(("html",)).get_content()
    assert other["Content-Language"] == "fr" and "Your account" not in str(other["Subject"]) and "sign in" not in text_of(other)
    half_open(english, anne)  # a mail of no batch: the school is the person's
    english.ask("ResendActivation", account=english.bus.reference(anne.account))
    (activation,) = here.mail.wait("fausse@example.org")
    assert "Activate my account" in activation.get_body(("html",)).get_content()
    assert text_of(activation).count("/activation/") == 2
