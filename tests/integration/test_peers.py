"""The stand-ins for what is outside: a gateway that sends no SMS, or a server that keeps no mail, would prove nothing."""

import smtplib
import subprocess
import sys
from email.message import EmailMessage

import pytest
import requests

from peers import kannel, ports
from peers.mail import text_of
from peers.site import Site


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """The peers of a site, without its daemons."""
    with Site.of(tmp_path_factory.mktemp("site"), with_kannel=True) as site:
        yield site


@pytest.mark.parametrize("text", ["Votre code : 123456", "Déjà l’été à Crécy"])
def test_an_sms_goes_through_kannel_to_the_operator(outside, text):
    to = f"+3363998{abs(hash(text)) % 10000:04}"
    coding = {"coding": 2, "charset": "UTF-8"} if "’" in text else {"charset": "UTF-8"}
    answer = requests.get(outside.sms.url, timeout=10, params={
        "username": kannel.USER, "password": outside.sms.password_file.read_text().strip(), "from": "PREAU", "to": to, "text": text, **coding})
    assert answer.status_code == 202, answer.text
    (message,) = outside.sms.wait(to)
    assert (message["from"], message["text"]) == ("PREAU", text)


def test_a_stranger_sends_no_sms(outside):
    answer = requests.get(outside.sms.url, timeout=10, params={"username": kannel.USER, "password": "wrong", "to": "+33639980000", "text": "x"})
    assert answer.status_code == 403


def test_the_mail_server_keeps_what_it_takes_and_refuses_what_it_is_told(outside):
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.org", "b@example.org", "Été"
    message.set_content("Bonjour à tous")
    with smtplib.SMTP("127.0.0.1", outside.ports["smtp"]) as server:
        server.send_message(message)
    (kept,) = outside.mail.wait("b@example.org")
    assert (kept["Subject"], text_of(kept).strip()) == ("Été", "Bonjour à tous")
    outside.mail.refuse("permanently", address="b@example.org")
    with smtplib.SMTP("127.0.0.1", outside.ports["smtp"]) as server, pytest.raises(smtplib.SMTPRecipientsRefused):
        server.send_message(message)
    assert len(outside.mail.mails("b@example.org")) == 1


def test_a_port_that_one_site_chose_is_nobody_elses_though_nothing_listens_yet():
    with subprocess.Popen([sys.executable, "-c", "from peers import ports\nprint(ports.any_port(), flush=True)\ninput()"],
                          stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        port = int(other.stdout.readline())
        assert ports.is_free(port) and not ports.claim(port)
        other.communicate("\n")
    assert ports.claim(port) and not ports.claim(port)


def test_a_site_keeps_its_ports(tmp_path):
    file = tmp_path / "ports.json"
    first = ports.remember(file, ("one", "two"), {})
    assert len(set(first.values())) == 2 and ports.remember(file, ("one", "two"), {}) == first
    assert not set(first.values()) & set(ports.remember(tmp_path / "others.json", ("one", "two"), {"one": first["one"]}).values())
