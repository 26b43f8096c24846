"""Nobody is told who exists: answers to who signs in, asks for help, follows a link or writes an address are the same byte for byte,
and take as long, whoever is known."""

import base64
import re
import time

import pytest

from peers.alike import are_told_apart, seen, turns
from peers.portal import PASSWORD, sign_in
from peers.self_help import FIELDS, Families, Stranger, ask, help_site, is_answered
from peers.sealing import link_token
from peers.web import Page

SIGN_IN = "/connexion"
IDENTIFIER = "/aide/identifiant"
WRONG = "personne ne devine cela 7"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture(scope="module")
def people(here, families):
    """{state: one who is there}"""
    closed = families.active("fermee@example.net")
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", closed.account)
    child = families.town.pupil(families.school, "Nils", "Pasremis", "2012-02-29", account=True)
    return {"active": families.active("active@example.net"), "pending": families.opened("attend@example.net"),
            "handed out": families.handed_out(), "over": families.handed_out(months=-1), "not handed out": child, "closed": closed}


def words(page, *typed):
    """Without what is a person's own, and moments."""
    text = re.sub(r"Famille\w+|famille\w+", "…", page.text, flags=re.I)
    for one in typed:
        text = text.replace(one, "…")
    return re.sub(r"\w\.essai\d+|\d+|[\w.]*…[\w.]*", "…", text)


UNKNOWN = ("n.personne", "x", "'; drop table preau.account")


def times(here, path, subjects, **fields):
    """{kind: [seconds]} of the same form sent in turns, in one conversation, each from a network of its own."""
    visitor = Stranger(here)
    del visitor.session.headers["Connection"]
    given = {**dict(visitor.get(path).form(path).fields), **fields}
    taken = {kind: [] for kind in subjects}
    for number, kind in turns(subjects):
        visitor.session.headers["X-Forwarded-For"] = f"203.0.{number}.{sorted(subjects).index(kind) + 1}"
        changes = {"demande": f"{number}-{kind}"} if "demande" in given else {}
        begun = time.perf_counter()
        answer = visitor.session.post(here.portal_url + path, data={**given, **subjects[kind], **changes}, timeout=20)
        taken[kind].append(time.perf_counter() - begun)
        assert Page(answer).status == (401 if path == SIGN_IN else 200)
    visitor.session.close()
    return taken


# ------------------------------------------------------------------------------------------------ signing in


def attempt(here, login, visitor=None):
    visitor = visitor or Stranger(here)
    return visitor.submit(visitor.get(SIGN_IN).form(SIGN_IN), identifiant=login, mot_de_passe=WRONG)


def test_a_refused_sign_in_says_the_same_of_everybody(here, people):
    logins = [person.login for person in people.values()] + list(UNKNOWN)
    answers = [seen(attempt(here, login)) for login in logins]
    assert answers == [answers[0]] * len(logins) and answers[0][0] == 401


def test_too_many_tries_are_counted_alike(here, people):
    """From the same try on, in the same words."""
    told = []
    for login in (people["active"].login, people["handed out"].login, UNKNOWN[0]):
        stranger = Stranger(here)
        told.append([seen(attempt(here, login, stranger)) for _ in range(7)])
    assert told[0] == told[1] == told[2] and [one[0] for one in told[0]] == [401] * 5 + [429] * 2


@pytest.mark.parametrize("state", ["active", "handed out"])
def test_the_time_of_a_refused_sign_in_does_not_tell_who_exists(here, people, state):
    taken = times(here, SIGN_IN, {"known": {"identifiant": people[state].login}, "unknown": {"identifiant": people[state].login + "9"}},
                  mot_de_passe=WRONG)
    assert not are_told_apart(taken["known"], taken["unknown"])


# ------------------------------------------------------------------------------------------------ asking for help


@pytest.mark.parametrize("path", FIELDS)
def test_who_asks_for_help_is_told_the_same(here, people, path):
    """Refused ones too."""
    by_address = path == IDENTIFIER
    known = ["active@example.net", "attend@example.net", "fermee@example.net"] if by_address else [one.login for one in people.values()]
    unknown = ["nul.personne@example.net"] if by_address else list(UNKNOWN)
    answers = [ask(here, path, subject) for subject in known + unknown]
    assert [seen(page) for page in answers] == [seen(answers[0])] * len(answers) and answers[0].status == 200
    assert not any(subject in page.text for subject, page in zip(known, answers))
    refused = []
    for subject in (known[0], unknown[0]):
        stranger = Stranger(here)
        refused.append(seen([ask(here, path, subject, stranger) for _ in range(6)][-1]))
    assert refused[0] == refused[1] and refused[0][0] == 429


@pytest.mark.parametrize("path", FIELDS)
def test_the_time_of_that_does_not_tell_who_exists(here, people, path):
    login = people["active"].login
    known, unknown = ("active@example.net", "autre@example.net") if path == IDENTIFIER else (login, login + "9")
    taken = times(here, path, {"known": {FIELDS[path]: known}, "unknown": {FIELDS[path]: unknown}})
    assert not are_told_apart(taken["known"], taken["unknown"])


# ------------------------------------------------------------------------------------------------ links and the desk


def altered(token):
    """Of the same number, by somebody who has no key."""
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    raw[-1] ^= 1
    return base64.urlsafe_b64encode(bytes(raw)).decode().rstrip("=")


@pytest.mark.parametrize("place, purpose, sent", [("activation", "activation", "pending"), ("mot-de-passe", "password", "active"),
                                                   ("adresse", "email_change", "active")])
def test_a_link_that_is_forged_says_the_same_of_every_number(here, families, people, place, purpose, sent):
    """The first of each that was sent, and one that never was."""
    ask(here, "/aide/mot-de-passe", people["active"].login)
    is_answered(here)
    account = people[sent].account
    answers = []
    for number in (1, 10**6):
        path = f"/{place}/" + altered(link_token(here.folder / "keys", purpose, account[0], number))
        visitor = Stranger(here)
        page = visitor.get(path)
        answers.append(seen(page, path))
        answers += [seen(visitor.submit(form), path) for form in page.forms if form.action == path]
    half = len(answers) // 2
    assert answers[:half] == answers[half:]


def test_another_address_at_the_desk_says_the_same_whose_ever_it_is(here, families):
    told = []
    families.active("prise@example.net")
    for number, address in enumerate(("prise@example.net", "libre@example.net")):
        visitor = sign_in(here, families.active(f"une{number}@example.net"), PASSWORD)
        page = visitor.submit(visitor.get("/guichet/adresse").form("/guichet/adresse"), courriel=address, actuel=PASSWORD)
        told.append((page.status, page.path, words(page, address, f"une{number}@example.net")))
    assert told[0] == told[1] and told[0][0] == 200
