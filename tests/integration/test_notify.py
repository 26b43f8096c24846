"""preau-notifyd against PostgreSQL and a real SMTP server: what leaves, to whom, once; and what a SIGKILL may not do."""

import os
import re
import subprocess
import time

import pytest

from peers.bus import Bus, Failed, Silent
from peers.mail import text_of
from peers.people import Town
from peers.sealing import link_token
from peers.site import Site

NOTIFYD = "preau-notifyd"
MAIL, SHEET = 1, 2  # Channel of notify.proto
LEASE = 8  # seconds: twice smtp_timeout, and five more; the sheets' is longer
PASSWORD = re.compile(r"[a-z2-9]{4}-[a-z2-9]{4}-[a-z2-9]{4}")


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A site with notifyd alone."""
    settings = {"notify": {"smtp_timeout": "1s", "scan_interval": "200ms", "retry_first": "1s", "retry_max": "1s",
                           "sheet_pages_per_document": "3"}}
    with Site.of(tmp_path_factory.mktemp("site"), NOTIFYD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here)


def administrator_of(town, academy, uai, login):
    with town.database() as database:
        (number,) = database.execute(
            "insert into preau.administrator (login, name, role, hash) values (%s, 'Essai', 'directeur', 'x') returning id",
            (login,)).fetchone()
        database.execute("insert into preau.administrator_scope values (%s, %s, %s)", (number, academy, uai))
    return number


class School:
    """A school of the test's own, its head, and what the head asks."""

    def __init__(self, here, bus, town, degree=1):
        self.here, self.bus, self.town = here, bus, town
        self.school = town.school(degree)
        self.uai = self.school[0]
        self.head = administrator_of(town, town.academy, self.uai, f"chef.{self.uai.lower()}")

    def family(self, prenom="Anne", nom="Durand-Lefèvre", child="Léa", mail="yes", class_label="CM1 A", account=False):
        pupil = self.town.pupil(self.school, child, nom, "2015-04-03", class_label, account=account)
        number = pupil.aaf_id
        address = f"famille{number}@example.org" if mail == "yes" else mail
        person = self.town.guardian(prenom, nom, [pupil], mail=address)
        person.mail, person.child = address, pupil
        return person

    def _asked(self, method, people, fields):
        """The request's message, and what the bus wants besides."""
        besides = {name: fields.pop(name) for name in ("request_id", "seconds") if name in fields}
        besides["administrator"] = fields.pop("administrator", self.head)
        if people is not None:
            fields["accounts"] = [self.bus.reference(person.account) for person in people]
        return self.bus.message("notify", f"{method}Request", academy=self.town.academy, uai=self.uai, **fields), besides

    def ask(self, method, people=None, **fields):
        request, besides = self._asked(method, people, fields)
        return self.bus.ask("notify", method, request, **besides)

    def refusal(self, method, people=None, **fields):
        request, besides = self._asked(method, people, fields)
        return self.bus.refusal("notify", method, request, **besides)

    def notify(self, people, channel=MAIL, **fields):
        return self.ask("CreateBatch", people, channel=channel, **fields)

    def batch(self, number):
        return self.ask("GetBatch", batch=number)

    def ended(self, number, seconds=25):
        self.here.wait(lambda: self.batch(number).waiting == 0, seconds, "ended")
        return self.batch(number)

    def rows(self, query, *values):
        with self.town.database() as database:
            return database.execute(query, values).fetchall()

    def actions(self, person):
        return [action for action, in self.rows(
            "select action from preau.account_event where (academy, account_id) = (%s, %s) order by id", *person.account)]

    def pdf_text(self, number, part):
        reply = self.ask("GetDocument", batch=number, part=part)
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=reply.pdf, capture_output=True, check=True)
        return reply, done.stdout.decode()


@pytest.fixture
def school(here, bus, town):
    return School(here, bus, town)


@pytest.fixture(autouse=True)
def clean(here):
    yield
    here.mail.accept()
    here.mail.clear()


def left_out(reply):
    return {group.refusal: [(ref.academy, ref.id) for ref in group.accounts] for group in reply.left_out}


# notifying by mail


def test_a_notification_tells_who_what_with_and_until_when(here, school):
    anne = school.family()
    reply = school.notify([anne])
    assert (reply.notified, reply.reset, list(reply.left_out)) == (1, 0, [])
    (mail,) = here.mail.wait(anne.mail)
    text = text_of(mail)
    for words in (anne.login, anne.password, "Léa", "Établissement", f"{here.portal_url}/connexion", "Anne DURAND-LEFÈVRE"):
        assert words in text, words
    row = anne.row()
    assert row["notification_expires_at"].strftime("%Y") in text and "valable jusqu’au" in text
    assert (row["state"], row["origin"]) == ("distribue", "etablissement")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Subject"].startswith("Votre compte d’accès") and mail["To"].addresses[0].display_name == "Anne DURAND-LEFÈVRE"
    assert anne.password in mail.get_body(("html",)).get_content()
    batch = school.ended(reply.batch)
    assert (batch.total, batch.sent, batch.failed, batch.channel) == (1, 1, 0, MAIL)
    assert school.actions(anne) == ["notify"]
    assert [one.batch for one in school.ask("ListBatches").batches] == [reply.batch]


def test_a_second_notification_reminds(here, school):
    anne = school.family()
    school.ended(school.notify([anne]).batch)
    school.ended(school.notify([anne]).batch)
    first, second = here.mail.wait(anne.mail, 2)
    assert "Rappel" in second["Subject"] and "Rappel" not in first["Subject"]
    assert anne.password in text_of(second) and first["Message-ID"] != second["Message-ID"]


def test_who_never_got_the_first_one_is_not_reminded_of_it(here, school):
    anne = school.family()
    here.mail.refuse("permanently", address=anne.mail)
    assert school.ended(school.notify([anne]).batch).failed == 1
    here.mail.accept()
    school.ended(school.notify([anne]).batch)
    (mail,) = here.mail.wait(anne.mail)
    assert "Rappel" not in mail["Subject"]


def test_a_reset_makes_another_password(here, school):
    anne = school.family()
    school.ended(school.notify([anne]).batch)
    reply = school.notify([anne], reset=True)
    assert reply.reset == 1
    _, mail = here.mail.wait(anne.mail, 2)
    new = PASSWORD.search(text_of(mail))[0]
    assert new != anne.password
    assert school.ask("ShowPassword", account=school.bus.reference(anne.account)).password == new


def test_who_cannot_be_notified_is_left_out_by_reason_and_the_others_are(here, bus, town, school):
    anne, bob = school.family(), school.family("Bob", mail=None)
    stranger = School(here, bus, town).family("Carl")
    people = [anne, bob, stranger]
    dry = school.notify(people, dry_run=True)
    assert dry.batch == 0 and dry.notified == 1
    assert left_out(dry) == {"no_email": [bob.account], "not_in_school": [stranger.account]}
    assert anne.row()["state"] == "non_distribue" and school.actions(anne) == []
    reply = school.notify(people)
    assert left_out(reply) == left_out(dry) and reply.notified == 1 and reply.batch > 0
    assert bob.row()["state"] == stranger.row()["state"] == "non_distribue"
    here.mail.wait(anne.mail)
    assert len(here.mail.mails()) == 1


def test_an_account_named_twice_is_notified_once(here, school):
    anne = school.family()
    assert school.notify([anne, anne]).notified == 1
    here.mail.wait(anne.mail)
    time.sleep(0.5)
    assert len(here.mail.mails()) == 1


def test_a_guardian_with_an_account_of_another_academy_is_notified(here, school):
    anne = school.family()
    with school.town.database() as database:
        database.execute("insert into preau.academy (code, name) values (10, 'Autre') on conflict do nothing")
        (number,) = database.execute("insert into preau.account (academy, profile, login) values (10, 'responsable', %s)"
                                     " returning id", (anne.login + "b",)).fetchone()
        sealed = school.town.sealing.seal(f"credential:10:{number}", b"wxyz-wxyz-2345")
        database.execute("insert into preau.credential (academy, account_id, sealed) values (10, %s, %s)", (number, sealed))
        database.execute("update preau.person set account_academy = 10, account_id = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (number, school.town.academy, anne.degree, anne.aaf_id))
    anne.account = (10, number)
    assert school.ended(school.notify([anne]).batch).sent == 1
    assert "wxyz-wxyz-2345" in text_of(here.mail.wait(anne.mail)[0])


def test_an_address_that_is_not_confirmed_gets_no_notification(here, school):
    anne = school.family()
    half_open(school, anne)
    school.ended(school.notify([anne], reset=True).batch)
    here.mail.wait(anne.mail)
    assert here.mail.mails("fausse@example.org") == []


def test_the_confirmed_address_is_preferred_to_aaf_and_the_owner_told_of_a_reset(here, school):
    anne = school.family()
    anne.hand_out()
    with school.town.database() as database:
        for change in ("state = 'en_cours', email = 'anne.perso@example.net', password = 'chosen'",
                       "state = 'active', email_confirmed_at = now(), activated_at = now()"):
            database.execute(f"update preau.account set {change} where (academy, id) = (%s, %s)", anne.account)
        database.execute("update preau.credential set sealed = null, hash = 'x' where (academy, account_id) = (%s, %s)", anne.account)
    school.ended(school.notify([anne]).batch)
    (mail,) = here.mail.wait("anne.perso@example.net")
    assert "celui que vous avez choisi" in text_of(mail) and not PASSWORD.search(text_of(mail))
    assert school.refusal("ShowPassword", account=school.bus.reference(anne.account)) == "password_not_readable"
    assert school.ask("ResetPasswords", [anne], dry_run=True).reset == 1
    assert school.actions(anne) == ["notify"] and anne.row()["password"] == "chosen"
    assert school.ask("ResetPasswords", [anne]).reset == 1
    _, told = here.mail.wait("anne.perso@example.net", 2)
    assert "réinitialisé" in told["Subject"] and not PASSWORD.search(text_of(told))
    assert here.mail.mails(anne.mail) == []
    assert PASSWORD.fullmatch(school.ask("ShowPassword", account=school.bus.reference(anne.account)).password)
    assert school.actions(anne) == ["notify", "reset_password", "password_shown"]


def in_use_without_an_address(school, person):
    """Opened, no address confirmed; AAF knows two of its records, each with an address. Returns the second."""
    second = f"second.{person.mail}"
    record = school.town._person(2, "responsable", person.prenom, person.nom, mail=second)
    person.hand_out()
    with school.town.database() as database:
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (*person.account, school.town.academy, record.aaf_id))
        database.execute("update preau.account set state = 'active', origin = 'responsable', password = 'chosen', activated_at = now()"
                         " where (academy, id) = (%s, %s)", person.account)
        database.execute("update preau.credential set sealed = null, hash = 'x' where (academy, account_id) = (%s, %s)", person.account)
    return second


def test_a_reset_is_told_at_each_address_that_the_school_knows_where_none_is_confirmed(here, school):
    anne = school.family()
    second = in_use_without_an_address(school, anne)
    assert school.ask("ResetPasswords", [anne]).reset == 1
    for address in (anne.mail, second):
        (told,) = here.mail.wait(address)
        assert "réinitialisé" in told["Subject"] and not PASSWORD.search(text_of(told))


def test_who_reads_the_notification_of_a_reset_is_not_told_of_it_too(here, school):
    anne = school.family()
    second = in_use_without_an_address(school, anne)
    school.ended(school.notify([anne], reset=True).batch)
    ((to_anne,), (to_second,)) = here.mail.wait(anne.mail), here.mail.wait(second)
    assert PASSWORD.search(text_of(to_anne)) and "réinitialisé" in to_second["Subject"] and not PASSWORD.search(text_of(to_second))
    assert school.rows("select from preau.delivery where (academy, account_id) = (%s, %s)", *anne.account) == [(), ()]


def test_a_new_sheet_of_an_account_that_is_not_in_use_is_told_nobody(here, school):
    anne = school.family()
    anne.hand_out()
    assert school.ask("ResetPasswords", [anne]).reset == 1
    school.ended(school.notify([anne], channel=SHEET, reset=True).batch)
    assert school.rows("select kind from preau.delivery where (academy, account_id) = (%s, %s)", *anne.account) == [("notification",)]


# what the SMTP server says


def test_what_is_refused_for_a_while_is_sent_later_and_once(here, school):
    anne = school.family()
    here.mail.refuse("temporarily", at="rcpt", address=anne.mail)
    number = school.notify([anne]).batch
    here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and attempts >= 2", number), what="tried twice")
    assert school.batch(number).waiting == 1
    here.mail.accept()
    assert school.ended(number).sent == 1
    assert len(here.mail.mails(anne.mail)) == 1


def test_what_is_refused_for_too_long_is_given_up_and_says_why(here, school):
    anne = school.family()
    here.mail.refuse("temporarily", at="rcpt", address=anne.mail)
    number = school.notify([anne]).batch
    here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and state = 'waiting' and attempts > 0", number), what="put off")
    with school.town.database() as database:
        database.execute("update preau.delivery set created_at = now() - interval '30 days' where batch_id = %s", (number,))
    batch = school.ended(number)
    assert batch.failed == 1 and [failure.reason for failure in batch.failures] == ["refused_for_now"]
    here.mail.accept()
    assert here.mail.mails(anne.mail) == []


@pytest.mark.parametrize("at, reason", [("rcpt", "address_refused"), ("data", "message_refused")])
def test_what_is_refused_for_good_fails_at_once_and_says_why(here, school, at, reason):
    anne, bob = school.family(), school.family("Bob")
    here.mail.refuse("permanently", at=at, address=anne.mail)
    number = school.notify([anne, bob]).batch
    batch = school.ended(number)
    assert (batch.sent, batch.failed) == (1, 1)
    (failure,) = batch.failures
    assert (failure.account.academy, failure.account.id) == anne.account and failure.reason == reason
    assert school.rows("select attempts from preau.delivery where batch_id = %s and state = 'failed'", number) == [(1,)]
    assert here.mail.mails(anne.mail) == []


def test_a_server_that_is_away_delays_and_loses_nothing(here, school):
    here.mail.stop()
    people = [school.family() for _ in range(5)]
    number = school.notify(people).batch
    here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and reason = 'server_unreachable'", number),
              what="put off")
    checks = {check["name"]: check["state"] for check in here.status(NOTIFYD)["checks"]}
    assert checks["smtp"] == "degraded" and here.http_status(NOTIFYD, "/readyz") == 200
    here.mail.start()
    assert school.ended(number).sent == 5
    assert sorted(mail["X-Envelope-To"] for mail in here.mail.mails()) == sorted(person.mail for person in people)


@pytest.mark.parametrize("at, answer", [("mail", "530 Authentication required"), ("rcpt", "550 5.7.1 relaying denied")])
def test_a_server_that_refuses_us_costs_no_mail_and_is_told(here, school, at, answer):
    here.mail.refuse(answer, at=at)
    people = [school.family() for _ in range(20)]
    number = school.notify(people).batch
    here.wait(lambda: school.rows("select from preau.delivery where batch_id = %s and reason = 'server_refused'", number),
              what="put off")
    (check,) = [check for check in here.status(NOTIFYD)["checks"] if check["name"] == "smtp"]
    assert check["state"] == "degraded" and "refuse" in str(check)
    here.wait(lambda: "smtp_pause" in here.log(NOTIFYD), what="paused")
    assert (school.batch(number).waiting, school.batch(number).failed) == (20, 0)
    here.mail.accept()
    assert school.ended(number).sent == 20
    assert len(here.mail.mails()) == 20


def test_a_change_by_the_person_is_not_told_as_a_reset_by_the_school(here, school):
    anne = school.family()
    with school.town.database() as database:
        database.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient)"
                         " values (%s, %s, 'password_changed', 'mail', 'anne.perso@example.net')", anne.account)
    (mail,) = here.mail.wait("anne.perso@example.net")
    assert "modifié" in mail["Subject"] and "Si ce n’est pas vous" in text_of(mail)
    assert "réinitialisé" not in mail["Subject"] and "votre établissement a réinitialisé" not in text_of(mail)


# rights and repeats


def test_a_school_out_of_scope_does_not_exist(here, bus, town, school):
    anne = school.family()
    other = School(here, bus, town).head
    with town.database() as database:
        database.execute("update preau.administrator set disabled_at = now() where id = %s",
                         (gone := administrator_of(town, None, None, f"parti.{school.uai}"),))
    reference = bus.reference(anne.account)
    for stranger in (0, other, gone):
        for method, fields in {
            "CreateBatch": {"people": [anne], "channel": MAIL}, "ResetPasswords": {"people": [anne]}, "GetBatch": {"batch": 1},
            "ListBatches": {}, "GetDocument": {"batch": 1, "part": 1}, "ResendActivation": {"account": reference},
            "ShowPassword": {"account": reference},
        }.items():
            assert school.refusal(method, administrator=stranger, **fields) == "not_found", method
    wide = administrator_of(town, town.academy, None, f"large.{school.uai}")
    assert school.notify([anne], administrator=wide, dry_run=True).notified == 1


def test_what_is_no_request_is_refused(school):
    anne = school.family()
    assert school.refusal("CreateBatch", [], channel=MAIL) == "nothing_selected"
    assert school.refusal("CreateBatch", [anne]) == "malformed"
    assert school.refusal("CreateBatch", [anne] * 5001, channel=MAIL) == "too_many_selected"
    assert school.refusal("ResendActivation", account=school.bus.reference(anne.account), email="non") == "email_invalid"
    assert school.refusal("ResendActivation", account=school.bus.reference(anne.account)) == "not_distributed"
    assert left_out(school.ask("ResetPasswords", [anne])) == {"not_distributed": [anne.account]}


def test_a_repeated_request_gets_the_first_answer_even_of_another_process(here, school):
    anne, bob = school.family(), school.family("Bob", mail=None)
    request = os.urandom(16)
    first = school.notify([anne, bob], request_id=request)
    here.mail.wait(anne.mail)
    assert school.notify([anne, bob], request_id=request) == first
    here.restart(NOTIFYD)
    assert school.notify([anne, bob], request_id=request) == first
    assert len(here.mail.mails(anne.mail)) == 1 and school.actions(anne) == ["notify"]


# the activation mail


def half_open(school, person):
    person.hand_out()
    with school.town.database() as database:
        database.execute("update preau.account set state = 'en_cours', email = 'fausse@example.org', password = 'chosen'"
                         " where (academy, id) = (%s, %s)", person.account)
        database.execute("update preau.credential set sealed = null, hash = 'x' where (academy, account_id) = (%s, %s)", person.account)


def test_the_activation_mail_goes_again_to_a_new_address_and_older_links_end(here, school):
    anne = school.family()
    half_open(school, anne)
    with school.town.database() as database:
        (old,) = database.execute(
            "insert into preau.confirmation (academy, account_id, purpose, email, expires_at) values (%s, %s, 'activation',"
            " 'fausse@example.org', now() + interval '1 day') returning id", anne.account).fetchone()
        database.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id, due_at)"
                         " values (%s, %s, 'activation', 'mail', 'fausse@example.org', %s, now() + interval '2 s')", (*anne.account, old))
    reply = school.ask("ResendActivation", account=school.bus.reference(anne.account), email=" anne.vraie@Example.org ")
    assert reply.email == "anne.vraie@example.org"
    (mail,) = here.mail.wait("anne.vraie@example.org")
    ((number,),) = school.rows("select id from preau.confirmation where (academy, account_id) = (%s, %s) and superseded_at is null",
                               *anne.account)
    token = link_token(here.folder / "keys", "activation", anne.account[0], number)
    assert f"{here.portal_url}/activation/{token}" in text_of(mail)
    assert anne.row()["email"] == "anne.vraie@example.org"
    here.wait(lambda: school.rows("select from preau.delivery where confirmation_id = %s and state = 'cancelled'", old), what="cancelled")
    assert here.mail.mails("fausse@example.org") == []


def test_a_mail_that_linkd_owes_is_sent(here, school):
    anne = school.family()
    half_open(school, anne)
    with school.town.database() as database:
        database.execute(
            "with link as (insert into preau.confirmation (academy, account_id, purpose, email, expires_at) values"
            " (%s, %s, 'activation', 'fausse@example.org', now() + interval '1 day') returning *)"
            " insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id)"
            " select academy, account_id, 'activation', 'mail', email, id from link", anne.account)
    (mail,) = here.mail.wait("fausse@example.org")
    assert mail["Subject"].startswith("Confirmez votre adresse") and "/activation/" in mail.get_body(("html",)).get_content()


# sheets


def test_sheets_are_a_page_each_by_class_and_name(here, school):
    people = [school.family("Zoé", "Zola", class_label="CP"), school.family("Bob", "Martin", "Noé", class_label="CM1 A"),
              school.family("Anne", "Bœuf", "Tom", class_label="CM1 A", mail=None), school.family("Eva", "Adam", "Lou", class_label="CP")]
    reply = school.notify(people, channel=SHEET)
    batch = school.ended(reply.batch)
    assert (batch.sent, batch.documents) == (4, 2)
    first, text = school.pdf_text(reply.batch, 1)
    second, rest = school.pdf_text(reply.batch, 2)
    assert (first.pages, second.pages) == (2, 2) and first.file_name.endswith("-1.pdf")
    pages = (text + rest).split("\f")
    for page, person in zip(pages, (people[2], people[1], people[3], people[0])):
        for words in (person.login, person.password, person.child.prenom, "Établissement", f"{here.portal_url}/connexion", "Valable jusqu’au"):
            assert words in page, words
    assert "BŒUF" in pages[0]
    assert all(person.row()["state"] == "distribue" for person in people)
    assert school.refusal("GetDocument", batch=reply.batch, part=3) == "not_found"


def test_a_sheet_names_no_child_of_another_school(school, town):
    anne = school.family("Anne", "Partagée", "Léa", class_label="CM2")
    tom = town.pupil(town.school(1), "Tom", "Partagée", "2013-05-06", class_label="CE1")
    with town.database() as database:
        database.execute("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, 1, %s, %s, 10)",
                         (town.academy, tom.aaf_id, anne.aaf_id))
    reply = school.notify([anne], channel=SHEET)
    school.ended(reply.batch)
    text = school.pdf_text(reply.batch, 1)[1]
    assert "Enfant rattaché au compte : Léa (CM2)" in text.replace("\u00a0", " ") and "Tom" not in text


def test_the_code_of_a_sheet_leads_to_the_portal(here, school, tmp_path):
    anne = school.family()
    number = school.notify([anne], channel=SHEET).batch
    school.ended(number)
    (tmp_path / "sheet.pdf").write_bytes(school.ask("GetDocument", batch=number, part=1).pdf)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "sheet.pdf", "sheet"], cwd=tmp_path, check=True, capture_output=True)
    (image,) = tmp_path.glob("sheet*.png")
    code = subprocess.run(["zbarimg", "-q", "--raw", image], check=True, capture_output=True, text=True).stdout.strip()
    assert code == f"{here.portal_url}/connexion?identifiant={anne.login}"


def test_documents_are_sealed_and_go_when_their_time_is_over(school):
    anne = school.family()
    number = school.notify([anne], channel=SHEET).batch
    school.ended(number)
    ((sealed,),) = school.rows("select sealed from preau.document where batch_id = %s", number)
    assert b"%PDF" not in sealed
    with school.town.database() as database:
        database.execute("update preau.document set expires_at = now() where batch_id = %s", (number,))
    assert school.refusal("GetDocument", batch=number, part=1) == "document_expired"
    assert school.batch(number).documents == 0


# what is told


def test_numbers_tell_what_left(here, school):
    before = here.metrics(NOTIFYD).get('preau_deliveries_total{kind="notification",outcome="sent"}', 0)
    school.ended(school.notify([school.family()]).batch)
    numbers = here.metrics(NOTIFYD)
    assert numbers['preau_deliveries_total{kind="notification",outcome="sent"}'] == before + 1
    assert numbers["preau_smtp_seconds_count"] >= 1


def test_no_secret_is_in_the_log(here, school):
    anne = school.family()
    school.ended(school.notify([anne]).batch)
    school.ask("ShowPassword", account=school.bus.reference(anne.account))
    log = here.log(NOTIFYD)
    assert anne.password not in log and anne.mail not in log and "/activation/" not in log


# SIGKILL

# mails go side by side: at a later claim, one before it may be with the server already and not written down yet
CRASHES = [("notify_batch_applied", 1), ("notify_mails_reserved", 1), ("notify_mail_claimed", 1), ("notify_mail_sent", 3), ("notify_sheets_claimed", 1),
           ("notify_sheets_made", 2)]


@pytest.mark.parametrize("point, passage", CRASHES)
def test_a_kill_loses_nothing_and_does_nothing_twice(here, school, point, passage):
    people = [school.family() for _ in range(8)]
    channel = SHEET if "sheets" in point else MAIL
    request = os.urandom(16)
    here.restart(NOTIFYD, PREAU_FAULT=f"{point}:{passage}")
    try:
        school.notify(people, channel=channel, reset=True, request_id=request, seconds=3)
    except (Silent, Failed):
        pass
    here.wait_dead(NOTIFYD)
    here.restart(NOTIFYD)
    reply = school.notify(people, channel=channel, reset=True, request_id=request)
    assert reply.notified == 8
    batch = school.ended(reply.batch, seconds=45)
    assert (batch.total, batch.sent, batch.failed) == (8, 8, 0)
    assert all(school.actions(person) == ["notify_reset"] for person in people)
    if channel == MAIL:
        for person in people:
            mails = here.mail.wait(person.mail)
            assert len({mail["Message-ID"] for mail in mails}) == 1
            assert len(mails) <= (2 if point == "notify_mail_sent" else 1)
    else:
        text = "".join(school.pdf_text(reply.batch, part)[1] for part in batch.parts)
        assert all(len(re.findall(rf"^\s*{re.escape(person.login)}\s*$", text, re.M)) == 1 for person in people)
        assert text.count("\f") == 8
