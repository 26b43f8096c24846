"""One account per guardian: a second account joined from the desk, who may not, and an operator who parts them again."""

import concurrent.futures
import itertools
import json

import psycopg
import pytest

from peers.bus import Bus, Refused
from peers.deeds import tries
from peers.joining import FORM, Twos, confirm, elsewhere, prove
from peers.mail import text_of
from peers.portal import ACADEMY, PASSWORD, add_head, sign_in, sign_in_head
from peers.registering import code_to, is_looked_at
from peers.self_help import Stranger, ask, link_in
from peers.site import Site

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald", "preau-importd")
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "5", "attempts_address": "1000",
                     "birth_date_attempts": "3", "attempts_delay": "1min"},
            "sms": {"daily_number": "3"}}
ACCOUNT, MISSING, TOLD = "/guichet/compte", "/guichet/enfant-manquant", "a été réuni"
MOBILES = itertools.count()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings=SETTINGS, with_kannel=True) as site:
        yield site


@pytest.fixture(scope="module")
def twos(here):
    return Twos(here)


def join(here, mine, other, *dates):
    visitor = confirm(prove(here, mine, other), *dates)
    assert visitor.page.path == ACCOUNT and "Vos deux comptes sont réunis" in visitor.page.text, visitor.page.text
    return visitor


def subjects(here, address):
    return [mail["Subject"] for mail in here.mail.mails(address)]


# --------------------------------------------------------------------------------------------------- two become one


def test_a_second_account_that_was_handed_out_is_joined(here, twos):
    """With what the letter says, and the birth date of the child that comes: the first stays, and has all children of two academies."""
    mine, second = twos.pair()
    visitor = prove(here, mine, second)
    page = visitor.page
    assert page.path.startswith(FORM + "/") and page.status == 200
    assert all(word in page.text for word in (mine.login, second.login, "Tom")) and "2012" not in page.text
    assert second.row()["closed_at"] is None, "nothing is done before it is confirmed"
    assert confirm(visitor, "01/01/2012").page.status == 422 and "ne correspond pas" in visitor.page.text
    assert confirm(visitor, "29/02/2012").page.path == ACCOUNT
    desk = visitor.get("/guichet")
    assert "Tom" in desk.text and "Léa" in desk.text and mine.login in desk.text
    row = second.row()
    assert row["closed_at"] and (row["state"], row["password"]) == ("distribue", "provisional"), "closed as it was"
    assert mine.row()["state"] == "active"
    assert twos.events(mine)[-1] == "accounts_joined" and twos.events(second)[-2:] == ["birth_date_refused", "joined_to_other"]
    for address in (mine.email, second.mail):
        mail, = [mail for mail in here.mail.wait(address, count=1, seconds=30) if mail["Subject"] == "Vos deux comptes ont été réunis"]
        assert mine.login in text_of(mail) and second.login not in text_of(mail)
    assert "ont été réunis en celui-ci" in visitor.get("/guichet/historique").text
    (told,) = twos.joins(mine)
    assert (told["from_login"], told["into_login"], told["evidence"], told["records"]) == (second.login, mine.login, "password", 1)
    assert twos.joins(second) == [told]


def test_its_identifier_leads_to_a_clear_message_for_who_has_its_password_alone(here, twos):
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    page = elsewhere(sign_in(here, second)).page
    assert page.status == 409 and TOLD in page.text
    page = sign_in(here, second, "autre chose que cela 3").page
    assert page.status == 401 and TOLD not in page.text and "incorrect" in page.text
    page = prove(here, mine, second).page
    assert page.status == 409 and TOLD in page.text, "nor is it joined twice"


def test_two_accounts_in_use_are_joined_by_their_passwords(here, twos):
    """The birth dates are asked though the password was chosen: who found a letter may have chosen it. The other's sessions end, those of the one that
    stays do not."""
    mine, second = twos.pair()
    twos.activate(second, f"{mine.nom.lower()}.2@example.net")
    there = sign_in(here, second)
    visitor = prove(here, mine, second)
    assert confirm(visitor, "01/01/2012").page.status == 422 and second.row()["closed_at"] is None
    confirm(visitor, "29/02/2012")
    assert visitor.get("/guichet").status == 200
    assert there.get("/guichet").path == "/connexion", "the other's session is over"
    assert sign_in(here, second).page.status == 409
    assert sign_in(here, mine).page.path == "/guichet"
    here.wait(lambda: "Vos deux comptes ont été réunis" in subjects(here, second.email), seconds=30, what="told")


def test_twins_that_come_are_named_one_by_one(here, twos):
    nom = twos.name()
    mine = twos.activate(twos.guardian("Anne", nom, [twos.child("Léa", nom)]), f"{nom.lower()}@example.net")
    second = twos.guardian("Anne", nom, [twos.child(prenom, nom, "2013-05-06", academy=12) for prenom in ("Zoé", "Tom")])
    visitor = prove(here, mine, second)
    assert confirm(visitor, "06/05/2013", "07/05/2013").page.status == 422
    assert confirm(visitor, "06/05/2013", "06/05/2013").page.path == ACCOUNT


def test_birth_dates_are_few_and_counted_with_those_of_the_opening(here, twos):
    mine, second = twos.pair()
    visitor = prove(here, mine, second)
    assert [confirm(visitor, "01/01/2012").page.status for _ in range(4)] == [422, 422, 422, 429]
    assert second.row()["closed_at"] is None


@pytest.mark.parametrize("nom, other", [("Le Goff-Martin", "LE GOFF MARTIN"), ("Legöff", "Le Goff")])
def test_names_meet_however_they_are_written(here, twos, nom, other):
    mine, second = twos.pair(nom=nom, other_nom=other, prenom="Marie-Ève", other_prenom="marie eve")
    assert join(here, mine, second, "29/02/2012")


def test_who_moved_away_joins_the_account_of_before(here, twos):
    """Its records left: what was opened there, and the password, are still the person's."""
    mine, second = twos.pair()
    twos.activate(second, f"{mine.nom.lower()}.3@example.net")
    with here.psql() as database:
        database.execute("update preau.person set departed_at = now() where (account_academy, account_id) = (%s, %s)", second.account)
    visitor = prove(here, mine, second)
    assert "Aucun enfant" in visitor.page.text
    assert confirm(visitor).page.path == ACCOUNT


# --------------------------------------------------------------------------------------------------- who sees it


def test_whose_account_was_closed_is_told_whatever_comes_next(here, twos):
    """The one that it was joined to is joined to a third before the mail leaves: still told, with where its children are now; and its address is
    not among the data of the others, once they are parted."""
    mine, victim = twos.pair()
    third = twos.activate(twos.guardian("Anne", mine.nom, [twos.child("Zoé", mine.nom, "2008-05-06")]), f"{mine.nom.lower()}.8@example.net")
    here.stop_daemon("preau-notifyd")
    try:
        join(here, mine, victim, "29/02/2012")
        join(here, third, mine, "03/04/2010", "29/02/2012")
    finally:
        here.launch("preau-notifyd")
    for person in (victim, mine):
        address = getattr(person, "email", None) or person.mail
        here.wait(lambda address=address: "Vos deux comptes ont été réunis" in subjects(here, address), seconds=30, what="told")
        texts = [text_of(mail) for mail in here.mail.mails(address) if mail["Subject"] == "Vos deux comptes ont été réunis"]
        assert all(third.login in text and "ANNE" in text.upper() for text in texts), texts
    second_join, first_join = twos.joins(mine)
    assert here.run_ctl("account", "separate", first_join["join"], "--reason", "erreur").returncode == 1, "what followed is undone first"
    here.ctl("account", "separate", second_join["join"], "--reason", "erreur")
    here.ctl("account", "separate", first_join["join"], "--reason", "erreur")
    assert victim.row()["closed_at"] is None and mine.row()["closed_at"] is None
    for person in (third, mine):
        visitor = sign_in(here, person)
        assert victim.mail not in visitor.submit(visitor.get(ACCOUNT).form("/guichet/donnees")).text


def test_the_head_sees_one_account_on_the_pages_of_both(here, twos):
    """The page of the closed one leads to the one that stayed, whose life names it; another school learns nothing of it."""
    mine, second = twos.pair(academy=ACADEMY)
    join(here, mine, second, "29/02/2012")
    school, elsewhere_school = twos.schools[ACADEMY, 2], twos.towns[ACADEMY].school(2)
    add_head(here, "chef.ici", school)
    add_head(here, "chef.ailleurs", elsewhere_school)
    head = sign_in_head(here, "chef.ici")
    page = head.get(f"/etablissements/{school[0]}/comptes/%d-%d" % second.account)
    assert page.path == f"/etablissements/{school[0]}/comptes/%d-%d" % mine.account and "a été réuni à celui-ci" in page.text, page.text
    assert f"réunis en celui-ci\u00a0: {second.login}" in page.text.replace(" :", "\u00a0:") and mine.login in page.text
    assert all(name in page.text for name in ("Léa", "Tom")), "the children of both"
    other = sign_in_head(here, "chef.ailleurs")
    assert other.get(f"/etablissements/{elsewhere_school[0]}/comptes/%d-%d" % second.account).status == 404
    here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "erreur")
    page = head.get(f"/etablissements/{school[0]}/comptes/%d-%d" % second.account)
    assert page.status == 200 and "ce compte s’ouvre de nouveau" in page.text and "Tom" in page.text


def test_one_s_own_data_hold_the_account_that_was_joined(here, twos):
    mine, second = twos.pair()
    visitor = join(here, mine, second, "29/02/2012")
    data = json.loads(visitor.submit(visitor.get(ACCOUNT).form("/guichet/donnees")).content)
    (other,) = data["comptes_reunis"]
    assert (other["identifiant"], other["etat"]) == (second.login, "distribue") and other["reuni_le"] and other["ferme_le"]
    assert [event["action"] for event in other["historique"]] == ["joined_to_other"]
    assert {child["prenom"] for child in data["enfants"]} == {"Léa", "Tom"}
    assert second.login in visitor.get("/guichet/historique").text
    here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "demande")
    visitor = sign_in(here, mine)
    data = json.loads(visitor.submit(visitor.get(ACCOUNT).form("/guichet/donnees")).content)
    assert data["comptes_reunis"] == [], "what is parted is somebody else's again"


# --------------------------------------------------------------------------------------------------- FranceConnect


def test_franceconnect_does_not_come_along_with_a_password(here, twos):
    """Else whom FranceConnect knows, who may not be who gave it, would open the account that stays. The page and the mails say so."""
    mine, second = twos.pair()
    twos.link_identity(second, f"sub-{second.login}")
    visitor = prove(here, mine, second)
    assert "FranceConnect ne sera plus lié à l’autre compte" in visitor.page.text
    confirm(visitor, "29/02/2012")
    assert (twos.identity(mine), twos.identity(second)) == (None, None)
    for address in (mine.email, second.mail):
        here.wait(lambda address=address: "Vos deux comptes ont été réunis" in subjects(here, address), seconds=30, what="told")
        mail, = [mail for mail in here.mail.mails(address) if mail["Subject"] == "Vos deux comptes ont été réunis"]
        assert "Si FranceConnect était lié à l’autre compte, il ne l’est plus" in text_of(mail)
    twos.link_identity(mine, f"sub-{second.login}")  # there is room for it there
    assert "FranceConnect" not in prove(here, *twos.pair()).page.text.split("Voici ce qui se passera")[1]


def test_two_identities_of_franceconnect_are_two_persons(here, twos):
    mine, second = twos.pair()
    twos.link_identity(mine, f"sub-{mine.login}")
    twos.link_identity(second, f"sub-{second.login}")
    page = prove(here, mine, second).page
    assert page.status == 409 and "deux identités" in page.text and second.row()["closed_at"] is None


# --------------------------------------------------------------------------------------------------- somebody else's


def test_another_name_or_first_name_is_somebody_else(here, twos):
    """A twin sister, a husband: told to who gave the right password, and to nobody else."""
    mine, sister = twos.pair(other_prenom="Annie")
    page = prove(here, mine, sister).page
    assert page.status == 403 and "n’est pas le vôtre" in page.text
    assert "n’est pas le vôtre" not in prove(here, mine, sister, "pas le bon du tout 5").page.text
    assert sister.row()["closed_at"] is None


def test_a_homonym_s_letter_is_not_enough(here, twos):
    """Another person of the same name: who found their letter does not know the birth dates of their children."""
    mine, homonym = twos.pair()
    visitor = prove(here, mine, homonym)
    assert confirm(visitor, "03/04/2010").page.status == 422, "one's own child's date is not theirs"
    assert homonym.row()["closed_at"] is None


def test_two_guardians_of_one_child_are_two_persons(here, twos):
    """A father and a grandfather of one name: AAF names both guardians of the same pupil."""
    nom = twos.name()
    child = twos.child("Léa", nom)
    mine = twos.activate(twos.guardian("Jean", nom, [child]), f"{nom.lower()}@example.net")
    other = twos.guardian("Jean", nom, [child])
    page = prove(here, mine, other).page
    assert page.status == 409 and "deux responsables d’un même élève" in page.text and other.row()["closed_at"] is None


def test_itself_a_pupil_s_and_a_closed_one_are_refused(here, twos):
    mine, second = twos.pair()
    assert prove(here, mine, mine).page.status == 422
    pupil = second.children[0]
    pupil.hand_out()
    page = prove(here, mine, pupil).page
    assert page.status == 403 and "réservée aux responsables" in page.text
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() where (academy, id) = (%s, %s)", second.account)
    page = prove(here, mine, second).page
    assert page.status == 409 and "est fermé" in page.text
    assert {mine.row()["closed_at"], pupil.row()["closed_at"]} == {None}


def test_a_pupil_has_no_second_account(here, twos):
    mine, second = twos.pair()
    pupil = second.children[0]
    pupil.hand_out()
    visitor = sign_in(here, pupil)
    visitor.page = visitor.submit(visitor.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance="29/02/2012")
    assert "autre compte" not in visitor.get(ACCOUNT).text
    assert prove(here, pupil, mine, visitor=visitor).page.status == 403


def test_not_handed_out_and_out_of_date_say_what_to_do(here, twos):
    mine, second = twos.pair()
    second.hand_out(months=-1)
    assert "plus valable" in prove(here, mine, second).page.text
    third = twos.towns[12].guardian("Anne", mine.nom, [twos.child("Zoé", mine.nom, academy=12)])
    page = prove(here, mine, third).page
    assert page.status == 409 and "n’a pas encore été remis" in page.text, page.text
    assert (second.row()["closed_at"], third.row()["closed_at"]) == (None, None)


# --------------------------------------------------------------------------------------------------- a child is missing


def missing(here, mine, mobile):
    visitor = elsewhere(sign_in(here, mine))
    page = visitor.get(MISSING)
    visitor.page = visitor.submit(page.form(MISSING), mobile=mobile)
    return visitor


def answer(visitor, path, **fields):
    form = visitor.page.form(f"{MISSING}/{path}")
    dates = dict(zip([name for name, _ in form.fields if name.startswith("naissance")], fields.pop("dates", ())))
    visitor.page = visitor.submit(form, dates, **fields)
    return visitor.page


def with_mobile(here, person):
    """That no one else has; as the school of this record knows it."""
    person.mobile = f"+3361300{next(MOBILES):04}"
    with here.psql() as database:
        database.execute("update preau.person set mobile = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (person.mobile, person.town.academy, person.degree, person.aaf_id))
    return person.mobile


def test_a_missing_child_is_found_by_the_mobile_that_its_school_knows(here, twos):
    """Another mobile than that of the first record: a code there, the birth date of that child alone, and it is in the account."""
    mine, second = twos.pair()
    mobile = with_mobile(here, second)
    visitor = missing(here, mine, mobile)
    assert visitor.page.path == MISSING + "/code"
    assert answer(visitor, "code", code="000000").status == 422
    page = answer(visitor, "code", code=code_to(here, mobile))
    assert page.path == MISSING + "/enfants" and "Tom" in page.text and "Léa" not in page.text
    assert answer(visitor, "enfants", dates=["01/01/2012"]).status == 422
    page = answer(visitor, "enfants", dates=["29/02/2012"])
    assert page.path == "/guichet" and "L’enfant est dans votre compte" in page.text and "Tom" in page.text
    assert second.row()["closed_at"] and twos.events(mine)[-2:] == ["birth_date_refused", "accounts_joined"]
    here.wait(lambda: "Vos deux comptes ont été réunis" in subjects(here, mine.email), seconds=30, what="told")
    (told,) = twos.joins(mine)
    assert told["evidence"] == "same_mobile"
    here.ctl("account", "separate", told["join"], "--reason", "demande")
    assert "Tom" not in sign_in(here, mine).get("/guichet").text and second.row()["closed_at"] is None


def test_several_that_come_at_once_are_told_once(here, twos):
    mine, second = twos.pair()
    third = twos.guardian("Anne", mine.nom, [twos.child("Zoé", mine.nom, "2013-05-06", academy=12)])
    mobile = with_mobile(here, second)
    with here.psql() as database:
        database.execute("update preau.person set mobile = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (mobile, third.town.academy, third.degree, third.aaf_id))
    visitor = missing(here, mine, mobile)
    answer(visitor, "code", code=code_to(here, mobile))
    assert answer(visitor, "enfants", dates=["29/02/2012", "06/05/2013"]).path == "/guichet"
    assert second.row()["closed_at"] and third.row()["closed_at"] and len(twos.joins(mine)) == 2
    with here.psql() as database:
        assert database.execute("select count(*) from preau.delivery where (academy, account_id) = (%s, %s) and kind = 'accounts_joined'",
                                mine.account).fetchone() == (1,)


def test_a_missing_child_of_two_guardians_of_one_pupil_is_the_school_s_to_say(here, twos):
    """Of one name and mobile: which of the two is at this desk?"""
    mine, second = twos.pair()
    third = twos.guardian("Anne", mine.nom, second.children)
    mobile = with_mobile(here, second)
    with here.psql() as database:
        database.execute("update preau.person set mobile = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (mobile, third.town.academy, third.degree, third.aaf_id))
    visitor = missing(here, mine, mobile)
    page = answer(visitor, "code", code=code_to(here, mobile))
    assert page.status == 409 and "deux responsables sous ce nom et ce numéro" in page.text and page.form(MISSING)
    assert second.row()["closed_at"] is third.row()["closed_at"] is None and twos.joins(mine) == []
    with here.psql() as database:  # in use, that account would not be taken; it is another person's nevertheless
        database.execute("update preau.account set state = 'active', origin = 'responsable', password = 'chosen', activated_at = now()"
                         " where (academy, id) = (%s, %s)", third.account)
    page = answer(missing(here, mine, mobile), "code", code=code_to(here, mobile, 2))
    assert page.status == 409 and "deux responsables sous ce nom et ce numéro" in page.text and twos.joins(mine) == []


def test_the_code_opens_nothing_else(here, twos):
    """Who has the telephone of the other record gets no password of this account, nor is signed in elsewhere by it."""
    mine, second = twos.pair()
    mobile = with_mobile(here, second)
    visitor = missing(here, mine, mobile)
    answer(visitor, "code", code=code_to(here, mobile))
    token = visitor.session.cookies.get_dict()
    bus = Bus(here)
    (value,) = [one for name, one in token.items() if "inscription" in name.lower() or "registration" in name.lower()]
    answer(visitor, "enfants", dates=["29/02/2012"])
    with pytest.raises(Refused, match="registration_over"):
        bus.ask("link", "FinishRegistration", bus.message("link", "FinishRegistrationRequest", token=value, password="un autre jardin sous la pluie 4"))
    assert sign_in(here, mine).page.path == "/guichet"


def registration_of(visitor):
    """The token of its cookie."""
    (value,) = [one for name, one in visitor.session.cookies.get_dict().items() if "inscription" in name.lower() or "registration" in name.lower()]
    return value


def refusal_of(bus, method, token, account=None, **fields):
    with pytest.raises(Refused) as refused:
        bus.ask("link", method, bus.message("link", f"{method}Request", token=token, **fields), account=account)
    return refused.value.code


def test_the_steps_are_those_of_the_account_that_began(here, twos):
    """Whoever has its token: nobody, another account, or who is signed in to it with a password that was replaced since."""
    mine, second = twos.pair()
    stranger, _ = twos.pair()
    mobile = with_mobile(here, second)
    visitor = missing(here, mine, mobile)
    token, bus, code = registration_of(visitor), Bus(here), code_to(here, mobile)
    for account in (None, stranger.account, second.account):
        assert refusal_of(bus, "GetRegistration", token, account) == "registration_over"
        assert refusal_of(bus, "GiveRegistrationCode", token, account, code=code) == "registration_over"
    assert answer(visitor, "code", code=code).path == MISSING + "/enfants"
    for account in (None, stranger.account, second.account):
        assert refusal_of(bus, "GetRegistration", token, account) == "registration_over"
        assert refusal_of(bus, "ConfirmRegistrationChildren", token, account) == "registration_over"
    with here.psql() as database:
        database.execute("update preau.credential set changed_at = now() where (academy, account_id) = (%s, %s)", mine.account)
    for method in ("GetRegistration", "GiveRegistrationCode", "ConfirmRegistrationChildren"):
        assert refusal_of(bus, method, token, mine.account) == "registration_over"
    assert second.row()["closed_at"] is None


def test_nobody_s_mobile_and_somebody_else_s_see_the_same_page_and_get_no_sms(here, twos):
    mine, second = twos.pair()
    sister, other = twos.pair(other_prenom="Annie")  # another first name at that number
    used, active = twos.pair()
    twos.activate(active, f"{used.nom.lower()}.6@example.net")  # in use: joined by its password alone
    mobiles = ["+33613999999", with_mobile(here, second), with_mobile(here, other), with_mobile(here, mine), with_mobile(here, active)]
    pages = [missing(here, whose, mobile).page for whose, mobile in zip((mine, sister, sister, mine, used), mobiles)]
    assert len({(page.path, page.status, page.text.replace(whose.login, "")) for page, whose in zip(pages, (mine, sister, sister, mine, used))}) == 1
    is_looked_at(here)
    assert [message for message in here.sms.messages() if message["to"] in mobiles] == []


def test_two_guardians_of_one_child_are_not_joined_by_a_mobile(here, twos):
    nom = twos.name()
    child = twos.child("Léa", nom)
    mine = twos.activate(twos.guardian("Jean", nom, [child]), f"{nom.lower()}@example.net")
    other = twos.guardian("Jean", nom, [child])
    mobile = with_mobile(here, other)
    missing(here, mine, mobile)
    is_looked_at(here)
    assert [message for message in here.sms.messages() if message["to"] == mobile] == [] and other.row()["closed_at"] is None


def test_what_an_operator_parted_from_this_account_is_not_found_by_a_mobile(here, twos):
    """Also when the records that were parted are this account's own."""
    mine, second = twos.pair()
    mobile = with_mobile(here, second)
    with here.psql() as database:
        database.execute("insert into preau.account_join (from_academy, from_account, into_academy, into_account, evidence, undone_at, undone_by, undone_reason)"
                         " values (%s, %s, %s, %s, 'same_mobile', now(), 'essai', 'homonym')", (*mine.account, *second.account))
    missing(here, mine, mobile)
    is_looked_at(here)
    assert [message for message in here.sms.messages() if message["to"] == mobile] == [] and second.row()["closed_at"] is None


def test_one_network_asks_for_few_of_one_missing_mobile(here, twos):
    """As where one types one's names (test_registration.py): each is a message."""
    mine, _ = twos.pair()
    visitor = elsewhere(sign_in(here, mine))
    pages = [visitor.submit(visitor.get(MISSING).form(MISSING), mobile="+33613999998") for _ in range(4)]
    assert [page.status for page in pages] == [200, 200, 200, 429] and {page.path for page in pages[:3]} == {MISSING + "/code"}


def test_what_is_no_mobile_is_refused_at_its_field(here, twos):
    mine, _ = twos.pair()
    page = missing(here, mine, "12").page
    assert page.status == 422 and "mobile" in page.text and page.path == MISSING


# --------------------------------------------------------------------------------------------------- bounds


def test_wrong_passwords_count_as_sign_ins_of_that_account(here, twos):
    """The same bounds from the same network, either way round; who is elsewhere is not kept out."""
    mine, second = twos.pair()
    visitor = elsewhere(sign_in(here, mine))
    assert [prove(here, mine, second, "faux faux faux 9", visitor).page.status for _ in range(5)] == [401] * 5
    assert prove(here, mine, second, visitor=visitor).page.status == 429, "the right one must wait as well"
    stranger = Stranger(here, visitor.session.headers["X-Forwarded-For"])
    page = stranger.submit(stranger.get("/connexion").form("/connexion"), identifiant=second.login, mot_de_passe=second.password)
    assert page.status == 429, "nor may it sign in from there"
    assert sign_in(here, second).page.path == "/ouverture"


def test_who_is_unknown_and_who_is_not_are_answered_alike(here, twos):
    mine, second = twos.pair()
    visitor = elsewhere(sign_in(here, mine))
    known = prove(here, mine, second, "faux faux faux 9", visitor).page

    class Nobody:
        login, password = "z.personne999", "faux faux faux 9"

    unknown = prove(here, mine, Nobody, visitor=visitor).page
    assert (known.status, known.text.replace(second.login, "")) == (unknown.status, unknown.text.replace(Nobody.login, ""))


# --------------------------------------------------------------------------------------------------- once, and by who may


def joined_rows(here, *people):
    with here.psql() as database:
        return sum(database.execute("select count(*) from preau.account_join where (from_academy, from_account) = (%s, %s)",
                                    person.account).fetchone()[0] for person in people)


def test_a_form_that_is_sent_again_does_nothing_more(here, twos):
    mine, second = twos.pair()
    visitor = prove(here, mine, second)
    form = visitor.page.form(visitor.page.path)
    dates = {name: "29/02/2012" for name, _ in form.fields if name.startswith("naissance")}
    for _ in range(2):
        assert visitor.submit(form, dates).path == ACCOUNT
    assert visitor.submit(form, dates, demande="autre").path == ACCOUNT, "another request of the same proof: it was done"
    assert joined_rows(here, second) == 1 and twos.events(mine).count("accounts_joined") == 1
    assert visitor.get(form.action).status == 410


def test_two_at_once_join_once(here, twos):
    mine, second = twos.pair()
    visitor = prove(here, mine, second)
    form = visitor.page.form(visitor.page.path)
    dates = {name: "29/02/2012" for name, _ in form.fields if name.startswith("naissance")}
    with concurrent.futures.ThreadPoolExecutor(3) as pool:  # as many as birth dates may be given a day
        pages = list(pool.map(lambda number: visitor.submit(form, dates, demande=str(number)), range(3)))
    assert {page.status for page in pages} <= {200, 503} and any(page.path == ACCOUNT for page in pages)
    assert joined_rows(here, second) == 1


def test_of_two_that_join_each_other_one_stays(here, twos):
    for _ in range(3):
        mine, second = twos.pair()
        twos.activate(second, f"{mine.nom.lower()}.4@example.net")
        visitors = [prove(here, mine, second), prove(here, second, mine)]
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            list(pool.map(confirm, visitors, ("29/02/2012", "03/04/2010")))
        closed = [person for person in (mine, second) if person.row()["closed_at"]]
        assert len(closed) == 1 and joined_rows(here, mine, second) == 1
        with here.psql() as database:
            owners = {row for person in (mine, second) for row in database.execute(
                "select account_academy, account_id from preau.person where profile = 'responsable' and (academy, degree, aaf_id) = (%s, %s, %s)",
                (person.town.academy, person.degree, person.aaf_id))}
        assert len(owners) == 1


def test_a_proof_is_of_one_account_and_a_form_of_one_browser(here, twos):
    mine, second = twos.pair()
    stranger, _ = twos.pair()
    path = prove(here, mine, second).page.path
    other = sign_in(here, stranger)
    assert other.get(path).status == 410
    form = other.get(FORM).form(FORM)
    form.action = path
    assert other.submit(form).status == 410
    visitor = sign_in(here, mine)
    form = visitor.get(path).form(path)
    assert visitor.submit(form, csrf="x").status == 403 and visitor.submit(form, csrf=other.get(FORM).form(FORM).fields[0][1]).status == 403
    assert second.row()["closed_at"] is None


def test_a_proof_ends_with_the_password_and_with_its_time(here, twos):
    mine, second = twos.pair()
    visitor = prove(here, mine, second)
    second.reset()
    assert confirm(visitor, "29/02/2012").page.status == 410
    visitor = prove(here, mine, second)
    with here.psql() as database:
        database.execute("update preau.account_join_proof set expires_at = now() where (account_id, academy) = (%s, %s)", mine.account[::-1])
    assert confirm(visitor, "29/02/2012").page.status == 410 and second.row()["closed_at"] is None


def test_what_was_mailed_of_the_account_that_is_closed_leads_nowhere(here, twos):
    """The link of a forgotten password, that came before."""
    mine, second = twos.pair()
    twos.activate(second, f"{mine.nom.lower()}.11@example.net")
    ask(here, "/aide/mot-de-passe", second.login)

    def links():
        return [link_in(text_of(mail)) for mail in here.mail.mails(second.email) if "/mot-de-passe/" in text_of(mail)]

    here.wait(links, seconds=30, what="mailed")
    (link,) = links()
    assert Stranger(here).get(link).status == 200
    join(here, mine, second, "29/02/2012")
    assert Stranger(here).get(link).status == 410


@pytest.mark.parametrize("held", ("pg_advisory_xact_lock(1347568983)", "pg_advisory_xact_lock_shared(1347568985)"))
def test_an_import_at_work_is_not_disturbed(here, twos, held):
    """Neither while it attaches records, nor between the choice of accounts for new ones and these."""
    mine, second = twos.pair()
    visitor = prove(here, mine, second)
    path = visitor.page.path
    with here.psql() as importing, importing.transaction():
        importing.execute(f"select {held}")
        assert confirm(visitor, "29/02/2012").page.status == 503
    visitor.page = visitor.get(path)
    assert confirm(visitor, "29/02/2012").page.path == ACCOUNT


def test_linkd_takes_the_callers_word_for_nobody_else(here, twos):
    mine, second = twos.pair()
    bus = Bus(here)
    request = bus.message("link", "ProveOtherAccountRequest", login=second.login, password=second.password, address="192.0.2.1")
    request.account.academy, request.account.id = mine.account
    for caller in ({"account": second.account}, {"operator": True}):
        with pytest.raises(Refused, match="not_allowed"):
            bus.ask("link", "ProveOtherAccount", request, **caller)
    stranger, _ = twos.pair()
    token = prove(here, mine, second).page.path.rsplit("/", 1)[1]
    for method, fields in (("GetOtherAccount", {"token": token}), ("JoinAccounts", {"token": token}),
                           ("BeginMissingChild", {"mobile": "0612345678", "address": "192.0.2.1"})):
        request = bus.message("link", f"{method}Request", **fields)
        request.account.academy, request.account.id = mine.account
        for caller in ({"account": stranger.account}, {"operator": True}, {}):
            with pytest.raises(Refused, match="not_allowed"):
                bus.ask("link", method, request, **caller)
    for method in ("GetOtherAccount", "JoinAccounts"):  # its own account's word, and another's proof
        request = bus.message("link", f"{method}Request", token=token)
        request.account.academy, request.account.id = stranger.account
        with pytest.raises(Refused, match="joining_over"):
            bus.ask("link", method, request, account=stranger.account)
    for method, name in (("ListJoins", "ListJoinsRequest"), ("SeparateAccounts", "SeparateAccountsRequest")):
        with pytest.raises(Refused, match="not_allowed"):
            bus.ask("link", method, bus.message("link", name), account=mine.account)


# --------------------------------------------------------------------------------------------------- parted again


@tries("Link/SeparateAccounts", "accounts_separated")
def test_an_operator_parts_them_again(here, twos):
    """The closed account opens again with its password, its records and its children; it is audited, with the reason."""
    mine, second = twos.pair()
    twos.activate(second, f"{mine.nom.lower()}.5@example.net")
    visitor = join(here, mine, second, "29/02/2012")
    (told,) = twos.joins(mine)
    assert here.run_ctl("account", "separate", told["join"]).returncode == 2, "a reason is asked"
    done = here.ctl("account", "separate", told["join"], "--reason", "homonyme", "--by", "exploitante", json_answer=True)
    assert done == {"join": told["join"], "from_login": second.login, "into_login": mine.login, "reason": "homonym", "reset_logins": []}
    assert here.ctl("account", "separate", told["join"], "--reason", "homonyme", json_answer=True) == done, "as the first time"
    entry = next(entry for entry in here.ctl("audit", "show", "--action", "accounts_separated", json_answer=True)["entries"]
                 if entry["detail"]["join"] == told["join"])
    assert (entry["actor"], entry["detail"]) == ("exploitante", {"join": told["join"], "reason": "homonym"})
    assert visitor.get("/guichet").path == "/connexion", "nobody stays signed in on the one that kept them"
    desk = sign_in(here, second).get("/guichet")
    assert desk.status == 200 and "Tom" in desk.text and "Léa" not in desk.text
    assert "Tom" not in sign_in(here, mine).get("/guichet").text
    assert twos.events(second)[-1] == "separated_from_other" and twos.events(mine)[-1] == "accounts_separated"
    for person in (mine, second):
        here.wait(lambda address=person.email: "Vos deux comptes ont été séparés" in subjects(here, address), seconds=30, what="told")
    (told,) = twos.joins(second)
    assert told["undone_by"] == "exploitante" and told["undone_reason"] == "homonym" and told["records"] == 0
    for one, other in ((mine, second), (second, mine)):
        page = prove(here, one, other).page
        assert page.status == 409 and "séparés" in page.text, "what an operator parted is not joined again from the desk"
    assert second.login not in sign_in(here, mine).get("/guichet/historique").text, "which may be somebody else's"
    assert mine.login not in sign_in(here, second).get("/guichet/historique").text


def test_what_was_parted_is_not_joined_again_by_way_of_a_third(here, twos):
    """It is the records that are two persons', whatever accounts they are in by now."""
    mine, second = twos.pair()
    third = twos.activate(twos.guardian("Anne", mine.nom, [twos.child("Zoé", mine.nom, "2008-05-06")]), f"{mine.nom.lower()}.10@example.net")
    join(here, mine, second, "29/02/2012")
    here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "homonyme")
    join(here, third, second, "29/02/2012")
    for one, other in ((mine, third), (third, mine)):
        page = prove(here, one, other).page
        assert page.status == 409 and "séparés" in page.text, page.text


def test_the_rules_are_asked_again_under_the_locks(here, twos):
    """An import that makes two guardians of one pupil of them comes between the look and the deed."""
    mine, second = twos.pair(academy=ACADEMY)
    prove(here, mine, second)
    child, = second.children
    with here.psql() as database:
        proof, = database.execute("select id from preau.account_join_proof where (academy, account_id) = (%s, %s)", mine.account).fetchone()
        database.execute("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, %s, %s, %s, 1)",
                         (child.town.academy, child.degree, child.aaf_id, mine.aaf_id))
        with pytest.raises(psycopg.Error) as late:
            database.execute("select preau.account_join(%s, %s, %s)", (proof, mine.row()["version"], second.row()["version"]))
    assert late.value.sqlstate == "PR001" and second.row()["closed_at"] is None


def erase(here, person):
    """As preau-importd does with an account whose time is over."""
    with here.psql() as database:
        database.execute("update preau.account set closed_at = now() - interval '3 years' where (academy, id) = (%s, %s)", person.account)
        here.restart("preau-importd")
        here.wait(lambda: database.execute("select count(*) from preau.account where (academy, id) = (%s, %s)", person.account).fetchone() == (0,),
                  seconds=30, what="erased")


def test_the_other_identifier_is_told_no_longer_than_its_account(here, twos):
    mine, second = twos.pair()
    visitor = join(here, mine, second, "29/02/2012")
    assert second.login in visitor.get("/guichet/historique").text
    erase(here, second)
    with here.psql() as database:
        kept = database.execute("select string_agg(e::text, ' ') from preau.account_event e where (academy, account_id) = (%s, %s)", mine.account).fetchone()[0]
    assert second.login not in visitor.get("/guichet/historique").text and second.login not in kept
    done = here.run_ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "erreur", "--json")
    assert done.returncode == 1 and "parting_erased" in done.stdout
    assert "Tom" in visitor.get("/guichet").text, "its records are of the account that stays"


def test_what_an_ent_vouched_for_before_is_over(here, twos):
    """It vouched for an account of one academy; another's children are in it by now."""
    mine, second = twos.pair()
    with here.psql() as database:
        for person in (mine, second):
            database.execute("insert into preau.ent_opening (browser, peer, academy, account_id, expires_at)"
                             " values (decode(repeat('ab', 32), 'hex'), 'essai', %s, %s, now() + interval '10 min')", person.account)
        join(here, mine, second, "29/02/2012")
        assert database.execute("select count(*) from preau.ent_opening where (academy, account_id) in ((%s, %s), (%s, %s))",
                                (*mine.account, *second.account)).fetchone() == (0,)


def test_an_identity_linked_meanwhile_stays_where_it_is(here, twos):
    mine, second = twos.pair()
    twos.link_identity(second, f"sub-{second.login}")
    join(here, mine, second, "29/02/2012")
    twos.link_identity(mine, f"sub-{mine.login}")
    here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "erreur")
    assert twos.identity(mine) == f"sub-{mine.login}" and twos.identity(second) is None


def audited(here, join):
    return [entry for entry in here.ctl("audit", "show", "--action", "accounts_separated", json_answer=True)["entries"]
            if entry["detail"]["join"] == join]


def test_a_stranger_does_not_come_in_again_with_the_password(here, twos):
    """Whoever joined the account knew it: it is replaced by one that nobody has. The school gives another; other reasons replace none."""
    mine, second = twos.pair()
    twos.activate(second, f"{mine.nom.lower()}.9@example.net")
    join(here, mine, second, "29/02/2012")
    join_number = twos.joins(mine)[0]["join"]
    assert "n’ouvre plus rien" in here.ctl("account", "separate", join_number, "--reason", "intrus")
    assert sign_in(here, second).page.status == 401
    row = second.row()
    assert (row["state"], row["password"], row["closed_at"]) == ("active", "provisional", None)
    assert row["email"] is None and row["email_confirmed_at"] is None, "whoever had the password may have given it"
    here.wait(lambda: "Vos deux comptes ont été séparés" in subjects(here, second.mail), seconds=30, what="told, at the address that the school knows")
    again = here.ctl("account", "separate", join_number, "--reason", "erreur")
    assert "déjà défaite" in again and "n’ouvre plus rien" in again, "what was done the first time"
    assert sign_in(here, mine).page.path == "/guichet", "that of the other is its own"
    second.reset()
    assert sign_in(here, second).page.path == "/nouveau-mot-de-passe"


def test_a_half_open_account_that_is_parted_from_a_stranger_has_no_address_of_theirs(here, twos):
    mine, second = twos.pair()
    address = f"{mine.nom.lower()}.8@example.net"
    with here.psql() as database:
        database.execute("update preau.account set state = 'en_cours', email = %s where (academy, id) = (%s, %s)", (address, *second.account))
    join(here, mine, second, "29/02/2012")
    assert second.row()["email"] == address
    assert "n’ouvre plus rien" in here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "intrus")
    row = second.row()
    assert (row["state"], row["password"], row["email"]) == ("en_cours", "provisional", None)


def test_an_account_that_was_never_opened_is_told_that_it_works_again(here, twos):
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    said = here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "erreur")
    assert "celui qu’il avait" in said and "réinitialiser" not in said
    here.wait(lambda: "Vos deux comptes ont été séparés" in subjects(here, second.mail), seconds=30, what="told")


def test_the_passwords_that_were_given_to_pupils_meanwhile_are_named(here, twos):
    """Whoever had both accounts may know them still: not those that were given before, nor those of pupils who stay."""
    mine, second = twos.pair()
    bus = Bus(here)

    def give(guardian, child):
        request = bus.message("link", "ResetChildPasswordRequest")
        request.account.academy, request.account.id = guardian.account
        request.child.academy, request.child.id = child.account
        bus.ask("link", "ResetChildPassword", request, account=guardian.account)

    for person in (mine, second):
        for child in person.children:
            child.hand_out()
    with here.psql() as database:
        database.execute("update preau.account set password = 'chosen', state = 'active', activated_at = now() where (academy, id) in ((%s, %s), (%s, %s))",
                         (*mine.children[0].account, *second.children[0].account))
    join(here, mine, second, "29/02/2012")
    give(mine, mine.children[0])
    give(mine, second.children[0])
    (told,) = twos.joins(mine)
    done = here.ctl("account", "separate", told["join"], "--reason", "homonyme", json_answer=True)
    assert done["reset_logins"] == [second.children[0].login]
    assert f"réinitialiser par l’établissement :\n  {second.children[0].login}\n" in here.ctl("account", "separate", told["join"], "--reason", "homonyme")


def test_of_two_who_part_the_same_one_does(here, twos):
    """The other finds it done; the audit trail has it once."""
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    (told,) = twos.joins(mine)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        done = list(pool.map(lambda _: here.run_ctl("account", "separate", told["join"], "--reason", "erreur").returncode, range(3)))
    assert 0 in done
    here.ctl("account", "separate", told["join"], "--reason", "erreur")
    assert len(audited(here, told["join"])) == 1
    with here.psql() as database, pytest.raises(psycopg.Error) as late:  # that looked before, and comes after
        database.execute("select preau.account_separate(%s, 'essai', 'mistake', 1, null)", (told["join"],))
    assert late.value.sqlstate == "PR001"


def test_what_is_erased_meanwhile_is_not_parted(here, twos):
    """An account that goes between the look and the deed."""
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    (told,) = twos.joins(mine)
    with here.psql() as database:
        database.execute("delete from preau.account where (academy, id) = (%s, %s)", second.account)
        with pytest.raises(psycopg.Error) as late:
            database.execute("select preau.account_separate(%s, 'essai', 'mistake', 1, null)", (told["join"],))
    assert late.value.sqlstate == "PR001" and twos.joins(mine)[0]["undone_at"] is None


def test_a_record_of_a_whole_account_is_not_parted_alone(here, twos):
    """Else the other account would be open, and still joined to this one, which would keep its FranceConnect and show its life."""
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    (told,) = twos.joins(mine)
    with here.psql() as database:
        merge, = database.execute("select id from preau.account_merge where join_id = %s", (told["join"],)).fetchone()
    done = here.run_ctl("import", "unmerge", merge, "--json")
    assert done.returncode == 1 and "merge_of_join" in done.stdout, done
    assert second.row()["closed_at"] and twos.joins(mine) == [told]
    here.ctl("account", "separate", told["join"], "--reason", "erreur")
    assert here.ctl("import", "unmerge", merge, json_answer=True)["login"] == second.login, "it was undone with the others"


def test_what_a_whole_join_closed_is_not_opened_by_a_record_that_left_it_before(here, twos):
    """An import moved one record of it; the others came by a join."""
    mine, second = twos.pair()
    with here.psql() as database:
        moved, = database.execute("select coalesce(max(aaf_id), 0) + 900000 from preau.person").fetchone()
        database.execute("insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, digest, account_academy, account_id)"
                         " select academy, degree, %s, profile, nom, prenom, search_name, digest, %s, %s from preau.person"
                         " where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (moved, *mine.account, second.town.academy, second.degree, second.aaf_id))
        merge, = database.execute(
            "insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account, evidence)"
            " values (%s, %s, %s, %s, %s, %s, %s, 'same_contact') returning id",
            (second.town.academy, second.degree, moved, *second.account, *mine.account)).fetchone()
    join(here, mine, second, "29/02/2012")
    done = here.run_ctl("import", "unmerge", merge, "--json")
    assert done.returncode == 1 and "merge_of_join" in done.stdout, done
    assert second.row()["closed_at"]


def test_a_record_of_an_account_that_was_erased_is_parted_alone(here, twos):
    """The join cannot be undone whole any more; that the record is somebody else's still can be said."""
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    with here.psql() as database:
        database.execute("delete from preau.account where (academy, id) = (%s, %s)", second.account)
        merge, = database.execute("select id from preau.account_merge where (from_academy, from_account) = (%s, %s)", second.account).fetchone()
    login = here.ctl("import", "unmerge", merge, json_answer=True)["login"]
    assert login not in (mine.login, "")
    assert "Tom" not in sign_in(here, mine).get("/guichet").text


LONG_AGO = "2025-01-02"


def detached(here, person):
    since = person.row()["detached_at"]
    return since and since.date().isoformat()


def leave(here, person, since=LONG_AGO):
    with here.psql() as database:
        database.execute("update preau.person set departed_at = %s where (account_academy, account_id) = (%s, %s)", (since, *person.account))
        database.execute("update preau.account set detached_at = %s where (academy, id) = (%s, %s)", (since, *person.account))


def test_who_left_with_both_accounts_is_erased_in_their_time(here, twos):
    """Joining them begins no other time of grace; a child that came along ends it."""
    mine, second = twos.pair()
    twos.activate(second, f"{mine.nom.lower()}.7@example.net")
    leave(here, mine)
    leave(here, second, "2025-03-04")
    join(here, mine, second)  # no child: no date
    assert detached(here, mine) == LONG_AGO
    other, with_child = twos.pair()
    leave(here, other)
    join(here, other, with_child, "29/02/2012")
    assert detached(here, other) is None


def test_what_is_parted_has_the_attachment_that_an_import_would_see(here, twos):
    """A child that its guardian disclaims attaches, as long as the school has not judged it; who is left with nothing is detached from then on."""
    mine, second = twos.pair()
    join(here, mine, second, "29/02/2012")
    child = second.children[0]
    with here.psql() as database:
        database.execute("insert into preau.disclaimed_child (claim, academy, degree, guardian_id, pupil_id)"
                         " values (nextval('preau.disclaimed_child_claim'), %s, %s, %s, %s)",
                         (child.town.academy, child.degree, second.aaf_id, child.aaf_id))
    leave(here, mine)
    with here.psql() as database:  # the record of the second alone is there
        database.execute("update preau.person set departed_at = null where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (second.town.academy, second.degree, second.aaf_id))
        database.execute("update preau.account set detached_at = null where (academy, id) = (%s, %s)", mine.account)
    here.ctl("account", "separate", twos.joins(mine)[0]["join"], "--reason", "demande")
    assert second.row()["detached_at"] is None and mine.row()["detached_at"] is not None


def test_what_is_gone_or_moved_on_is_not_parted(here, twos):
    mine, second = twos.pair()
    third, _ = twos.pair()
    join(here, mine, second, "29/02/2012")
    (told,) = twos.joins(mine)

    def refused():
        done = here.run_ctl("account", "separate", told["join"], "--reason", "erreur", "--json")
        assert done.returncode == 1
        return done.stdout

    with here.psql() as database:
        database.execute("insert into preau.identifier (login, academy, account_id) values (%s, %s, %s)", (second.login, *second.account))
        moved = (*third.account, second.town.academy, second.degree, second.aaf_id)
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, %s, %s)", moved)
        assert "parting_elsewhere" in refused()
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
                         (*mine.account, *moved[2:]))
        database.execute("delete from preau.account where (academy, id) = (%s, %s)", second.account)
    assert "parting_erased" in refused()
    assert here.run_ctl("account", "separate", 999999, "--reason", "erreur").returncode == 1
    assert "(effacé)" in here.ctl("account", "joined") and twos.joins(second)[0]["from_login"] == ""
