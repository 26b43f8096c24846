"""A mail goes to no address of another account (docs/decisions/0020): what is decided of a selection, and what is found when a
mail is about to begin."""

import pytest

from peers.bus import Bus
from peers.mail import text_of
from peers.people import Town
from peers.site import Site
from test_notify import NOTIFYD, School, half_open, left_out

SHARED, MOVED = "address_shared", "address_changed"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"notify": {"smtp_timeout": "4s", "scan_interval": "200ms", "retry_first": "1s", "retry_max": "1s"}}
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
    here.mail.accept()
    here.mail.clear()


def write(school, text, *values):
    with school.town.database() as database:
        database.execute(text, values)


def record_mail(school, person, mail):
    """The school corrects the record, as the next integration brings it."""
    write(school, "update preau.person set mail = %s where (account_academy, account_id) = (%s, %s)", mail, *person.account)


def confirms(school, person, mail):
    half_open(school, person)
    write(school, "update preau.account set state = 'active', activated_at = now(), email = %s, email_confirmed_at = now()"
                  " where (academy, id) = (%s, %s)", mail, *person.account)


def leaves(school, person):
    write(school, "update preau.person set departed_at = now() where (account_academy, account_id) = (%s, %s)", *person.account)


def closes(school, person):
    write(school, "update preau.account set closed_at = now() where (academy, id) = (%s, %s)", *person.account)


def judged(school, *people):
    return left_out(school.notify(people, dry_run=True))


# decided


def test_two_parents_with_one_address_of_the_school_have_sheets(here, school):
    anne, bob = school.family("Anne", "Durand"), school.family("Bob", "Martin", mail=None)
    record_mail(school, bob, anne.mail.upper())
    eve = school.family("Ève", "Petit")
    reply = school.notify([anne, bob, eve])
    assert left_out(reply) == {SHARED: [anne.account, bob.account]} and reply.notified == 1
    school.ended(reply.batch)
    assert [mail["X-Envelope-To"] for mail in here.mail.mails()] == [eve.mail]
    assert anne.row()["state"] == bob.row()["state"] == "non_distribue"


@pytest.mark.parametrize("gone", [leaves, closes])
def test_an_address_is_one_persons_again_when_the_other_is_gone(school, gone):
    anne, bob = school.family("Anne", "Durand"), school.family("Bob", "Martin", mail=None)
    record_mail(school, bob, anne.mail)
    assert judged(school, anne) == {SHARED: [anne.account]}
    gone(school, bob)
    assert judged(school, anne) == {}


def test_one_person_with_an_account_in_each_degree_has_one_address(bus, here, town, school):
    college = School(here, bus, town, degree=2)
    anne, again = school.family("Anne", "Durand"), college.family("Anne", "Durand", mail=None)
    record_mail(school, again, anne.mail)
    assert judged(school, anne) == judged(college, again) == {}
    confirms(school, again, anne.mail)
    assert judged(school, anne) == {}


def test_an_address_that_somebody_else_confirmed_is_that_persons(school):
    anne, bob = school.family("Anne", "Durand"), school.family("Bob", "Martin", mail=None)
    confirms(school, bob, anne.mail.upper())
    assert judged(school, anne) == {SHARED: [anne.account]}


def test_who_confirmed_an_address_is_notified_there_whoever_has_it_too(here, school):
    """Each of a couple read a mail there: it is both's by what they did."""
    anne, bob = school.family("Anne", "Durand"), school.family("Bob", "Martin", mail=None)
    for person in (anne, bob):
        confirms(school, person, anne.mail)
    school.ended(school.notify([anne, bob], reset=True).batch)
    texts = [text_of(mail) for mail in here.mail.wait(anne.mail, 2)]
    assert [sum(person.login in text for text in texts) for person in (anne, bob)] == [1, 1]


# found when it begins


@pytest.fixture
def put_off(here, school):
    """A notification whose first try the server put off: (whose, the batch)."""
    here.mail.refuse("temporarily", at="mail")
    anne = school.family("Anne", "Durand")
    number = school.notify([anne]).batch
    here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and state = 'waiting' and attempts > 0", number),
              what="put off")
    return anne, number


def corrected(school, anne):
    record_mail(school, anne, "corrigee@example.org")


def confirmed_another(school, anne):
    confirms(school, anne, "anne.perso@example.net")


def confirmed_by_another(school, anne):
    confirms(school, school.family("Bob", "Martin", mail=None), anne.mail)


def written_for_another(school, anne):
    record_mail(school, school.family("Bob", "Martin", mail=None), anne.mail)


@pytest.mark.parametrize("change", [corrected, confirmed_another, confirmed_by_another, written_for_another, leaves])
def test_a_mail_whose_address_is_no_longer_the_persons_does_not_leave(here, school, put_off, change):
    anne, number = put_off
    change(school, anne)
    here.mail.accept()
    batch = school.ended(number)
    assert (batch.sent, batch.cancelled, [failure.reason for failure in batch.failures]) == (0, 1, [MOVED])
    assert here.mail.mails() == []


def test_what_did_not_leave_is_taken_up_again_to_the_address_of_now(here, school, put_off):
    anne, number = put_off
    corrected(school, anne)
    here.mail.accept()
    school.ended(number)
    assert school.ask("RetryBatch", batch=number, rest=2).retried == 1
    school.ended(number)
    assert [mail["X-Envelope-To"] for mail in here.mail.mails()] == ["corrigee@example.org"]


def test_an_address_that_is_still_the_persons_in_other_letters_is_written_to(here, school, put_off):
    anne, number = put_off
    record_mail(school, anne, anne.mail.upper())
    here.mail.accept()
    assert school.ended(number).sent == 1


def test_help_goes_to_no_address_of_another(here, school):
    anne, bob = school.family("Anne", "Durand"), school.family("Bob", "Martin", mail=None)
    eve = school.family("Ève", "Petit")
    record_mail(school, bob, anne.mail)
    for person in (bob, eve):
        person.hand_out()
        write(school, "insert into preau.help_request (request_id, wanted, subject, known) values (gen_random_uuid(), 'password', %s, true)",
              person.login)
    here.mail.wait(eve.mail)
    here.wait(lambda: not school.rows("select from preau.help_request"), what="answered")
    assert school.rows("select from preau.delivery where (academy, account_id) = (%s, %s)", *bob.account) == []
