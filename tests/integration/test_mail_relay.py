"""The conversation with the site's relay: TLS that is verified, a sign-in, connections that are kept; and mails as a MIME
parser reads them."""

import email.utils
import re
import time

import pytest
from test_notify import School, half_open

from peers import certificates
from peers.bus import Bus
from peers.people import Town
from peers.site import Site

NOTIFYD = "preau-notifyd"
USER, PASSWORD = "preau", "secret-du-relais"


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    return certificates.make(tmp_path_factory.mktemp("certificats"))


@pytest.fixture(scope="module")
def here(tmp_path_factory, papers):
    folder = tmp_path_factory.mktemp("site")
    (folder / "secret").write_text(PASSWORD + "\n")
    (folder / "secret").chmod(0o600)
    settings = {"notify": {"scan_interval": "200ms", "retry_first": "1s", "retry_max": "1s", "smtp_starttls": "always",
                           "smtp_ca_file": papers[0], "smtp_user": USER, "smtp_password_file": folder / "secret"}}
    site = Site(folder / "site", settings=settings, with_kannel=False)
    site.mail.demand(papers[1], papers[2], USER, PASSWORD)
    try:
        site.start_peers()
        site.launch(NOTIFYD)
        yield site
    finally:
        site.remove()


@pytest.fixture
def school(here):
    return School(here, Bus(here), Town(here))


@pytest.fixture(autouse=True)
def clean(here):
    yield
    here.mail.accept()
    here.mail.clear()


def check_of(here):
    return {one["name"]: one for one in here.status(NOTIFYD)["checks"]}["smtp"]


def restart_mail(here, *demanded):
    here.mail.stop()
    here.mail.demand(*demanded)
    here.mail.start()


def test_mails_go_over_tls_by_a_sign_in_on_connections_that_are_kept(here, school):
    people = [school.family() for _ in range(40)]
    assert school.ended(school.notify(people).batch).sent == 40
    mails = here.mail.mails()
    assert {(mail["X-TLS"], mail["X-User"]) for mail in mails} == {("True", USER)}
    assert len({mail["X-Connection"] for mail in mails}) <= 4
    # the relay's certificate, of ten years, is watched before it ends
    end = here.metrics("preau-notifyd")['preau_certificate_end_timestamp_seconds{peer="smtp"}']
    assert 3640 < (end - time.time()) / 86400 < 3651


@pytest.mark.parametrize("what", ["no TLS", "another authority", "another password"])
def test_a_relay_that_is_not_the_right_one_gets_nothing(here, school, papers, tmp_path, what):
    other = certificates.make(tmp_path / "autre")
    restart_mail(here, *{"no TLS": (None, None, USER, PASSWORD), "another authority": (other[1], other[2], USER, PASSWORD),
                         "another password": (papers[1], papers[2], USER, "autre")}[what])
    reason = "sign_in_refused" if what == "another password" else "tls_failed"
    number = school.notify([school.family()]).batch
    try:
        here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and reason = %s", number, reason), what=reason)
        assert here.mail.mails() == [] and check_of(here)["state"] == "degraded" and PASSWORD not in here.log(NOTIFYD)
    finally:
        restart_mail(here, papers[1], papers[2], USER, PASSWORD)
    assert school.ended(number, 60).sent == 1
    here.wait(lambda: check_of(here)["state"] == "ok", what="well again")


# as they are read

KINDS = ("notification", "re-notification", "reset", "activation", "changed")


def send_each(school):
    """One mail of each kind to one person; {kind: mail}."""
    anne = school.family("Éloïse", "Bœuf-L’Hôpital", "Zoé")
    school.ended(school.notify([anne]).batch)
    school.ended(school.notify([anne]).batch)
    with school.town.database() as database:
        for kind in ("password_reset", "password_changed"):
            database.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient)"
                             " values (%s, %s, %s, 'mail', %s)", (*anne.account, kind, anne.mail))
            school.here.wait(lambda: not school.rows("select from preau.delivery where state in ('waiting', 'taken')"), what="sent")
    half_open(school, anne)
    school.ask("ResendActivation", account=school.bus.reference(anne.account), email=anne.mail)
    mails = school.here.mail.wait(anne.mail, 5)
    order = ("notification", "re-notification", "reset", "changed", "activation")
    return dict(zip(order, mails))


def test_a_mime_parser_finds_nothing_wrong_with_any_mail(here, school):
    mails = send_each(school)
    assert set(mails) == set(KINDS)
    for kind, mail in mails.items():
        raw = mail.file.read_bytes()
        assert not mail.defects and all(not part.defects for part in mail.walk()), kind
        assert mail.get_content_type() == "multipart/alternative" and mail["MIME-Version"] == "1.0"
        assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
        assert all(part.get_content_charset() == "utf-8" for part in mail.iter_parts())
        assert raw.isascii() and max(map(len, raw.split(b"\r\n"))) <= 998 and b"\n" not in raw.replace(b"\r\n", b"")
        for name in ("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted"):
            assert len(mail.get_all(name)) == 1, (kind, name)
        assert mail["Auto-Submitted"] == "auto-generated" and email.utils.parsedate_to_datetime(mail["Date"]).tzinfo
        assert re.fullmatch(r"<[\w.]+@preau\.example>", mail["Message-ID"])
        assert mail["To"].addresses[0].display_name == "Éloïse BŒUF-L’HÔPITAL"
        assert "{{" not in str(mail)
    assert len({mail["Message-ID"] for mail in mails.values()}) == len(KINDS)


def test_no_mail_tells_that_it_was_read(here, school):
    for kind, mail in send_each(school).items():
        html = mail.get_body(("html",)).get_content()
        links = re.findall(r'(?:href|src|action|background)\s*=\s*"([^"]*)"', html) + re.findall(r"https?://\S+", html)
        assert links and all(link.startswith(here.portal_url) for link in links), kind
        assert not re.search(r"<(img|script|iframe|link|object|form|video|audio)\b|url\(", html), kind
        assert not mail["Disposition-Notification-To"] and not mail["Return-Receipt-To"]


def test_a_mail_that_is_tried_again_is_the_same_mail(here, school):
    anne = school.family()
    here.mail.refuse("temporarily", at="data", address=anne.mail)
    number = school.notify([anne]).batch
    here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and attempts >= 2", number), what="tried twice")
    ((message_id,),) = school.rows("select message_id from preau.delivery where batch_id = %s", number)
    here.mail.accept()
    school.ended(number)
    (mail,) = here.mail.mails(anne.mail)
    assert mail["Message-ID"] == f"<{message_id}>"


def test_a_mail_never_goes_to_the_address_of_another_account(here, school):
    """Each says its own identifier and password alone, to its own address alone, whoever stands beside in the batch."""
    people = [school.family(prenom, nom) for prenom in ("Anne", "Bob", "Carl") for nom in ("Durand", "Martin", "Zola")]
    school.ended(school.notify(people, reset=True).batch)
    logins = {person.login for person in people}
    for person in people:
        (mail,) = here.mail.mails(person.mail)
        body = str(mail.get_body(("plain",)).get_content())
        assert {login for login in logins if re.search(rf"\b{re.escape(login)}\b", body)} == {person.login}
        assert [one.addr_spec for one in mail["To"].addresses] == [person.mail] and not mail["Cc"] and not mail["Bcc"]
    assert len(here.mail.mails()) == len(people)
