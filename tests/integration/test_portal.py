"""preau-portald over HTTP, as a browser without JavaScript and as a stranger use it, before real linkd, statsd and notifyd."""

import concurrent.futures
import html
import re
import time
from html.parser import HTMLParser

import pytest
import requests

from peers.catalogues import translate
from peers.people import Town
from peers.portal import ACADEMY, HEAD_PASSWORD, PASSWORD, add_head, birth, opening_fields, sign_in, sign_in_head
from peers.sealing import link_token
from peers.site import Site
from peers.web import Page, Visitor

HELP_BYTES_MAX = 30_000  # some seconds of a slow telephone, in any language


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A site of portald, linkd and statsd; Argon2 as cheap as it may be."""
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "20", "attempts_address": "1000",
                         "birth_date_attempts": "20"}, "import": {"grace": "200j"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald", settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def ecole(town):
    """An école with 60 guardians in two classes; every other one has a mail address."""
    school = town.school(1)
    for number in range(60):
        name = f"Essai{chr(97 + number // 26)}{chr(97 + number % 26)}"
        child = town.pupil(school, "Zoe", name, "2017-05-06", class_label="CP" if number < 20 else "CE1 B")
        person = town.guardian("Anne", name, [child], mail=f"p{number}@example.org" if number % 2 else None)
        if number < 7:
            person.hand_out()
    return school


@pytest.fixture(scope="module")
def college(town):
    return town.school(2)


@pytest.fixture(scope="module")
def elsewhere(town):
    """A school of somebody else, with a family."""
    school = town.school(2)
    pupil = town.pupil(school, "Paul", "Ailleurs", "2012-02-29", account=True)
    guardian = town.guardian("Jean", "Ailleurs", [pupil], mail="jean@example.org")
    guardian.uai, guardian.pupil = school[0], pupil
    return guardian


@pytest.fixture(scope="module")
def heads(here, ecole, college):
    add_head(here, "girard", ecole, college)
    add_head(here, "petit", ecole, name="M. Petit")


@pytest.fixture
def head(here, heads):
    return sign_in_head(here, "girard")


@pytest.fixture
def family(town, college):
    """A guardian of two pupils with accounts, all handed out."""
    lea = town.pupil(college, "Léa", "Martin", "2010-04-03", account=True)
    tom = town.pupil(college, "Tom", "Martin", "2012-10-21", account=True)
    anne = town.guardian("Anne", "Martin", [lea, tom], mail="anne@example.org")
    for person in (lea, tom, anne):
        person.hand_out()
    anne.children = [lea, tom]
    return anne


def attributes_of(text):
    """The names of all attributes, as a browser reads them."""
    names = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, pairs: names.extend(name for name, _ in pairs)
    parser.feed(text)
    return names


def csrf_of(page):
    return dict(page.forms[0].fields)["csrf"]


# ------------------------------------------------------------------------------------------------ who may come in: test_portal_rights.py, and


def test_an_account_of_another_school_does_not_exist_in_mine(head, ecole, elsewhere):
    assert head.get(f"/etablissements/{ecole[0]}/comptes/{elsewhere.account[0]}-{elsewhere.account[1]}").status == 404


def test_a_selection_of_another_school_is_left_out(head, ecole, elsewhere):
    page = head.get(f"/etablissements/{ecole[0]}/responsables")
    form = page.form(f"/etablissements/{ecole[0]}/apercu")
    preview = head.submit(form, action="reset", compte="%d-%d" % elsewhere.account)
    assert "Rien ne peut être fait" in preview.text
    assert "n’est pas rattaché à cet établissement" in preview.text


def test_a_head_has_no_desk(head):
    assert head.get("/guichet").path == "/etablissements"


def test_an_opening_leads_nowhere_but_to_itself(here, family):
    guardian = sign_in(here, family)
    assert guardian.page.path == "/ouverture"
    assert guardian.get("/guichet").path == "/ouverture"
    assert guardian.get("/nouveau-mot-de-passe").path == "/ouverture"


# ------------------------------------------------------------------------------------------------ sessions and forms


def test_a_wrong_password_keeps_the_name_and_not_the_password(here, heads):
    visitor = sign_in_head(here, "girard", "ce n’est pas lui")
    assert visitor.page.status == 401
    assert "L’identifiant ou le mot de passe est incorrect" in visitor.page.text
    assert b'value="girard"' in visitor.page.content and "ce n’est pas lui" not in visitor.page.content.decode()


def test_the_cookie_is_kept_from_scripts_and_the_store_holds_its_digest_only(here, heads):
    visitor = Visitor(here.portal_url)
    page = visitor.get("/administration/connexion")
    response = visitor.session.post(here.portal_url + "/administration/connexion", allow_redirects=False, timeout=20, data={
        "csrf": csrf_of(page), "identifiant": "girard", "mot_de_passe": HEAD_PASSWORD})
    cookie = response.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    token = visitor.session.cookies["preau"]
    with here.psql() as database:
        rows = database.execute("select encode(digest, 'hex'), csrf from preau.session").fetchall()
    assert rows and all(token not in part for row in rows for part in row)


def test_a_sign_in_changes_the_token_and_ends_the_session_before(here, head):
    before = head.session.cookies["preau"]
    page = head.get("/administration/connexion")
    head.submit(page.form("/administration/connexion"), identifiant="girard", mot_de_passe=HEAD_PASSWORD)
    assert head.session.cookies["preau"] != before
    old = requests.get(here.portal_url + "/etablissements", cookies={"preau": before}, allow_redirects=False, timeout=20)
    assert old.headers["Location"] == "/administration/connexion?session=finie"


def test_signing_out_ends_the_session_for_good(here, head):
    token = head.session.cookies["preau"]
    page = head.get("/etablissements")
    assert "déconnecté" in head.submit(page.form("/deconnexion")).text
    old = requests.get(here.portal_url + "/etablissements", cookies={"preau": token}, allow_redirects=False, timeout=20)
    assert old.status_code == 303


def test_a_session_ends_when_idle_and_at_its_end(here, heads):
    for change in ("seen_at = now() - interval '31 min'", "expires_at = now() - interval '1 s'"):
        visitor = sign_in_head(here, "girard")
        with here.psql() as database:
            database.execute(f"update preau.session set {change}")
        page = visitor.get("/etablissements")
        assert page.path == "/administration/connexion" and "session a pris fin" in page.text


def test_an_administrator_who_is_disabled_is_out_at_once(here, town, ecole):
    add_head(here, "partie", ecole)
    visitor = sign_in_head(here, "partie")
    assert visitor.page.path == f"/etablissements/{ecole[0]}"
    with here.psql() as database:
        database.execute("update preau.administrator set disabled_at = now() where login = 'partie'")
    assert visitor.get("/etablissements").path == "/administration/connexion"


@pytest.mark.parametrize("token", [None, "", "x", "A" * 43])
def test_a_form_without_the_right_token_does_nothing(here, head, ecole, token):
    page = head.get(f"/etablissements/{ecole[0]}/responsables")
    for action in ("/deconnexion", f"/etablissements/{ecole[0]}/apercu"):
        assert head.submit(page.form(action), csrf=token).status == 403
    assert head.get("/etablissements").path == "/etablissements"


def test_the_token_of_another_browser_is_wrong(here, head, heads):
    other = sign_in_head(here, "petit")
    assert head.submit(head.page.form("/deconnexion"), csrf=csrf_of(other.page)).status == 403


def test_a_sign_in_from_elsewhere_is_refused(here, heads):
    """Somebody else's form cannot sign a browser in: it has neither the cookie nor its digest."""
    stranger = Visitor(here.portal_url)
    page = stranger.get("/administration/connexion")
    data = {"csrf": csrf_of(page), "identifiant": "girard", "mot_de_passe": HEAD_PASSWORD}
    assert requests.post(here.portal_url + "/administration/connexion", data=data, timeout=20).status_code == 403
    other = requests.post(here.portal_url + "/administration/connexion", data=data, cookies={"preau-formulaire": "A" * 43}, timeout=20)
    assert other.status_code == 403


# ------------------------------------------------------------------------------------------------ heads


def test_one_school_opens_directly_and_several_are_chosen(here, head, ecole):
    assert head.page.path == "/etablissements" and "Choisir l’établissement" in head.page.text
    alone = sign_in_head(here, "petit")
    assert alone.page.path == f"/etablissements/{ecole[0]}"
    assert "Changer d’établissement" not in alone.page.text
    assert "Changer d’établissement" in head.get(f"/etablissements/{ecole[0]}").text


def test_an_ecole_has_no_list_of_pupils(head, ecole, college):
    assert head.get(f"/etablissements/{ecole[0]}/eleves").status == 404
    assert "Élèves" not in head.get(f"/etablissements/{ecole[0]}/responsables").text.split("Responsables")[0]
    assert head.get(f"/etablissements/{college[0]}/eleves").status == 200


@pytest.mark.parametrize("query, count", [
    ("", "60 comptes"), ("?etat=distribue", "7 comptes"), ("?etat=non_distribue", "53 comptes"), ("?etat=active", "0 compte"),
    ("?classe=CP", "20 comptes"), ("?classe=CE1+B&courriel=avec", "20 comptes"), ("?courriel=sans", "30 comptes"),
    ("?nom=essaiaa", "1 compte"), ("?nom=ZOE+essaiab", "1 compte"), ("?nom=Anne", "60 comptes"), ("?nom=personne", "0 compte"),
    ("?origine=etablissement", "7 comptes"), ("?etat=%3Cscript%3E", "0 compte"), ("?page=2", "60 comptes"), ("?page=-1", "60 comptes"),
])
def test_filters_narrow_the_list(head, ecole, query, count):
    page = head.get(f"/etablissements/{ecole[0]}/responsables{query}")
    assert page.status == 200
    assert count in page.text.replace("\u00a0", " ")


def test_pages_follow_one_another_with_the_filter(head, ecole):
    first = head.get(f"/etablissements/{ecole[0]}/responsables?nom=Anne")
    second = head.press(first, "Page suivante")
    assert len(first.rows) - 1 == 50 and len(second.rows) - 1 == 10
    assert not {row[4] for row in first.rows[1:]} & {row[4] for row in second.rows[1:]}
    past = head.get(f"/etablissements/{ecole[0]}/responsables?page=9")
    assert len(past.rows) - 1 == 50


def test_a_row_says_what_the_head_needs(head, ecole):
    page = head.get(f"/etablissements/{ecole[0]}/responsables?nom=essaiab")
    row = page.row("ESSAIAB Anne")
    assert row[2:4] == ["Zoe ESSAIAB", "CP"]
    assert row[5] == "Distribué" and row[6] == "Établissement" and row[7] == "p1@example.org (AAF) aucun mobile" and "jusqu’au" in row[8]


def test_an_account_says_its_state_and_what_may_be_done(head, ecole):
    listed = head.get(f"/etablissements/{ecole[0]}/responsables?nom=essaiba")  # no mail, not distributed
    page = head.get(listed.link("ESSAIBA"))
    assert page.status == 200
    assert "Non distribué" in page.text and "Zoe ESSAIBA" in page.text
    assert "Réinitialiser le mot de passe : Ce compte n’a pas encore été distribué." in page.text.replace("\u00a0", " ")
    assert "Notifier par courrier électronique : Aucune adresse" in page.text.replace("\u00a0", " ")


def test_an_account_is_closed_to_a_school_that_the_child_has_left(here, head, town, ecole, college):
    """A guardian keeps a child elsewhere: the school that the other child left has neither page nor action."""
    gone = town.pupil(ecole, "Luc", "Partant", "2016-01-02")
    stays = town.pupil(college, "Eva", "Partant", "2012-01-02")
    anne = town.guardian("Anne", "Partant", [gone])
    other = town.guardian("Anne", "Partant", [stays])
    with here.psql() as database:
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (*anne.account, ACADEMY, other.aaf_id))
    path = f"/etablissements/{ecole[0]}/comptes/%d-%d" % anne.account
    page = head.get(path)
    assert page.status == 200 and "Luc PARTANT" in page.text and "Eva" not in page.text
    with here.psql() as database:
        database.execute("update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, 1, %s)", (ACADEMY, gone.aaf_id))
    try:
        assert head.get(path).status == 404
        form = head.get(f"/etablissements/{ecole[0]}/responsables").form(f"/etablissements/{ecole[0]}/apercu")
        assert "n’est pas rattaché à cet établissement" in head.submit(form, action="reset", compte="%d-%d" % anne.account).text
        assert "Eva PARTANT" in head.get(f"/etablissements/{college[0]}/comptes/%d-%d" % anne.account).text
    finally:
        with here.psql() as database:
            database.execute("delete from preau.enrolment where (academy, degree, pupil_id) = (%s, 1, %s)", (ACADEMY, gone.aaf_id))


def test_the_address_is_the_confirmed_one_else_the_schools(here, head, town, college):
    child = town.pupil(college, "Noé", "Adresse", "2012-01-02")
    anne = town.guardian("Anne", "Adresse", [child])
    anne.hand_out()
    listed = f"/etablissements/{college[0]}/responsables?nom=adresse"

    def store(assignment):
        with here.psql() as database:
            database.execute(f"update preau.account set {assignment} where (academy, id) = (%s, %s)", anne.account)

    store("email = 'moi@example.net'")
    row = head.get(listed).row("ADRESSE Anne")
    assert row[7] == "moi@example.net (à confirmer) aucun mobile"
    assert "0 compte" in head.get(listed + "&courriel=avec").text.replace("\u00a0", " ")
    page = head.get(head.get(listed).link("ADRESSE"))
    assert "Notifier par courrier électronique : Aucune adresse" in page.text.replace("\u00a0", " ") and "(à confirmer)" in page.text
    store("email_confirmed_at = now()")
    assert head.get(listed + "&courriel=avec").row("ADRESSE Anne")[7] == "moi@example.net (compte) aucun mobile"
    assert "jusqu’au" in head.get(listed).row("ADRESSE Anne")[8]
    store("state = 'en_cours', password = 'chosen'")
    store("state = 'active', activated_at = now()")
    assert "jusqu’au" not in head.get(listed).row("ADRESSE Anne")[8]


def test_a_preview_counts_what_will_be_done_and_says_the_rest(head, ecole):
    page = head.get(f"/etablissements/{ecole[0]}/responsables?classe=CP")
    form = page.form(f"/etablissements/{ecole[0]}/apercu")
    preview = head.submit(form, action="reset", portee="tous")
    text = preview.text.replace("\u00a0", " ")
    assert "7 mots de passe seront réinitialisés" in text
    assert "13 comptes : Ce compte n’a pas encore été distribué." in text
    assert len(dict(preview.form(f"/etablissements/{ecole[0]}/envoi").fields)["comptes"].split(",")) == 20


def test_a_password_that_was_reset_is_notified_next(head, town, college):
    """Guide 2.2: reset, then notify again; from an account, Annuler leads back to it."""
    guardian = town.guardian("Anne", "Suite", [town.pupil(college, "Noé", "Suite", "2012-01-02")], mail="suite@example.org")
    guardian.hand_out()
    account = f"/etablissements/{college[0]}/comptes/%d-%d" % guardian.account
    preview = head.submit(head.get(account).form(f"/etablissements/{college[0]}/apercu"), action="reset")
    assert preview.link("Annuler") == account
    done = head.submit(preview.form(f"/etablissements/{college[0]}/envoi"))
    assert "Notifier maintenant" in done.text and done.link("Revenir au compte") == account
    next_ = head.submit(done.form(f"/etablissements/{college[0]}/apercu"), action="mail")
    assert "1 compte sera notifié par courrier électronique" in next_.text.replace("\u00a0", " ")


@pytest.mark.parametrize("fields, status", [
    ({"compte": "x"}, 400), ({"compte": "11-1", "action": "effacer"}, 400), ({"compte": "11-1", "profil": "roi"}, 400),
    ({"compte": "11-99999999"}, 200),
])
def test_a_selection_is_checked(head, ecole, fields, status):
    form = head.get(f"/etablissements/{ecole[0]}/responsables").form(f"/etablissements/{ecole[0]}/apercu")
    assert head.submit(form, {"action": "reset", **fields}).status == status


def test_a_list_of_nobody_leads_back_to_it(head, ecole):
    form = head.get(f"/etablissements/{ecole[0]}/responsables?nom=personne").form(f"/etablissements/{ecole[0]}/apercu")
    page = head.submit(form, action="reset", portee="tous")
    assert (page.status, page.path) == (200, f"/etablissements/{ecole[0]}/responsables")
    assert "Aucun compte ne correspond" in page.text and "Cochez au moins" not in page.text


def test_statistics_say_when_they_were_computed(here, head, ecole):
    here.ctl("statistics", "compute")
    page = head.get(f"/etablissements/{ecole[0]}/statistiques")
    assert "Relevé du" in page.text
    assert page.row("Établissement")[:3] == ["Établissement", "0", "7"]
    assert [row for row in page.rows if row[0] == "Total"][-1][-1] == "60"


def test_names_are_shown_and_never_run(head, town, ecole):
    evil = "<script>alert(1)</script>"
    child = town.pupil(ecole, '"><img src=x onerror=alert(2)>', "Hostile", "2017-05-06", class_label="</select><b>")
    person = town.guardian(evil, "Hostile' onclick='x", [child], mail='"><i>@example.org')
    try:
        listed = head.get(f"/etablissements/{ecole[0]}/responsables?nom=hostile")
        account = head.get(f"/etablissements/{ecole[0]}/comptes/{person.account[0]}-{person.account[1]}")
        for page in (listed, account, head.get(f"/etablissements/{ecole[0]}/responsables?nom={evil}&classe={evil}")):
            text = page.content.decode()
            assert "<script>alert" not in text.lower() and "<img" not in text.lower() and "<i>@" not in text and "<b>" not in text
            assert not any(name.startswith("on") for name in attributes_of(text))
        assert "hostile" in html.unescape(listed.content.decode()).lower()
    finally:
        with town.database() as database:
            database.execute("update preau.person set departed_at = now() where aaf_id in (%s, %s) and academy = %s",
                             (person.aaf_id, child.aaf_id, ACADEMY))


# ------------------------------------------------------------------------------------------------ families


def confirmation_token(here, person):
    with here.psql() as database:
        number = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)",
                                  person.account).fetchone()[0]
    return link_token(here.folder / "keys", "activation", person.account[0], number)


def test_a_guardian_opens_confirms_and_comes_to_the_desk(here, family):
    guardian = sign_in(here, family)
    form = guardian.page.form("/ouverture")
    assert dict(form.fields)["courriel"] == "anne@example.org"
    dates = opening_fields(guardian.page, [birth(child) for child in family.children])
    page = guardian.submit(form, dates, nouveau=PASSWORD, confirmation=PASSWORD, courriel="anne.martin@example.net")
    assert page.status == 200 and "anne.martin@example.net" in page.text
    assert family.row()["state"] == "en_cours"
    assert guardian.get("/guichet").path == "/connexion"
    pending = sign_in(here, family, PASSWORD)
    assert "attend la confirmation" in pending.page.text

    path = f"/activation/{confirmation_token(here, family)}"
    scanner = requests.get(here.portal_url + path, timeout=20)
    assert scanner.status_code == 200 and family.row()["state"] == "en_cours"
    mail_reader = Visitor(here.portal_url)
    page = mail_reader.submit(mail_reader.get(path).form(path))
    assert "Votre compte est activé" in page.text and family.row()["state"] == "active"

    desk = sign_in(here, family, PASSWORD)
    assert desk.page.path == "/guichet"
    assert "Léa MARTIN" in desk.page.text and "Tom MARTIN" in desk.page.text and family.login in desk.page.text


def test_a_date_that_is_refused_says_which_school_corrects_it_and_from_when_that_counts(here, town, ecole, family):
    small = town.pupil(ecole, "Zoé", "Martin", "2017-05-06")
    with town.database() as database:
        record = town._person(1, "responsable", "Anne", "Martin")
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 1, %s)",
                         (*family.account, town.academy, record.aaf_id))
        database.execute("insert into preau.guardianship values (%s, 1, %s, %s, 10)", (town.academy, small.aaf_id, record.aaf_id))
        names = [name for name, in database.execute(
            "select s.name from preau.school s join preau.enrolment e using (academy, uai) where (e.academy, e.pupil_id) in"
            " ((%s, %s), (%s, %s)) order by e.degree", (town.academy, small.aaf_id, town.academy, family.children[0].aaf_id)).fetchall()]
    guardian = sign_in(here, family)
    assert "prévenez-le" not in guardian.page.text
    form = guardian.page.form("/ouverture")
    page = guardian.submit(form, opening_fields(guardian.page, ["01/01/2001"] * 3), nouveau=PASSWORD, confirmation=PASSWORD, courriel="a@example.net")
    told = page.text[page.text.index("Seul l’établissement"):page.text.index("Mon mot de passe")]
    assert page.status == 422 and [len(re.findall(rf"{name}\b", told)) for name in names] == [1, 1], "each school once"
    assert re.search(r"comptera ici à partir du \d\d/\d\d/\d{4} à 8\sh\s20", told)
    lea = family.children[0]
    pupil = sign_in(here, lea)
    page = pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance="01/01/2001")
    told = page.text[page.text.index("Seul l’établissement de l’élève"):page.text.index("Mon mot de passe")]
    assert len(re.findall(rf"{names[1]}\b", told)) == 1 and not re.search(rf"{names[0]}\b", page.text), "the pupil's own, not a sibling's"


def test_a_pupil_opens_and_is_at_the_desk(here, family):
    lea = family.children[0]
    pupil = sign_in(here, lea)
    page = pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea))
    assert page.path == "/guichet" and "Votre compte est activé" in page.text
    assert lea.row()["state"] == "active"


@pytest.mark.parametrize("change, field, words", [
    ({"confirmation": "autre chose"}, "confirmation", "Les deux mots de passe ne sont pas les mêmes"),
    ({"nouveau": "court", "confirmation": "court"}, "nouveau", "trop court"),
    ({"courriel": "pas une adresse"}, "courriel", "adresse de messagerie n’est pas valable"),
    ({"date": "31/02/2010"}, "naissance", "Cette date n’est pas valable"),
    ({"date": "04/04/2010"}, "naissance", "ne correspond pas"),
])
def test_what_is_refused_is_said_at_its_field_and_the_rest_is_kept(here, family, change, field, words):
    guardian = sign_in(here, family)
    dates = opening_fields(guardian.page, [change.get("date", birth(family.children[0])), birth(family.children[1])])
    fields = {"nouveau": PASSWORD, "confirmation": PASSWORD, "courriel": "garde@example.net",
              **{name: value for name, value in change.items() if name != "date"}}
    page = guardian.submit(guardian.page.form("/ouverture"), {**dates, **fields})
    text = page.content.decode()
    assert page.status == 422
    error = re.search(r'<p class="fr-error-text" id="([^"]+)-erreur">([^<]+)', text)
    assert error and error[1].startswith(field) and words in html.unescape(error[2])
    assert words != "ne correspond pas" or page.link("Que faire") == "/aide#date"
    kept = dict(page.form("/ouverture").fields)
    assert kept["courriel"] == fields["courriel"] and kept["nouveau"] == "" and kept["confirmation"] == ""
    assert [value for name, value in page.form("/ouverture").fields if name.startswith("naissance")] == list(dates.values())
    assert family.row()["state"] == "distribue"


@pytest.mark.parametrize("language", ["fr", *translate.LANGUAGES])
def test_help_is_light_and_tells_of_no_way_that_is_not_here(here, language):
    page = Visitor(here.portal_url).get(f"/aide?langue={language}")
    text = page.content.decode()
    assert f'<html lang="{language}"' in text and page.status == 200 and len(page.content) < HELP_BYTES_MAX
    assert 'id="feuille"' in text and not re.search(r'(id="|#)(sms|mobile|franceconnect|ent)"', text)


def question(here, name):
    """The text of one question of the help page."""
    text = Visitor(here.portal_url).get("/aide").content.decode()
    shown = re.sub("<[^>]+>", "", text.split(f'<section id="{name}">')[1].split("</section>")[0])
    return html.unescape(shown).replace("\u00a0", " ")


def test_help_for_a_password_that_is_over_tells_a_pupil_of_a_guardian_before_the_school(here):
    told = question(here, "perime")
    assert told.index("élève ? Un responsable légal peut vous en donner un nouveau, depuis son guichet") < told.index("à l’école")


def test_help_for_a_forgotten_password_tells_who_waits_for_the_activation_of_its_link(here):
    told = question(here, "mot-de-passe")
    assert told.index("si votre compte est activé") < told.index("Vous n’aviez pas suivi le lien d’activation") < told.index("provisoire")


def test_help_for_a_child_of_somebody_else_promises_the_link_to_who_has_a_provisional_password_alone(here):
    told = question(here, "enfants")
    assert told.index("Prévenez son école") < told.index("avec un mot de passe provisoire") < told.index("Je ne suis pas responsable légal")


def test_the_page_of_personal_data_says_how_long_this_site_keeps_them(here):
    told = html.unescape(re.search(r'<p id="durees">(.*?)</p>', Visitor(here.portal_url).get("/donnees-personnelles").content.decode())[1])
    assert re.findall(r"(\d+)\s(?:jours|ans?)\b", told) == ["200", "365"]


def test_a_person_changes_the_password_from_the_desk(here, family):
    lea = family.children[0]
    pupil = sign_in(here, lea)
    page = pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea))
    page = pupil.get(page.link("Changer de mot de passe"))
    wrong = pupil.submit(page.form("/nouveau-mot-de-passe"), actuel="pas le bon", nouveau="un autre jardin 42", confirmation="un autre jardin 42")
    assert wrong.status == 422 and b'id="actuel-erreur"' in wrong.content
    before = pupil.session.cookies["preau"]
    done = pupil.submit(wrong.form("/nouveau-mot-de-passe"), actuel=PASSWORD, nouveau="un autre jardin 42", confirmation="un autre jardin 42")
    assert done.path == "/guichet" and "mot de passe est changé" in done.text
    assert pupil.session.cookies["preau"] != before
    assert sign_in(here, lea, PASSWORD).page.status == 401
    assert sign_in(here, lea, "un autre jardin 42").page.path == "/guichet"


def test_after_a_reset_by_the_school_another_password_is_chosen_first(here, family):
    lea = family.children[0]
    pupil = sign_in(here, lea)
    pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea))
    lea.reset()
    pupil = sign_in(here, lea)
    assert pupil.page.path == "/nouveau-mot-de-passe" and "réinitialisé votre mot de passe" in pupil.page.text
    assert pupil.get("/guichet").path == "/nouveau-mot-de-passe"
    form = pupil.page.form("/nouveau-mot-de-passe")
    weak = pupil.submit(form, nouveau="12345678", confirmation="12345678")
    assert weak.status == 422 and b'id="nouveau-erreur"' in weak.content
    done = pupil.submit(form, nouveau="encore un jardin 55", confirmation="encore un jardin 55")
    assert done.path == "/guichet"
    assert sign_in(here, lea, "encore un jardin 55").page.path == "/guichet"


def test_a_session_ends_with_the_password_that_it_was_made_with(here, family):
    lea = family.children[0]
    pupil = sign_in(here, lea)
    pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea))
    assert pupil.get("/guichet").path == "/guichet"
    lea.reset()
    assert pupil.get("/guichet").path == "/connexion"
    thief = sign_in(here, lea)
    lea.reset("bcdf-ghjk-mnpq")
    page = thief.submit(thief.page.form("/nouveau-mot-de-passe"), nouveau="encore un jardin 55", confirmation="encore un jardin 55")
    assert page.path == "/connexion" and lea.row()["password"] == "provisional"


def test_the_desk_waits_for_the_link_of_the_mail_whatever_the_password(here, family):
    guardian = sign_in(here, family)
    dates = opening_fields(guardian.page, [birth(child) for child in family.children])
    guardian.submit(guardian.page.form("/ouverture"), {**dates, "nouveau": PASSWORD, "confirmation": PASSWORD, "courriel": "g@example.net"})
    family.reset()
    guardian = sign_in(here, family)
    page = guardian.submit(guardian.page.form("/nouveau-mot-de-passe"), nouveau="encore un jardin 55", confirmation="encore un jardin 55")
    assert "messagerie" in page.text and page.path != "/guichet"
    assert guardian.get("/guichet").path == "/connexion"
    assert family.row()["state"] == "en_cours"


def test_a_double_click_opens_once_and_answers_twice_the_same(here, family):
    lea = family.children[0]
    pupil = sign_in(here, lea)
    form = pupil.page.form("/ouverture")
    with concurrent.futures.ThreadPoolExecutor(2) as pool, here.psql() as database, here.psql() as watch:
        with database.transaction():  # both are there before one is done
            database.execute("select from preau.account where (academy, id) = (%s, %s) for update", lea.account)
            clicks = [pool.submit(pupil.send, form, nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(lea)) for _ in range(2)]
            here.wait(lambda: watch.execute("select count(*) from pg_locks where not granted").fetchone()[0] > 0, what="one waits")
            time.sleep(0.3)  # the other is asked behind it, by nobody that can be watched
    assert [Page(click.result()).path for click in clicks] == ["/guichet", "/guichet"]
    with here.psql() as database:
        events = database.execute("select count(*) from preau.account_event where (academy, account_id) = (%s, %s) and action = 'open'",
                                  lea.account).fetchone()
    assert events == (1,)


@pytest.mark.parametrize("token", ["abc", "A" * 40, "..%2f", "a" * 63])
def test_links_that_are_not_ours_activate_nothing(here, token):
    visitor = Visitor(here.portal_url)
    page = visitor.get(f"/activation/{token}")
    if page.status == 200:
        page = visitor.submit(page.forms[0])
    assert page.status in (400, 404)


# ------------------------------------------------------------------------------------------------ hostile requests


def test_pages_forbid_what_they_do_not_use(here, head, ecole):
    for path in ("/", "/connexion", f"/etablissements/{ecole[0]}/responsables", "/nulle-part"):
        page = head.get(path)
        policy = page.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert page.headers["X-Content-Type-Options"] == "nosniff" and page.headers["Cache-Control"] == "no-store"
        assert not re.search(rb"<[^>]* style=|<[^>]* on[a-z]+=|<style|<script>", page.content)


def test_too_much_is_refused(here, head, ecole):
    address = f"{here.portal_url}/etablissements/{ecole[0]}/apercu"
    huge = head.session.post(address, data={"csrf": "x", "nom": "a" * 1_100_000}, timeout=20)
    assert huge.status_code == 413
    token = csrf_of(head.page)
    full = {"csrf": token, "action": "reset", "profil": "responsable", "comptes": ",".join(f"11-{n}" for n in range(1, 5001))}
    assert head.session.post(address, data=full, timeout=20).status_code == 200
    for size in (300_000, 600_000, 900_000):  # as much as is read: an answer, whatever it is
        answer = head.session.post(address, data={**full, "nom": "%" * (size // 3)}, timeout=20)
        assert answer.status_code in (200, 413), size
    full["comptes"] += ",11-5001"
    assert head.session.post(address, data=full, timeout=20).status_code == 422
    many = head.session.post(address, data=[("compte", "11-1")] * 5000, timeout=20)
    assert many.status_code in (400, 413)
    long = head.session.get(f"{here.portal_url}/connexion?x={'a' * 20000}", timeout=20)
    assert long.status_code in (400, 413, 414, 431)
    assert head.get("/etablissements").status == 200


@pytest.mark.parametrize("method, path, status", [
    ("POST", "/", 405), ("GET", "/deconnexion", 405), ("DELETE", "/connexion", 501), ("GET", "/etablissements/x/responsables", 404),
    ("GET", "/assets/../../etc/passwd", 404), ("GET", "/assets/x/..%2f..%2f..%2fetc%2fpasswd", 400), ("GET", "/assets/x", 404),
    ("GET", "/%00", 400), ("GET", "/nulle-part", 404), ("HEAD", "/", 200),
])
def test_addresses_that_are_none(here, method, path, status):
    request = requests.Request(method, here.portal_url).prepare()
    request.url = here.portal_url + path  # as it is
    with requests.Session() as session:
        found = session.send(request, timeout=20).status_code
    assert found == status or (found, status) in {(404, 400), (400, 404), (405, 501)}


def test_files_are_kept_by_browsers_under_an_address_that_changes_with_them(here):
    page = requests.get(here.portal_url + "/", timeout=20).text
    address = here.portal_url + re.search(r'href="(/assets/[0-9a-f]{16}/dsfr\.css)"', page)[1]
    first = requests.get(address, timeout=20)
    assert first.status_code == 200 and "max-age=31536000" in first.headers["Cache-Control"]
    assert "Marianne" not in first.text and "@font-face" not in first.text
    again = requests.get(address, headers={"If-None-Match": first.headers["ETag"]}, timeout=20)
    assert again.status_code == 304
    for icon in set(re.findall(r"url\((icons/[^)]+)\)", first.text)):
        assert requests.head(address.replace("dsfr.css", icon), timeout=20).status_code == 200
    other = requests.get(re.sub(r"/[0-9a-f]{16}/", "/0000000000000000/", address), timeout=20)
    assert other.status_code == 200 and "max-age=0" in other.headers["Cache-Control"]


# ------------------------------------------------------------------------------------------------ when others fail


def test_without_linkd_a_sign_in_waits_a_little_then_says_so_and_lists_go_on(here, head, ecole):
    here.kill("preau-linkd")
    try:
        visitor = Visitor(here.portal_url)
        page = visitor.get("/connexion")
        response = visitor.send(page.form("/connexion"), identifiant="a.b", mot_de_passe="x")
        assert response.status_code == 503 and int(response.headers["Retry-After"]) > 0
        failed = Page(response)
        incident = re.search(rb'id="incident">([0-9a-f]{12})<', failed.content)[1].decode()
        assert incident in here.log("preau-portald")
        assert head.get(f"/etablissements/{ecole[0]}/responsables").status == 200
        assert here.http_status("preau-portald", "/readyz") == 200
    finally:
        here.launch("preau-linkd")
    assert sign_in_head(here, "girard").page.status == 200


def test_a_peer_killed_under_the_question_is_asked_again(here, heads):
    here.kill("preau-linkd")
    here.launch("preau-linkd", ready=False)
    assert sign_in_head(here, "girard").page.path == "/etablissements"


def test_killed_and_started_again_a_session_goes_on(here, head, ecole):
    here.kill("preau-portald")
    here.launch("preau-portald")
    assert head.get(f"/etablissements/{ecole[0]}/responsables").status == 200


def test_without_its_database_it_says_so_and_comes_back(here, head, ecole):
    here.postgres.stop("immediate")
    try:
        assert head.get(f"/etablissements/{ecole[0]}/responsables").status == 503
        assert head.get("/").status == 503  # whose session?
        assert requests.get(here.portal_url + "/", timeout=20).status_code == 200
        assert here.http_status("preau-portald", "/livez") == 200
        assert here.http_status("preau-portald", "/readyz") == 503
    finally:
        here.postgres.start()
    here.wait_ready("preau-portald")
    here.wait_ready("preau-linkd")
    assert head.get(f"/etablissements/{ecole[0]}/responsables").status == 200


def test_metrics_count_kinds_of_pages_and_hold_nobody(here, heads):
    sign_in_head(here, "girard")
    metrics = here.metrics("preau-portald")
    assert metrics['preau_portal_sign_ins_total{who="administrator",outcome="ok"}'] >= 1
    assert metrics['preau_portal_requests_total{route="public",status="2xx"}'] >= 1
    assert not any("girard" in name or "etablissements" in name for name in metrics)


def test_the_log_holds_no_password_and_no_token(here, head):
    log = here.log("preau-portald")
    for secret in (HEAD_PASSWORD, PASSWORD, head.session.cookies["preau"], csrf_of(head.page)):
        assert secret not in log
