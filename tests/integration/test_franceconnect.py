"""FranceConnect (guide 1.1, first scheme): a stand-in that is as strict as it is, real linkd and portald, a real Kannel. First the mobile, the
code and the children; then one click."""

import concurrent.futures
import re

import pytest
import requests

from peers.bus import Bus, Refused
from peers.franceconnect import FranceConnectVisitor, changed, site_with_franceconnect, subject_of
from peers.mail import text_of
from peers.portal import ACADEMY, PASSWORD, opening_fields, sign_in
from peers.registering import Families, begin, choose, code_to, give, is_looked_at, name_children, typed
from peers.self_help import NETWORKS

DAEMONS = ("preau-importd", "preau-linkd", "preau-notifyd", "preau-portald")
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": "1000", "provider_keys_interval": "1s"},
            "sms": {"attempts_address": "1000", "daily_number": "3", "daily_number_total": "3"}}
SHEET = 2  # Channel of notify.proto
BUTTON, ACCOUNT = "/franceconnect", "/guichet/compte"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with site_with_franceconnect(tmp_path_factory.mktemp("site"), SETTINGS, DAEMONS) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


def visitor_of(here):
    number = next(NETWORKS)
    return FranceConnectVisitor(here, f"198.19.{number // 250}.{number % 250 + 1}")


def known(here, families, given=None, family_name=None, **claims):
    """A guardian whom the school and FranceConnect know: (name at FranceConnect, who, guardian)."""
    who, guardian, _ = families.family()
    name = who[0].lower()
    here.franceconnect.person(name, given or who[1], family_name or who[0].upper(), **claims)
    return name, who, guardian


def give_mobile(visitor, mobile):
    visitor.page = visitor.submit(visitor.page.form("/inscription/mobile"), mobile=mobile)
    return visitor


def prove(here, name, who, *dates, visitor=None, count=1):
    """Up to the page that links."""
    visitor = visitor or visitor_of(here)
    visitor.go(name)
    assert visitor.page.path == "/inscription/mobile", visitor.page.text
    give_mobile(visitor, typed(who[2]))
    give(visitor, code_to(here, who[2], count))
    return name_children(visitor, *(dates or ("29/02/2012",)))


def link(visitor):
    visitor.page = visitor.submit(visitor.page.form("/inscription/franceconnect"))
    return visitor


def linked(here, families, **claims):
    name, who, guardian = known(here, families, **claims)
    visitor = link(prove(here, name, who))
    assert visitor.page.status == 200 and "est prêt" in visitor.page.text, visitor.page.text
    return name, who, guardian, visitor


def identities(here, person):
    with here.psql() as database:
        return [subject for subject, in database.execute(
            "select subject from preau.franceconnect_identity where (academy, account_id) = (%s, %s)", person.account)]


def confirm_email(here, person, email):
    with here.psql() as database:
        database.execute("update preau.account set email = %s, email_confirmed_at = now() where (academy, id) = (%s, %s)", (email, *person.account))


# --------------------------------------------------------------------------------------------------- first link, then one click


def test_the_button_is_first_where_one_signs_in_and_opens(here):
    visitor = visitor_of(here)
    for path in ("/connexion", "/inscription"):
        page = visitor.get(path)
        assert page.link("FranceConnect") == BUTTON and "S’identifier avec FranceConnect" in page.text
        assert ("Qu’est-ce que FranceConnect ?", "https://franceconnect.gouv.fr/") in page.links
        html = page.content.decode()
        assert html.index('href="/franceconnect"') < html.index("<form method=\"post\" action=\"" + path)
    for words in ("avec FranceConnect", "ouvrir son compte avec FranceConnect"):
        assert visitor.get("/aide").link(words) == "#franceconnect", "the help page tells of it where it is offered"


def test_a_picture_of_a_strangers_page_begins_no_way(here):
    for headers, status in (({"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}, 403),
                            ({"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 303)):
        assert requests.get(here.portal_url + BUTTON, headers=headers, allow_redirects=False, timeout=20).status_code == status


def test_a_guardian_links_franceconnect_and_the_account_is_open_at_once(here, families):
    name, who, anne, visitor = linked(here, families)
    assert anne.login in visitor.page.text and visitor.page.link("donner mon adresse") == "/guichet/adresse"
    row = anne.row()
    assert (row["state"], row["origin"], row["password"]) == ("active", "franceconnect", "provisional") and row["activated_at"]
    assert families.events(anne)[-1] == "open_franceconnect" and identities(here, anne) == [subject_of(name)]
    assert visitor.get("/guichet").status == 200, "the browser is signed in"
    assert re.search(r'"derniere_connexion" ?: ?"20', visitor.submit(visitor.get("/guichet/compte").form("/guichet/donnees")).content.decode()), \
        "and the school sees it"
    again = visitor_of(here)
    assert again.go(name).path == "/guichet" and "Léa" in again.page.text
    assert here.metrics("preau-linkd")['preau_link_sign_ins_total{who="franceconnect",outcome="right"}'] >= 2


def test_the_identifier_is_mailed_to_who_opened_by_franceconnect(here, families):
    who = families.person()
    anne = families.guardian(who, [families.child(who[0])], mail="ouverte.fc@example.org")
    here.franceconnect.person(who[0].lower(), who[1], who[0])
    link(prove(here, who[0].lower(), who))
    text = text_of(here.mail.wait("ouverte.fc@example.org")[-1])
    assert anne.login in text and "le bouton FranceConnect" in text and "vous le dissocierez" in text
    assert families.mails(anne) == ["account_opened"]


def does_not_sign_in(here, person, password):
    page = sign_in(here, person, password).page
    assert page.status == 401 and "est incorrect" in page.text, page.text


def credential(here, person):
    with here.psql() as database:
        return database.execute("select sealed, hash from preau.credential where (academy, account_id) = (%s, %s)", person.account).fetchone()


def test_an_old_letter_opens_nothing_once_franceconnect_did(here, families):
    """Whoever finds it would need it alone: the account asks for no birth date any more."""
    name, who, anne = known(here, families)
    anne.hand_out()
    assert sign_in(here, anne).page.path == "/ouverture"
    before = credential(here, anne)
    visitor = link(prove(here, name, who))
    row = anne.row()
    assert (row["state"], row["origin"], row["password"]) == ("active", "franceconnect", "provisional")
    assert credential(here, anne)[0] not in (None, before[0])
    does_not_sign_in(here, anne, anne.password)
    assert visitor.get("/guichet").status == 200 and visitor_of(here).go(name).path == "/guichet"


def test_a_password_chosen_before_the_address_was_confirmed_opens_nothing(here, families):
    name, who, anne = known(here, families)
    anne.hand_out()
    stranger = sign_in(here, anne)
    page = stranger.submit(stranger.page.form("/ouverture"), opening_fields(stranger.page, ["29/02/2012"]), nouveau=PASSWORD,
                           confirmation=PASSWORD, courriel="intrus@example.net")
    assert page.status == 200 and anne.row()["state"] == "en_cours"
    link(prove(here, name, who))
    row = anne.row()
    assert (row["state"], row["password"], row["email"]) == ("active", "provisional", None) and credential(here, anne)[1] is None
    does_not_sign_in(here, anne, PASSWORD)
    does_not_sign_in(here, anne, anne.password)


def test_a_fresh_account_keeps_a_password_that_nobody_was_given(here, families):
    name, who, anne = known(here, families)
    before = credential(here, anne)
    link(prove(here, name, who))
    assert credential(here, anne) == before
    page = sign_in(here, anne).page
    assert page.path == "/connexion" and page.status == 409, page.text


def test_the_head_notifies_anew_who_opened_by_franceconnect(here, families):
    name, who, anne = known(here, families)
    anne.hand_out()
    old = anne.password
    link(prove(here, name, who))
    school = families.schools[ACADEMY, 2]
    with here.psql() as database:
        (head,) = database.execute("insert into preau.administrator (login, name, role, hash) values ('directrice.fc', 'Essai', 'directeur', 'x')"
                                   " returning id").fetchone()
        database.execute("insert into preau.administrator_scope values (%s, %s, %s)", (head, ACADEMY, school[0]))
    bus = Bus(here)
    account = bus.reference(anne.account)
    bus.ask("notify", "CreateBatch", bus.message("notify", "CreateBatchRequest", academy=ACADEMY, uai=school[0], accounts=[account],
                                                 channel=SHEET), administrator=head)
    here.wait(lambda: anne.row()["notified_at"].year > 2025, what="notified")
    shown = bus.ask("notify", "ShowPassword", bus.message("notify", "ShowPasswordRequest", academy=ACADEMY, uai=school[0],
                                                          account=account), administrator=head)
    assert shown.password not in ("", old)
    assert sign_in(here, anne, shown.password).page.path == "/nouveau-mot-de-passe"
    assert visitor_of(here).go(name).path == "/guichet"


def test_an_account_that_was_active_keeps_its_origin_and_its_password(here, families):
    name, who, anne = known(here, families)
    choose(name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012"))
    confirm_email(here, anne, "active.fc@example.net")
    visitor = prove(here, name, who, count=2)
    assert "déjà un compte" in visitor.page.text
    link(visitor)
    assert anne.row()["origin"] == "responsable" and families.events(anne)[-1] == "open_franceconnect"
    assert sign_in(here, anne, PASSWORD).page.path == "/guichet"
    told = text_of(here.mail.wait("active.fc@example.net")[-1])
    assert "FranceConnect" in told and "lié" in told and anne.login in told
    assert families.mails(anne) == ["franceconnect_linked"], "it was open before"


@pytest.mark.parametrize("nom, prenom, claims", [
    ("Le Goff", "Marie-Eve", {"given_name": "Marie-Ève Anne", "family_name": "LE GOFF"}),
    ("Legoff", "Anne", {"given_name": "Marie Anne", "family_name": "LE GOFF"}),
    ("Mariée", "Zoé", {"given_name": "Zoé", "family_name": "NAISSANCE", "preferred_username": "MARIÉE"}),
    ("Double", "Marie Eve", {"given_name": "Marie Eve Louise", "family_name": "DOUBLE"}),
])
def test_names_meet_as_the_school_writes_them(here, families, nom, prenom, claims):
    """The usual one of the given names, and the name in use or the one at birth."""
    who = (nom, prenom, families.person()[2])
    guardian = families.guardian(who, [families.child(nom)])
    name = f"essai{who[2][-4:]}"
    here.franceconnect.person(name, **claims)
    link(prove(here, name, who))
    assert guardian.row()["state"] == "active"


def test_records_of_two_academies_become_one_account(here, families):
    who = families.person()
    small = families.child(who[0], "Nino", "2018-01-02", degree=1)
    tall = families.child(who[0], "Maud", "2010-03-04", academy=12)
    first, second = families.guardian(who, [small]), families.guardian(who, [tall], academy=12)
    here.franceconnect.person(who[0].lower(), who[1], who[0])
    link(prove(here, who[0].lower(), who, "04/03/2010", "02/01/2018"))
    assert sorted([first.row()["closed_at"] is None, second.row()["closed_at"] is None]) == [False, True]
    page = visitor_of(here).go(who[0].lower())
    assert "Nino" in page.text and "Maud" in page.text


# --------------------------------------------------------------------------------------------------- who is not known


def test_who_is_unknown_sees_the_same_pages_and_gets_no_sms(here, families):
    """Known by the school but under another name than FranceConnect's, and known to nobody: the same as who is known."""
    pages = []
    for family_name in (None, "AUTREMENT"):
        name, who, _ = known(here, families, family_name=family_name)
        visitor = visitor_of(here)
        first = visitor.go(name)
        pages.append((first, give_mobile(visitor, typed(who[2])).page))
    is_looked_at(here)
    seen = [[(page.status, page.path, re.sub(r'value="[^"]*"', "", page.content.decode())) for page in pair] for pair in pages]
    assert seen[0] == seen[1] and pages[0][1].path == "/inscription/code"
    assert len(here.sms.messages(who[2])) == 0, "the second one's names do not agree"
    visitor.page = pages[1][1]
    for _ in range(2):
        assert give(visitor, "000000").page.status == 422 and "Ce code n’est pas le bon" in visitor.page.text


def test_who_has_no_name_is_nobody(here, families):
    who, _, _ = families.family()
    here.franceconnect.person("sansnom", "-")
    give_mobile_page = give_mobile(visitor_and_page(here, "sansnom"), typed(who[2])).page
    is_looked_at(here)
    assert give_mobile_page.path == "/inscription/code" and here.sms.messages(who[2]) == []


def visitor_and_page(here, name):
    visitor = visitor_of(here)
    visitor.go(name)
    return visitor


def test_a_mobile_that_comes_late_counts_as_late(here, families):
    """The number of its registration is older than those that were sent meanwhile."""
    name, who, _ = known(here, families)
    early = visitor_and_page(here, name)
    for count in range(1, 4):
        begin(here, who)
        code_to(here, who[2], count)
    with here.psql() as database:
        database.execute("update preau.registration set asked_at = now() - interval '2 days' where state = 'vouched'")
    give_mobile(early, typed(who[2]))
    is_looked_at(here)
    assert len(here.sms.messages(who[2])) == 3
    with here.psql() as database:
        rows = database.execute("select state, asked_at > now() - interval '1 hour' from preau.registration where mobile = %s order by id", (who[2],))
        assert rows.fetchall() == [("flooded", True)] + [("sent", True)] * 3


def test_a_mobile_is_given_once(here, families):
    """The code is made from the registration: one that was sent to a mobile of mine must not prove another's."""
    name, who, _ = known(here, families)
    visitor = visitor_and_page(here, name)
    form = visitor.page.form("/inscription/mobile")
    give_mobile(visitor, "01 23 45 67 89")
    assert visitor.page.status == 422 and "téléphone mobile" in visitor.page.text
    give_mobile(visitor, typed(who[2]))
    assert visitor.page.path == "/inscription/code" and visitor.page.link("recommencez avec FranceConnect") == BUTTON
    again = visitor.submit(form, mobile="06 99 99 99 99")
    assert again.status == 410 and "n’est plus valable" in again.text, "no code went there: it is not said that one did"
    with here.psql() as database:
        assert database.execute("select count(*) from preau.registration where mobile = '+33699999999'").fetchone() == (0,)


def at_once(here, method, does, **fields):
    """Twice the same deed of one registration: both are let go from the moment when neither was done. does: of its statement alone, for
    what came of a message is written there too."""
    buses = Bus(here), Bus(here)
    waiting = f"select count(*) from pg_stat_activity where wait_event_type = 'Lock' and query like '%%update preau.registration%%{does}%%'"
    with here.psql() as before, here.psql() as looking, concurrent.futures.ThreadPoolExecutor(2) as hands:
        with before.transaction():
            before.execute("select from preau.registration where id = (select max(id) from preau.registration) for update")
            clicks = [hands.submit(bus.ask, "link", method, **fields) for bus in buses]
            here.wait(lambda: looking.execute(waiting).fetchone()[0] == 2, what="both wait")
    return [click.exception() for click in clicks]


def test_who_clicks_twice_is_not_told_that_it_is_over(here, families):
    """On the page of the mobile, and on that of the code."""
    name, who, _ = known(here, families)
    visitor = visitor_and_page(here, name)
    token = visitor.session.cookies["preau-inscription"]
    assert at_once(here, "GiveRegistrationMobile", "mobile = $2", token=token, mobile=typed(who[2]), address="192.0.2.7") == [None, None]
    assert Bus(here).ask("link", "GiveRegistrationMobile", token=token, mobile=typed(who[2]), address="192.0.2.7") is not None, "and a moment later"
    code = code_to(here, who[2])
    assert at_once(here, "GiveRegistrationCode", "set tries =", token=token, code=code) == [None, None]
    assert len(here.sms.messages(who[2])) == 1
    assert Bus(here).ask("link", "GiveRegistrationCode", token=token, code=code) is not None, "and a moment later"
    visitor.page = visitor.get("/inscription/enfants")
    assert name_children(visitor, "29/02/2012").page.path == "/inscription/franceconnect"
    with pytest.raises(Refused) as refused:
        Bus(here).ask("link", "GiveRegistrationMobile", token=token, mobile=typed(who[2]), address="192.0.2.7")
    assert refused.value.code == "registration_over", "what came further is given no other number"


def test_one_network_gives_few_times_one_mobile(here, families):
    """As where one types one's names (test_registration.py): each is a message."""
    name, _, _ = known(here, families)
    mobile, network = typed(families.person()[2]), visitor_of(here).session.headers["X-Forwarded-For"]
    pages = []
    for _ in range(4):
        visitor = FranceConnectVisitor(here, network)
        visitor.go(name)
        pages.append(give_mobile(visitor, mobile).page)
    assert [page.status for page in pages] == [200, 200, 200, 429] and {page.path for page in pages[:3]} == {"/inscription/code"}


def test_wrong_birth_dates_link_nothing(here, families):
    name, who, anne = known(here, families)
    visitor = prove(here, name, who, "28/02/2012")
    assert visitor.page.link("Que faire") == "/aide#date"
    assert visitor.page.status == 422 and identities(here, anne) == [] and anne.row()["state"] == "non_distribue"
    name_children(visitor, "29/02/2012")
    assert visitor.page.path == "/inscription/franceconnect"


# --------------------------------------------------------------------------------------------------- who is linked otherwise


def test_an_account_has_one_identity_and_another_is_told_what_to_do(here, families):
    """A corrected civil status has another name at FranceConnect (sub): nothing is replaced unasked."""
    name, who, anne, _ = linked(here, families)
    here.franceconnect.person(name + "2", who[1], who[0], subject=subject_of("corrigé " + name))
    visitor = prove(here, name + "2", who, count=2)
    link(visitor)
    assert visitor.page.status == 409 and "déjà lié à une autre identité" in visitor.page.text
    assert "ou choisissez-en un avec un code reçu par SMS" in visitor.page.text
    assert identities(here, anne) == [subject_of(name)]
    assert visitor_of(here).go(name).path == "/guichet"


def test_whose_civil_status_was_corrected_unlinks_and_links_anew(here, families):
    """Two minutes, alone: a password by SMS, the old identity out, the new one in from the same desk."""
    name, who, anne, _ = linked(here, families)
    corrected = name + "2"
    here.franceconnect.person(corrected, who[1], who[0], subject=subject_of("corrigé " + name))
    link(prove(here, corrected, who, count=2))
    visitor = visitor_of(here)
    begin(here, who, visitor)
    choose(name_children(give(visitor, code_to(here, who[2], 3)), "29/02/2012"))
    removal = "/guichet/franceconnect/retrait"
    page = visitor.submit(visitor.get(removal).form(removal), actuel=PASSWORD)
    assert page.path == ACCOUNT and identities(here, anne) == []
    page = visitor.go(corrected, "/guichet/franceconnect")
    assert page.path == ACCOUNT and "FranceConnect est lié à votre compte" in page.text
    assert identities(here, anne) == [subject_of("corrigé " + name)]
    assert visitor_of(here).go(corrected).path == "/guichet"
    assert visitor_of(here).go(name).path == "/inscription/mobile", "the one of before opens nothing"
    assert families.events(anne)[-4:] == ["open_franceconnect", "recover_password", "franceconnect_unlinked", "open_franceconnect"]


def test_other_names_of_the_same_identity_change_nothing(here, families):
    """A marriage, a first name that was corrected: it is the same person there (sub), and so it is here."""
    name, who, anne, _ = linked(here, families)
    before = anne.row()
    here.franceconnect.person(name, "Camille", "AUTREMENT", preferred_username="MARIÉE")
    visitor = visitor_of(here)
    page = visitor.go(name)
    assert page.path == "/guichet" and "Léa" in page.text and "Camille" not in page.text and "Mariée" not in page.text
    assert anne.row() == before and identities(here, anne) == [subject_of(name)] and families.events(anne) == ["open_franceconnect"]


def test_two_guardians_of_one_pupil_are_not_taken_for_one(here, families):
    """Of one name and one mobile, as by SMS alone; FranceConnect's names do not tell them apart either."""
    name, who, anne = known(here, families, given="Anne")
    lea = families.child(who[0], "Lou", "2014-05-06")
    first, second = families.guardian(who, [lea]), families.guardian(who, [lea])
    visitor = visitor_and_page(here, name)
    give(give_mobile(visitor, typed(who[2])), code_to(here, who[2]))
    assert visitor.page.status == 409 and "deux responsables sous ce nom et ce numéro" in visitor.page.text
    for one in (anne, first, second):
        assert one.row()["state"] == "non_distribue" and one.row()["closed_at"] is None and identities(here, one) == []


def test_a_change_of_name_in_aaf_changes_nothing_of_a_link(here, families):
    name, who, anne, _ = linked(here, families)
    with here.psql() as database:
        database.execute("update preau.person set nom = 'Mariee', search_name = 'mariee anne' where (account_academy, account_id) = (%s, %s)", anne.account)
    assert visitor_of(here).go(name).path == "/guichet"


def test_the_identity_of_a_closed_account_begins_anew(here, families):
    name, who, anne, _ = linked(here, families)
    other = families.guardian((who[0], who[1], families.person()[2]), [families.child(who[0], "Ugo", "2011-10-11")])
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", anne.account)
        (mobile,) = database.execute("select mobile from preau.person where (account_academy, account_id) = (%s, %s)", other.account).fetchone()
    link(prove(here, name, (who[0], who[1], mobile), "11/10/2011"))
    assert identities(here, anne) == [] and identities(here, other) == [subject_of(name)] and other.row()["state"] == "active"


# --------------------------------------------------------------------------------------------------- from the desk


@pytest.fixture
def signed_in(here, families):
    """(name at FranceConnect, guardian, visitor): by password, with a confirmed address."""
    name, who, anne = known(here, families)
    visitor = visitor_of(here)
    begin(here, who, visitor)
    choose(name_children(give(visitor, code_to(here, who[2])), "29/02/2012"))
    anne.mail = f"{name}@example.net"
    confirm_email(here, anne, anne.mail)
    return name, anne, visitor


def test_who_is_signed_in_links_and_unlinks(here, families, signed_in):
    name, anne, visitor = signed_in
    assert visitor.get(ACCOUNT).link("FranceConnect") == "/guichet/franceconnect"
    page = visitor.go(name, "/guichet/franceconnect")
    assert page.path == ACCOUNT and "FranceConnect est lié à votre compte" in page.text and identities(here, anne) == [subject_of(name)]
    assert "lié" in text_of(here.mail.wait(anne.mail)[-1])
    assert visitor_of(here).go(name).path == "/guichet"
    visitor.page = visitor.get("/guichet/franceconnect/retrait")
    wrong = visitor.submit(visitor.page.form("/guichet/franceconnect/retrait"), actuel="pas celui-ci 7")
    assert wrong.status == 422 and "Le mot de passe actuel" in wrong.text and identities(here, anne)
    page = visitor.submit(visitor.page.form("/guichet/franceconnect/retrait"), actuel=PASSWORD)
    assert page.path == ACCOUNT and "n’est plus lié" in page.text and identities(here, anne) == []
    assert families.events(anne)[-2:] == ["open_franceconnect", "franceconnect_unlinked"]
    assert "dissocié" in text_of(here.mail.wait(anne.mail, 2)[-1])
    assert "Vous avez dissocié FranceConnect" in visitor.get("/guichet/historique").text
    assert visitor_of(here).go(name).path == "/inscription/mobile"


def test_unlinking_is_told_where_the_school_knows_the_person_if_no_address_is_confirmed(here, families):
    name, who, anne = known(here, families)
    visitor = visitor_of(here)
    begin(here, who, visitor)
    choose(name_children(give(visitor, code_to(here, who[2])), "29/02/2012"))
    with here.psql() as database:
        database.execute("update preau.person set mail = %s where (account_academy, account_id) = (%s, %s)",
                         (f"{name}.aaf@example.net", *anne.account))
    visitor.go(name, "/guichet/franceconnect")
    visitor.page = visitor.get("/guichet/franceconnect/retrait")
    visitor.submit(visitor.page.form("/guichet/franceconnect/retrait"), actuel=PASSWORD)
    assert "dissocié" in text_of(here.mail.wait(f"{name}.aaf@example.net", 2)[-1])


def test_unlinking_ends_the_other_sessions_and_not_the_one_that_asks(here, families, signed_in):
    name, anne, visitor = signed_in
    visitor.go(name, "/guichet/franceconnect")
    other = visitor_of(here)
    assert other.go(name).path == "/guichet"
    visitor.submit(visitor.get("/guichet/franceconnect/retrait").form("/guichet/franceconnect/retrait"), actuel=PASSWORD)
    assert identities(here, anne) == [] and visitor.get(ACCOUNT).path == ACCOUNT
    assert other.get("/guichet").path == "/connexion"
    with here.psql() as database:
        assert database.execute("select count(*) from preau.session where (academy, account_id) = (%s, %s)", anne.account).fetchone() == (1,)


def finish_again(here, token):
    with pytest.raises(Refused) as refused:
        Bus(here).ask("link", "FinishRegistration", token=token)
    return refused.value.code


def test_a_registration_links_once_and_never_after_unlinking(here, families):
    name, who, anne = known(here, families)
    visitor = prove(here, name, who)
    token = visitor.session.cookies["preau-inscription"]
    link(visitor)
    assert identities(here, anne) == [subject_of(name)] and finish_again(here, token) == "registration_over"
    choose(name_children(give(begin(here, who), code_to(here, who[2], 2)), "29/02/2012"))
    visitor = sign_in(here, anne, PASSWORD)
    assert finish_again(here, token) == "registration_over"
    visitor.submit(visitor.get("/guichet/franceconnect/retrait").form("/guichet/franceconnect/retrait"), actuel=PASSWORD)
    assert identities(here, anne) == [] and finish_again(here, token) == "registration_over"


def test_unlinking_ends_a_registration_that_is_newer_than_the_password(here, families, signed_in):
    """Nothing but the unlinking ends it: its proof is the last thing that happened."""
    name, anne, visitor = signed_in
    with here.psql() as database:
        (mobile,) = database.execute("select mobile from preau.person where (account_academy, account_id) = (%s, %s)", anne.account).fetchone()
    other = prove(here, name, (None, None, mobile), count=2)
    token = other.session.cookies["preau-inscription"]
    visitor.go(name, "/guichet/franceconnect")
    assert identities(here, anne) == [subject_of(name)] and finish_again(here, token) == "registration_over"
    visitor.submit(visitor.get("/guichet/franceconnect/retrait").form("/guichet/franceconnect/retrait"), actuel=PASSWORD)
    assert identities(here, anne) == []
    assert finish_again(here, token) == "registration_over" and identities(here, anne) == []


def test_who_has_no_password_does_not_unlink_the_only_way_in(here, families):
    name, who, anne, visitor = linked(here, families)
    assert "Vous n’en avez pas choisi" in visitor.get(ACCOUNT).text
    page = visitor.submit(visitor.get("/guichet/franceconnect/retrait").form("/guichet/franceconnect/retrait"), actuel=anne.password)
    assert page.status == 403 and page.link("Choisir un mot de passe, avec un code reçu par SMS") == "/inscription" and identities(here, anne)
    begin(here, who, visitor)
    choose(name_children(give(visitor, code_to(here, who[2], 2)), "29/02/2012"))
    assert (anne.row()["origin"], anne.row()["password"]) == ("franceconnect", "chosen") and identities(here, anne)
    page = visitor.submit(visitor.get("/guichet/franceconnect/retrait").form("/guichet/franceconnect/retrait"), actuel=PASSWORD)
    assert page.path == ACCOUNT and identities(here, anne) == []


def test_who_has_no_password_is_shown_how_to_choose_one_before_it_is_asked_for(here, families):
    name, who, anne, visitor = linked(here, families)
    assert "vous en choisirez d’abord un" in visitor.page.text
    places = ("/guichet/adresse", "/guichet/mobile", "/guichet/mobile/retrait")
    for place in places:
        page = visitor.get(place)
        assert page.status == 200 and "Choisir d’abord un mot de passe" in page.text and not [form for form in page.forms if form.action == place]
        assert page.link("avec un code reçu par SMS") == "/inscription" and "par un lien reçu par courriel" not in page.text
    confirm_email(here, anne, "anne.sans@example.net")
    assert visitor.get("/guichet/adresse").link("par un lien reçu par courriel") == "/aide/mot-de-passe"
    begin(here, who, visitor)
    choose(name_children(give(visitor, code_to(here, who[2], 2)), "29/02/2012"))
    for place in places:
        assert visitor.get(place).form(place), "who chose one is asked for it"
    page = visitor.submit(visitor.get("/guichet/adresse").form("/guichet/adresse"), courriel="anne.avec@example.net", actuel=PASSWORD)
    assert page.path == ACCOUNT and "Il reste à confirmer" in page.text


def test_who_has_no_password_gets_one_by_the_mailed_link(here, families):
    name, who, anne, visitor = linked(here, families)
    confirm_email(here, anne, "anne.lien@example.net")
    page = visitor.get(visitor.get("/guichet/adresse").link("par un lien reçu par courriel"))
    assert visitor.submit(page.form("/aide/mot-de-passe"), identifiant=anne.login).status == 200
    text = text_of(here.mail.wait("anne.lien@example.net")[-1])
    path = re.search(r"/mot-de-passe/\S+", text)[0]
    page = visitor.submit(visitor.get(path).form(path), nouveau=PASSWORD, confirmation=PASSWORD)
    assert page.status == 200 and anne.row()["password"] == "chosen"
    assert sign_in(here, anne, PASSWORD).get("/guichet/adresse").form("/guichet/adresse")


def test_who_comes_with_a_password_that_is_over_is_shown_the_other_ways_before_the_school(here, families):
    name, who, anne = known(here, families)
    pupil = families.child(who[0])
    for person in (anne, pupil):
        person.hand_out(-1)
    page = sign_in(here, anne).page
    assert page.status == 403 and page.link("ouvrir son compte avec son téléphone mobile") == "/inscription" and page.link("FranceConnect") == BUTTON
    assert page.text.index("FranceConnect") < page.text.index("sans attendre") < page.text.index("en donner un nouveau")
    page = sign_in(here, pupil).page
    assert page.status == 403 and not {"/inscription", BUTTON} & {href for _, href in page.links}, "ways of guardians"


def test_the_identity_of_somebody_else_is_not_linked(here, families, signed_in):
    _, anne, visitor = signed_in
    here.franceconnect.person("quelqu", "Jean", "AUTRE")
    page = visitor.go("quelqu", "/guichet/franceconnect")
    assert page.status == 403 and "ne sont pas ceux de ce compte" in page.text and identities(here, anne) == []
    assert page.link("Revenir à mon compte") == ACCOUNT and "Se déconnecter d’ici et de FranceConnect" in page.text
    assert visitor.leave().path == "/franceconnect/fin" and "aussi déconnecté de FranceConnect" in visitor.page.text


def test_an_identity_that_is_anothers_account_is_not_linked(here, families, signed_in):
    _, anne, visitor = signed_in
    taken, who, other, _ = linked(here, families)
    with here.psql() as database:  # a person of the same names
        database.execute("update preau.person p set nom = o.nom, prenom = o.prenom, search_name = o.search_name from preau.person o"
                         " where (p.account_academy, p.account_id) = (%s, %s) and (o.account_academy, o.account_id) = (%s, %s)",
                         (*anne.account, *other.account))
    page = visitor.go(taken, "/guichet/franceconnect")
    assert page.status == 409 and "déjà liée à un autre compte" in page.text
    assert identities(here, anne) == [] and identities(here, other) == [subject_of(taken)]


def linking(here):
    """How many wait until identities may be written."""
    with here.psql() as database:
        return database.execute("select count(*) from pg_locks where relation = 'preau.franceconnect_identity'::regclass and not granted").fetchone()[0]


def test_of_two_browsers_that_link_one_identity_to_two_accounts_one_does(here, families):
    """Two records of one name whose schools know two mobiles: both are proved, and both are linked at the same moment."""
    name, who, anne = known(here, families)
    other = (who[0], who[1], families.person()[2])
    homonym = families.guardian(other, [families.child(who[0], "Ugo", "2011-10-11")])
    visitors = [prove(here, name, who), prove(here, name, other, "11/10/2011")]
    with here.psql() as database, concurrent.futures.ThreadPoolExecutor(2) as pool:
        with database.transaction():
            database.execute("lock table preau.franceconnect_identity in share mode")
            pages = [pool.submit(lambda visitor=visitor: link(visitor).page) for visitor in visitors]
            here.wait(lambda: linking(here) == 2, seconds=30, what="at the same moment")
        pages = [page.result(60) for page in pages]
    assert sorted(page.status for page in pages) == [200, 409]
    won = pages[0].status == 409
    assert "est prêt" in pages[won].text and "déjà liée à un autre compte" in pages[not won].text
    accounts = (anne, homonym)
    assert identities(here, accounts[won]) == [subject_of(name)] and identities(here, accounts[not won]) == []
    assert (accounts[won].row()["state"], accounts[not won].row()["state"]) == ("active", "non_distribue")


def test_a_link_is_of_the_session_that_asked_for_it(here, families, signed_in):
    name, anne, visitor = signed_in
    address = visitor.way_back(name, "/guichet/franceconnect")
    visitor.submit(visitor.get("/guichet").form("/deconnexion"))
    page = visitor.get(address)
    assert page.status == 401 and identities(here, anne) == []


# --------------------------------------------------------------------------------------------------- the way back


def refused(page, words, status):
    assert page.status == status and words in page.text, page.text
    assert page.form("/connexion") and page.link("FranceConnect") == BUTTON  # every way on is on the page


@pytest.mark.parametrize("how, words, status", [
    ("error/access_denied", "Vous n’avez pas terminé", 403),
    ("error/temporarily_unavailable", "FranceConnect ne répond pas", 503),
    ("error/server_error", "FranceConnect ne répond pas", 503),
    ("lost", "n’est plus valable", 410),
])
def test_what_franceconnect_says_went_wrong_is_told(here, how, words, status):
    here.franceconnect.person("essayeur", "Lou", "ESSAI")
    refused(visitor_of(here).choose(how), words, status)


@pytest.mark.parametrize("state", ["", "x", "A" * 43, "undefined", None])
def test_another_state_is_refused(here, families, state):
    name, _, _ = known(here, families)
    visitor = visitor_of(here)
    refused(visitor.get(changed(visitor.way_back(name), state=state)), "n’est plus valable", 410)


def test_the_way_back_is_of_the_browser_that_began(here, families):
    name, _, _ = known(here, families)
    visitor = visitor_of(here)
    address = visitor.way_back(name)
    refused(visitor_of(here).get(address), "n’est plus valable", 410)
    assert visitor.get(address).path == "/inscription/mobile"  # the stranger did not use it up


def test_an_address_counts_once(here, families):
    name, who, anne, _ = linked(here, families)
    visitor = visitor_of(here)
    address = visitor.way_back(name)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        pages = list(pool.map(lambda _: visitor.get(address), range(2)))
    assert [page.status for page in pages].count(200) >= 1
    stranger = visitor_of(here)
    stranger.session.cookies.update(visitor.session.cookies)
    del stranger.session.cookies["preau"]
    refused(stranger.get(address), "n’est plus valable", 410)


def test_a_way_that_took_too_long_is_over(here, families):
    name, _, _ = known(here, families)
    visitor = visitor_of(here)
    address = visitor.way_back(name)
    with here.psql() as database:
        database.execute("update preau.provider_sign_in set expires_at = now() - interval '1 second'")
    refused(visitor.get(address), "n’est plus valable", 410)


@pytest.mark.parametrize("parameters, words, status", [
    ({"iss": "https://127.0.0.1:1/api/v2"}, "n’a pas pu être vérifiée", 502),
    ({"iss": None}, "n’a pas pu être vérifiée", 502),
    ({"code": "inconnu"}, "n’a pas pu être vérifiée", 502),
    ({"code": None}, "n’a pas pu être vérifiée", 502),
])
def test_another_issuer_or_code_is_refused(here, families, parameters, words, status):
    name, _, _ = known(here, families)
    visitor = visitor_of(here)
    refused(visitor.get(changed(visitor.way_back(name), **parameters)), words, status)


def test_keys_that_were_renewed_are_read_again(here, families):
    name, who, anne, _ = linked(here, families)
    here.franceconnect.renew_keys()
    here.wait(lambda: visitor_of(here).go(name).path == "/guichet", what="a sign-in by the new keys")


def test_nothing_of_the_person_is_in_the_logs(here, families):
    name, who, anne, _ = linked(here, families)
    for daemon in ("preau-linkd", "preau-portald"):
        log = here.log(daemon)
        assert who[0].lower() not in log.lower() and subject_of(name) not in log and "code=" not in log


# --------------------------------------------------------------------------------------------------- out of it


def test_who_signs_out_signs_out_there_too_the_session_here_first(here, families):
    name, who, anne, visitor = linked(here, families)
    page = visitor.leave()
    assert visitor.left.path == "/franceconnect/fin" and "encore ouverte" in visitor.left.text
    assert visitor.left.headers["Refresh"] == "0; url=/franceconnect/deconnexion"
    assert page.path == "/franceconnect/fin" and "aussi déconnecté de FranceConnect" in page.text
    assert visitor.get("/guichet").path == "/connexion"


def leave_from(visitor, page):
    """By the link of a page: what FranceConnect shows asks, and is answered."""
    assert page.link("Se déconnecter de FranceConnect") == "/franceconnect/deconnexion", page.text
    visitor.leave_there()
    assert visitor.page.path == "/franceconnect/fin" and "aussi déconnecté de FranceConnect" in visitor.page.text


def test_who_is_somebody_else_signs_out_there_before_any_account_is_found(here, families):
    name, who, anne = known(here, families)
    visitor = visitor_of(here)
    leave_from(visitor, visitor.go(name))
    assert visitor.get("/inscription/mobile").path == "/inscription", "the registration is not the next person's"
    visitor = visitor_and_page(here, name)
    leave_from(visitor, give_mobile(visitor, typed(who[2])).page)


def test_the_page_of_the_code_without_franceconnect_has_no_way_out_of_it(here, families):
    _, who, _ = known(here, families)
    assert "FranceConnect" not in begin(here, who).page.text


def test_a_sign_in_by_password_leaves_the_way_out(here, families, signed_in):
    name, anne, _ = signed_in
    visitor = visitor_of(here)
    assert visitor.go(name).path == "/inscription/mobile"
    page = visitor.get("/connexion")
    assert visitor.submit(page.form("/connexion"), identifiant=anne.login, mot_de_passe=PASSWORD).path == "/guichet"
    assert visitor.leave().path == "/franceconnect/fin" and "aussi déconnecté de FranceConnect" in visitor.page.text


def test_nothing_that_ends_a_session_there_is_stored_in_clear(here, families, signed_in):
    name, anne, visitor = signed_in
    visitor.go(name, "/guichet/franceconnect")
    random = visitor.session.cookies["preau-franceconnect"]
    with here.psql() as database:
        answers = database.execute("select answer from preau.request_answer").fetchall()
        sessions = database.execute("select token from preau.provider_session").fetchall()
    assert answers and not any(random.encode() in bytes(answer) for answer, in answers)
    assert sessions and not any(random.encode() in bytes(token) for token, in sessions)


def test_another_state_of_the_sign_out_says_nothing(here, families):
    name, who, anne, visitor = linked(here, families)
    visitor.submit(visitor.get("/guichet").form("/deconnexion"))
    page = visitor.get("/franceconnect/fin?state=" + "A" * 43)
    assert "aussi déconnecté" not in page.text and "Refresh" not in page.headers


# --------------------------------------------------------------------------------------------------- when it is away


def check_of(here):
    return next(one for one in here.status("preau-linkd")["checks"] if one["name"] == "franceconnect")


def test_when_franceconnect_is_down_all_else_goes_on(here, families, signed_in):
    _, anne, _ = signed_in
    name, who, other, visitor = linked(here, families)
    here.franceconnect.stop()
    try:
        back = visitor_of(here)
        here.restart("preau-linkd")  # it knows nothing of the provider yet
        refused(back.get(BUTTON), "FranceConnect ne répond pas", 503)
        here.wait(lambda: check_of(here)["state"] == "degraded", seconds=30, what="told")
        assert check_of(here)["cause"].startswith("1 of 1 away; FranceConnect: ")
        assert here.http_status("preau-linkd", "/readyz") == 200
        assert sign_in(here, anne, PASSWORD).page.path == "/guichet"
        by_sms, third, _ = families.family()
        choose(name_children(give(begin(here, by_sms), code_to(here, by_sms[2])), "29/02/2012"))
        assert third.row()["state"] == "active", "an account is opened by SMS"
        visitor.submit(visitor.get("/guichet").form("/deconnexion"))
        page = visitor.get("/franceconnect/deconnexion")
        assert page.status == 200 and "peut-être encore ouverte" in page.text
    finally:
        here.franceconnect.start()
    assert visitor_of(here).go(name).path == "/guichet"
    here.wait(lambda: check_of(here)["state"] == "ok", seconds=30, what="well again, without anybody's sign-in")
