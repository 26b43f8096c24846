"""A guardian opens an account by SMS (guide 1.1, second scheme), through a real Kannel: who is known, who is not, and who tries."""

import concurrent.futures
import contextlib
import pathlib
import re
import threading

import pytest
import zmq

from peers.bus import Bus
from peers.mail import text_of
from peers.portal import ACADEMY, PASSWORD, opening_fields, sign_in
from peers.registering import Families, begin, choose, code_to, give, is_looked_at, name_children, typed
from peers.self_help import Stranger, link_in
from peers.site import Site

DAEMONS = ("preau-importd", "preau-linkd", "preau-notifyd", "preau-portald")
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "birth_date_attempts": "3", "attempts_delay": "1min"},
            "sms": {"daily_number": "3", "daily_number_total": "5", "code_tries": "4"}}


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=SETTINGS, with_kannel=True) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


# --------------------------------------------------------------------------------------------------- who is known


def test_a_guardian_opens_the_account_without_the_school(here, families):
    who, anne, _ = families.family()
    visitor = begin(here, who)
    assert visitor.page.path == "/inscription/code" and visitor.page.status == 200
    message = here.sms.wait(who[2])[0]
    assert message["from"] == "Preau" and "Préau" in message["text"] and len(message["text"]) <= 160
    give(visitor, code_to(here, who[2]))
    assert visitor.page.path == "/inscription/enfants" and "Léa" in visitor.page.text and "2012" not in visitor.page.text
    assert "Un élève de cette liste n’est pas le vôtre ? Prévenez son école" in visitor.page.text.replace("\u00a0", " ")
    assert "Un enfant manque à cette liste ? Terminez votre inscription ; depuis votre guichet, « Il manque un enfant » le retrouve" in visitor.page.text.replace("\u00a0", " ")
    name_children(visitor, "29/02/2012")
    assert visitor.page.path == "/inscription/mot-de-passe" and anne.login in visitor.page.text
    choose(visitor)
    assert visitor.page.status == 200 and anne.login in visitor.page.text and "est prêt" in visitor.page.text
    row = anne.row()
    assert (row["state"], row["origin"], row["password"]) == ("active", "responsable", "chosen") and row["activated_at"]
    assert families.events(anne)[-1] == "open_sms"
    assert visitor.get("/guichet").status == 200, "the browser is signed in"
    assert sign_in(here, anne, PASSWORD).page.path == "/guichet"


def test_the_identifier_is_mailed_where_the_school_would_have_notified(here, families):
    """Once, whatever is sent twice; and it says what to do to a person whom a stranger passed for."""
    who = families.person()
    anne = families.guardian(who, [families.child(who[0])], mail="ouverte.sms@example.org")
    visitor = name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012")
    form = visitor.page.form("/inscription/mot-de-passe")
    for _ in range(2):
        visitor.submit(form, nouveau=PASSWORD, confirmation=PASSWORD)
    (mail,) = here.mail.wait("ouverte.sms@example.org")
    assert mail["Subject"] == "Votre compte est ouvert"
    text = text_of(mail)
    assert anne.login in text and f"{here.portal_url}/connexion" in text and "Prévenez sans attendre l’école" in text
    assert PASSWORD not in text and "FranceConnect" not in text
    assert families.mails(anne) == ["account_opened"]
    data = visitor.submit(visitor.get("/guichet/compte").form("/guichet/donnees")).content.decode()
    assert "account_opened" in data and "ouverte.sms@example.org" in data
    assert re.search(r'"derniere_connexion" ?: ?"20', data), "and the school sees it"


def test_nothing_is_mailed_to_an_address_that_is_not_the_persons_alone(here, families):
    """None, one that another guardian has too, and one that somebody typed and never confirmed."""
    without, (who, shared) = families.family()[:2], (families.person(), None)
    shared = families.guardian(who, [families.child(who[0])], mail="foyer.sms@example.org")
    other = families.person("Paul")
    families.guardian(other, [families.child(other[0])], mail="Foyer.SMS@example.org")
    with here.psql() as database:
        database.execute("update preau.account set email = 'jamais.confirmee@example.net' where (academy, id) = (%s, %s)", without[1].account)
    for of_whom, guardian in (without, (who, shared)):
        choose(name_children(give(begin(here, of_whom), code_to(here, of_whom[2])), "29/02/2012"))
        assert guardian.row()["state"] == "active" and families.mails(guardian) == []


def test_each_whose_record_it_was_learns_of_it(here, families):
    """Two who have no child in common are taken for one: whoever it was not is told at the address that the school knows."""
    who = families.person("Luc")
    father = families.guardian(who, [families.child(who[0])], mail="pere.sms@example.org")
    son = families.guardian(who, [families.child(who[0], "Ugo", "2011-10-11")], mail="fils.sms@example.org")
    choose(name_children(give(begin(here, who), code_to(here, who[2])), "11/10/2011", "29/02/2012"))
    assert sorted(one.row()["closed_at"] is None for one in (father, son)) == [False, True]
    for address in ("pere.sms@example.org", "fils.sms@example.org"):
        (mail,) = here.mail.wait(address)
        assert mail["Subject"] == "Votre compte est ouvert"


@pytest.mark.parametrize("nom, prenom", [("LE GOFF-MARTIN", "Marie-Ève"), ("le goff martin", "marie eve"), ("Legoff  Martin", "Marie Eve")])
def test_names_meet_however_they_are_written(here, families, nom, prenom):
    who = ("Le Goff-Martin", "Marie-Eve", families.person()[2])
    families.guardian(who, [families.child(who[0])])
    begin(here, (nom, prenom, who[2]))
    assert code_to(here, who[2])


@pytest.mark.parametrize("mobile, written", [("+590690123456", "0690 12 34 56"), ("+262692123456", "0692 12 34 56")],
                         ids=["Guadeloupe", "La Réunion"])
def test_a_mobile_overseas_is_reached_as_people_write_it_there(here, families, mobile, written):
    """AAF has it with the country's number, which nobody types."""
    who = (*families.person()[:2], mobile)
    anne = families.guardian(who, [families.child(who[0])])
    assert typed(mobile) == written
    visitor = begin(here, who, mobile=written)
    choose(name_children(give(visitor, code_to(here, mobile)), "29/02/2012"))
    assert anne.row()["state"] == "active"


def test_a_homonym_of_another_mobile_is_neither_listed_nor_joined(here, families):
    who, anne, _ = families.family()
    homonym = families.guardian((who[0], who[1], families.person()[2]), [families.child(who[0], "Ugo", "2011-10-11")])
    visitor = give(begin(here, who), code_to(here, who[2]))
    assert "Léa" in visitor.page.text and "Ugo" not in visitor.page.text
    choose(name_children(visitor, "29/02/2012"))
    assert anne.row()["state"] == "active" and "Ugo" not in visitor.get("/guichet").text
    row = homonym.row()
    assert (row["state"], row["closed_at"]) == ("non_distribue", None) and families.events(homonym) == []


def test_two_parents_of_one_mobile_are_told_apart_by_their_names(here, families):
    (nom, _, mobile), anne, child = families.family()
    paul = families.guardian((nom, "Paul", mobile), [child])
    visitor = choose(name_children(give(begin(here, (nom, "Paul", mobile)), code_to(here, mobile)), "29/02/2012"))
    assert paul.login in visitor.page.text
    assert (paul.row()["state"], anne.row()["state"]) == ("active", "non_distribue")


def test_twins_are_named_one_by_one(here, families):
    who = families.person()
    twins = [families.child(who[0], prenom, "2013-05-06") for prenom in ("Zoé", "Tom")]
    families.guardian(who, twins)
    visitor = give(begin(here, who), code_to(here, who[2]))
    name_children(visitor, "06/05/2013", "07/05/2013")
    assert visitor.page.status == 422
    name_children(visitor, "06/05/2013", "06/05/2013")
    assert visitor.page.path == "/inscription/mot-de-passe"


def test_records_of_two_academies_and_degrees_become_one_account(here, families):
    """One person by name and mobile: all children on one page, and one account in the end."""
    who = families.person()
    small = families.child(who[0], "Nino", "2018-01-02", degree=1)
    tall = families.child(who[0], "Maud", "2010-03-04", academy=12)
    first, second = families.guardian(who, [small]), families.guardian(who, [tall], academy=12)
    visitor = give(begin(here, who), code_to(here, who[2]))
    assert "Nino" in visitor.page.text and "Maud" in visitor.page.text
    choose(name_children(visitor, "04/03/2010", "02/01/2018"))
    kept, joined = (first, second) if first.row()["state"] == "active" else (second, first)
    assert kept.row()["state"] == "active" and joined.row()["closed_at"] and joined.row()["state"] == "non_distribue"
    assert families.events(kept)[-2:] == ["accounts_joined", "open_sms"] and families.events(joined)[-1] == "joined_to_other"
    page = visitor.get("/guichet")
    assert "Nino" in page.text and "Maud" in page.text
    merges = [merge for merge in here.ctl("import", "merges", json_answer=True)["merges"] if merge["evidence"] == "same_mobile"]
    assert [merge["from_login"] for merge in merges if merge["into_login"] == kept.login] == [joined.login]
    assert sign_in(here, joined, "x").page.status == 401


def test_letters_of_what_was_joined_say_that_it_was(here, families):
    """One record that the school had notified, and one whose opening had begun: their identifiers lead to a message, no longer in."""
    who, anne, _ = families.family()
    choose(name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012"))
    notified = families.guardian(who, [families.child(who[0], "Nino", "2013-01-02")])
    begun = families.guardian(who, [families.child(who[0], "Maud", "2010-03-04", academy=12)], academy=12)
    for person in (notified, begun):
        person.hand_out()
    opening = sign_in(here, begun)
    opening.submit(opening.page.form("/ouverture"), opening_fields(opening.page, ["04/03/2010"]), nouveau=PASSWORD, confirmation=PASSWORD,
                   courriel="entame.sms@example.net")
    assert (notified.row()["state"], begun.row()["state"]) == ("distribue", "en_cours")
    visitor = name_children(give(begin(here, who), code_to(here, who[2], 2)), "04/03/2010", "29/02/2012", "02/01/2013")
    assert visitor.page.path == "/inscription/mot-de-passe" and anne.login in visitor.page.text
    for person, password in ((notified, notified.password), (begun, PASSWORD)):
        assert person.row()["closed_at"] and families.events(person)[-1] == "joined_to_other"
        page = sign_in(here, person, password).page
        assert page.status == 409 and "a été réuni à un autre compte à votre nom" in page.text
        assert sign_in(here, person, "autre chose que cela 3").page.status == 401, "told to who has its password alone"
    page = sign_in(here, anne, PASSWORD).page
    assert page.path == "/guichet" and all(name in page.text for name in ("Léa", "Nino", "Maud"))


def is_told_to_ask_the_school(visitor):
    page = visitor.page
    return page.status == 409 and "deux responsables sous ce nom et ce numéro" in page.text and "mot de passe provisoire" in page.text


def test_a_father_and_a_son_who_are_guardians_of_one_pupil_are_not_taken_for_one(here, families):
    """One name, one mobile, and the school names both for the youngest: nothing that is asked tells who it is."""
    who = families.person("Jean")
    lea = families.child(who[0])
    father = families.guardian(who, [lea, families.child(who[0], "Ugo", "2011-10-11")])
    son = families.guardian(who, [lea])
    visitor = give(begin(here, who), code_to(here, who[2]))
    assert is_told_to_ask_the_school(visitor) and visitor.page.form("/inscription") and "Ugo" not in visitor.page.text
    assert visitor.get("/inscription/enfants").path == "/inscription", "it is over"
    assert [(one.row()["state"], one.row()["closed_at"]) for one in (father, son)] == [("non_distribue", None)] * 2


def test_a_second_guardian_who_is_imported_meanwhile_is_not_taken_for_the_first(here, families):
    who = families.person("Jean")
    lea = families.child(who[0])
    father = families.guardian(who, [lea])
    visitor = give(begin(here, who), code_to(here, who[2]))
    assert visitor.page.path == "/inscription/enfants"
    son = families.guardian(who, [lea])
    assert is_told_to_ask_the_school(name_children(visitor, "29/02/2012"))
    assert [one.row()["closed_at"] for one in (father, son)] == [None, None] and families.events(father) == []


def test_a_father_and_a_son_without_a_common_child_are_taken_for_one(here, families):
    """Nothing tells them from one person with two records (0019): the birth dates of the children of both are asked."""
    who = families.person("Jean")
    father = families.guardian(who, [families.child(who[0], "Ugo", "2011-10-11")])
    son = families.guardian(who, [families.child(who[0])])
    visitor = give(begin(here, who), code_to(here, who[2]))
    assert "Léa" in visitor.page.text and "Ugo" in visitor.page.text
    name_children(visitor, "11/10/2011", "28/02/2012")
    assert visitor.page.status == 422 and father.row()["state"] == son.row()["state"] == "non_distribue"
    choose(name_children(visitor, "11/10/2011", "29/02/2012"))
    kept, joined = (father, son) if father.row()["state"] == "active" else (son, father)
    assert kept.row()["closed_at"] is None and joined.row()["closed_at"] and families.events(joined)[-1] == "joined_to_other"


def test_two_accounts_in_use_stay_two(here, families):
    """An account that was opened is never taken away: the elder is found again, the other keeps its person and its password."""
    who, elder, _ = families.family()
    choose(name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012"))
    other = (who[0], who[1], families.person()[2])
    younger = families.guardian(other, [families.child(who[0], "Ugo", "2011-10-11")])
    choose(name_children(give(begin(here, other), code_to(here, other[2])), "11/10/2011"), "un autre jardin sous la neige 8")
    with here.psql() as database:
        database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (who[2], *younger.account))
    visitor = give(begin(here, who), code_to(here, who[2], 2))
    name_children(visitor, "11/10/2011", "29/02/2012")
    assert "déjà un compte" in visitor.page.text and elder.login in visitor.page.text and younger.login not in visitor.page.text
    assert "Un autre compte à votre nom est déjà en service" in visitor.page.text and "J’ai un autre compte" in visitor.page.text
    choose(visitor, "encore un jardin sous la lune 6")
    assert [one.row()["state"] for one in (elder, younger)] == ["active"] * 2 and elder.row()["closed_at"] is younger.row()["closed_at"] is None
    assert sign_in(here, elder, "encore un jardin sous la lune 6").page.path == "/guichet"
    page = sign_in(here, younger, "un autre jardin sous la neige 8").page
    assert page.path == "/guichet" and "Ugo" in page.text and "Léa" not in page.text


def test_who_has_an_account_finds_it_again(here, families):
    who, anne, _ = families.family()
    choose(name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012"))
    visitor = name_children(give(begin(here, who), code_to(here, who[2], 2)), "29/02/2012")
    assert "déjà un compte" in visitor.page.text and anne.login in visitor.page.text and "Un autre compte" not in visitor.page.text
    with here.psql() as database:
        database.execute("update preau.credential set last_sign_in_at = null where (academy, account_id) = (%s, %s)", anne.account)
    choose(visitor, "autre jardin sous la neige 8")
    assert anne.row()["origin"] == "responsable" and families.events(anne)[-1] == "recover_password"
    assert '"derniere_connexion": "20' in visitor.submit(visitor.get("/guichet/compte").form("/guichet/donnees")).content.decode()
    assert sign_in(here, anne, PASSWORD).page.status == 401
    assert sign_in(here, anne, "autre jardin sous la neige 8").page.path == "/guichet"


def test_children_of_all_records_of_the_account_are_asked_for(here, families):
    """Whatever mobile they bear: the password opens them all."""
    who, anne, _ = families.family()
    other = families.child(who[0], "Ugo", "2011-10-11")
    record = families.guardian((who[0], who[1], families.person()[2]), [other])
    with here.psql() as database:
        database.execute("update preau.person set account_id = %s where (account_academy, account_id) = (%s, %s)", (anne.account[1], *record.account))
    visitor = give(begin(here, who), code_to(here, who[2]))
    assert "Ugo" in visitor.page.text
    name_children(visitor, "11/10/2011", "29/02/2012")
    assert visitor.page.path == "/inscription/mot-de-passe"


def test_what_an_operator_parted_is_not_joined_again(here, families):
    who = families.person()
    first, second = (families.guardian(who, [families.child(who[0], name)]) for name in ("Nino", "Maud"))
    with here.psql() as database:
        database.execute(
            "insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account, evidence, undone_at, undone_by)"
            " values (%s, 2, %s, %s, %s, %s, %s, 'same_mobile', now(), 'essai')",
            (ACADEMY, second.aaf_id, *second.account, *first.account))
    assert is_told_to_ask_the_school(give(begin(here, who), code_to(here, who[2]))), "which of the two is it?"
    assert [one.row()["state"] for one in (first, second)] == ["non_distribue"] * 2
    alone = families.person()[2]
    with here.psql() as database:
        database.execute("update preau.person set mobile = %s where (academy, degree, aaf_id) = (%s, 2, %s)", (alone, ACADEMY, second.aaf_id))
    for mobile, one, child, number in ((who[2], first, "Nino", 2), (alone, second, "Maud", 1)):
        visitor = give(begin(here, (who[0], who[1], mobile)), code_to(here, mobile, number))
        children = visitor.page.text
        choose(name_children(visitor, "29/02/2012"))
        assert child in children and one.row()["state"] == "active"
    assert first.row()["closed_at"] is second.row()["closed_at"] is None


def test_an_import_at_work_is_not_disturbed(here, families):
    who, anne, _ = families.family()
    visitor = give(begin(here, who), code_to(here, who[2]))
    with here.psql() as importing, importing.transaction():
        importing.execute("select pg_advisory_xact_lock(1347568982)")
        form = visitor.page.form("/inscription/enfants")
        name_children(visitor, "29/02/2012")
        assert visitor.page.status == 503 and int(visitor.page.headers["Retry-After"]) > 0
    names = [name for name, _ in form.fields if name.startswith("naissance")]
    page = visitor.get("/inscription/enfants")
    visitor.page = visitor.submit(page.form("/inscription/enfants"), dict(zip(names, ["29/02/2012"])))
    assert visitor.page.path == "/inscription/mot-de-passe" and anne.login in visitor.page.text


def test_those_who_end_at_the_same_moment_wait_for_one_another(here, families):
    """An evening after a letter of the school: nobody is told that the house is busy."""
    crowd = [families.family()[0] for _ in range(8)]
    visitors = [give(begin(here, who), code_to(here, who[2])) for who in crowd]
    at_once = threading.Barrier(len(visitors))

    def end(visitor):
        at_once.wait(60)
        return name_children(visitor, "29/02/2012").page

    with here.psql() as before, concurrent.futures.ThreadPoolExecutor(len(visitors)) as pool:
        before.execute("select pg_advisory_lock(1347568986)")  # the turn, in registration_confirm
        pages = pool.map(end, visitors)
        here.wait(lambda: waiting_for_a_turn(here) > 1, seconds=30, what="waiting")
        before.execute("select pg_advisory_unlock(1347568986)")
        assert {page.path for page in pages} == {"/inscription/mot-de-passe"}


def waiting_for_a_turn(here):
    with here.psql() as database:
        return database.execute("select count(*) from pg_locks where locktype = 'advisory' and objid = 1347568986 and not granted").fetchone()[0]


def test_a_password_is_chosen_once(here, families):
    who, anne, _ = families.family()
    visitor = name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012")
    token = visitor.session.cookies.get("preau-inscription")
    form = visitor.page
    choose(visitor)
    assert anne.row()["state"] == "active" and not visitor.session.cookies.get("preau-inscription")
    thief = Stranger(here)
    thief.session.cookies.set("preau-inscription", token)
    thief.page = thief.get("/inscription/mot-de-passe")
    choose(thief, "encore un autre jardin 9")
    assert thief.page.status == 410 and form.status == 200
    assert sign_in(here, anne, PASSWORD).page.path == "/guichet"


def test_a_link_mailed_before_confirms_nothing_any_more(here, families):
    """Its address may be a stranger's, or mistyped."""
    who, anne, _ = families.family()
    anne.hand_out()
    opening = sign_in(here, anne)
    (name,) = [name for name, _ in opening.page.form("/ouverture").fields if name.startswith("naissance")]
    opening.submit(opening.page.form("/ouverture"), {name: "29/02/2012"}, nouveau=PASSWORD, confirmation=PASSWORD, courriel="faux@example.net")
    link = link_in(text_of(here.mail.wait("faux@example.net")[-1]), "activation").removeprefix(here.portal_url)
    choose(name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012"), "un jardin tout neuf 12")
    assert (anne.row()["state"], anne.row()["email"]) == ("active", None)
    stranger = Stranger(here)
    page = stranger.submit(stranger.get(link).form(link))
    assert page.status == 410 and anne.row()["email"] is None


# ------------------------------------------------------------------------------------------------- who is not known


def test_who_is_unknown_sees_the_same_pages_and_gets_no_sms(here, families):
    known, _, _ = families.family()
    nobody = (known[0] + "x", known[1], known[2])
    pages = [begin(here, who).page for who in (known, nobody)]
    code_to(here, known[2])
    is_looked_at(here)
    assert len({(page.status, page.path, re.sub(r'value="[^"]*"', "", page.content.decode())) for page in pages}) == 1
    assert len(here.sms.messages(known[2])) == 1
    assert here.metrics("preau-linkd").get('preau_sms_total{outcome="nobody"}', 0) >= 1


def test_the_unknown_have_no_right_code(here, families):
    """Not even the one that was made of their own registration's number."""
    who = families.person()
    visitor = begin(here, who)
    is_looked_at(here)
    with here.psql() as database:
        assert database.execute("select state from preau.registration where mobile = %s", (who[2],)).fetchone() == ("nobody",)
    for _ in range(4):
        give(visitor, "000000")
        assert visitor.page.status == 422 and "Ce code n’est pas le bon" in visitor.page.text
    give(visitor, "000000")
    assert visitor.page.status == 410 and "plus valable" in visitor.page.text and visitor.page.form("/inscription")


# --------------------------------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("fields, words", [
    ({"mobile": "01 23 45 67 89"}, "téléphone mobile"),
    ({"mobile": "06 12"}, "téléphone mobile"),
    ({"nom": "--"}, "votre nom"),
    ({"prenom": ""}, "votre nom"),
])
def test_what_cannot_be_read_is_said_at_its_field(here, families, fields, words):
    nom, prenom, mobile = families.person()
    visitor = Stranger(here)
    page = visitor.get("/inscription")
    page = visitor.submit(page.form("/inscription"), **{"nom": nom, "prenom": prenom, "mobile": typed(mobile), **fields})
    assert page.status == 422 and words in page.text and page.form("/inscription")
    assert nom in page.content.decode() or "nom" in fields, "what was typed is kept"


def test_a_wrong_code_may_be_tried_again_and_not_for_ever(here, families):
    who, _, _ = families.family()
    visitor = begin(here, who)
    right = code_to(here, who[2])
    wrong = f"{(int(right) + 1) % 1000000:06}"
    for _ in range(4):
        give(visitor, wrong)
        assert visitor.page.status == 422
    give(visitor, right)
    assert visitor.page.status == 410, "the right one after too many is not tried"


def test_a_code_opens_only_in_the_browser_that_asked(here, families):
    who, anne, _ = families.family()
    begin(here, who)
    thief = Stranger(here)
    page = thief.get("/inscription/code")
    assert page.path == "/inscription", "nothing was begun here"
    other = begin(here, families.person(), thief)
    give(other, code_to(here, who[2]))
    assert other.page.status == 422 and anne.row()["state"] == "non_distribue"


def test_no_code_is_in_the_store(here, families):
    """Neither while it is out nor once it was given: it is made anew from a key and the number of the registration."""
    def stored():
        with here.psql() as database:
            return database.execute("select r::text from preau.registration r where mobile = %s", (who[2],)).fetchone()[0]

    who, _, _ = families.family()
    visitor = begin(here, who)
    code = code_to(here, who[2])
    before = stored()
    give(visitor, code)
    assert who[2] in before and before != stored() and code not in before + stored()


def test_a_code_is_over_after_its_time(here, families):
    who, _, _ = families.family()
    visitor = begin(here, who)
    code = code_to(here, who[2])
    with here.psql() as database:
        database.execute("update preau.registration set expires_at = now() where mobile = %s", (who[2],))
    give(visitor, code)
    assert visitor.page.status == 410


@pytest.mark.parametrize("digits", ["٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"], ids=["Arabic", "Persian"])
def test_digits_are_typed_as_one_writes_them(here, families, digits):
    def written(text):
        return text.translate(str.maketrans("0123456789", digits))

    who, anne, _ = families.family()
    visitor = begin(here, who, mobile=written(typed(who[2])))
    assert visitor.page.path == "/inscription/code"
    give(visitor, written("000000"))
    give(visitor, written(code_to(here, who[2])))
    assert visitor.page.path == "/inscription/enfants"
    name_children(visitor, written("28/02/2012"))
    assert visitor.page.status == 422 and dict(visitor.page.form("/inscription/enfants").fields).popitem()[1] == "28/02/2012"
    choose(name_children(visitor, written("29/02/2012")))
    assert anne.row()["state"] == "active"
    visitor = Stranger(here)
    page = visitor.submit(visitor.get("/connexion").form("/connexion"), identifiant=written(anne.login), mot_de_passe=PASSWORD)
    assert page.path == "/guichet"
    who, anne, _ = families.family()
    visitor = begin(here, who, mobile="+" + written(who[2].removeprefix("+")))
    assert visitor.page.path == "/inscription/code" and code_to(here, who[2])


def test_steps_cannot_be_skipped(here, families):
    who, anne, _ = families.family()
    visitor = begin(here, who)
    assert visitor.get("/inscription/mot-de-passe").path == "/inscription/code"
    page = visitor.page.form("/inscription/code")
    page.action = "/inscription/mot-de-passe"
    answer = visitor.submit(page, nouveau=PASSWORD, confirmation=PASSWORD)
    assert answer.status == 410 and anne.row()["state"] == "non_distribue"


def test_wrong_birth_dates_are_counted_and_told_to_the_school(here, families):
    who, anne, _ = families.family()
    visitor = give(begin(here, who), code_to(here, who[2]))
    for _ in range(3):
        name_children(visitor, "01/01/2012")
        assert visitor.page.status == 422 and "Établissement" in visitor.page.text
    assert families.events(anne).count("birth_date_refused") == 3
    name_children(visitor, "29/02/2012")
    assert visitor.page.status == 429 and anne.row()["state"] == "non_distribue"


def test_after_so_many_wrong_dates_the_school_must_help(here, families):
    """They are counted with those of a first sign-in; the page says which school."""
    who, anne, _ = families.family()
    visitor = give(begin(here, who), code_to(here, who[2]))
    with here.psql() as database:
        database.execute("insert into preau.account_event (academy, account_id, action, actor) select %s, %s, 'birth_date_refused', 'person'"
                         " from generate_series(1, 20)", anne.account)
    name_children(visitor, "29/02/2012")
    assert visitor.page.status == 403 and "Seul l’établissement de l’élève peut vous aider" in visitor.page.text
    assert visitor.page.text.count("Établissement") >= 2, "by name, in the panel too"
    assert anne.row()["state"] == "non_distribue"
    anne.hand_out()
    with here.psql() as database:
        database.execute("update preau.account set notified_at = now() where (academy, id) = (%s, %s)", anne.account)
    assert name_children(visitor, "29/02/2012").page.path == "/inscription/mot-de-passe"


def test_a_number_is_not_flooded(here, families):
    """A stranger spends what is a network's, and the owner has one too; nobody goes past what is the number's."""
    who, _, _ = families.family()
    flooded = lambda: here.metrics("preau-linkd").get('preau_sms_total{outcome="flooded"}', 0)
    before = flooded()
    for count in range(1, 4):
        begin(here, who, Stranger(here, f"2001:db8:77:{count}::1"))
        code_to(here, who[2], count)
    begin(here, who, Stranger(here, "2001:db8:77:4::1"))
    is_looked_at(here)
    assert len(here.sms.messages(who[2])) == 3, "one subscriber has all of these networks"
    for count in (4, 5):
        owner = begin(here, who)
        code = code_to(here, who[2], count)
    begin(here, who)
    is_looked_at(here)
    assert len(here.sms.messages(who[2])) == 5
    with here.psql() as database:
        states = [state for state, in database.execute("select state from preau.registration where mobile = %s order by id", (who[2],))]
    assert states == ["sent"] * 3 + ["flooded"] + ["sent"] * 2 + ["flooded"], "and no code of a flooded one is ever right"
    assert flooded() - before == 2
    assert give(owner, code).page.path == "/inscription/enfants"


def test_a_network_has_its_messages_of_a_day_whatever_it_waited(here, families):
    """Between delays, which are minutes: the tries may begin again, the messages do not."""
    who, _, _ = families.family()
    visitor = Stranger(here)
    for count in range(1, 4):
        begin(here, who, visitor)
        code_to(here, who[2], count)
    with here.psql() as database:
        database.execute("delete from preau.attempt where subject like 'sms:%%'")
    assert begin(here, who, visitor).page.path == "/inscription/code"
    is_looked_at(here)
    assert len(here.sms.messages(who[2])) == 3


def test_one_network_asks_for_few_of_one_number(here, families):
    who = families.person()
    visitor = Stranger(here)
    for _ in range(3):
        assert begin(here, who, visitor).page.path == "/inscription/code"
    assert begin(here, who, visitor).page.status == 429


@pytest.mark.parametrize("password, again, words", [("azertyuiop12", None, "répandu"), ("court", None, "caractères"), (PASSWORD, "autre chose 12", "deux")])
def test_a_password_that_will_not_do_is_asked_for_again(here, families, password, again, words):
    who, anne, _ = families.family()
    visitor = name_children(give(begin(here, who), code_to(here, who[2])), "29/02/2012")
    choose(visitor, password, again)
    assert visitor.page.status == 422 and anne.login in visitor.page.text
    choose(visitor)
    assert anne.row()["state"] == "active"


# ----------------------------------------------------------------------------------------------- what is spent


@contextlib.contextmanager
def bounded(site, **bounds):
    """linkd with other bounds on messages, and an hour after whatever was sent until now."""
    before = site.settings
    an_hour_later(site)
    site.settings = {**before, "link": {**before["link"], "attempts_delay": "1h"}, "sms": {**before["sms"], **bounds}}
    try:
        site.configure()
        site.restart("preau-linkd")
        yield
    finally:
        site.settings = before
        site.configure()
        site.restart("preau-linkd")


def an_hour_later(site):
    """For what was sent; what waits goes on waiting."""
    with site.psql() as database:
        database.execute("update preau.registration set asked_at = asked_at - interval '61 minutes' where state <> 'waiting'")


def attempts(site, people):
    """How often each code was tried, in the order in which they were asked for."""
    with site.psql() as database:
        return [database.execute("select attempts from preau.registration where mobile = %s", (mobile,)).fetchone()[0] for _, _, mobile in people]


def waiting(site):
    return site.status("preau-linkd")["numbers"]["sms_waiting"]


def is_full(site):
    (check,) = (check for check in site.status("preau-linkd")["checks"] if check["name"] == "sms")
    return check["state"] == "degraded" and "sms.hourly_max was reached" in check["cause"]


def test_past_the_messages_of_an_hour_codes_wait_and_leave_later(here, families):
    people = [families.family()[0] for _ in range(5)]
    with bounded(here, hourly_max="2"):
        for who in people[:2]:
            begin(here, who)
            code_to(here, who[2])
        visitors = [begin(here, who) for who in people[2:]]
        assert [visitor.page.path for visitor in visitors] == ["/inscription/code"] * 3, "the person sees no difference"
        here.wait(lambda: is_full(here) and waiting(here) == 3, what="told")
        assert attempts(here, people) == [1, 1, 0, 0, 0]
        an_hour_later(here)
        for who in people[2:4]:
            code_to(here, who[2])
        here.wait(lambda: is_full(here) and waiting(here) == 1, what="told again")
        assert attempts(here, people) == [1, 1, 1, 1, 0], "of three that are due no more are taken than may leave"
        an_hour_later(here)
        give(visitors[-1], code_to(here, people[-1][2]))
        assert visitors[-1].page.path == "/inscription/enfants"
        here.wait(lambda: not is_full(here), what="told that it is over")


def test_one_network_begins_few_and_so_does_the_one_around(here, families):
    def ask(network):
        return begin(here, families.person(), Stranger(here, network)).page.status

    with bounded(here, attempts_address="2", attempts_network="5"):
        assert [ask("203.0.113.1") for _ in range(9)] == [200] * 2 + [429] * 7
        assert [ask("203.0.113.2") for _ in range(3)] == [200, 200, 429], "what was refused is nothing to the neighbours"
        assert [ask("203.0.113.3"), ask("203.0.113.4"), ask("203.0.113.255")] == [200, 429, 429]
        assert ask("203.0.112.1") == 200
        assert [ask(f"2001:db8:1:{number}::1") for number in range(6)] == [200] * 5 + [429]
        assert ask("2001:db8:2::1") == 200


# ----------------------------------------------------------------------------------------------- peers that fail


@contextlib.contextmanager
def without_gateway(site):
    site.sms.stop()
    try:
        yield
    finally:
        site.sms.start()


def test_a_gateway_that_is_down_delays_the_code(here, families):
    who, _, _ = families.family()
    with without_gateway(here):
        visitor = begin(here, who)
        assert visitor.page.path == "/inscription/code"
        here.wait(lambda: here.metrics("preau-linkd").get('preau_sms_total{outcome="silent"}', 0) >= 1, what="tried")
        here.wait(lambda: "sms" in here.status("preau-linkd").get("reason", "") or "degraded" in str(here.status("preau-linkd")), what="told")
    give(visitor, code_to(here, who[2]))
    assert visitor.page.path == "/inscription/enfants"


def test_a_daemon_that_dies_after_the_answer_sends_the_code_all_the_same(here, families):
    who, _, _ = families.family()
    with without_gateway(here):
        visitor = begin(here, who)
        here.kill("preau-linkd")
    with here.psql() as database:
        database.execute("update preau.registration set due_at = now() where mobile = %s", (who[2],))
    here.launch("preau-linkd")
    give(visitor, code_to(here, who[2]))
    assert visitor.page.path == "/inscription/enfants"


def test_a_change_of_key_ends_no_code_and_no_registration(here, families):
    """The newest key makes codes (0019); those of the one before it are still right (0030)."""
    who, anne, _ = families.family()
    visitor = begin(here, who)
    code = code_to(here, who[2])
    here.ctl("key", "generate", "tokens")
    here.restart("preau-linkd")
    give(visitor, code)
    assert visitor.page.path == "/inscription/enfants" and anne.row()["state"] == "non_distribue"


@contextlib.contextmanager
def refusing(site, code):
    """Another linkd in the place of ours, which refuses whatever is asked."""
    bus = Bus(site)
    site.stop_daemon("preau-linkd")
    path, done = pathlib.Path(site.sockets, "link.sock"), threading.Event()
    path.unlink(missing_ok=True)
    server = bus.context.socket(zmq.ROUTER)
    server.linger = 0
    server.bind(f"ipc://{path}")

    def answer():
        while not done.is_set():
            if server.poll(50):
                *route, body = server.recv_multipart()
                request = bus.envelope.Request.FromString(body)
                reply = bus.envelope.Reply(version=1, id=request.id, method=request.method)
                reply.refusal.code = code
                server.send_multipart([*route, reply.SerializeToString()])

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
        server.close()
        path.unlink(missing_ok=True)
        site.launch("preau-linkd")


@pytest.mark.parametrize("code, status", [("too_late", 504), ("too_many_attempts", 429), ("busy", 503)])
def test_what_was_begun_goes_on_after_a_refusal_that_passes(here, families, code, status):
    """The page says to begin again in a moment: at this step, not at the first."""
    who, anne, _ = families.family()
    visitor = begin(here, who)
    with refusing(here, code):
        page = visitor.get("/inscription/code")
        assert page.status == status
        assert not [form for form in page.forms if form.action == "/inscription"], "not from the beginning"
    visitor.page = visitor.get("/inscription/code")
    assert visitor.page.path == "/inscription/code"
    give(visitor, code_to(here, who[2]))
    assert visitor.page.path == "/inscription/enfants"


def test_a_site_without_gateway_offers_no_sms(tmp_path):
    with Site.of(tmp_path, "preau-linkd", "preau-portald") as site:
        visitor = Stranger(site)
        assert visitor.get("/inscription").status == 404
        assert "/inscription" not in [href for _, href in visitor.get("/connexion").links]
