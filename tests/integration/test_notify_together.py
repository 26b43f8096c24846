"""Several preau-notifyd on one database: they share a batch, none does what another does, and one that dies is replaced. What
is owed outlives every restart: of notifyd, of PostgreSQL, of the mail server."""

import collections
import re

import pytest

from peers.bus import Bus
from peers.copies import Copies
from peers.people import Town
from peers.site import Site
from test_notify import MAIL, NOTIFYD, SHEET, School

SENT = 'preau_deliveries_total{kind="notification",outcome="sent"}'
MADE = re.compile(r"event=document_made")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"notify": {"smtp_timeout": "2s", "scan_interval": "200ms", "retry_first": "1s", "retry_max": "1s", "connections": "4",
                           "sheet_pages_per_document": "20"}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def copies(here):
    with Copies(here, NOTIFYD, 2) as copies:
        yield copies


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture
def school(here, bus):
    return School(here, bus, Town(here))


@pytest.fixture(autouse=True)
def clean(here):
    yield
    here.mail.release()
    here.mail.clear()


def logs(here, copies):
    """What each of the three has logged so far."""
    return [process.log.read_text(errors="replace") for process in (here.daemons[NOTIFYD], *copies.processes)]


def mails_sent(here, copies):
    """How many mails each of the three has sent so far: the log leaves lines out when they are many."""
    return [metrics.get(SENT, 0) for metrics in (here.metrics(NOTIFYD), *(copies.metrics(number) for number in range(len(copies))))]


def shares(before, after, pattern):
    return [len(pattern.findall(late[len(early):])) for early, late in zip(before, after)]


def times_sent(here):
    return collections.Counter(mail["X-Envelope-To"] for mail in here.mail.mails())


def pages_of(school, batch):
    """The pages of a batch's documents; a login on each."""
    text = "".join(school.pdf_text(batch.batch, part)[1] for part in batch.parts)
    return text.split("\f")[:-1]


def test_three_share_a_batch_of_mails_and_each_goes_once(here, copies, school):
    people = school.town.families(school.school, 600)
    before = mails_sent(here, copies)
    number = school.notify(people).batch
    batch = school.ended(number, 90)
    assert (batch.sent, batch.failed) == (600, 0)
    assert times_sent(here) == {person.mail: 1 for person in people}
    own = [late - early for early, late in zip(before, mails_sent(here, copies))]
    assert sum(own) == 600 and all(share >= 30 for share in own), "one did nearly nothing"


def test_three_share_batches_of_sheets_and_each_account_has_one_page(here, bus, copies, school):
    schools = [school, *(School(here, bus, school.town) for _ in range(3))]
    crowds = [one.town.families(one.school, 100) for one in schools]
    before = logs(here, copies)
    numbers = [one.notify(people, channel=SHEET).batch for one, people in zip(schools, crowds)]
    for one, people, number in zip(schools, crowds, numbers):
        pages = pages_of(one, one.ended(number, 90))
        assert len(pages) == 100
        assert all(sum(person.login in page for page in pages) == 1 for person in people)
    assert sum(share > 0 for share in shares(before, logs(here, copies), MADE)) >= 2


def test_what_one_held_when_it_was_killed_is_done_by_another_after_its_lease(here, copies, school):
    here.stop_daemon(NOTIFYD)
    copies[1].stop()
    people = school.town.families(school.school, 60)
    copies[0].stop()
    here.launch(NOTIFYD)
    number = school.notify(people[:1]).batch
    school.ended(number)
    here.stop_daemon(NOTIFYD)
    copies.start(0, PREAU_FAULT="notify_mail_sent:20")
    here.launch(NOTIFYD, ready=False, PREAU_FAULT="notify_batch_applied:1")  # it makes the batch, and no mail
    with pytest.raises(Exception):
        school.notify(people[1:], seconds=3)
    assert copies[0].wait(40)
    left = school.rows("select state, count(*) from preau.delivery where state in ('waiting', 'taken') group by state")
    assert dict(left).get("taken", 0) > 0
    copies.start(1)
    try:
        here.wait(lambda: not school.rows("select from preau.delivery where state in ('waiting', 'taken')"), 60, "done by another")
    finally:
        here.restart(NOTIFYD)
        copies.start(0)
    counts = times_sent(here)
    assert set(counts) == {person.mail for person in people}
    assert sum(counts.values()) <= 60 + 4, "one a connection of the dead may go twice"
    for person in people:
        assert len({mail["Message-ID"] for mail in here.mail.mails(person.mail)}) == 1


def test_batches_go_on_across_restarts_of_all_they_need(here, copies, school):
    """In order, one after the other, while a batch of each kind is under way."""
    people = school.town.families(school.school, 500)
    sheets = school.town.families(school.school, 200)
    number = school.notify(people).batch
    other = school.notify(sheets, channel=SHEET).batch

    def mails_beyond(count):
        here.wait(lambda: len(list(here.mail.inbox.glob("*.eml"))) >= count, 60, f"beyond {count}")

    mails_beyond(50)
    here.mail.stop()
    here.mail.start()
    mails_beyond(120)
    here.postgres.stop()
    here.postgres.start()
    mails_beyond(190)
    here.restart(NOTIFYD)
    for copy in range(len(copies)):
        copies[copy].stop()
        copies.start(copy)
    batch, made = school.ended(number, 90), school.ended(other, 90)
    assert (batch.sent, batch.failed) == (500, 0) and (made.sent, made.failed) == (200, 0)
    counts = times_sent(here)
    assert set(counts) == {person.mail for person in people}
    assert sum(counts.values()) <= 500 + 3 * 4, "at most the mails whose acknowledgement the restarts cut"
    pages = pages_of(school, made)
    assert len(pages) == 200 and all(sum(person.login in page for page in pages) == 1 for person in sheets)
