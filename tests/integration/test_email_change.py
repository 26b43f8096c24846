"""Another mail address of a person: asked for with the present password, told to both addresses, confirmed by the link of a real
mail, taken back; and what strangers, scanners and crashes may not do with it."""

import concurrent.futures
import os
import re

import pytest

from peers.bus import Bus, Refused, Silent
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_head, birth, opening_fields, sign_in, sign_in_head
from peers.sealing import link_token
from peers.site import Site
from peers.web import Visitor

LINKD, NOTIFYD, PORTALD = "preau-linkd", "preau-notifyd", "preau-portald"
LINK = re.compile(r"https?://\S+(/adresse/[\w-]+)")
TOLD_OPENED = "Votre compte est ouvert"
TOLD_ASKED = "Un changement d’adresse de messagerie est demandé pour votre compte"
TOLD_DONE = "L’adresse de messagerie de votre compte a été changée"
CONFIRM = "Confirmez votre nouvelle adresse de messagerie"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "6", "attempts_address": "1000",
                         "attempts_delay": "1h", "email_changes": "4"},
                "notify": {"scan_interval": "200ms"}}
    with Site.of(tmp_path_factory.mktemp("site"), LINKD, NOTIFYD, PORTALD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(town):
    return town.school(2)


@pytest.fixture(autouse=True)
def clean(here):
    here.mail.clear()


def open_pupil(here, pupil):
    pupil.hand_out()
    visitor = sign_in(here, pupil)
    page = visitor.submit(visitor.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(pupil))
    assert page.path == "/guichet", page.text
    return visitor


def settle(here, person):
    """What was owed of the opening has arrived, and is no longer in the way."""
    with here.psql() as database:
        here.wait(lambda: database.execute("select count(*) from preau.delivery where (academy, account_id) = (%s, %s) and channel = 'mail'"
                                           " and done_at is null", person.account).fetchone() == (0,), what="all sent")
    here.mail.clear()


def open_guardian(here, guardian, child, email):
    """Active, the address confirmed as the mail's link does."""
    guardian.hand_out()
    visitor = sign_in(here, guardian)
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [birth(child)]), nouveau=PASSWORD,
                   confirmation=PASSWORD, courriel=email)
    with here.psql() as database:
        number = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)",
                                  guardian.account).fetchone()[0]
    path = "/activation/" + link_token(here.folder / "keys", "activation", guardian.account[0], number)
    visitor.submit(visitor.get(path).form(path))
    settle(here, guardian)
    return sign_in(here, guardian, PASSWORD)


numbers = iter(range(1, 10**6))


@pytest.fixture
def anne(here, town, college):
    """A guardian with a confirmed address of her own, signed in: .visitor."""
    mine = next(numbers)
    child = town.pupil(college, "Léa", "Martin", "2010-04-03", account=True)
    anne = town.guardian("Anne", "Martin", [child], mail=f"aaf{mine}@example.org")
    anne.child, anne.old, anne.new = child, f"anne{mine}@example.net", f"nouvelle{mine}@example.com"
    anne.visitor = open_guardian(here, anne, child, anne.old)
    return anne


def ask(person, email=None, present=PASSWORD, visitor=None):
    visitor = visitor or person.visitor
    form = visitor.get("/guichet/adresse").form("/guichet/adresse")
    return visitor.submit(form, courriel=email or person.new, actuel=present)


def link_in(mail):
    return LINK.search(text_of(mail))[1]


def follow(here, path, visitor=None):
    visitor = visitor or Visitor(here.portal_url)
    return visitor.submit(visitor.get(path).form(path))


def owed(here, person):
    with here.psql() as database:
        rows = database.execute("select kind, recipient from preau.delivery where (academy, account_id) = (%s, %s)"
                                " and kind like 'email%%' order by kind, recipient", person.account)
        return rows.fetchall()


def life(here, person):
    with here.psql() as database:
        rows = database.execute("select action from preau.account_event where (academy, account_id) = (%s, %s) order by id", person.account)
        return [action for action, in rows.fetchall()]


# ------------------------------------------------------------------------------------------------ the way


def test_a_new_address_counts_once_its_link_was_followed_and_both_are_told(here, anne, college):
    page = ask(anne, f"  {anne.new.replace('example.com', 'Example.COM')} ")
    assert page.path == "/guichet/compte" and "Il reste à confirmer" in page.text and anne.new in page.text
    assert anne.row()["email"] == anne.old and anne.old in page.text, "until then the old one is good"
    (to_new,) = here.mail.wait(anne.new)
    (to_old,) = here.mail.wait(anne.old)
    assert (to_new["Subject"], to_old["Subject"]) == (CONFIRM, TOLD_ASKED)
    masked = "n•••@e•••.com"
    assert masked in text_of(to_old) and anne.new not in to_old.as_string() and anne.new not in text_of(to_old)
    assert not LINK.search(text_of(to_old)), "the old address is given no link"
    path = link_in(to_new)
    assert path in to_new.get_body(("html",)).get_content()

    scanner = Visitor(here.portal_url)  # a program that looks at mails
    for _ in range(2):
        assert scanner.get(path).status == 200
    assert scanner.session.head(here.portal_url + path, timeout=20).status_code == 200
    assert anne.row()["email"] == anne.old, "a look confirms nothing"

    page = follow(here, path)  # on another device, not signed in
    assert page.status == 200 and "Votre adresse est confirmée" in page.text
    row = anne.row()
    assert (row["email"], row["state"]) == (anne.new, "active") and row["email_confirmed_at"]
    told = [here.mail.wait(anne.new, 2)[1], here.mail.wait(anne.old, 2)[1]]
    assert [mail["Subject"] for mail in told] == [TOLD_DONE] * 2 and all(masked in text_of(mail) for mail in told)
    assert owed(here, anne) == [("email_change", anne.new), ("email_change_asked", anne.old),
                                ("email_changed", anne.old), ("email_changed", anne.new)]
    assert life(here, anne)[-2:] == ["change_email", "confirm_email"]
    with here.psql() as database:
        (mail,) = database.execute("select mail from preau.person where (account_academy, account_id) = (%s, %s)", anne.account).fetchone()
    assert mail.startswith("aaf"), "AAF's is never written"
    page = anne.visitor.get("/guichet/compte")
    assert anne.new in page.text and anne.old not in page.text and "à confirmer" not in page.text


def test_the_head_sees_the_new_address_when_it_counts(here, anne, college):
    add_head(here, f"head{anne.account[1]}", college)
    head = sign_in_head(here, f"head{anne.account[1]}")
    account = f"/etablissements/{college[0]}/comptes/%d-%d" % anne.account
    ask(anne)
    page = head.get(account)
    assert anne.old in page.text and anne.new not in page.text and "Nouvelle adresse de messagerie demandée" in page.text
    follow(here, link_in(here.mail.wait(anne.new)[0]))
    page = head.get(account)
    assert anne.new in page.text and anne.old not in page.text and "Adresse de messagerie confirmée" in page.text


def test_a_pupil_gives_a_first_address(here, town, college):
    lea = town.pupil(college, "Léa", "Petit", "2010-04-03", account=True)
    lea.visitor, lea.new = open_pupil(here, lea), f"lea{lea.account[1]}@example.org"
    page = lea.visitor.get("/guichet/compte")
    assert "Donner une adresse" in page.text and "Vous n’avez pas donné d’adresse" in page.text
    ask(lea)
    (mail,) = here.mail.wait(lea.new)
    assert owed(here, lea) == [("email_change", lea.new)], "there is nobody else to tell"
    assert "Votre adresse est confirmée" in follow(here, link_in(mail), lea.visitor).text
    assert lea.row()["email"] == lea.new
    here.mail.wait(lea.new, 2)


def test_who_gave_none_is_told_where_the_school_writes(here, town, college):
    tom = town.pupil(college, "Tom", "Petit", "2010-04-03", account=True)
    with town.database() as database:
        database.execute("update preau.person set mail = 'tom.aaf@example.org' where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (town.academy, tom.aaf_id))
    tom.visitor, tom.new = open_pupil(here, tom), f"tom{tom.account[1]}@example.org"
    ask(tom)
    assert [mail["Subject"] for mail in here.mail.wait("tom.aaf@example.org", 2)] == [TOLD_OPENED, TOLD_ASKED]
    follow(here, link_in(here.mail.wait(tom.new)[0]))
    assert [mail["Subject"] for mail in here.mail.wait("tom.aaf@example.org", 3)] == [TOLD_OPENED, TOLD_ASKED, TOLD_DONE]


def test_who_has_two_records_and_confirmed_none_is_told_at_the_address_of_each(here, town, college):
    tom = town.pupil(college, "Tom", "Deuxfiches", "2010-04-03", account=True)
    record = town._person(2, "eleve", "Tom", "Deuxfiches", "2010-04-03", mail="tom.b@example.org")
    with town.database() as database:
        database.execute("update preau.person set mail = 'tom.a@example.org' where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (town.academy, tom.aaf_id))
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (*tom.account, town.academy, record.aaf_id))
    tom.visitor, tom.new = open_pupil(here, tom), f"tom{tom.account[1]}@example.org"
    ask(tom)
    follow(here, link_in(here.mail.wait(tom.new)[0]))
    for address in ("tom.a@example.org", "tom.b@example.org"):
        assert [mail["Subject"] for mail in here.mail.wait(address, 3)] == [TOLD_OPENED, TOLD_ASKED, TOLD_DONE]


# ------------------------------------------------------------------------------------------------ taken back, replaced, over


def test_a_demand_is_taken_back_and_its_link_leads_nowhere(here, anne):
    ask(anne)
    path = link_in(here.mail.wait(anne.new)[0])
    page = anne.visitor.get("/guichet/compte")
    page = anne.visitor.submit(page.form("/guichet/adresse/annulation"))
    assert "Le changement d’adresse est annulé" in page.text and anne.new not in page.text
    page = follow(here, path)
    assert page.status == 410 and "n’est plus valable" in page.text
    assert anne.row()["email"] == anne.old and life(here, anne)[-1] == "email_change_cancelled"
    form = anne.visitor.get("/guichet/adresse").form("/guichet/adresse")
    form.action = "/guichet/adresse/annulation"
    assert anne.visitor.submit(form).path == "/guichet/compte", "nothing is left to take back, and that is no error"
    assert life(here, anne).count("email_change_cancelled") == 1


def test_a_newer_demand_replaces_an_older_one(here, anne):
    ask(anne)
    older = link_in(here.mail.wait(anne.new)[0])
    ask(anne, "autre." + anne.new)
    newer = link_in(here.mail.wait("autre." + anne.new)[0])
    assert follow(here, older).status == 410 and anne.row()["email"] == anne.old
    assert follow(here, newer).status == 200 and anne.row()["email"] == "autre." + anne.new
    assert follow(here, older).status == 410


def test_a_link_counts_once_and_a_second_click_says_the_same(here, anne):
    ask(anne)
    path = link_in(here.mail.wait(anne.new)[0])
    assert follow(here, path).status == 200
    version = anne.row()["version"]
    page = follow(here, path)
    assert page.status == 200 and "confirmée" in page.text and anne.row()["version"] == version
    assert len(here.mail.wait(anne.old, 2)) == 2 and life(here, anne).count("confirm_email") == 2, "once for the activation"
    ask(anne, anne.old)
    follow(here, link_in(here.mail.wait(anne.old, 3)[2]))
    assert anne.row()["email"] == anne.old
    assert follow(here, path).status == 410, "played again after another change"
    assert anne.row()["email"] == anne.old


def test_a_link_ends_with_its_time(here, anne):
    ask(anne)
    path = link_in(here.mail.wait(anne.new)[0])
    with here.psql() as database:
        database.execute("update preau.confirmation set expires_at = now() - interval '1 second' where email = %s", (anne.new,))
    assert follow(here, path).status == 410 and anne.row()["email"] == anne.old
    assert anne.new not in anne.visitor.get("/guichet/compte").text


@pytest.mark.parametrize("who", ["person", "school"])
def test_a_password_that_is_replaced_takes_the_demand_back(here, anne, who):
    """Whoever knew the one before may have made it."""
    ask(anne)
    path = link_in(here.mail.wait(anne.new)[0])
    if who == "school":
        anne.reset()
    else:
        form = anne.visitor.get("/nouveau-mot-de-passe").form("/nouveau-mot-de-passe")
        other = "encore un jardin tranquille 55"
        assert anne.visitor.submit(form, actuel=PASSWORD, nouveau=other, confirmation=other).path == "/guichet"
        assert anne.new not in anne.visitor.get("/guichet/compte").text
    assert follow(here, path).status == 410 and anne.row()["email"] == anne.old


def test_a_mail_that_did_not_leave_in_time_is_not_sent(here, anne):
    here.stop_daemon(NOTIFYD)
    try:
        ask(anne)
        anne.visitor.submit(anne.visitor.get("/guichet/compte").form("/guichet/adresse/annulation"))
    finally:
        here.launch(NOTIFYD)
    here.mail.wait(anne.old)

    def ended():
        with here.psql() as database:
            return database.execute("select state, reason from preau.delivery where recipient = %s", (anne.new,)).fetchone()

    here.wait(lambda: ended()[0] != "waiting", what="the mail with the dead link")
    assert ended() == ("cancelled", "link_replaced") and not here.mail.mails(anne.new)


def test_a_mail_that_did_not_arrive_is_told_on_the_page(here, anne):
    ask(anne)
    here.mail.wait(anne.new)
    with here.psql() as database:
        database.execute("update preau.delivery set state = 'failed', reason = 'returned_unknown', done_at = now() where recipient = %s",
                         (anne.new,))
    assert "n’y est pas arrivé" in anne.visitor.get("/guichet/compte").text


# ------------------------------------------------------------------------------------------------ refused


def test_what_is_wrong_is_told_at_its_field_and_nothing_is_stored(here, anne):
    for email, present, says, status in (("pas-une-adresse", PASSWORD, "n’est pas valable", 422),
                                         (anne.old.upper().replace("EXAMPLE.NET", "example.net"), PASSWORD, "déjà celle de votre compte", 422),
                                         (anne.new, "ce n’est pas lui", "Le mot de passe actuel n’est pas le bon", 422)):
        page = ask(anne, email, present)
        assert page.status == status and says in page.text
        assert ("courriel", email) in page.form("/guichet/adresse").fields and present not in page.content.decode()
    assert owed(here, anne) == [] and "change_email" not in life(here, anne)


def test_tries_of_the_present_password_are_bounded(here, bus, anne):
    request = bus.message("link", "AskEmailChangeRequest", present="wrong-wrong-22", email=anne.new)
    request.account.CopyFrom(bus.reference(anne.account))
    told = [bus.refusal("link", "AskEmailChange", request, account=anne.account) for _ in range(7)]
    assert told == ["present_password_wrong"] * 6 + ["too_many_attempts"]
    request.present = PASSWORD
    assert bus.refusal("link", "AskEmailChange", request, account=anne.account) == "too_many_attempts", "the right one waits too"
    change = bus.message("link", "ChangePasswordRequest", present=PASSWORD, chosen="encore un jardin 55")
    change.account.CopyFrom(bus.reference(anne.account))
    assert bus.refusal("link", "ChangePassword", change, account=anne.account) == "too_many_attempts", "counted together"
    assert owed(here, anne) == []


def test_demands_are_bounded_a_day_for_each_is_a_mail_to_anybody(here, anne):
    pages = [ask(anne, f"cible{number}@example.org") for number in range(5)]
    assert [page.path for page in pages[:4]] == ["/guichet/compte"] * 4
    assert pages[4].status == 429 and "Trop de changements d’adresse" in pages[4].text
    assert [kind for kind, _ in owed(here, anne)].count("email_change") == 4
    assert "cible3@example.org" in anne.visitor.get("/guichet/compte").text


def test_only_the_account_itself_asks_and_takes_back(bus, anne):
    for method, fields in (("AskEmailChange", {"present": PASSWORD, "email": anne.new}), ("CancelEmailChange", {})):
        request = bus.message("link", f"{method}Request", **fields)
        request.account.CopyFrom(bus.reference(anne.account))
        for caller in ({"account": anne.child.account}, {"administrator": 1}, {"operator": True}, {}):
            assert bus.refusal("link", method, request, **caller) == "not_allowed", method


def test_an_account_that_is_not_active_has_its_own_ways(bus, town, college):
    child = town.pupil(college, "Zoé", "Attente", "2010-04-03", account=True)
    guardian = town.guardian("Jean", "Attente", [child])

    def told():
        request = bus.message("link", "AskEmailChangeRequest", present="x", email="x@example.org")
        request.account.CopyFrom(bus.reference(guardian.account))
        return bus.refusal("link", "AskEmailChange", request, account=guardian.account)

    assert told() == "not_distributed"
    guardian.hand_out()
    assert told() == "not_opened"
    with town.database() as database:
        database.execute("update preau.account set state = 'en_cours', email = 'y@example.org', password = 'chosen' where (academy, id) = (%s, %s)",
                         guardian.account)
    assert told() == "activation_pending"
    child.hand_out()
    with town.database() as database:
        database.execute("update preau.account set state = 'active', activated_at = now() where (academy, id) = (%s, %s)", child.account)
    request = bus.message("link", "AskEmailChangeRequest", present=child.password, email="x@example.org")
    request.account.CopyFrom(bus.reference(child.account))
    assert bus.refusal("link", "AskEmailChange", request, account=child.account) == "must_choose_password"


# ------------------------------------------------------------------------------------------------ hostile


def test_links_that_are_not_ours_lead_nowhere(here, bus, anne, town, college):
    ask(anne)
    path = link_in(here.mail.wait(anne.new)[0])
    token = path.rpartition("/")[2]
    keys = here.folder / "keys"
    with here.psql() as database:
        number = database.execute("select id from preau.confirmation where email = %s", (anne.new,)).fetchone()[0]
        activation = database.execute("select min(id) from preau.confirmation where (academy, account_id) = (%s, %s)", anne.account).fetchone()[0]
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    wrong = ("x", forged, token + "A", link_token(keys, "activation", anne.account[0], number),
             link_token(keys, "email_change", anne.account[0], 10**9), link_token(keys, "email_change", 24, number),
             link_token(keys, "email_change", anne.account[0], activation))
    for one in wrong:
        assert bus.refusal("link", "ConfirmEmailChange", token=one) == "link_unknown", one
    assert bus.refusal("link", "ConfirmEmail", token=token) == "link_unknown", "no activation"
    assert bus.refusal("link", "ConfirmEmail", token=link_token(keys, "activation", anne.account[0], number)) == "link_unknown"
    assert follow(here, f"/adresse/{forged}").status == 404 and anne.row()["email"] == anne.old


def test_a_link_is_not_followed_in_somebody_elses_session(here, anne):
    """Nor does it sign anybody in, or as anybody."""
    ask(anne)
    path = link_in(here.mail.wait(anne.new)[0])
    lea = open_pupil(here, anne.child)
    page = follow(here, path, lea)
    assert page.status == 403 and "d’un autre compte" in page.text and anne.row()["email"] == anne.old
    stranger = Visitor(here.portal_url)
    stranger.session.cookies.set("preau", "A" * 43)  # a session that somebody chose
    assert follow(here, path, stranger).status == 200 and anne.row()["email"] == anne.new
    assert stranger.get("/guichet").path == "/connexion" and lea.get("/guichet/compte").text.count(anne.new) == 0


def test_a_form_of_another_site_or_session_asks_for_nothing(here, anne):
    form = anne.visitor.get("/guichet/adresse").form("/guichet/adresse")
    for csrf in ("", "forged", None):
        answer = anne.visitor.send(form, {"csrf": csrf}, courriel=anne.new, actuel=PASSWORD)
        assert answer.status_code in (400, 403, 409, 422), csrf
    other = sign_in(here, anne, PASSWORD)
    taken = [("csrf", value) for name, value in other.get("/guichet/adresse").form("/guichet/adresse").fields if name == "csrf"]
    assert anne.visitor.send(form, taken, courriel=anne.new, actuel=PASSWORD).status_code in (400, 403, 409, 422)
    assert owed(here, anne) == []


def test_headers_are_not_written_by_an_address(here, anne):
    for email in (f"{anne.new}\r\nBcc: x@example.org", f"{anne.new}, x@example.org", f"<{anne.new}>", f'"a" <{anne.new}>'):
        assert ask(anne, email).status in (400, 422), email
    assert owed(here, anne) == []


# ------------------------------------------------------------------------------------------------ at once, and again


def test_a_form_sent_twice_is_one_demand(here, anne):
    form = anne.visitor.get("/guichet/adresse").form("/guichet/adresse")
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        clicks = [pool.submit(anne.visitor.send, form, courriel=anne.new, actuel=PASSWORD) for _ in range(4)]
    assert {click.result().url.rpartition("/")[2] for click in clicks} == {"compte"}
    assert [kind for kind, _ in owed(here, anne)] == ["email_change", "email_change_asked"]


def test_of_demands_and_clicks_at_once_one_pending_address_is_left(here, bus, anne):
    def demand(number):
        request = bus.message("link", "AskEmailChangeRequest", present=PASSWORD, email=f"course{number}.{anne.new}")
        request.account.CopyFrom(bus.reference(anne.account))
        return bus.refusal("link", "AskEmailChange", request, account=anne.account)

    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        assert list(pool.map(demand, range(3))) == [None] * 3
    with here.psql() as database:
        pending = database.execute("select id, email from preau.pending_email where (academy, account_id) = (%s, %s)", anne.account).fetchall()
    ((number, email),) = pending
    token = link_token(here.folder / "keys", "email_change", anne.account[0], number)
    cancel = bus.message("link", "CancelEmailChangeRequest")
    cancel.account.CopyFrom(bus.reference(anne.account))

    def click(which):
        if which == 2:
            return bus.refusal("link", "CancelEmailChange", cancel, account=anne.account)
        return bus.refusal("link", "ConfirmEmailChange", token=token)

    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        told = list(pool.map(click, range(5)))
    is_changed = anne.row()["email"] == email
    with here.psql() as database:
        used, over = database.execute("select used_at is not null, superseded_at is not null from preau.confirmation where email = %s",
                                      (email,)).fetchone()
    assert (used, over) == ((True, False) if is_changed else (False, True)), told
    assert set(told) <= {None, "link_expired"}


@pytest.mark.parametrize("point, method", [("link_email_change_asked", "AskEmailChange"), ("link_email_change_confirmed", "ConfirmEmailChange")])
def test_a_crash_before_the_answer_loses_nothing_and_does_nothing_twice(here, bus, anne, point, method):
    asked = bus.message("link", "AskEmailChangeRequest", present=PASSWORD, email=anne.new)
    asked.account.CopyFrom(bus.reference(anne.account))
    request = asked
    if method == "ConfirmEmailChange":
        bus.ask("link", "AskEmailChange", asked, account=anne.account)
        request = bus.message("link", "ConfirmEmailChangeRequest", token=link_in(here.mail.wait(anne.new)[0]).rpartition("/")[2])
    request_id = os.urandom(16)
    here.restart(LINKD, PREAU_FAULT=point)
    with pytest.raises((Silent, Refused)):
        bus.ask("link", method, request, account=anne.account, request_id=request_id, seconds=3)
    here.wait_dead(LINKD)
    here.restart(LINKD)
    bus.ask("link", method, request, account=anne.account, request_id=request_id)
    kinds = [kind for kind, _ in owed(here, anne)]
    assert kinds == ["email_change", "email_change_asked"] + (["email_changed"] * 2 if method == "ConfirmEmailChange" else [])
