"""What a head does about a batch that is under way: cancels what has not left, takes up again what did not arrive. And what is
cancelled did not leave, whatever the senders are doing at that moment."""

import os
import threading
import time

import pytest

from peers.bus import Bus, Refused
from peers.deeds import tries
from peers.mail import text_of
from peers.people import Town
from peers.site import Site
from test_notify import MAIL, NOTIFYD, SHEET, School, administrator_of, left_out

FAILED, CANCELLED = 1, 2  # BatchRest of notify.proto


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"notify": {"smtp_timeout": "4s", "scan_interval": "200ms", "retry_first": "1s", "retry_max": "1s", "connections": "2",
                           "sheet_pages_per_document": "3"}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here)


@pytest.fixture
def school(here, bus, town):
    return School(here, bus, town)


@pytest.fixture(autouse=True)
def clean(here):
    yield
    here.mail.release()
    here.mail.accept()
    if here.mail.process.pid is None:
        here.mail.start()
    if here.daemons[NOTIFYD].pid is None:
        here.launch(NOTIFYD)
    here.wait(lambda: not rows(here, "select from preau.delivery where state in ('waiting', 'taken')"), 60, "at rest")
    here.mail.clear()


def rows(here, query, *values):
    with here.psql() as database:
        return database.execute(query, values).fetchall()


def states(here, batch):
    return dict(rows(here, "select state, count(*) from preau.delivery where batch_id = %s group by state", batch))


def audited(here, batch, action):
    return [detail for detail, in rows(here, "select detail from preau.audit where action = %s and (detail ->> 'batch')::bigint = %s"
                                             " order by number", action, batch)]


def held_back(here, school, count=4, **fields):
    """A batch of mails that the server puts off."""
    here.mail.refuse("temporarily", at="mail")
    people = [school.family() for _ in range(count)]
    number = school.notify(people, **fields).batch
    here.wait(lambda: rows(here, "select from preau.delivery where batch_id = %s and state = 'waiting' and attempts > 0", number),
              what="put off")
    return people, number


def held_for_long(here, number, count):
    """Of a batch that is held back: nothing of it is in anybody's hand, nor soon will be."""
    put_off = ("update preau.delivery set due_at = now() + interval '1 hour'"
               " where batch_id = %s and state = 'waiting' and attempts > 0 and due_at < now() + interval '30 minutes' returning id")
    at_rest = "select from preau.delivery where batch_id = %s and state = 'waiting' and due_at > now() + interval '30 minutes'"

    def is_at_rest():
        return not rows(here, put_off, number) and len(rows(here, at_rest, number)) == count

    here.wait(lambda: is_at_rest() and not time.sleep(0.5) and is_at_rest(), 60, "at rest")


def held_in_hand(here, school, at, count=4):
    """A batch of mails, as many as there are connections of them in the middle of a conversation."""
    before = here.mail.held()
    here.mail.hold(at)
    people = [school.family() for _ in range(count)]
    number = school.notify(people).batch
    here.wait(lambda: here.mail.held() == before + 2, what="in conversation")
    return people, number


# cancelling mails


@tries("Notify/CancelBatch", "batch_cancelled")
def test_what_waits_is_cancelled_and_never_leaves(here, school):
    people, number = held_back(here, school)
    held_for_long(here, number, 4)
    school.ask("CancelBatch", batch=number)
    batch = school.ended(number)
    here.mail.accept()
    assert (batch.total, batch.waiting, batch.sent, batch.failed, batch.cancelled, batch.leaving) == (4, 0, 0, 0, 4, 0)
    assert {failure.reason for failure in batch.failures} == {"cancelled"}
    later = school.family()
    school.notify([later])
    here.mail.wait(later.mail)
    assert [mail["X-Envelope-To"] for mail in here.mail.mails()] == [later.mail]
    assert audited(here, number, "batch_cancelled") == [{"accounts": 4, "batch": number}]
    assert school.actions(people[0]) == ["notify", "notification_cancelled"]


def test_the_accounts_of_what_was_cancelled_stay_handed_out(here, school):
    """The guide's life cycle knows no way back (docs/decisions/0018)."""
    (anne, *_), number = held_back(here, school)
    before = anne.row()
    school.ask("CancelBatch", batch=number)
    assert anne.row() == before and (before["state"], before["origin"]) == ("distribue", "etablissement")
    assert school.ask("ShowPassword", account=school.bus.reference(anne.account)).password == anne.password


def test_a_password_that_a_cancelled_batch_reset_stays_reset(here, school):
    anne = school.family()
    school.ended(school.notify([anne]).batch)
    here.mail.refuse("temporarily", at="mail")
    number = school.notify([anne], reset=True).batch
    new = school.ask("ShowPassword", account=school.bus.reference(anne.account)).password
    school.ask("CancelBatch", batch=number)
    school.ended(number)
    assert school.ask("ShowPassword", account=school.bus.reference(anne.account)).password == new != anne.password


def test_a_mail_in_hand_goes_and_is_told_as_sent(here, school):
    people, number = held_in_hand(here, school, "data")
    school.ask("CancelBatch", batch=number)
    batch = school.batch(number)
    assert (batch.waiting, batch.leaving, batch.cancelled) == (2, 2, 2)
    here.mail.release()
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled, batch.leaving) == (2, 2, 0)
    gone = {mail["X-Envelope-To"] for mail in here.mail.mails()}
    cancelled = {(failure.account.academy, failure.account.id) for failure in batch.failures}
    assert len(gone) == 2 and {person.mail for person in people if person.account not in cancelled} == gone


def with_some_aside(here, school):
    """A batch of six, two of which are in the middle of a conversation, others set aside for after them."""
    people, number = held_in_hand(here, school, "data", count=6)
    here.wait(lambda: rows(here, "select from preau.delivery where batch_id = %s and state = 'waiting' and due_at > now()", number),
              what="set aside")
    return people, number


def test_a_mail_that_is_set_aside_is_cancelled(here, school):
    people, number = with_some_aside(here, school)
    school.ask("CancelBatch", batch=number)
    batch = school.batch(number)
    assert (batch.waiting, batch.leaving, batch.cancelled) == (2, 2, 4)
    here.mail.release()
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled) == (2, 4)
    assert len(here.mail.mails()) == 2


def test_a_mail_that_was_set_aside_when_its_sender_died_goes_once_and_its_try_is_the_first(here, school):
    people, number = with_some_aside(here, school)
    begun = {recipient for recipient, in rows(here, "select recipient from preau.delivery where batch_id = %s and state = 'taken'", number)}
    here.kill(NOTIFYD)
    here.mail.release()
    here.launch(NOTIFYD)
    assert school.ended(number, 60).sent == 6
    for person in people:
        mails = here.mail.wait(person.mail)
        assert len(mails) <= (2 if person.mail in begun else 1)
    assert dict(rows(here, "select recipient, attempts from preau.delivery where batch_id = %s", number)) == {
        person.mail: 2 if person.mail in begun else 1 for person in people}


def test_a_sender_that_stops_gives_back_what_it_set_aside(here, school):
    _, number = with_some_aside(here, school)
    here.stop_daemon(NOTIFYD)
    here.mail.release()
    assert rows(here, "select attempts, bool_and(due_at <= now()) from preau.delivery where batch_id = %s and attempts = 0"
                      " group by attempts", number) == [(0, True)]
    here.launch(NOTIFYD)
    assert school.ended(number, 60).sent == 6


def test_a_mail_in_hand_that_is_put_off_is_told_as_cancelled(here, school):
    _, number = held_in_hand(here, school, "rcpt", count=2)
    before = here.log(NOTIFYD).count("event=mail outcome=cancelled")
    school.ask("CancelBatch", batch=number)
    here.mail.refuse("temporarily")
    here.mail.release()
    assert school.ended(number).cancelled == 2
    here.wait(lambda: here.log(NOTIFYD).count("event=mail outcome=cancelled") == before + 2, what="logged")


def test_a_mail_in_hand_that_is_put_off_is_cancelled_then(here, school):
    _, number = held_in_hand(here, school, "rcpt")
    school.ask("CancelBatch", batch=number)
    here.mail.refuse("temporarily")
    here.mail.release()
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled) == (0, 4)
    here.mail.accept()
    assert {failure.reason for failure in batch.failures} == {"cancelled"} and here.mail.mails() == []
    assert rows(here, "select distinct administrator_id from preau.account_event where action = 'notification_cancelled'"
                      " and (detail ->> 'batch')::bigint = %s", number) == [(school.head,)], "also of those whose try decided"


def test_a_mail_of_which_no_word_came_is_not_called_cancelled(here, school):
    """The server kept it and died before it said so: it may be read already, and goes again until it is answered."""
    people, number = held_in_hand(here, school, "data", count=2)
    here.mail.kill()
    here.mail.release()
    here.wait(lambda: rows(here, "select from preau.delivery where batch_id = %s and may_have_left having count(*) = 2", number),
              what="put off without a word")
    school.ask("CancelBatch", batch=number)
    assert (school.batch(number).waiting, school.batch(number).leaving) == (2, 2)
    here.mail.start()
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled) == (2, 0)
    for person in people:
        assert len({mail["Message-ID"] for mail in here.mail.wait(person.mail)}) == 1


def test_a_mail_whose_sender_died_with_it_is_sent_again_with_the_same_id_although_the_rest_is_cancelled(here, school):
    here.restart(NOTIFYD, PREAU_FAULT="notify_mail_sent:1")
    people = [school.family() for _ in range(6)]
    number = school.notify(people).batch
    here.wait_dead(NOTIFYD)
    gone = {mail["X-Envelope-To"] for mail in here.mail.mails()}
    assert gone
    here.mail.refuse("temporarily", at="mail")
    here.launch(NOTIFYD)
    school.ask("CancelBatch", batch=number)
    here.mail.accept()
    batch = school.ended(number, seconds=60)
    left = {(failure.account.academy, failure.account.id) for failure in batch.failures}
    for person in people:
        mails = here.mail.mails(person.mail)
        assert bool(mails) != (person.account in left), "sent, or cancelled, never both"
        assert len({mail["Message-ID"] for mail in mails}) <= 1
    assert gone <= {person.mail for person in people if person.account not in left}


@pytest.mark.parametrize("after", (5, 60, 150))
def test_cancelled_in_full_flight_each_mail_either_left_or_did_not(here, school, after):
    people = school.town.families(school.school, 200)
    number = school.notify(people).batch
    here.wait(lambda: len(list(here.mail.inbox.glob("*.eml"))) >= after, 60, "under way")
    try:
        school.ask("CancelBatch", batch=number)
    except Refused as refused:  # a machine that sends 200 before it is asked
        assert refused.code == "batch_finished"
    school.ended(number, 60)
    there = sorted(mail["X-Envelope-To"] for mail in here.mail.mails())
    sent = sorted(recipient for recipient, in rows(here, "select recipient from preau.delivery where batch_id = %s and state = 'sent'", number))
    assert there == sent and len(sent) >= after
    assert sum(states(here, number).values()) == 200 and set(states(here, number)) <= {"sent", "cancelled"}


# cancelling sheets


def test_sheets_that_are_in_no_document_yet_are_cancelled(here, school):
    """Killed after the first part, asked again before the second is made: its maker's lease still runs."""
    people = [school.family(nom=f"Nom{letter}") for letter in "ABCDEFGH"]
    here.restart(NOTIFYD, PREAU_FAULT="notify_sheets_made:2")
    number = school.notify(people, channel=SHEET).batch
    here.wait_dead(NOTIFYD)
    here.launch(NOTIFYD)
    school.ask("CancelBatch", batch=number)
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled, batch.documents) == (3, 5, 1)
    _, text = school.pdf_text(number, 1)
    assert [person.login in text for person in people] == [True] * 3 + [False] * 5


def test_a_document_made_of_what_was_cancelled_meanwhile_is_not_kept(here, school):
    people = school.town.families(school.school, 40)
    number = school.notify(people, channel=SHEET).batch
    school.ask("CancelBatch", batch=number)
    batch = school.ended(number)
    pages = "".join(school.pdf_text(number, part)[1] for part in batch.parts)
    assert batch.sent + batch.cancelled == 40 and pages.count("\f") == batch.sent
    cancelled = {(failure.account.academy, failure.account.id) for failure in batch.failures}
    assert all((person.login in pages) != (person.account in cancelled) for person in people)
    checks = {check["name"]: check["state"] for check in here.status(NOTIFYD)["checks"]}
    assert checks["documents"] == "ok"


# repeats and rights


def test_a_cancellation_asked_twice_is_one(here, school):
    _, number = held_back(here, school)
    request = os.urandom(16)
    school.ask("CancelBatch", batch=number, request_id=request)
    school.ask("CancelBatch", batch=number, request_id=request)
    school.ended(number)
    here.restart(NOTIFYD)
    school.ask("CancelBatch", batch=number, request_id=request)
    assert school.refusal("CancelBatch", batch=number) == "batch_finished"
    assert len(audited(here, number, "batch_cancelled")) == 1


def test_two_heads_who_cancel_at_once_cancel_once(here, school):
    _, number = held_back(here, school, 30)
    ends = []

    def cancel():
        try:
            school.ask("CancelBatch", batch=number)
            ends.append("done")
        except Refused as refused:
            ends.append(refused.code)

    threads = [threading.Thread(target=cancel) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(ends) == 4 and set(ends) <= {"done", "batch_finished"}
    assert sum(detail["accounts"] for detail in audited(here, number, "batch_cancelled")) <= 30
    assert school.ended(number).cancelled == 30
    assert rows(here, "select count(*) from preau.account_event where action = 'notification_cancelled' and (detail ->> 'batch')::bigint = %s",
                number) == [(30,)]


def test_what_is_not_the_administrators_does_not_exist(here, bus, town, school):
    """Another school's head; a delegate for pupils, of a batch to guardians."""
    _, number = held_back(here, school)
    other = School(here, bus, town).head
    pupils = administrator_of(town, town.academy, school.uai, f"eleves.{school.uai}")
    with town.database() as database:
        database.execute("update preau.administrator_scope set profile = 'eleve', giver_id = %s, from_at = now() - interval '1 day',"
                         " until_at = now() + interval '1 day' where administrator_id = %s", (school.head, pupils))
    for stranger in (0, other, pupils):
        assert school.refusal("CancelBatch", batch=number, administrator=stranger) == "not_found"
        assert school.refusal("RetryBatch", batch=number, rest=FAILED, administrator=stranger) == "not_found"
    assert school.refusal("CancelBatch", batch=0) == "malformed"
    assert school.refusal("RetryBatch", batch=number) == "malformed"
    assert school.refusal("RetryBatch", batch=number, rest=FAILED) == "batch_finished"
    assert states(here, number) == {"waiting": 4} and audited(here, number, "batch_cancelled") == []
    school.ask("CancelBatch", batch=number)


# taking up again


@tries("Notify/RetryBatch", "batch_retried")
def test_what_failed_is_taken_up_alone_with_the_address_of_today(here, school):
    anne, bob = school.family(), school.family("Bob")
    here.mail.refuse("permanently", address=anne.mail)
    number = school.notify([anne, bob], reset=True).batch
    assert (school.ended(number).failed, len(here.mail.mails())) == (1, 1)
    before = anne.row()
    with school.town.database() as database:
        database.execute("update preau.person set mail = 'anne.corrigee@example.org' where aaf_id = %s and degree = 1", (anne.aaf_id,))
    reply = school.ask("RetryBatch", batch=number, rest=FAILED)
    assert (reply.retried, list(reply.left_out)) == (1, [])
    batch = school.ended(number)
    assert (batch.total, batch.sent, batch.failed) == (2, 2, 0)
    (mail,) = here.mail.wait("anne.corrigee@example.org")
    assert len(here.mail.mails()) == 2 and anne.password in text_of(mail), "not reset by the retry"
    tries = rows(here, "select attempts from preau.delivery where batch_id = %s and recipient = %s", number, "anne.corrigee@example.org")
    assert tries == [(2,)], "a report of the first try is not taken for one of the second"
    assert anne.row()["notification_expires_at"] > before["notification_expires_at"]
    assert school.actions(anne) == ["notify_reset", "notify"] and school.actions(bob) == ["notify_reset"]
    assert audited(here, number, "batch_retried") == [{"accounts": 1, "batch": number, "channel": "mail", "rest": "failed"}]


def test_a_retry_asked_twice_is_one_mail(here, school):
    anne = school.family()
    here.mail.refuse("permanently", address=anne.mail)
    number = school.notify([anne]).batch
    school.ended(number)
    here.mail.accept()
    request = os.urandom(16)
    first = school.ask("RetryBatch", batch=number, rest=FAILED, request_id=request)
    assert school.ask("RetryBatch", batch=number, rest=FAILED, request_id=request) == first
    assert school.refusal("RetryBatch", batch=number, rest=FAILED) == "batch_finished"
    school.ended(number)
    here.restart(NOTIFYD)
    assert school.ask("RetryBatch", batch=number, rest=FAILED, request_id=request) == first
    assert len(here.mail.mails()) == 1 and school.actions(anne) == ["notify", "notify"]


def test_who_cannot_be_notified_any_more_stays_as_it_failed(here, bus, town, school):
    anne, bob, carl, dora = (school.family(prenom) for prenom in ("Anne", "Bob", "Carl", "Dora"))
    here.mail.refuse("permanently")
    number = school.notify([anne, bob, carl, dora]).batch
    assert school.ended(number).failed == 4
    here.mail.accept()
    with town.database() as database:
        database.execute("update preau.person set mail = null where aaf_id = %s and degree = 1", (anne.aaf_id,))
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", bob.account)
        database.execute("update preau.enrolment set uai = %s where pupil_id = %s and degree = 1", (School(here, bus, town).uai, carl.child.aaf_id))
    reply = school.ask("RetryBatch", batch=number, rest=FAILED)
    assert reply.retried == 1
    assert left_out(reply) == {"no_email": [anne.account], "account_closed": [bob.account], "not_in_school": [carl.account]}
    batch = school.ended(number)
    assert (batch.sent, batch.failed) == (1, 3)
    assert {failure.reason for failure in batch.failures} == {"address_refused"}
    assert [mail["X-Envelope-To"] for mail in here.mail.mails()] == [dora.mail]


@pytest.mark.parametrize("channel", (MAIL, SHEET))
def test_what_was_cancelled_is_taken_up_again(here, school, channel):
    if channel == MAIL:
        people, number = held_back(here, school)
    else:
        here.restart(NOTIFYD, PREAU_FAULT="notify_sheets_made:1")
        people = [school.family() for _ in range(4)]
        number = school.notify(people, channel=SHEET).batch
        here.wait_dead(NOTIFYD)
        here.launch(NOTIFYD)
    school.ask("CancelBatch", batch=number)
    assert school.ended(number).cancelled == 4
    here.mail.accept()
    assert school.refusal("RetryBatch", batch=number, rest=FAILED) == "batch_finished"
    assert school.ask("RetryBatch", batch=number, rest=CANCELLED).retried == 4
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled) == (4, 0)
    if channel == MAIL:
        assert sorted(mail["X-Envelope-To"] for mail in here.mail.mails()) == sorted(person.mail for person in people)
    else:
        text = "".join(school.pdf_text(number, part)[1] for part in batch.parts)
        assert all(person.login in text for person in people) and text.count("\f") == 4


def test_a_new_mail_has_a_message_id_of_its_own(here, school):
    """One that may have left keeps its own: test_a_mail_of_which_no_word_came…"""
    anne = school.family()
    here.mail.refuse("permanently", address=anne.mail, at="data")
    number = school.notify([anne]).batch
    school.ended(number)
    ((first,),) = rows(here, "select message_id from preau.delivery where batch_id = %s", number)
    here.mail.accept()
    school.ask("RetryBatch", batch=number, rest=FAILED)
    school.ended(number)
    (mail,) = here.mail.wait(anne.mail)
    assert mail["Message-ID"].strip("<>") != first
