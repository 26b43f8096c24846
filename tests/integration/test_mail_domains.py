"""How mails are spread over the domains that they go to: a slow one holds nobody up, and bounds are kept."""

import collections

import pytest
from test_notify import School

from peers.bus import Bus
from peers.people import Town
from peers.site import Site

NOTIFYD = "preau-notifyd"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"notify": {"scan_interval": "100ms", "smtp_timeout": "30s", "connections": "4"},
                'mail_domain "bornes"': {"names": ["un.example", "Aussi.example"], "connections": "1"},
                'mail_domain "minute"': {"names": ["minute.example"], "per_minute": "60"}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture
def school(here):
    return School(here, Bus(here), Town(here))


def families(school, domain, count):
    return [school.family(mail=f"{domain.partition('.')[0]}{number}@{domain}") for number in range(count)]


def test_a_slow_domain_holds_nobody_up(here, school):
    here.mail.slow(lent_example=4)
    people = families(school, "lent.example", 12) + families(school, "vif.example", 40)
    number = school.notify(people).batch
    here.wait(lambda: sum(mail["X-Envelope-To"].endswith("@vif.example") for mail in here.mail.mails()) == 40, 120, "the others")
    assert school.batch(number).waiting >= 2
    here.mail.slow()
    assert school.ended(number, 120).sent == 52
    assert school.rows("select max(attempts) from preau.delivery where batch_id = %s", number) == [(1,)]  # waiting is no try
    assert len({mail["X-Envelope-To"] for mail in here.mail.mails()}) == len(here.mail.mails()) == 52
    here.mail.clear()


def test_what_left_is_written_down_while_another_is_on_its_way(here, school):
    here.mail.slow(lent_example=4)
    number = school.notify(families(school, "lent.example", 1) + families(school, "vif.example", 1)).batch
    here.wait(lambda: school.rows("select array_agg(state order by recipient) from preau.delivery where batch_id = %s",
                                  number) == [(["taken", "sent"],)], what="the quick one written down alone")
    here.mail.slow()
    assert school.ended(number, 120).sent == 2
    here.mail.clear()


def test_bounds_of_a_domain_are_kept(here, school):
    here.mail.slow(un_example=0.1, aussi_example=0.1, libre_example=0.1)
    people = [person for domain in ("un.example", "aussi.example", "libre.example") for person in families(school, domain, 8)]
    assert school.ended(school.notify(people).batch, 120).sent == 24
    at_once = collections.defaultdict(int)
    for mail in here.mail.mails():
        domain = mail["X-Envelope-To"].rpartition("@")[2]
        at_once[domain] = max(at_once[domain], int(mail["X-At-Once"]))
    assert (at_once["un.example"], at_once["aussi.example"]) == (1, 1) and at_once["libre.example"] > 1
    here.mail.slow()
    here.mail.clear()


def test_the_pace_of_a_minute_is_kept(here, school):
    people = families(school, "minute.example", 6)
    assert school.ended(school.notify(people).batch, 120).sent == 6
    times = sorted(int(mail.file.name.partition("-")[0]) for mail in here.mail.mails())
    assert times[-1] - times[0] >= 3_000_000_000  # two at once, then one a second
    held = here.metrics(NOTIFYD)["preau_mails_held_total"]
    assert held >= 4
    here.mail.clear()
