"""Shut in as their units shut them, the daemons speak to the world as in production: TLS, names that are looked up, files that others deliver."""

import json

import pytest
from test_franceconnect import linked
from test_notify import School

from peers import certificates
from peers.bus import Bus
from peers.franceconnect import FranceConnect
from peers.people import Town
from peers.registering import Families, begin, code_to
from peers.returns import Returns
from peers.site import DAEMONS, Site
from peers.sms_provider import SmsProvider

RELAY_USER, SECRET = "preau", "secret-des-essais"
BODY = '{"to": "%n", "text": "%t", "tell": "%r"}'


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    with SmsProvider(tmp_path_factory.mktemp("provider"), tls=True) as provider:
        yield provider


@pytest.fixture(scope="module")
def here(tmp_path_factory, provider):
    folder = tmp_path_factory.mktemp("site")
    secret = folder / "secret"
    secret.write_text(SECRET)
    secret.chmod(0o600)
    authority, key, certificate = certificates.make(folder / "certificates")
    site = Site(folder / "site", with_kannel=True, shut_in=True)
    site.returns = Returns(folder / "returns")
    site.franceconnect = FranceConnect(folder / "franceconnect", site.portal_url)
    site.settings = {
        "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "1000"},
        "notify": {"scan_interval": "200ms", "smtp_url": f"smtp://localhost:{site.ports['smtp']}", "smtp_starttls": "always", "smtp_ca_file": authority,
                   "smtp_user": RELAY_USER, "smtp_password_file": secret, "return_address": "retours@preau.example",
                   "return_maildir": site.returns.folder, "return_interval": "200ms"},
        "sms": {"timeout": "2s", "check_interval": "1s", "attempts_address": "1000", "reports_url": f"http://127.0.0.1:{site.ports['sms_reports']}/sms"},
        'sms_provider "https"': {"kind": "https", "url": provider.url.replace("127.0.0.1", "localhost"), "body": BODY, "secret_file": secret,
                                 "ca_file": provider.authority, "headers": ["Authorization: Bearer %k"], "answer": '"status": *"queued"',
                                 "report_status": "state", "report_delivered": ["delivered"]},
        **site.franceconnect.sections(),
    }
    site.mail.demand(key, certificate, RELAY_USER, SECRET)
    try:
        site.franceconnect.start()
        site.start_peers()
        for name in DAEMONS:
            site.launch(name)
        site.families = Families(site)
        yield site
    finally:
        site.franceconnect.stop()
        site.remove()


def test_a_mail_goes_by_starttls_and_what_comes_back_is_read(here):
    school = School(here, Bus(here), Town(here))
    person = school.family()
    number = school.notify([person]).batch
    assert school.ended(number).sent == 1
    (mail,) = here.mail.mails(person.mail)
    assert (mail["X-TLS"], mail["X-User"]) == ("True", RELAY_USER)
    here.returns.report(mail)
    here.wait(lambda: school.batch(number).failed == 1, what="told")
    here.wait(lambda: not here.returns.new, what="taken")


def delivery(here, mobile):
    with here.psql() as database:
        return database.execute("select provider, delivery from preau.registration where mobile = %s", (mobile,)).fetchone()


def test_a_code_goes_by_https_and_is_reported(here, provider):
    provider.forget()
    who, _, _ = here.families.family()
    begin(here, who)
    here.wait(lambda: provider.taken, what="asked")
    (asked,) = provider.taken
    tell = json.loads(asked["body"])["tell"]
    here.wait(lambda: delivery(here, who[2])[0] == "https", what="sent")
    assert provider.report(tell, "json", state="delivered").status_code < 300
    here.wait(lambda: delivery(here, who[2])[1] == "delivered", what="reported")


def test_a_code_goes_by_kannel(here, provider):
    provider.answers(503)
    who, _, _ = here.families.family()
    begin(here, who)
    assert code_to(here, who[2])
    here.wait(lambda: delivery(here, who[2])[0] == "kannel", what="sent")


def test_a_guardian_comes_by_franceconnect(here, provider):
    provider.answers(503)
    linked(here, here.families)


def test_they_stop_in_order(here):
    for name in DAEMONS:
        here.stop_daemon(name)
        assert "stopped" in here.log(name) and "killed" not in here.log(name), here.log(name)
