"""One click is followed end to end by one grep of its number: portal, daemons, PostgreSQL, audit trail, mail, SMS, sheets."""

import re

import pytest
import requests

from peers import registering, self_help, trail
from peers.people import Town
from peers.portal import ACADEMY, add_head, sign_in_head
from peers.site import Site

LOG_EVERYTHING = {"log_statement": "all", "log_line_prefix": "'%m [%p] %a '"}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", "preau-statsd",
                 settings={"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}},
                 postgres_settings=LOG_EVERYTHING, with_kannel=True) as site:
        yield site


@pytest.fixture(scope="module")
def family(here):
    town = Town(here, ACADEMY)
    school = town.school(2)
    add_head(here, "girard", school)
    child = town.pupil(school, "Inès", "Suivie", "2012-05-06", account=True)
    guardian = town.guardian("Hélène", "Suivie", [child], mail="helene.suivie@example.org")
    guardian.school = school
    return guardian


def grep(number, text):
    return [line for line in text.splitlines() if number in line]


def sql_log(here):
    return (here.postgres.data / "log").read_text(errors="replace")


def by_program(number, here):
    """{daemon: its lines in PostgreSQL's log} of a request."""
    lines = grep(number, sql_log(here))
    return {name: [line for line in lines if f"] {name} {number} " in line] for name in here.daemons}


def test_a_heads_notification_is_followed_by_one_number(here, family):
    head = sign_in_head(here, "girard")
    uai = family.school[0]
    page = head.get(f"/etablissements/{uai}/responsables?nom=Suivie")
    preview = head.submit(page.form(f"/etablissements/{uai}/apercu"), action="mail", portee="tous")
    answer = head.send(preview.form(f"/etablissements/{uai}/envoi"))
    number = answer.history[0].headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", number)
    (mail,) = here.mail.wait("helene.suivie@example.org")
    here.wait(lambda: "event=mail " in " ".join(grep(number, here.log("preau-notifyd"))), what="told by notifyd")

    (visit,) = grep(number, here.log("preau-portald"))
    assert "event=visit_of_administrator" in visit and "route=/etablissements/:uai/envoi" in visit and "method=POST" in visit
    moved, sent = grep(number, here.log("preau-notifyd"))
    assert "event=accounts_moved" in moved and f"request={number}" in moved
    assert "event=mail" in sent and "outcome=sent" in sent
    assert number in mail["Message-ID"], "the relay's log is followed by it too"
    statements = by_program(number, here)
    assert any("execute selection_apply:" in line for line in statements["preau-notifyd"]), statements
    assert any("execute web_session_load:" in line for line in statements["preau-portald"]), statements
    assert not statements["preau-linkd"] and not statements["preau-statsd"]
    (entry,) = [one for one in trail.all_entries(here) if one["trace"] == number]
    assert entry["uai"] == uai
    shown = here.ctl("audit", "show", json_answer=True)
    assert number in str(shown)


def number_of(answer):
    """That of the click, and not of the page that it led to."""
    return (answer.history or [answer])[0].headers["X-Request-Id"]


def test_sheets_made_later_bear_the_number_of_the_click(here, family):
    head = sign_in_head(here, "girard")
    uai = family.school[0]
    page = head.get(f"/etablissements/{uai}/eleves?nom=Suivie")
    preview = head.submit(page.form(f"/etablissements/{uai}/apercu"), action="sheet", portee="tous")
    number = number_of(head.send(preview.form(f"/etablissements/{uai}/envoi")))
    made = "event=document_made"
    here.wait(lambda: made in " ".join(grep(number, here.log("preau-notifyd"))), what="told by notifyd")
    statements = by_program(number, here)["preau-notifyd"]
    assert all(any(f"execute {query}:" in line for line in statements)
               for query in ("selection_apply", "document_claim", "document_store")), statements


def test_the_sms_of_a_registration_bears_the_number_of_the_click(here):
    who, _, _ = registering.Families(here).family()
    visitor = self_help.Stranger(here)
    form = visitor.get("/inscription").form("/inscription")
    number = number_of(visitor.send(form, nom=who[0], prenom=who[1], mobile=registering.typed(who[2])))
    registering.code_to(here, who[2])
    here.wait(lambda: "event=sms_report" in " ".join(grep(number, here.log("preau-linkd"))), what="told by linkd, and by Kannel")

    (visit,) = grep(number, here.log("preau-portald"))
    assert "route=/inscription" in visit and "method=POST" in visit
    lines = grep(number, here.log("preau-linkd"))
    assert f"request={number}" in lines[0] and "event=sms outcome=sent" in lines[0].replace(f" request={number}", "")
    assert not any(who[2][3:] in line for line in lines), lines
    here.wait(lambda: any("execute registration_told:" in line for line in by_program(number, here)["preau-linkd"]), what="kept")
    assert any("execute registration_begin:" in line for line in by_program(number, here)["preau-linkd"])


def test_a_mail_of_help_bears_the_number_of_the_click(here):
    address = "aide.suivie@example.org"
    self_help.Families(here).active(address)
    visitor = self_help.Stranger(here)
    form = visitor.get("/aide/identifiant").form("/aide/identifiant")
    number = number_of(visitor.send(form, courriel=address))
    (mail,) = here.mail.wait(address)
    assert number in mail["Message-ID"]
    here.wait(lambda: "event=mail " in " ".join(grep(number, here.log("preau-notifyd"))), what="told by notifyd")

    answered, sent = grep(number, here.log("preau-notifyd"))
    assert "event=help_answered" in answered and "outcome=answered" in answered and f"request={number}" in answered
    assert "event=mail" in sent and "outcome=sent" in sent
    statements = by_program(number, here)
    assert any("execute help_ask:" in line for line in statements["preau-linkd"]), statements
    assert any("execute help_apply:" in line for line in statements["preau-notifyd"]), statements
    assert not any("execute help_load:" in line for line in statements["preau-notifyd"]), "what is due is nobody's work"


def test_a_connection_that_works_for_nobody_says_so(here, family):
    """What a click left behind is not taken for its work."""
    head = sign_in_head(here, "girard")
    answer = head.send(head.get("/administration/mon-compte").form("/deconnexion"))
    number = answer.history[0].headers["X-Request-Id"]
    here.wait(lambda: any(by_program(number, here).values()), what="logged by PostgreSQL")
    begin = len(sql_log(here))
    here.wait(lambda: "execute delivery_reserve:" in sql_log(here)[begin:], what="the outbox looked at")
    lines = grep("execute delivery_reserve:", sql_log(here)[begin:])
    assert lines and all(re.search(r"\] preau-notifyd (?![0-9a-f]{32})", line) for line in lines), lines[:3]


def test_every_answer_has_a_number_of_its_own_and_errors_show_it(here, family):
    numbers = {requests.get(here.portal_url + path, timeout=20).headers["X-Request-Id"]
               for path in ("/", "/connexion", "/nulle-part", "/%00", "/assets/x")}
    assert len(numbers) == 5 and all(re.fullmatch("[0-9a-f]{32}", one) for one in numbers)


def test_the_operators_command_is_followed_too(here, family):
    begin = len(here.log("preau-statsd"))
    here.ctl("statistics", "compute")
    (line,) = [line for line in here.log("preau-statsd")[begin:].splitlines() if "event=statistics_computed" in line]
    number = re.search("request=([0-9a-f]{32})", line)[1]
    assert by_program(number, here)["preau-statsd"]
    assert [one["action"] for one in trail.all_entries(here) if one["trace"] == number] == ["statistics_computed"]
