"""Exactly what is promised, tried by killing preau-notifyd, PostgreSQL and the mail server at random moments while batches of
thousands go on: nothing is lost, and nothing goes twice but the mail whose acknowledgement was cut, which bears the Message-ID
of the first.

PREAU_KILLS_SEED makes the same choices again; PREAU_KILLS_SECONDS goes on for longer (a soak: an hour is 3600)."""

import collections
import contextlib
import os
import random
import re
import time

import pytest

from peers.bus import Bus, Failed, Silent
from peers.copies import Copies
from peers.people import Town
from peers.site import Site
from test_notify import MAIL, NOTIFYD, SHEET, School

SECONDS = int(os.environ.get("PREAU_KILLS_SECONDS", "20"))
SEED = os.environ.get("PREAU_KILLS_SEED") or str(random.SystemRandom().randrange(10**6))
CONNECTIONS = 4
MAILS, SHEETS = 1500, 500  # of a batch; another begins when it is over
SIZES = {MAIL: MAILS, SHEET: SHEETS}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"notify": {"smtp_timeout": "1s", "scan_interval": "200ms", "retry_first": "1s", "retry_max": "1s", "give_up_after": "1h",
                           "connections": str(CONNECTIONS), "sheet_pages_per_document": "25"}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings, durable=True) as site:
        yield site


@pytest.fixture(scope="module")
def copies(here):
    with Copies(here, NOTIFYD, 1) as copies:
        yield copies


class Killer:
    """Kills one of what a batch needs, and brings it back."""

    def __init__(self, here, copies, chance):
        self.here, self.copies, self.chance = here, copies, chance
        self.deeds = collections.Counter()

    def notifyd(self):
        self.here.kill(NOTIFYD)
        self.pause()
        self.here.launch(NOTIFYD, ready=False)

    def the_other_notifyd(self):
        self.copies[0].kill()
        self.pause()
        self.copies.start(0, ready=False)

    def postgresql(self):
        self.here.postgres.stop("immediate")
        self.pause()
        self.here.postgres.start()

    def mail_server(self):
        self.here.mail.kill()
        self.pause()
        self.here.mail.start()

    def pause(self):
        time.sleep(self.chance.choice((0, 0.1, 0.5)))

    def strike(self):
        time.sleep(self.chance.uniform(0.1, 1.5))
        deed = self.chance.choice((self.notifyd, self.the_other_notifyd, self.postgresql, self.mail_server))
        self.deeds[deed.__name__] += 1
        deed()

    def cut(self):
        """How many mails may have been accepted without anybody knowing: one for each open connection that was cut."""
        deeds = self.deeds
        return CONNECTIONS * (deeds["notifyd"] + deeds["the_other_notifyd"]) + 2 * CONNECTIONS * deeds["mail_server"]


def asked(school, people, channel):
    """The batch, asked for until an answer comes: it is the same request."""
    request = os.urandom(16)
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with contextlib.suppress(Failed, Silent):
            return school.notify(people, channel=channel, request_id=request, seconds=5).batch
    raise TimeoutError("no answer")


def begin(school, channel):
    """(its number, whom it is for)"""
    people = school.town.families(school.school, SIZES[channel])
    return asked(school, people, channel), people


def is_over(here, batches):
    with here.psql() as database:
        return not database.execute("select from preau.delivery where batch_id = any(%s) and state in ('waiting', 'taken') limit 1",
                                    ([number for number, _ in batches],)).fetchall()


def check_mails(here, people, allowed):
    """Everybody's once; twice only with the Message-ID, the date and the words of the first, and only so many."""
    mails = collections.defaultdict(list)
    for mail in here.mail.mails():
        mails[mail["X-Envelope-To"]].append(mail)
    assert set(mails) == {person.mail for person in people}
    again = {address: copies for address, copies in mails.items() if len(copies) > 1}
    for address, copies in again.items():
        assert len({copy["Message-ID"] for copy in copies}) == 1, address
        assert len({(copy["Date"], copy["Subject"], copy.get_body(("plain",)).get_content()) for copy in copies}) == 1, address
    ids = [copies[0]["Message-ID"] for copies in mails.values()]
    assert len(set(ids)) == len(ids)
    extra = sum(len(copies) - 1 for copies in again.values())
    assert extra <= allowed, f"{extra} mails went twice"
    return extra


def check_sheets(school, number, people):
    """Each account on exactly one page of exactly one part, each page with a number of its own."""
    batch = school.batch(number)
    found = collections.Counter()
    places = []
    logins = {person.login for person in people}
    for part in batch.parts:
        for page in school.pdf_text(number, part)[1].split("\f")[:-1]:
            words = logins & set(page.split())
            assert len(words) == 1, f"part {part}: {words}"
            found.update(words)
            places.append(tuple(map(int, re.search(r"page\s(\d+)\ssur\s(\d+)", page).groups())))
    assert sorted(places) == [(page, len(people)) for page in range(1, len(people) + 1)]
    assert found == dict.fromkeys(logins, 1)


def check_rows(here, batches):
    """Everything is there, and sent; nobody was moved twice."""
    owed = {channel: SIZES[channel] * len(batches[channel]) for channel in SIZES}
    with here.psql() as database:
        assert database.execute("select channel, state, count(*) from preau.delivery group by 1, 2 order by 1").fetchall() == [
            ("mail", "sent", owed[MAIL]), ("sheet", "sent", owed[SHEET])]
        assert database.execute("select count(*) from preau.batch").fetchone() == (len(batches[MAIL]) + len(batches[SHEET]),)
        assert database.execute("select count(*), count(distinct (academy, account_id)) from preau.account_event"
                                " where action = 'notify'").fetchone() == (owed[MAIL] + owed[SHEET],) * 2


def test_killed_at_random_nothing_is_lost_and_nothing_goes_twice_but_what_was_cut(here, copies):
    print(f"PREAU_KILLS_SEED={SEED} PREAU_KILLS_SECONDS={SECONDS}")
    killer = Killer(here, copies, random.Random(SEED))
    school = School(here, Bus(here), Town(here))
    batches, end = {MAIL: [], SHEET: []}, time.monotonic() + SECONDS
    while time.monotonic() < end or sum(killer.deeds.values()) < 6:
        for channel, begun in batches.items():
            if is_over(here, begun[-1:]):
                begun.append(begin(school, channel))
        killer.strike()
    print("killed:", dict(killer.deeds), "mails:", MAILS * len(batches[MAIL]), "sheets:", SHEETS * len(batches[SHEET]))
    here.wait(lambda: is_over(here, batches[MAIL] + batches[SHEET]), 120, "over")
    here.wait_ready(NOTIFYD)
    check_rows(here, batches)
    extra = check_mails(here, [person for _, people in batches[MAIL] for person in people], killer.cut())
    print("went twice:", extra, "at most:", killer.cut())
    for number, people in batches[SHEET]:
        check_sheets(school, number, people)
