"""Nobody is told who exists: answers to who signs in, asks for help, asks for a code by SMS and gives it, follows a link or writes an address are the
same byte for byte, and take as long, whoever is known."""

import base64
import re
import time

import pytest

from peers.alike import are_told_apart, seen, turns
from peers.portal import PASSWORD, sign_in
from peers.registering import is_looked_at, typed
from peers.self_help import FIELDS, Families, Stranger, ask, help_site, is_answered
from peers.sealing import link_token
from peers.web import Page

SIGN_IN = "/connexion"
IDENTIFIER = "/aide/identifiant"
WRONG = "personne ne devine cela 7"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site"), with_kannel=True) as site:
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


# ------------------------------------------------------------------------------------------------ codes by SMS

BY_SMS = ("/inscription", "/aide/sms")


@pytest.fixture(scope="module")
def askers(here, families, people):
    """{path: {who: what they type}}; "known" alone gets an SMS."""
    def typing(person, mobile, nom=None):
        return {"nom": nom or person.nom, "prenom": person.prenom, "mobile": typed(mobile)}

    def record(person, mobile):
        with here.psql() as database:
            database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (mobile, *person.account))

    def confirm(person, mobile, days):
        with here.psql() as database:
            database.execute("update preau.account set mobile = %s, mobile_confirmed_at = now() - %s * interval '1 day' where (academy, id) = (%s, %s)",
                             (mobile, days, *person.account))

    first, old, one, two = (families.active(f"mobile{number}@example.net") for number in range(4))
    record(people["handed out"], "+33612000001")
    for person, mobile, days in ((first, "+33612000003", 1), (old, "+33612000004", 400), (one, "+33612000005", 1), (two, "+33612000005", 1)):
        confirm(person, mobile, days)
    nobody = {"nom": "Inconnue", "prenom": "Anne", "mobile": typed("+33612000009")}
    return {"/inscription": {"known": typing(people["handed out"], "+33612000001"), "unknown": nobody,
                             "of another name": typing(people["handed out"], "+33612000001", "Inconnue"),
                             "of another number": typing(people["handed out"], "+33612000008")},
            "/aide/sms": {"known": typing(first, "+33612000003"), "unknown": nobody, "of another name": typing(first, "+33612000003", "Inconnue"),
                          "of long ago": typing(old, "+33612000004"), "of two accounts": typing(one, "+33612000005"),
                          "of the school alone": typing(people["handed out"], "+33612000001")}}


def ask_code(here, path, fields, visitor=None):
    visitor = visitor or Stranger(here)
    visitor.page = visitor.submit(visitor.get(path).form(path), fields)
    return visitor


@pytest.mark.parametrize("path", BY_SMS)
def test_who_asks_for_a_code_is_told_the_same_to_the_last_try(here, askers, path):
    told = {}
    for kind, fields in askers[path].items():
        visitor = ask_code(here, path, fields)
        is_looked_at(here)
        pages = [visitor.page]
        for _ in range(6):  # the last is one too many
            pages.append(visitor.submit(pages[-1].form(path + "/code"), code="000000"))
        told[kind] = [seen(page) for page in pages]
    assert [one[0] for one in told["known"]] == [200] + [422] * 5 + [410]
    assert all(told[kind] == told["known"] for kind in told), [kind for kind in told if told[kind] != told["known"]]


@pytest.mark.parametrize("path", BY_SMS)
def test_too_many_codes_are_refused_alike(here, askers, path):
    told = {}
    for kind in ("known", "unknown"):
        visitor = Stranger(here)
        told[kind] = [seen(ask_code(here, path, askers[path][kind], visitor).page) for _ in range(6)]
    assert told["known"] == told["unknown"] and [one[0] for one in told["known"]] == [200] * 5 + [429]


@pytest.mark.parametrize("path", BY_SMS)
def test_the_time_of_asking_for_a_code_does_not_tell_who_exists(here, askers, path):
    taken = times(here, path, {kind: askers[path][kind] for kind in ("known", "unknown")})
    is_looked_at(here)
    assert not are_told_apart(taken["known"], taken["unknown"])


@pytest.mark.parametrize("path", BY_SMS)
def test_the_time_of_a_wrong_code_does_not_tell_who_exists(here, askers, path):
    taken = {"known": [], "unknown": []}
    for _, kind in turns(taken):
        visitor = ask_code(here, path, askers[path][kind])
        form = visitor.page.form(path + "/code")
        is_looked_at(here)
        begun = time.perf_counter()
        answer = visitor.submit(form, code="000000")
        taken[kind].append(time.perf_counter() - begun)
        assert answer.status == 422
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
