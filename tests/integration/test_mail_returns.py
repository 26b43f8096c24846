"""Mails that come back: reports in a real Maildir, as servers deliver them, against a notifyd that sends for real."""

import collections
import email.message
import os

import pytest
from test_notify import School

from peers.bus import Bus
from peers.people import Town
from peers.returns import Returns, report_text
from peers.sealing import return_token
from peers.site import Site

NOTIFYD = "preau-notifyd"
ADDRESS = "retours@preau.example"


@pytest.fixture(scope="module")
def returns(tmp_path_factory):
    return Returns(tmp_path_factory.mktemp("retours") / "boite")


@pytest.fixture(scope="module")
def here(tmp_path_factory, returns):
    settings = {"notify": {"scan_interval": "200ms", "return_address": ADDRESS, "return_maildir": returns.folder,
                           "return_interval": "200ms", "return_retention": "1h"}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here)


@pytest.fixture
def school(here, town):
    return School(here, Bus(here), town)


@pytest.fixture(autouse=True)
def clean(here, returns):
    yield
    here.mail.clear()
    returns.clear()


class Sent:
    """Mails that left."""

    def __init__(self, school, count=1):
        self.school = school
        self.people = [school.family() for _ in range(count)]
        self.batch = school.notify(self.people).batch
        assert school.ended(self.batch).sent == count
        self.mails = [school.here.mail.wait(person.mail)[0] for person in self.people]

    def states(self):
        return collections.Counter(self.school.rows("select state, reason from preau.delivery where batch_id = %s", self.batch))


def counted(here, outcome):
    return here.metrics(NOTIFYD).get(f'preau_mail_returns_total{{outcome="{outcome}"}}', 0)


def taken(here, returns):
    here.wait(lambda: not returns.new, what="taken")


def test_a_mail_that_comes_back_is_told_to_the_head(here, returns, school):
    sent = Sent(school, 2)
    assert sent.mails[0]["X-Envelope-From"].startswith("retours+") and sent.mails[0]["From"].addresses[0].username != "retours"
    assert sent.mails[0]["X-Envelope-From"] != sent.mails[1]["X-Envelope-From"]
    before = counted(here, "returned")
    returns.report(sent.mails[0])
    here.wait(lambda: school.batch(sent.batch).failed == 1, what="told")
    batch = school.batch(sent.batch)
    assert batch.sent == 1
    (failure,) = batch.failures
    assert ((failure.account.academy, failure.account.id), failure.reason) == (sent.people[0].account, "returned_unknown")
    assert school.rows("select came_back from preau.last_mail where recipient = %s", sent.people[0].mail) == [(True,)]
    assert school.rows("select came_back from preau.last_mail where recipient = %s", sent.people[1].mail) == [(False,)]
    taken(here, returns)
    assert returns.kept == [] and counted(here, "returned") == before + 1


def test_a_mail_that_arrives_later_ends_it(here, returns, school):
    sent = Sent(school)
    returns.report(sent.mails[0], status="5.2.2", diagnostic="smtp; 552 5.2.2 mailbox full")
    here.wait(lambda: sent.states() == {("failed", "returned_full"): 1}, what="failed")
    assert school.ended(school.notify(sent.people).batch).sent == 1
    assert school.rows("select came_back from preau.last_mail where recipient = %s", sent.people[0].mail) == [(False,)]


def out_of_office(mail):
    answer = email.message.EmailMessage()
    answer["From"], answer["To"] = mail["X-Envelope-To"], mail["X-Envelope-From"]
    answer["Subject"], answer["Auto-Submitted"] = "Absence", "auto-replied"
    answer.set_content("Je suis absente jusqu’à lundi.")
    return answer


def a_person(mail):
    answer = email.message.EmailMessage()
    answer["From"], answer["To"], answer["Subject"] = mail["X-Envelope-To"], mail["X-Envelope-From"], "Re: Votre compte"
    answer.set_content("Merci, mais mon adresse a changé.")
    return answer


def another_key(mail):
    local, _, domain = mail["X-Envelope-From"].partition("@")
    return f"{local[:-1]}{'0' if local[-1] != '0' else '1'}@{domain}"


NOT_BACK = {
    "delayed": lambda mail: ("delayed", report_text(mail, action="delayed", status="4.4.1")),
    "delivered": lambda mail: ("delivered", report_text(mail, action="relayed", status="2.0.0")),
    "out of office": lambda mail: ("automatic", out_of_office(mail)),
    "a person": lambda mail: ("other", a_person(mail)),
    "without token": lambda mail: ("untrusted", report_text(mail, to=ADDRESS)),
    "token of another key": lambda mail: ("untrusted", report_text(mail, to=another_key(mail))),
    "token in the text only": lambda mail: ("untrusted", report_text(mail, to="x@preau.example")),
    "no mail": lambda mail: ("unreadable", b"\xff\xfe" * 1000),
    "cut": lambda mail: ("other", report_text(mail)[:900]),
}


@pytest.mark.parametrize("what", NOT_BACK)
def test_what_is_no_failure_of_a_mail_of_ours_marks_nothing(here, returns, school, what):
    sent = Sent(school)
    outcome, content = NOT_BACK[what](sent.mails[0])
    before = counted(here, outcome)
    returns.drop(content)
    here.wait(lambda: counted(here, outcome) == before + 1, what=f"counted as {outcome}")
    taken(here, returns)
    assert sent.states() == {("sent", None): 1}
    assert len(returns.kept) == (outcome in ("other", "untrusted", "unreadable"))  # what may hold a password is not kept without need


def test_a_report_tells_once_and_of_its_own_try(here, returns, school):
    sent = Sent(school, 2)
    returns.report(sent.mails[0])
    here.wait(lambda: school.batch(sent.batch).failed == 1, what="told")
    (row,) = school.rows("select id, done_at from preau.delivery where batch_id = %s and state = 'failed'", sent.batch)
    before = counted(here, "late")
    returns.report(sent.mails[0], status="5.7.1")
    ((other,),) = school.rows("select id from preau.delivery where batch_id = %s and state = 'sent'", sent.batch)
    for academy, number, attempt in ((school.town.academy, other, 2), (school.town.academy, 2**40 - 1, 1), (999, other, 1)):
        token = return_token(here.folder / "keys", academy, number, attempt)
        returns.report(sent.mails[1], to=f"retours+{token}@preau.example")
    here.wait(lambda: counted(here, "late") == before + 4, what="counted")
    assert school.rows("select id, done_at from preau.delivery where batch_id = %s and state = 'failed'", sent.batch) == [row]
    assert sent.states()[("sent", None)] == 1


def test_whoever_writes_to_the_folder_leads_nowhere(here, returns, school, tmp_path):
    sent = Sent(school)
    secret = tmp_path / "secret"
    secret.write_text(report_text(sent.mails[0]))
    returns.put(lambda path: path.symlink_to(secret))
    returns.put(os.mkfifo)
    returns.put(lambda path: path.mkdir())
    returns.put(lambda path: path.write_bytes(b""))
    returns.put(lambda path: path.write_bytes(b"To: x\n" * 1_000_000))
    returns.put(lambda path: path.write_text("Content-Type: multipart/report; boundary=0\n\n" + "".join(
        f"--{i}\nContent-Type: multipart/mixed; boundary={i + 1}\n\n" for i in range(20_000))))
    returns.put(lambda path: path.write_text("Content-Type: message/rfc822\n\n" * 30_000))
    taken(here, returns)
    assert secret.exists() and sent.states() == {("sent", None): 1}
    assert here.http_status(NOTIFYD, "/readyz") == 200
    returns.report(sent.mails[0])  # and it goes on
    here.wait(lambda: school.batch(sent.batch).failed == 1, what="told")
    for path in (returns.folder / "cur").iterdir():
        path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def test_hundreds_at_once_are_all_taken(here, returns, school):
    sent = Sent(school, 40)
    for mail in sent.mails:
        returns.report(mail, whole=False)
        for _ in range(6):
            returns.drop(out_of_office(mail))
    here.wait(lambda: school.batch(sent.batch).failed == 40, 60, "told")
    here.wait(lambda: not returns.new, 60, "taken")
    assert sent.states() == {("failed", "returned_unknown"): 40}


def test_a_kill_loses_no_report(here, returns, school):
    sent = Sent(school, 8)
    here.restart(NOTIFYD, PREAU_FAULT="notify_returns_recorded:1")
    for mail in sent.mails:
        returns.report(mail)
    here.wait_dead(NOTIFYD)
    assert len(returns.new) >= 1  # recorded, not put away
    here.restart(NOTIFYD)
    here.wait(lambda: sent.states() == {("failed", "returned_unknown"): 8}, what="all told")
    taken(here, returns)


def test_a_mail_whose_acceptance_was_not_noted_is_not_sent_again_when_it_came_back(here, returns, school):
    here.restart(NOTIFYD, PREAU_FAULT="notify_mail_sent:1")
    anne = school.family()
    number = school.notify([anne]).batch
    here.wait_dead(NOTIFYD)
    (mail,) = here.mail.wait(anne.mail)
    returns.report(mail)
    here.restart(NOTIFYD)
    here.wait(lambda: school.batch(number).failed == 1, what="told")
    with school.town.database() as database:
        database.execute("update preau.delivery set due_at = now() where batch_id = %s", (number,))
    assert school.ended(school.notify([school.family()]).batch).sent == 1
    assert len(here.mail.mails(anne.mail)) == 1


def test_what_was_kept_goes_when_its_time_is_over(here, returns):
    old, young = returns.folder / "cur/1.old:2,", returns.folder / "cur/2.young:2,"
    for path in (old, young):
        path.write_text("To: x\n\n")
    os.utime(old, (1_700_000_000, 1_700_000_000))
    here.restart(NOTIFYD)
    here.wait(lambda: not old.exists(), what="erased")
    assert young.exists()


def test_a_folder_that_cannot_be_read_is_told_and_mails_go_on(here, returns, school):
    aside = returns.folder.with_name("ailleurs")
    returns.folder.rename(aside)
    try:
        def check():
            return {one["name"]: one for one in here.status(NOTIFYD)["checks"]}["mail_returns"]

        here.wait(lambda: check()["state"] == "degraded", what="told")
        assert str(returns.folder) in check()["cause"] and here.http_status(NOTIFYD, "/readyz") == 200
        Sent(school)
    finally:
        aside.rename(returns.folder)
    here.wait(lambda: check()["state"] == "ok", what="well again")


def test_nothing_of_a_person_is_in_the_log(here, returns, school):
    sent = Sent(school)
    returns.report(sent.mails[0])
    here.wait(lambda: school.batch(sent.batch).failed == 1, what="told")
    log = here.log(NOTIFYD)
    assert "mail_returned" in log and sent.people[0].mail not in log and "Recipient address rejected" not in log
