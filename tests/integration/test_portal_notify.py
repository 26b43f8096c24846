"""A head's actions through the portal, as a browser without JavaScript sends them, before the real notifyd and a mail server."""

import re
import subprocess

import pytest

from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_head, birth, opening_fields, sign_in, sign_in_head
from peers.site import Site


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(here, town):
    school = town.school(2)
    other = town.school(2)
    town.pupil(other, "Paul", "Ailleurs", "2012-02-29", account=True)
    add_head(here, "girard", school)
    add_head(here, "ailleurs", other)
    return school


@pytest.fixture
def family(request, town, college):
    """Its name is the test's, so that a filter finds it alone."""
    name = "Fam" + "".join(chr(97 + int(digit, 16)) for digit in f"{abs(hash(request.node.name)) % 16**6:06x}")
    child = town.pupil(college, "Inès", name, "2012-05-06", account=True)
    guardian = town.guardian("Hélène", name, [child], mail=f"{name.lower()}@example.org")
    guardian.child, guardian.name = child, name
    return guardian


@pytest.fixture
def head(here, college):
    return sign_in_head(here, "girard")


def preview(head, college, person, action, tab="responsables"):
    page = head.get(f"/etablissements/{college[0]}/{tab}?nom={person.nom}")
    return head.submit(page.form(f"/etablissements/{college[0]}/apercu"), action=action, portee="tous")


def confirm(head, college, page):
    return head.submit(page.form(f"/etablissements/{college[0]}/envoi"))


def text_of(page):
    return page.text.replace("\u00a0", " ")


def account_path(college, person):
    return f"/etablissements/{college[0]}/comptes/{person.account[0]}-{person.account[1]}"


def shown_password(head, college, person):
    path = account_path(college, person)
    page = head.submit(head.get(path).form(path + "/mot-de-passe"))
    return re.search(r'id="mot-de-passe">([^<]+)<', page.content.decode())[1]


def batches(here, person):
    with here.psql() as database:
        return database.execute("select count(*) from preau.delivery where (academy, account_id) = (%s, %s) and batch_id is not null",
                                person.account).fetchone()[0]


def test_a_preview_does_nothing_and_a_confirmation_sends_once(here, head, college, family):
    page = preview(head, college, family, "mail")
    assert "1 compte sera notifié par courrier électronique" in text_of(page)
    assert family.row()["state"] == "non_distribue" and batches(here, family) == 0
    first = confirm(head, college, page)
    again = confirm(head, college, page)
    assert re.fullmatch(rf"/etablissements/{college[0]}/envois/\d+", first.path) and again.path == first.path
    assert batches(here, family) == 1
    assert here.mail.wait(to=f"{family.name.lower()}@example.org")
    here.wait(lambda: "Tous les courriels sont partis" in text_of(head.get(first.path)), what="a batch that is over")
    row = head.get(f"/etablissements/{college[0]}/responsables?nom={family.nom}").rows[1]
    assert row[5:7] == ["Distribué", "Établissement"]


def test_another_form_is_another_request(here, head, college, family):
    first = confirm(head, college, preview(head, college, family, "mail"))
    second = confirm(head, college, preview(head, college, family, "mail"))
    assert first.path != second.path and batches(here, family) == 2


def test_sheets_are_fetched_by_the_school_alone(here, head, college, family, tmp_path):
    page = confirm(head, college, preview(head, college, family.child, "sheet", "eleves"))
    ready = here.wait(lambda: found if "Télécharger" in (found := head.get(page.path)).text else None, what="sheets")
    link = ready.link("Télécharger")
    document = head.get(link)
    assert document.headers["Content-Type"] == "application/pdf" and document.headers["Cache-Control"] == "no-store"
    file = tmp_path / "feuilles.pdf"
    file.write_bytes(document.content)
    text = subprocess.run(["pdftotext", file, "-"], check=True, text=True, capture_output=True).stdout
    assert family.child.login in text and family.child.password in text
    stranger = sign_in_head(here, "ailleurs")
    assert stranger.get(link).status == 404
    own = stranger.page.path.split("/")[2]
    assert stranger.get(link.replace(college[0], own)).status == 404
    assert head.get(link.replace("1.pdf", "9.pdf")).status in (404, 409)


def test_sheets_that_are_ready_come_with_the_list_by_class(here, head, college, family):
    page = confirm(head, college, preview(head, college, family, "sheet"))
    ready = here.wait(lambda: found if "Télécharger" in (found := head.get(page.path)).text else None, what="sheets")
    for words, tab in (("Liste des responsables, par classe", "responsables"), ("Liste des élèves, par classe", "eleves")):
        assert ready.link(words) == f"/etablissements/{college[0]}/{tab}/liste?format=pdf"
        document = head.get(ready.link(words))
        assert document.status == 200 and document.content.startswith(b"%PDF")
    mails = confirm(head, college, preview(head, college, family, "mail"))
    assert "par classe" not in head.get(mails.path).text


def test_names_are_in_order_of_name_and_the_first_of_many_are_the_first_by_name(here, town):
    school = town.school(2)
    add_head(here, "foule", school)
    child = town.pupil(school, "Léa", "Foule", "2012-05-06", account=True)
    with here.psql() as database:  # the numbers of the accounts go the other way round
        database.execute(
            "with opened as (insert into preau.account (academy, profile, login)"
            " select %(academy)s, 'responsable', 'f.foule' || n from generate_series(1, 205) n order by n returning academy, id, login),"
            " named as (select *, 'Foule' || to_char(206 - substr(login, 8)::int, 'FM000') as nom from opened),"
            " people as (insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, digest, account_academy, account_id)"
            " select academy, 2, 900000 + id, 'responsable', nom, 'Zoé', lower(nom) || ' zoe', '\\x00112233445566778899aabbccddeeff',"
            " academy, id from named returning academy, degree, aaf_id)"
            " insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)"
            " select academy, degree, %(child)s, aaf_id, 10 from people", {"academy": ACADEMY, "child": child.aaf_id})
    visitor = sign_in_head(here, "foule")
    page = visitor.get(f"/etablissements/{school[0]}/responsables")
    page = visitor.submit(page.form(f"/etablissements/{school[0]}/apercu"), action="sheet", portee="tous")
    shown = re.findall(r"FOULE(\d{3})", page.text.upper())
    assert shown == [f"{number:03}" for number in range(1, 201)] and "et 5 autres comptes" in text_of(page)


def test_a_reset_gives_one_new_password_however_often_it_is_sent(here, head, college, family):
    family.hand_out()
    page = preview(head, college, family, "reset")
    assert "1 mot de passe sera réinitialisé" in text_of(page)
    assert "1 mot de passe est réinitialisé" in text_of(confirm(head, college, page))
    fresh = shown_password(head, college, family)
    assert fresh != family.password
    assert "1 mot de passe est réinitialisé" in text_of(confirm(head, college, page))
    assert shown_password(head, college, family) == fresh
    assert sign_in(here, family, fresh).page.path == "/ouverture"


def test_each_display_of_a_password_is_in_the_life_of_the_account(head, college, family):
    family.hand_out()
    assert shown_password(head, college, family) == family.password
    page = head.get(account_path(college, family))
    assert "Mot de passe provisoire affiché (Mme Girard)" in text_of(page)


def test_a_password_that_opens_nothing_is_not_shown(here, head, college, family):
    path = account_path(college, family)
    page = head.get(path)
    assert "Notifiez d’abord le compte" in text_of(page) and b'id="afficher"' not in page.content
    csrf = dict(page.forms[0].fields)["csrf"]
    refused = head.session.post(here.portal_url + path + "/mot-de-passe", data={"csrf": csrf}, timeout=20)
    assert refused.status_code == 409 and 'id="mot-de-passe"' not in refused.text
    early = sign_in(here, family)
    assert early.page.status == 409 and "Votre compte n’a pas encore été remis par l’établissement." in text_of(early.page)
    assert "Notifiez" not in early.page.text


def test_what_was_cancelled_of_a_batch_is_counted(here, head, college, family):
    page = confirm(head, college, preview(head, college, family, "mail"))
    here.wait(lambda: "Tous les courriels sont partis" in text_of(head.get(page.path)), what="a batch that is over")
    assert "Annulés" not in head.get(page.path).text
    with here.psql() as database:
        database.execute("update preau.delivery set state = 'cancelled' where (academy, account_id) = (%s, %s)", family.account)
    assert "Annulés" in head.get(page.path).text and "L’envoi est annulé ; rien n’est parti" in text_of(head.get(page.path))
    assert "annulés : 1" in text_of(head.get(f"/etablissements/{college[0]}/envois"))


def test_a_chosen_password_is_shown_to_nobody(here, head, college, family):
    child = family.child
    child.hand_out()
    pupil = sign_in(here, child)
    pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(child))
    path = account_path(college, child)
    page = head.get(path)
    assert "nul autre ne peut le lire" in text_of(page) and "Activé" in page.text
    csrf = dict(page.forms[0].fields)["csrf"]
    refused = head.session.post(here.portal_url + path + "/mot-de-passe", data={"csrf": csrf}, timeout=20)
    assert refused.status_code in (404, 409) and 'id="mot-de-passe"' not in refused.text


def test_the_activation_mail_goes_to_another_address(here, head, college, family):
    family.hand_out()
    guardian = sign_in(here, family)
    dates = opening_fields(guardian.page, [birth(family.child)])
    guardian.submit(guardian.page.form("/ouverture"), dates, nouveau=PASSWORD, confirmation=PASSWORD, courriel="faute@example.org")
    path = account_path(college, family)
    page = head.get(path)
    assert "En cours d’activation" in page.text
    wrong = head.submit(page.form(path + "/renvoi"), adresse="pas une adresse")
    assert wrong.status == 422 and b'value="pas une adresse"' in wrong.content
    address = f"juste.{family.name.lower()}@example.org"
    done = head.submit(page.form(path + "/renvoi"), adresse=address)
    assert done.path == path and "Le courriel d’activation est renvoyé" in text_of(done)
    assert here.mail.wait(to=address)


def test_without_notifyd_heads_are_told_and_families_go_on(here, head, college, family):
    family.child.hand_out()
    here.kill("preau-notifyd")
    try:
        page = preview(head, college, family, "mail")
        assert page.status == 503 and "n’a pas été fait" in text_of(page)
        assert sign_in(here, family.child).page.path == "/ouverture"
    finally:
        here.launch("preau-notifyd")
    assert preview(head, college, family, "mail").status == 200


def test_a_batch_asked_while_notifyd_is_away_is_made_once_it_is_back(here, head, college, family):
    page = preview(head, college, family, "mail")
    here.kill("preau-notifyd")
    here.launch("preau-notifyd", ready=False)
    assert "/envois/" in confirm(head, college, page).path
    assert batches(here, family) == 1
