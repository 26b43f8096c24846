"""The page of a batch, as a browser without JavaScript has it: progress, what was cancelled, what is taken up again."""

import re

import pytest

from peers.people import Town
from peers.portal import ACADEMY, add_administrator, add_head, sign_in_head
from peers.site import Site

NOTIFYD = "preau-notifyd"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}, "notify": {"sheet_pages_per_document": "2"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", NOTIFYD, "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(here, town):
    school = town.school(2)
    add_head(here, "girard", school)
    add_administrator(here, "eleves", "delegue", "--school", school[0], name="M. Petit")
    with here.psql() as database:
        database.execute("update preau.administrator_scope s set profile = 'eleve', giver_id = g.id, from_at = now() - interval '1 day',"
                         " until_at = now() + interval '1 day' from preau.administrator a, preau.administrator g"
                         " where a.id = s.administrator_id and a.login = 'eleves' and g.login = 'girard'")
    return school


@pytest.fixture(scope="module")
def head(here, college):
    return sign_in_head(here, "girard")


@pytest.fixture
def crowd(request, town, college):
    """Three guardians of a name that is the test's own."""
    name = "Fam" + "".join(chr(97 + int(digit, 16)) for digit in f"{abs(hash(request.node.name)) % 16**6:06x}")
    crowd = [town.guardian(prenom, name, [town.pupil(college, "Inès", name, "2012-05-06")], mail=f"{prenom.lower()}.{name.lower()}@example.org")
             for prenom in ("Anne", "Bob", "Carl")]
    for person in crowd:
        person.mail_address = f"{person.prenom.lower()}.{name.lower()}@example.org"
    return crowd


@pytest.fixture(autouse=True)
def clean(here):
    yield
    here.mail.accept()
    here.mail.clear()


def text_of(page):
    return page.text.replace("\u00a0", " ")


def send(head, college, crowd, action):
    """The page of the batch."""
    home = f"/etablissements/{college[0]}"
    page = head.get(f"{home}/responsables?nom={crowd[0].nom}")
    page = head.submit(page.form(f"{home}/apercu"), action=action, portee="tous")
    return head.submit(page.form(f"{home}/envoi"))


def counts(page):
    """{"en-attente": 2, …}"""
    return {name: int(number) for name, number in re.findall(r'<dd id="([\w-]+)">(\d+)<', page.content.decode())}


def until(here, head, page, condition):
    return here.wait(lambda: found if condition(found := head.get(page.path)) else None, 30, "so on the page")


def deeds(page):
    """The forms of the batch's page, by what they do."""
    return [form.action.rpartition("/")[2] for form in page.forms if page.path in form.action]


def test_a_batch_under_way_can_be_cancelled_and_then_taken_up_again(here, head, college, crowd):
    here.mail.refuse("temporarily", at="mail")
    page = send(head, college, crowd, "mail")
    assert counts(page)["en-attente"] == 3 and "Les courriels partent" in text_of(page)
    assert b'http-equiv="refresh" content="3"' in page.content and deeds(page) == ["annulation"]
    assert "Ceux qui sont partis, ou en cours de remise à cet instant, arriveront" in text_of(page)
    assert "Les comptes ne changent pas : ils restent distribués" in text_of(page)
    form = page.form(page.path + "/annulation")
    done = head.submit(form)
    assert done.path == page.path
    done = until(here, head, page, lambda found: "en-attente" in counts(found) and counts(found)["en-attente"] == 0)
    assert counts(done)["annules"] == 3 and "L’envoi est annulé ; rien n’est parti" in text_of(done)
    assert "L’envoi a été annulé avant le départ" in text_of(done) and b"refresh" not in done.content
    assert deeds(done) == ["reprise"] and crowd[0].row()["state"] == "distribue"
    again = head.submit(form)
    assert again.path == page.path and counts(again) == counts(done), "the double click"
    life = head.get(f"/etablissements/{college[0]}/comptes/%d-%d" % crowd[0].account)
    assert "Notification annulée avant son départ (Mme Girard)" in text_of(life)
    here.mail.accept()
    retry = done.form(page.path + "/reprise")
    assert dict(retry.fields)["quoi"] == "annules"
    assert head.submit(retry).path == page.path and head.submit(retry).path == page.path
    over = until(here, head, page, lambda found: counts(found)["envoyes"] == 3)
    assert "Tous les courriels sont partis" in text_of(over) and deeds(over) == []
    assert len(here.mail.mails()) == 3


def test_failures_are_told_with_their_reason_and_taken_up_again_alone(here, town, head, college, crowd):
    anne, _, carl = crowd
    here.mail.refuse("permanently", at="data")
    page = send(head, college, crowd, "mail")
    failed = until(here, head, page, lambda found: counts(found)["en-echec"] == 3)
    assert "Le serveur de messagerie a refusé ce courriel. Remettez une feuille individuelle." in text_of(failed)
    assert f"{anne.nom.upper()} Anne" in text_of(failed)
    assert deeds(failed) == ["reprise"] and "Comptes concernés : 3" in text_of(failed)
    here.mail.accept()
    with here.psql() as database:
        database.execute("update preau.person set mail = null where academy = %s and aaf_id = %s", (ACADEMY, carl.aaf_id))
    outcome = head.submit(failed.form(page.path + "/reprise"))
    assert "2 comptes sont de nouveau à notifier" in text_of(outcome)
    assert "1 compte : Aucune adresse de messagerie n’est connue pour ce compte" in text_of(outcome)
    assert outcome.link("Revenir à l’envoi") == page.path
    over = until(here, head, page, lambda found: counts(found)["envoyes"] == 2)
    assert counts(over)["en-echec"] == 1 and "une partie n’a pas abouti" in text_of(over)
    assert sorted(mail["X-Envelope-To"] for mail in here.mail.mails()) == sorted((anne.mail_address, crowd[1].mail_address))
    nobody = head.submit(over.form(page.path + "/reprise"))
    assert "Rien n’a été fait" in text_of(nobody) and len(here.mail.mails()) == 2


def test_sheets_under_way_can_be_cancelled(here, head, college, crowd):
    here.restart(NOTIFYD, PREAU_FAULT="notify_sheets_made:2")
    page = send(head, college, crowd, "sheet")
    here.wait_dead(NOTIFYD)
    here.launch(NOTIFYD)
    page = head.get(page.path)
    assert "Les feuilles qui ne sont pas encore prêtes ne seront pas préparées" in text_of(page)
    head.submit(page.form(page.path + "/annulation"))
    done = until(here, head, page, lambda found: counts(found)["en-attente"] == 0)
    assert (counts(done)["envoyes"], counts(done)["annules"]) == (2, 1)
    assert done.link("Télécharger") and "une partie n’a pas abouti" in text_of(done)


def test_a_document_can_be_fetched_when_one_before_it_is_gone(here, head, college, crowd):
    page = send(head, college, crowd, "sheet")
    whole = until(here, head, page, lambda found: counts(found)["en-attente"] == 0)
    assert [whole.link(f"partie {part} sur 2").rpartition("/")[2] for part in (1, 2)] == ["1.pdf", "2.pdf"]
    with here.psql() as database:
        database.execute("update preau.document set expires_at = now() where part = 1 and batch_id = %s", (page.path.rpartition("/")[2],))
    left = head.get(page.path).link("Télécharger les feuilles individuelles")
    fetched = head.session.get(f"{here.portal_url}{left}", timeout=20)
    assert left.endswith("/2.pdf") and fetched.content.startswith(b"%PDF")
    assert "-partie-2.pdf" in fetched.headers["Content-Disposition"] and "partie 2 sur 2" in text_of(head.get(page.path))
    gone = head.session.get(f"{here.portal_url}{left.replace('/2.pdf', '/1.pdf')}", timeout=20)
    assert gone.status_code == 410 and "Ce document n’est plus conservé" in gone.text


def test_a_batch_whose_documents_are_gone_is_over(here, head, college, crowd):
    page = send(head, college, crowd, "sheet")
    until(here, head, page, lambda found: counts(found)["en-attente"] == 0)
    with here.psql() as database:
        database.execute("delete from preau.document")
    gone = head.get(page.path)
    assert "Les feuilles se préparent" not in text_of(gone) and b"refresh" not in gone.content and b"data-suite" not in gone.content


def test_the_page_is_asked_for_less_often_as_the_batch_gets_older(here, head, college, crowd):
    here.mail.refuse("temporarily", at="mail")
    page = send(head, college, crowd, "mail")
    for age, seconds in (("30 seconds", 3), ("5 minutes", 10), ("2 hours", 60)):
        with here.psql() as database:
            database.execute("update preau.batch set created_at = now() - %s::interval where id = %s", (age, page.path.rpartition("/")[2]))
        assert f'content="{seconds}"'.encode() in head.get(page.path).content, age
    head.submit(head.get(page.path).form(page.path + "/annulation"))


def test_a_delegate_for_pupils_changes_no_batch_to_guardians(here, head, college, crowd):
    here.mail.refuse("temporarily", at="mail")
    page = send(head, college, crowd, "mail")
    delegate = sign_in_head(here, "eleves")
    csrf = dict(delegate.get(f"/etablissements/{college[0]}/eleves").forms[0].fields)["csrf"]
    for deed, fields in (("annulation", {}), ("reprise", {"quoi": "echecs"})):
        answer = delegate.session.post(f"{here.portal_url}{page.path}/{deed}", data={"csrf": csrf, **fields}, timeout=20)
        assert answer.status_code == 404, deed
    assert counts(head.get(page.path))["en-attente"] == 3
    malformed = head.session.post(f"{here.portal_url}{page.path}/reprise", data={"csrf": dict(page.forms[0].fields)["csrf"], "quoi": "tout"}, timeout=20)
    assert malformed.status_code == 400
    head.submit(head.get(page.path).form(page.path + "/annulation"))
