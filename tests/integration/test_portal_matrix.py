"""Section 3 of the guide through the web, before the real notifyd: what the account's page offers, what the preview says, what the
confirmation does, for every state, profile and action. The table is written from the guide's own, not from the code's."""

import re
import uuid

import pytest

from peers.people import Town
from peers.portal import ACADEMY, add_head, sign_in_head
from peers.site import Site

STATES = ("non_distribue", "distribue", "en_cours", "active")
SAME = None  # "Inchangé"
# guide, 3: "Action possible ?", "Etat du compte en sortie", "mdp réinitialisé ?" by state
KEEPING = {"non_distribue": (True, "distribue", False), "distribue": (True, SAME, False), "en_cours": (True, SAME, False), "active": (True, SAME, False)}
RESETTING = {"non_distribue": (True, "distribue", False), "distribue": (True, SAME, True), "en_cours": (True, SAME, True), "active": (True, SAME, True)}
RESET = {"non_distribue": (False, SAME, False), "distribue": (True, SAME, True), "en_cours": (True, SAME, True), "active": (True, SAME, True)}
RESEND = {"non_distribue": (False, SAME, False), "distribue": (False, SAME, False), "en_cours": (True, SAME, False), "active": (False, SAME, False)}
GUIDE = {"mail": KEEPING, "sheet": KEEPING, "mail-reset": RESETTING, "sheet-reset": RESETTING, "reset": RESET}
BEYOND = "reset-forget"  # no deed of the guide's (docs/decisions/0033)
WORDS = {"mail": "1 compte sera notifié par courrier électronique", "mail-reset": "1 compte sera notifié par courrier électronique",
         "sheet": "1 compte sera notifié par feuille individuelle", "sheet-reset": "1 compte sera notifié par feuille individuelle",
         "reset": "1 mot de passe sera réinitialisé"}
# a pupil is never half open: from distributed to active at once (guide, 1.1)
KINDS = [(profile, state) for profile in ("responsable", "eleve") for state in STATES if (profile, state) != ("eleve", "en_cours")]
TABS = {"responsable": "responsables", "eleve": "eleves"}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(here, town):
    school = town.school(2)
    add_head(here, "girard", school)
    return school


@pytest.fixture(scope="module")
def head(here, college):
    return sign_in_head(here, "girard")


def person_in(town, college, profile, state):
    """Somebody with a mail address whose account is in that state, as the ways that lead there leave it."""
    letters = "".join(chr(97 + int(digit)) for digit in str(next(town.numbers)))
    child = town.pupil(college, "Inès", f"Essai{letters}", "2012-05-06", account=True)
    person = town.guardian("Hélène", child.nom, [child], mail=f"{letters}@example.org") if profile == "responsable" else child
    with town.database() as database:
        database.execute("update preau.person set mail = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (f"{letters}@example.org", town.academy, person.degree, person.aaf_id))
    if state != "non_distribue":
        person.hand_out()
    if state in ("en_cours", "active"):
        with town.database() as database:
            database.execute("update preau.credential set sealed = null, hash = %s where (academy, account_id) = (%s, %s)",
                             ("$argon2id$chosen", *person.account))
            email = ", email = 'famille@example.net'" if profile == "responsable" else ""
            confirmed = ", email_confirmed_at = now()" if email and state == "active" else ""
            active = ", activated_at = now()" if state == "active" else ""
            if email and active:  # no way leads past "en cours d'activation"
                database.execute(f"update preau.account set state = 'en_cours', password = 'chosen'{email} where (academy, id) = (%s, %s)", person.account)
            database.execute(f"update preau.account set state = '{state}', password = 'chosen'{email}{confirmed}{active} where (academy, id) = (%s, %s)",
                             person.account)
    return person


def reference(person):
    return "%d-%d" % person.account


def text_of(page):
    return page.text.replace("\u00a0", " ")


def account_page(head, college, person):
    return head.get(f"/etablissements/{college[0]}/comptes/{reference(person)}")


def secret_of(town, person):
    with town.database() as database:
        return database.execute("select sealed, hash from preau.credential where (academy, account_id) = (%s, %s)", person.account).fetchone()


def post(head, college, path, **fields):
    """As any client may: the form of no page."""
    form = head.get(f"/etablissements/{college[0]}/responsables").form(f"/etablissements/{college[0]}/apercu")
    form.action = f"/etablissements/{college[0]}/{path}"
    form.fields = [(name, value) for name, value in form.fields if name == "csrf"]
    return head.submit(form, fields)


def preview(head, college, profile, people, action):
    return post(head, college, "apercu", action=action, profil=profile, compte=[reference(person) for person in people])


def confirm(head, college, profile, people, action):
    return post(head, college, "envoi", action=action, profil=profile, comptes=",".join(reference(person) for person in people),
                demande=str(uuid.uuid4()))


@pytest.mark.parametrize("profile, state", KINDS)
def test_the_page_of_an_account_offers_what_the_guide_allows(town, college, head, profile, state):
    page = account_page(head, college, person_in(town, college, profile, state))
    offered = set(re.findall(r'<button[^>]*name="action"[^>]*value="([^"]+)"', page.content.decode()))
    assert offered - {BEYOND} == {action for action, rule in GUIDE.items() if rule[state][0]}
    assert (BEYOND in offered) == ((profile, state) == ("responsable", "active")), "who confirmed something, and no other"
    resends = any(form.action.endswith("/renvoi") for form in page.forms)
    assert resends == RESEND[state][0]
    if state == "non_distribue":
        assert "Ce compte n’a pas encore été distribué" in text_of(page)


@pytest.mark.parametrize("action", GUIDE)
@pytest.mark.parametrize("profile, state", KINDS)
def test_what_is_previewed_is_what_the_guide_says_and_what_is_done(town, college, head, profile, state, action):
    possible, after, resets = GUIDE[action][state]
    person = person_in(town, college, profile, state)
    before, secret = person.row(), secret_of(town, person)

    page = preview(head, college, profile, [person], action)
    assert (WORDS[action] in text_of(page)) == possible
    assert ("Rien ne peut être fait" in text_of(page)) == (not possible)
    if action in ("mail-reset", "sheet-reset"):
        assert ("Dans le même temps, 1 mot de passe sera réinitialisé" in text_of(page)) == resets
    assert person.row() == before and secret_of(town, person) == secret

    done = head.submit(page.form(f"/etablissements/{college[0]}/envoi")) if possible else confirm(head, college, profile, [person], action)
    assert done.status == 200
    if not possible:
        assert "Rien n’a été fait" in text_of(done) and "n’a pas encore été distribué" in text_of(done)
        assert person.row() == before and secret_of(town, person) == secret
        return
    row = person.row()
    assert row["state"] == (after or state)
    assert row["origin"] == ("etablissement" if state == "non_distribue" else before["origin"])
    assert (secret_of(town, person) != secret) == resets
    assert row["password"] == ("provisional" if resets else before["password"])
    assert ("/envois/" in done.path) == (action != "reset")


@pytest.mark.parametrize("profile, state", KINDS)
def test_an_activation_mail_is_sent_again_in_the_one_state_that_waits_for_it(here, town, college, head, profile, state):
    person = person_in(town, college, profile, state)
    before, secret = person.row(), secret_of(town, person)
    address = f"nouvelle{person.aaf_id}@example.net"
    answer = post(head, college, f"comptes/{reference(person)}/renvoi", demande=str(uuid.uuid4()), adresse=address)
    assert (answer.status == 200 and "est renvoyé" in text_of(answer)) == RESEND[state][0]
    assert answer.status == (200 if RESEND[state][0] else 409)
    assert person.row()["state"] == before["state"] and secret_of(town, person) == secret
    if RESEND[state][0]:
        assert here.mail.wait(to=address)
    else:
        assert person.row() == before


@pytest.mark.parametrize("profile", TABS)
@pytest.mark.parametrize("action", GUIDE)
def test_a_mixed_selection_is_sorted_by_the_same_table(town, college, head, profile, action):
    states = [state for kind, state in KINDS if kind == profile for _ in range(2)]
    people = [person_in(town, college, profile, state) for state in states]
    possible = sum(GUIDE[action][state][0] for state in states)
    resets = sum(GUIDE[action][state][2] for state in states)
    text = text_of(preview(head, college, profile, people, action))
    assert re.search(rf"\b{possible} (?:comptes seront notifiés|mots de passe seront réinitialisés)", text)
    if action in ("mail-reset", "sheet-reset"):
        assert f"{resets} mots de passe seront réinitialisés" in text
    refused = len(people) - possible
    assert (f"{refused} comptes : Ce compte n’a pas encore été distribué" in text) == (refused > 0)
    secrets = [secret_of(town, person) for person in people]
    assert confirm(head, college, profile, people, action).status == 200
    changed = sum(secret_of(town, person) != secret for person, secret in zip(people, secrets))
    assert changed == resets
    assert [person.row()["state"] for person in people] == [GUIDE[action][state][1] or state for state in states]
