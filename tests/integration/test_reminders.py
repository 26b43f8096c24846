"""The reminder that a head asks for: a mail ahead of the end of provisional passwords, once for each day on which some end, whatever
stops meanwhile; to nobody who does not want it any more or has no say any more; with a link to the list that it is about."""

import datetime
import re

import pytest

from peers.bus import Bus
from peers.days import PARIS, today
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, add_administrator, sign_in_head
from peers.site import Site
from peers.web import Visitor

LINKD, NOTIFYD, PORTALD = "preau-linkd", "preau-notifyd", "preau-portald"
MINE = "/administration/mon-compte"
MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]


@pytest.fixture(scope="module")
def shift(tmp_path_factory):
    """By how many seconds notifyd's clock is ahead: nights come when a test wants them."""
    return tmp_path_factory.mktemp("clock") / "shift"


@pytest.fixture(scope="module")
def here(tmp_path_factory, shift):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"},
                "notify": {"scan_interval": "200ms", "smtp_timeout": "1s", "retry_first": "1s", "retry_max": "1s"}}
    shift.write_text("0")
    with Site.of(tmp_path_factory.mktemp("site"), LINKD, PORTALD, settings=settings) as site:
        yield site


@pytest.fixture(autouse=True)
def clean(here):
    yield
    here.stop_daemon(NOTIFYD)
    with here.psql() as database:
        database.execute("delete from preau.reminder_choice")
        database.execute("delete from preau.reminder_told")
        database.execute("delete from preau.delivery where administrator_id is not null")
    here.mail.accept()
    here.mail.clear()


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


class Head:
    """Of a school of the test's own, who wants to be reminded."""

    def __init__(self, here, town, login, days=15):
        self.here, self.town, self.login = here, town, login
        self.school = town.school(2)
        self.uai = self.school[0]
        self.number = add_administrator(here, login, "directeur", "--school", self.uai, name="Mme Girard")
        self.mail = f"{login}@ac-essai.example"
        give_address(here, self.number, self.mail)
        wish(here, self.number, days)

    def family(self, ends_in, class_label="6A", pupil=False):
        """A guardian, or a pupil with an account, notified: the password ends in so many days."""
        child = self.town.pupil(self.school, "Zoé", "Secret", "2012-05-06", class_label, account=pupil)
        person = child if pupil else self.town.guardian("Anne", "Secret", [child])
        person.hand_out()
        end_in(self.here, person, ends_in)
        return person

    def mails(self):
        return self.here.mail.mails(self.mail)


@pytest.fixture
def head(request, here, town):
    return Head(here, town, f"tete{abs(hash(request.node.name)) % 10**9}")


def give_address(here, number, mail):
    with here.psql() as database:
        database.execute("update preau.administrator set mail = %s where id = %s", (mail, number))


def wish(here, number, days):
    with here.psql() as database:
        database.execute("insert into preau.reminder_choice (administrator_id, days_ahead) values (%s, %s)"
                         " on conflict (administrator_id) do update set days_ahead = excluded.days_ahead", (number, days))


def noon(days):
    return datetime.datetime.combine(today() + datetime.timedelta(days), datetime.time(12), PARIS)


def end_in(here, person, days):
    with here.psql() as database:
        database.execute("update preau.account set notification_expires_at = %s where (academy, id) = (%s, %s)",
                         (noon(days), *person.account))


def day(days):
    at = today() + datetime.timedelta(days)
    return f"{at.day}{'er' if at.day == 1 else ''} {MONTHS[at.month - 1]} {at.year}"


def begin_night(here, shift, later=0, **environment):
    """notifyd comes back so many days later, or on a day when nobody was reminded yet."""
    here.stop_daemon(NOTIFYD)
    shift.write_text(str(later * 86400))
    with here.psql() as database:
        database.execute("delete from preau.reminder_night")
    here.launch(NOTIFYD, ready=not environment, PREAU_CLOCK_FILE=str(shift), **environment)


def night(here, shift, later=0):
    begin_night(here, shift, later)
    here.wait(lambda: here.metrics(NOTIFYD).get('preau_reminder_nights_total{outcome="ok"}'), what="seen through")
    here.wait(lambda: not rows(here, "select 1 from preau.delivery where kind = 'reminder' and state in ('waiting', 'taken')"),
              what="sent")


def rows(here, query, *values):
    with here.psql() as database:
        return database.execute(query, values).fetchall()


def shown(text):
    return text.replace("\u00a0", " ").replace("\u202f", " ").replace("\r\n", "\n")


def test_a_head_is_told_where_how_many_and_by_when_and_nothing_of_anybody(here, shift, town, head):
    soon = [head.family(10), head.family(12), head.family(8, "6B")]
    pupil = head.family(14, pupil=True)
    head.family(40)  # later
    head.family(-1)  # over
    settled = head.family(10)
    town.guardian("Anne", "Secret", [town.pupil(head.school, "Zoé", "Secret", "2012-05-06")])  # never notified
    with here.psql() as database:
        database.execute("update preau.account set state = 'en_cours', password = 'chosen', email = 'a@example.org'"
                         " where (academy, id) = (%s, %s)", settled.account)
    night(here, shift)
    (mail,) = head.mails()
    assert not mail.defects and [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert mail["Subject"] == "Des mots de passe provisoires arrivent à échéance" and mail["Auto-Submitted"] == "auto-generated"
    assert mail["To"].addresses[0].addr_spec == head.mail and mail["To"].addresses[0].display_name == "Mme Girard"
    text, html = shown(text_of(mail)), mail.get_body(("html",)).get_content()
    assert "Bonjour Mme Girard," in text
    assert f"Comptes de responsables à notifier de nouveau d’ici le {day(8)} : 3\n- 6A : 2, d’ici le {day(10)}\n- 6B : 1, d’ici le {day(8)}" in text
    assert f"Comptes d’élèves à notifier de nouveau d’ici le {day(14)} : 1\n- 6A : 1, d’ici le {day(14)}" in text
    for part in (text, html):
        for person in (*soon, pupil):
            assert person.login not in part and person.password not in part
        assert "Secret" not in part and "SECRET" not in part and "Zoé" not in part
    guardians, pupils = re.findall(r"https?://\S+/(?:responsables|eleves)\?\S+", text)
    assert [html.count(link.replace("&", "&amp;")) for link in (guardians, pupils)] == [1, 1]
    visitor = sign_in_head(here, head.login)
    page = visitor.get(guardians)
    assert page.status == 200 and {row[4] for row in page.rows[1:]} == {person.login for person in soon} | over(here, head), page.text
    assert "Échéance au plus tard le" in page.text
    assert {row[4] for row in visitor.get(pupils).rows[1:]} == {pupil.login}
    page = visitor.submit(page.form(f"/etablissements/{head.uai}/apercu"), action="mail", portee="tous")
    assert page.status == 200, "ready to be notified again"


def over(here, head):
    """Those whose password has ended: the list has them too, late as it may be looked at."""
    return {login for login, in rows(here, "select a.login from preau.account a join preau.school_account s on (s.account_academy, s.account_id)"
                                           " = (a.academy, a.id) where s.uai = %s and a.notification_expires_at < now()", head.uai)}


def test_the_link_leads_there_after_the_sign_in(here, shift, head):
    person = head.family(5)
    night(here, shift)
    (mail,) = head.mails()
    (link,) = re.findall(r"https?://\S+/responsables\?\S+", text_of(mail))
    visitor = Visitor(here.portal_url)
    page = visitor.get(link)
    assert page.path == "/administration/connexion"
    page = visitor.submit(page.form("/administration/connexion"), identifiant=head.login, mot_de_passe=HEAD_PASSWORD)
    assert page.path == f"/etablissements/{head.uai}/responsables" and person.login in page.text


def test_each_day_of_expiry_is_told_once(here, shift, head):
    head.family(15)
    night(here, shift)
    assert len(head.mails()) == 1
    night(here, shift)
    night(here, shift, later=1)
    assert len(head.mails()) == 1, "nothing new"
    head.family(17, "5B")
    night(here, shift, later=2)
    _, second = head.mails()
    assert "- 5B : 1" in shown(text_of(second)) and "6A" not in text_of(second)
    wish(here, head.number, 7)
    night(here, shift, later=3)
    wish(here, head.number, 15)
    night(here, shift, later=3)
    assert len(head.mails()) == 2, "whoever changes the days is not told again"


def test_days_ahead_are_those_chosen(here, shift, head):
    wish(here, head.number, 7)
    head.family(8)
    night(here, shift)
    assert head.mails() == []
    night(here, shift, later=1)
    assert len(head.mails()) == 1


def test_nights_that_were_missed_are_made_up_for_by_one_mail(here, shift, head):
    head.family(15)
    head.family(17)
    night(here, shift, later=0)
    assert len(head.mails()) == 1
    head.family(18, "4C")
    here.stop_daemon(NOTIFYD)  # for three nights
    shift.write_text(str(3 * 86400))
    here.launch(NOTIFYD, PREAU_CLOCK_FILE=str(shift))
    _, second = here.mail.wait(head.mail, 2)
    assert "- 6A : 1" in shown(text_of(second)) and "- 4C : 1" in shown(text_of(second))
    here.wait(lambda: rows(here, "select count(*) from preau.reminder_night") == [(2,)], what="remembered")
    here.restart(NOTIFYD, PREAU_CLOCK_FILE=str(shift))
    here.wait(lambda: here.metrics(NOTIFYD).get('preau_store_statements_total{query="reminder_night_load",outcome="ok"}'), what="looked")
    assert rows(here, "select count(*) from preau.delivery where kind = 'reminder'") == [(2,)]


@pytest.mark.parametrize("point", ["notify_reminders_owed", "notify_mail_claimed"])
def test_killed_in_between_there_is_one_mail(here, shift, head, point):
    head.family(5)
    begin_night(here, shift, PREAU_FAULT=point)
    here.wait_dead(NOTIFYD)
    assert rows(here, "select count(*) from preau.reminder_line") == [(1,)]
    here.launch(NOTIFYD, PREAU_CLOCK_FILE=str(shift))
    here.mail.wait(head.mail)
    here.wait(lambda: rows(here, "select count(*) from preau.reminder_night") == [(1,)], what="seen through")
    here.wait(lambda: rows(here, "select state from preau.delivery where kind = 'reminder'") == [("sent",)], what="sent")
    assert len(head.mails()) == 1


def test_a_mail_whose_record_was_lost_says_the_same_again(here, shift, head):
    head.family(5)
    begin_night(here, shift, PREAU_FAULT="notify_mail_sent")
    here.wait_dead(NOTIFYD)
    head.family(5, "3D")  # of a day that is told: what was said stays
    here.launch(NOTIFYD, PREAU_CLOCK_FILE=str(shift))
    here.mail.wait(head.mail, 2)
    here.wait(lambda: not rows(here, "select 1 from preau.delivery where kind = 'reminder' and state <> 'sent'"), what="sent")
    assert len({(mail["Message-ID"], mail["Date"], text_of(mail)) for mail in head.mails()}) == 1


def test_two_at_once_owe_one_mail(here, shift, head):
    """The second waits for the first, and finds that all was told."""
    head.family(5)
    begin_night(here, shift)
    here.mail.wait(head.mail)
    here.stop_daemon(NOTIFYD)
    with here.psql() as database:
        database.execute("delete from preau.reminder_told")
        database.execute("delete from preau.reminder_night")
    with here.psql() as first, first.transaction():
        first.execute("insert into preau.reminder_told select %s, %s, %s, 'responsable', %s",
                      (head.number, ACADEMY, head.uai, today() + datetime.timedelta(5)))
        here.launch(NOTIFYD, PREAU_CLOCK_FILE=str(shift))
        here.wait(lambda: rows(here, "select 1 from pg_locks where not granted"), what="waiting")
    here.wait(lambda: rows(here, "select 1 from preau.reminder_night"), what="seen through")
    assert len(head.mails()) == 1


def test_whoever_has_no_say_any_more_gets_none(here, shift, town, head):
    head.family(5)
    head.family(5, pupil=True)
    ends = {"aide": noon(30), "passee": noon(-1)}
    clerks = {}
    for name, until in ends.items():
        clerks[name] = add_administrator(here, f"{name}.{head.login}", "delegue", "--school", town.school(2)[0])
        give_address(here, clerks[name], f"{name}.{head.mail}")
        wish(here, clerks[name], 30)
        with here.psql() as database:
            database.execute("insert into preau.administrator_scope (administrator_id, academy, uai, profile, from_at, until_at, giver_id)"
                             " values (%s, %s, %s, 'eleve', %s, %s, %s)",
                             (clerks[name], ACADEMY, head.uai, noon(-10), until, head.number))
    helper = add_administrator(here, f"academie.{head.login}", "assistance", "--academy", str(ACADEMY))
    give_address(here, helper, f"academie.{head.mail}")
    wish(here, helper, 30)  # as if there had been no rule
    night(here, shift)
    assert len(head.mails()) == 1
    (mail,) = here.mail.mails(f"aide.{head.mail}")
    assert "Comptes d’élèves" in text_of(mail) and "responsables" not in text_of(mail), "what was given is of pupils"
    assert here.mail.mails(f"passee.{head.mail}") == here.mail.mails(f"academie.{head.mail}") == []
    head.family(6)
    here.ctl("admin", "disable", head.login)
    night(here, shift)
    assert len(head.mails()) == 1 and len(here.mail.mails(f"aide.{head.mail}")) == 1, "what a disabled head gave has ended"


def test_without_an_address_nothing_is_owed_and_nothing_counts_as_told(here, shift, head):
    head.family(5)
    give_address(here, head.number, None)
    night(here, shift)
    assert rows(here, "select count(*) from preau.delivery where kind = 'reminder'") == [(0,)]
    visitor = sign_in_head(here, head.login)
    assert "Aucune adresse de messagerie ne vous est connue" in visitor.get(MINE).text
    give_address(here, head.number, head.mail)
    night(here, shift)
    assert len(head.mails()) == 1


def test_a_choice_that_was_cancelled_while_the_mail_waited_is_obeyed(here, shift, head):
    head.family(5)
    here.mail.refuse("temporarily", at="mail")
    begin_night(here, shift)
    here.wait(lambda: rows(here, "select 1 from preau.delivery where kind = 'reminder' and attempts > 0"), what="tried")
    visitor = sign_in_head(here, head.login)
    page = visitor.submit(visitor.get(MINE).form(f"{MINE}/rappel"), jours="0")
    assert page.path == MINE and "Vous ne recevrez plus de rappel." in page.text
    here.mail.accept()
    here.wait(lambda: rows(here, "select state, reason from preau.delivery where kind = 'reminder'") == [("cancelled", "reminder_unwanted")],
              what="cancelled")
    assert head.mails() == []


def test_a_school_that_was_taken_away_meanwhile_is_not_told_of(here, shift, town, head):
    other = town.school(2)
    here.ctl("admin", "grant", head.login, "--school", other[0])
    head.family(5)
    guardian = town.guardian("Anne", "Secret", [town.pupil(other, "Zoé", "Secret", "2012-05-06", "3Z")])
    guardian.hand_out()
    end_in(here, guardian, 6)
    here.mail.refuse("temporarily", at="mail")
    begin_night(here, shift)
    here.wait(lambda: rows(here, "select 1 from preau.delivery where kind = 'reminder' and attempts > 0"), what="tried")
    assert rows(here, "select count(distinct uai) from preau.reminder_line") == [(2,)]
    here.ctl("admin", "revoke", head.login, "--school", other[0])
    here.mail.accept()
    (mail,) = here.mail.wait(head.mail)
    assert head.uai in text_of(mail) and other[0] not in text_of(mail)


def test_a_head_chooses_on_the_page_of_the_own_account(here, shift, head):
    wish(here, head.number, 30)
    head.family(5)
    night(here, shift)
    visitor = sign_in_head(here, head.login)
    page = visitor.get(MINE)
    assert f"Il est envoyé à {head.mail}." in page.text and "Dernier rappel, préparé le" in page.text and "envoyé." in page.text
    assert dict(page.form(f"{MINE}/rappel").fields)["jours"] == "30"
    assert "choisir un rappel" not in visitor.get(f"/etablissements/{head.uai}").text
    page = visitor.submit(page.form(f"{MINE}/rappel"), jours="0")
    assert dict(page.form(f"{MINE}/rappel").fields)["jours"] == "0"
    home = visitor.get(f"/etablissements/{head.uai}")
    assert home.link("choisir un rappel") == f"{MINE}#rappel"
    page = visitor.submit(page.form(f"{MINE}/rappel"), jours="7")
    assert "Vous serez prévenu par courriel." in page.text
    assert rows(here, "select days_ahead from preau.reminder_choice where administrator_id = %s", head.number) == [(7,)]
    for wrong in ("8", "-7", "", "7 jours", "4294967303", None):
        assert visitor.submit(page.form(f"{MINE}/rappel"), jours=wrong).status == 400
    assert rows(here, "select days_ahead from preau.reminder_choice where administrator_id = %s", head.number) == [(7,)]


def test_a_reminder_that_does_not_arrive_is_told_there(here, shift, head):
    head.family(5)
    here.mail.refuse("permanently", address=head.mail)
    night(here, shift)
    assert rows(here, "select state, reason from preau.delivery where kind = 'reminder'") == [("failed", "address_refused")]
    assert "il n’est pas arrivé" in sign_in_head(here, head.login).get(MINE).text


def test_others_are_not_offered_it(here, shift, town):
    night(here, shift)
    number = add_administrator(here, "aidant", "assistance", "--academy", str(ACADEMY))
    visitor = sign_in_head(here, "aidant")
    assert "Rappel avant l’échéance" not in visitor.get(MINE).text
    bus = Bus(here)
    assert bus.refusal("notify", "ChooseReminder", days_ahead=15, administrator=number) == "not_found"
    assert bus.refusal("notify", "ChooseReminder", days_ahead=15, administrator=0) == "not_found"
    assert bus.refusal("notify", "ChooseReminder", days_ahead=14, administrator=number) == "malformed"


def test_old_reminders_are_forgotten(here, shift, head):
    head.family(5)
    night(here, shift)
    with here.psql() as database:
        database.execute("update preau.delivery set done_at = now() - interval '91 days' where kind = 'reminder'")
    night(here, shift, later=6)
    assert rows(here, "select (select count(*) from preau.delivery where kind = 'reminder'), (select count(*) from preau.reminder_line),"
                      " (select count(*) from preau.reminder_told)") == [(0, 0, 0)]
