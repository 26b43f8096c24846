"""preau-linkd against PostgreSQL: signing in, opening, confirming, changing, and what a SIGKILL may not do."""

import collections
import concurrent.futures
import os

import pytest

from peers.bus import Bus, Failed, Refused, Silent
from peers.people import Town
from peers.sealing import link_token
from peers.site import Site

PASSWORD = "jardin violet sous la pluie 7"
OPEN, DESK, NEW_PASSWORD, CONFIRM, EXPIRED = 2, 1, 3, 4, 5  # NextStep of link.proto
OWN_PASSWORD, ENROLMENT, OPEN_TO_ALL = 2, 3, 4  # AdministratorStep
ACTIVE, EN_COURS = 4, 3  # AccountState of values.proto
LINKD = "preau-linkd"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A site with linkd alone; Argon2 as cheap as it may be."""
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "3", "attempts_address": "30",
                         "attempts_delay": "2s", "birth_date_attempts": "3", "birth_date_refusals": "7"}}
    with Site.of(tmp_path_factory.mktemp("site"), LINKD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here)


@pytest.fixture
def address(request):
    """Of its own for each test: tries are counted by address."""
    return "test-" + str(abs(hash(request.node.name)) % 10**9)


@pytest.fixture(scope="module")
def schools(town):
    return town.school(1), town.school(2)


@pytest.fixture
def family(town, schools):
    """A guardian with a child in each degree, the elder with an account."""
    first, second = schools
    tom = town.pupil(first, "Tom", "Durand", "2017-05-06")
    lea = town.pupil(second, "Léa", "Durand", "2012-02-29", account=True)
    anne = town.guardian("Anne", "Durand", [lea], mail="anne.durand@example.org")
    with town.database() as database:  # the younger one's record is of the other degree: the same person
        record = town._person(1, "responsable", "Anne", "Durand")
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 1, %s)",
                         (*anne.account, town.academy, record.aaf_id))
        database.execute("insert into preau.guardianship values (%s, 1, %s, %s, 10)", (town.academy, tom.aaf_id, record.aaf_id))
    anne.children = [tom, lea]
    anne.hand_out()
    lea.hand_out()
    return anne


def sign_in(bus, person, address, password=None):
    return bus.ask("link", "SignIn", login=person.login, password=password or person.password, address=address)


def opening(bus, person, password=PASSWORD, email="anne@example.net", dates=None):
    """The request of a guardian, or of a pupil."""
    request = bus.message("link", "OpenAccountRequest", password=password)
    request.account.academy, request.account.id = person.account
    if person.birth_date:
        request.birth_date = dates or person.birth_date
        return request
    request.email = email
    for number, child in enumerate(person.children):
        entry = request.children.add(birth_date=dates[number] if dates else child.birth_date)
        entry.child.academy, entry.child.degree, entry.child.aaf_id = person.town.academy, child.degree, child.aaf_id
    return request


def open_account(bus, person, **given):
    request_id = given.pop("request_id", None)
    return bus.ask("link", "OpenAccount", opening(bus, person, **given), account=person.account, request_id=request_id)


def token_of(here, person):
    """Of the last activation link, as the mail has it."""
    with here.psql() as database:
        number = database.execute("select max(id) from preau.confirmation where (academy, account_id) = (%s, %s)",
                                  person.account).fetchone()[0]
    return link_token(here.folder / "keys", "activation", person.account[0], number)


# ------------------------------------------------------------------------------------------------ signing in


def test_a_stranger_and_a_wrong_password_are_told_the_same(bus, family, address):
    ask = dict(address=address)
    assert bus.refusal("link", "SignIn", login=family.login, password="k7pr-wz4t-9hbn", **ask) == "wrong_credentials"
    assert bus.refusal("link", "SignIn", login="z.personne", password="k7pr-wz4t-9hbn", **ask) == "wrong_credentials"
    assert bus.refusal("link", "SignIn", login="'; drop table", password="", **ask) == "wrong_credentials"


def test_the_provisional_password_is_read_as_people_copy_it(bus, family, address):
    for typed in (family.password, family.password.upper(), family.password.replace("-", " "), family.password.replace("-", "")):
        assert sign_in(bus, family, address, typed).next == OPEN
    assert bus.refusal("link", "SignIn", login=family.login, password=family.password[:-1], address=address) == "wrong_credentials"


def test_an_account_that_was_not_handed_out_does_not_open(bus, town, schools, address):
    child = town.pupil(schools[1], "Nils", "Petit", "2011-01-02", account=True)
    assert bus.refusal("link", "SignIn", login=child.login, password=child.password, address=address) == "not_distributed"


def test_a_notification_that_is_over_says_so_to_who_knows_the_password(bus, town, schools, address):
    child = town.pupil(schools[1], "Nora", "Petit", "2011-01-02", account=True)
    child.hand_out(months=-1)
    told = sign_in(bus, child, address)
    assert (told.next, told.account.id, told.credential_at, told.device) == (EXPIRED, 0, 0, ""), "nobody is signed in"
    with town.database() as database:
        names = [name for name, in database.execute("select name from preau.school where uai = %s", (schools[1][0],))]
    assert list(told.schools) == names
    assert bus.refusal("link", "SignIn", login=child.login, password="wrong", address=address) == "wrong_credentials"


def test_too_many_tries_wait_but_not_from_elsewhere(bus, family, here, address):
    wrong = dict(login=family.login, password="wrong-wrong-22", address=address)
    assert [bus.refusal("link", "SignIn", **wrong) for _ in range(3)] == ["wrong_credentials"] * 3
    assert bus.refusal("link", "SignIn", **{**wrong, "password": family.password}) == "too_many_attempts"
    assert sign_in(bus, family, address + "-elsewhere").next == OPEN
    # as a person tries again: each try counts for the address, which other people share
    here.wait(lambda: bus.refusal("link", "SignIn", **{**wrong, "password": family.password}) is None, what="over", every=1)


def test_a_browser_that_signed_in_before_is_not_kept_out_by_others_at_its_address(bus, family, town, schools, address):
    own = dict(login=family.login, password=family.password, address=address)
    device = bus.ask("link", "SignIn", **own).device
    wrong = {**own, "password": "wrong-wrong-22"}
    assert [bus.refusal("link", "SignIn", **wrong) for _ in range(4)] == ["wrong_credentials"] * 3 + ["too_many_attempts"]
    assert bus.refusal("link", "SignIn", **own) == "too_many_attempts"
    assert bus.ask("link", "SignIn", **own, device=device).device == device
    for forged in (device[:-1] + ("A" if device[-1] != "A" else "B"), device.swapcase(), "x", device + "A"):
        assert bus.refusal("link", "SignIn", **own, device=forged) == "too_many_attempts"


def test_a_known_browser_has_no_more_tries_than_another_and_none_for_others(bus, family, town, schools, address):
    child = town.pupil(schools[1], "Nora", "Autre", "2011-01-02", account=True)
    child.hand_out()
    device = sign_in(bus, family, address).device
    wrong = dict(login=family.login, password="wrong-wrong-22", device=device)
    told = [bus.refusal("link", "SignIn", **wrong, address=f"{address}-{number}") for number in range(5)]
    assert told == ["wrong_credentials"] * 3 + ["too_many_attempts"] * 2, "wherever it is"
    others = dict(login=child.login, password="wrong-wrong-22", address=address, device=device)
    assert [bus.refusal("link", "SignIn", **others) for _ in range(4)] == ["wrong_credentials"] * 3 + ["too_many_attempts"]
    assert bus.refusal("link", "SignIn", **{**others, "password": child.password, "device": ""}) == "too_many_attempts", "it is none of theirs"


def test_an_administrators_browser_is_not_a_familys(bus, family, address):
    added = bus.ask("link", "AddAdministrator", operator=True, login=family.login, name="Mme Double", role=5, scopes=[{}])
    own = dict(login=family.login, password=added.password, address=address)
    device = bus.ask("link", "SignInAdministrator", **own).device
    of_family = sign_in(bus, family, address).device  # before: the delay is short
    wrong = {**own, "password": "wrong-wrong-22"}
    assert [bus.refusal("link", "SignInAdministrator", **wrong) for _ in range(3)] == ["wrong_credentials"] * 3
    assert bus.refusal("link", "SignInAdministrator", **own, device=of_family) == "too_many_attempts"
    assert bus.ask("link", "SignInAdministrator", **own, device=device).standing.role == 5


# ------------------------------------------------------------------------------------------------ opening


def test_a_guardian_opens_confirms_and_signs_in(bus, here, town, family, address):
    shown = bus.ask("link", "GetOpening", account=family.account,
                    request=bus.message("link", "GetOpeningRequest", account=bus.reference(family.account)))
    assert (shown.prenom, shown.nom, shown.proposed_email) == ("Anne", "Durand", "anne.durand@example.org")
    assert sorted(child.prenom for child in shown.children) == ["Léa", "Tom"]
    assert "2012" not in str(shown) and "2017" not in str(shown), "a birth date was told"

    reply = open_account(bus, family, email=" Anne@Example.NET ")
    assert (reply.state, reply.email) == (EN_COURS, "Anne@example.net")
    row = family.row()
    assert (row["state"], row["origin"], row["password"], row["email_confirmed_at"]) == ("en_cours", "etablissement", "chosen", None)
    assert sign_in(bus, family, address, PASSWORD).next == CONFIRM
    assert bus.refusal("link", "SignIn", login=family.login, password=family.password, address=address) == "wrong_credentials"

    confirmed = bus.ask("link", "ConfirmEmail", token=token_of(here, family))
    assert (confirmed.state, (confirmed.account.academy, confirmed.account.id)) == (ACTIVE, family.account)
    assert bus.ask("link", "ConfirmEmail", token=token_of(here, family)).state == ACTIVE, "people click twice"
    row = family.row()
    assert (row["state"], row["origin"], row["email"]) == ("active", "etablissement", "Anne@example.net")
    assert row["email_confirmed_at"] and row["activated_at"]
    assert sign_in(bus, family, address, PASSWORD).next == DESK
    with here.psql() as database:
        owed = database.execute("select kind, recipient, state from preau.delivery where (academy, account_id) = (%s, %s)"
                                " order by kind", family.account)
        assert owed.fetchall() == [("account_opened", "anne.durand@example.org", "waiting"), ("activation", "Anne@example.net", "waiting")]
        events = database.execute("select action, actor from preau.account_event where (academy, account_id) = (%s, %s) order by id",
                                  family.account)
        assert events.fetchall() == [("open", "person"), ("confirm_email", "person")]


def test_a_pupil_opens_by_its_own_birth_date(bus, family, address):
    lea = family.children[1]
    assert bus.refusal("link", "OpenAccount", opening(bus, lea, dates="2012-02-28"), account=lea.account) == "birth_date_wrong"
    assert open_account(bus, lea, dates="29/02/2012").state == ACTIVE
    row = lea.row()
    assert (row["state"], row["origin"], row["email"]) == ("active", "etablissement", None)
    assert sign_in(bus, lea, address, PASSWORD).next == DESK


def test_one_wrong_child_is_enough_and_tries_are_bounded(bus, family):
    wrong = opening(bus, family, dates=["2017-05-06", "2012-02-28"])
    assert [bus.refusal("link", "OpenAccount", wrong, account=family.account) for _ in range(3)] == ["birth_date_wrong"] * 3
    assert bus.refusal("link", "OpenAccount", opening(bus, family), account=family.account) == "too_many_attempts"
    assert family.row()["state"] == "distribue"


def a_delay_later(here, person):
    with here.psql() as database:
        database.execute("update preau.attempt set not_before = '-infinity', first_at = first_at - interval '2 days', last_at = last_at - interval '2 days'"
                         " where subject = %s", ("birth-date:%d:%d" % person.account,))


def test_so_many_refused_dates_and_the_school_must_notify_anew(here, bus, family):
    """Whatever was waited between: dates are few for who knows the class."""
    wrong = opening(bus, family, dates=["2017-05-06", "2012-02-28"])
    for number in range(7):
        if number % 3 == 0:
            a_delay_later(here, family)
        assert bus.refusal("link", "OpenAccount", wrong, account=family.account) == "birth_date_wrong"
    a_delay_later(here, family)
    assert bus.refusal("link", "OpenAccount", opening(bus, family), account=family.account) == "birth_dates_over", "right ones too"
    shown = bus.message("link", "GetOpeningRequest")
    shown.account.academy, shown.account.id = family.account
    assert bus.refusal("link", "GetOpening", shown, account=family.account) == "birth_dates_over"
    assert family.row()["state"] == "distribue"
    with here.psql() as database:
        database.execute("update preau.account set notified_at = now() where (academy, id) = (%s, %s)", family.account)
    assert bus.refusal("link", "OpenAccount", wrong, account=family.account) == "birth_date_wrong", "they are counted from there"
    assert open_account(bus, family).state == EN_COURS


def test_a_refusal_that_could_not_be_kept_is_not_told(here, bus, family):
    """Else it could be had for ever."""
    wrong = opening(bus, family, dates=["2017-05-06", "2012-02-28"])
    with here.psql() as database:
        database.execute("alter table preau.account_event add constraint nothing check (action <> 'birth_date_refused') not valid")
        try:
            with pytest.raises(Failed):
                bus.ask("link", "OpenAccount", wrong, account=family.account)
        finally:
            database.execute("alter table preau.account_event drop constraint nothing")
    assert bus.refusal("link", "OpenAccount", wrong, account=family.account) == "birth_date_wrong"


@pytest.mark.parametrize("given, code", [
    ({"email": "anne@"}, "email_invalid"),
    ({"email": "anne@example.org\r\nBcc: x@example.org"}, "malformed"),
    ({"password": "court"}, "password_too_short"),
    ({"password": "Durand-durand-Durand"}, "password_has_name"),
    ({"password": "anticonstitutionnellement"}, "password_too_common"),
    ({"password": "Trampoline-2019"}, "password_too_common"),
    ({"password": "AZERTYuiop123"}, "password_too_common"),
    ({"dates": ["2017-05-06", "jamais"]}, "date_invalid"),
])
def test_what_is_wrong_is_named_and_nothing_is_stored(bus, family, given, code):
    assert bus.refusal("link", "OpenAccount", opening(bus, family, **given), account=family.account) == code
    assert (family.row()["state"], family.row()["version"]) == ("distribue", 2)


def test_the_provisional_password_is_not_chosen_again(bus, family):
    request = opening(bus, family, password=family.password)
    assert bus.refusal("link", "OpenAccount", request, account=family.account) == "password_not_new"


def test_only_the_account_itself_opens_it(bus, family):
    lea = family.children[1]
    for caller in ({"account": lea.account}, {"administrator": 1}, {"operator": True}, {}):
        assert bus.refusal("link", "OpenAccount", opening(bus, family), **caller) == "not_allowed"


def test_a_repeat_is_told_the_same_and_does_nothing_twice(bus, here, family):
    request_id = os.urandom(16)
    first = open_account(bus, family, request_id=request_id)
    here.restart(LINKD)  # what it remembered is gone; what it stored is not
    assert open_account(bus, family, request_id=request_id) == first
    with here.psql() as database:
        count = database.execute("select count(*) from preau.delivery where (academy, account_id) = (%s, %s)", family.account)
        assert count.fetchone() == (2,), "the link, and the notice where the school knows her"


def test_links_that_are_not_ours_lead_nowhere(bus, here, family):
    open_account(bus, family)
    token = token_of(here, family)
    forged = token[:-1] + ("A" if token[-1] != "A" else "B")
    for wrong in ("", "x", forged, token + "A", link_token(here.folder / "keys", "email_change", family.account[0], 1)):
        assert bus.refusal("link", "ConfirmEmail", token=wrong) == "link_unknown"
    with here.psql() as database:
        database.execute("update preau.confirmation set expires_at = now() - interval '1 second' where (academy, account_id) = (%s, %s)",
                         family.account)
    assert bus.refusal("link", "ConfirmEmail", token=token) == "link_expired"
    assert family.row()["state"] == "en_cours"


# ------------------------------------------------------------------------------------------------ another password


def test_a_person_changes_the_password_with_the_present_one(bus, here, family, address):
    lea = family.children[1]
    open_account(bus, lea)
    other = "trois canards dorment 88"
    request = bus.message("link", "ChangePasswordRequest", present="not it at all", chosen=other)
    request.account.CopyFrom(bus.reference(lea.account))
    assert bus.refusal("link", "ChangePassword", request, account=lea.account) == "present_password_wrong"
    request.present = PASSWORD
    bus.ask("link", "ChangePassword", request, account=lea.account)
    assert sign_in(bus, lea, address, other).next == DESK
    assert bus.refusal("link", "SignIn", login=lea.login, password=PASSWORD, address=address) == "wrong_credentials"


def test_a_hash_of_another_cost_is_made_again_at_the_next_sign_in(bus, here, family, address):
    lea = family.children[1]
    open_account(bus, lea)

    def stored():
        with here.psql() as database:
            return database.execute("select hash, changed_at from preau.credential where (academy, account_id) = (%s, %s)",
                                    lea.account).fetchone()

    cheap, changed_at = stored()
    here.restart(LINKD, PREAU_LINK_ARGON2_OPERATIONS="3")
    try:
        assert bus.refusal("link", "SignIn", login=lea.login, password="not it at all", address=address) == "wrong_credentials"
        assert stored() == (cheap, changed_at)
        sign_in(bus, lea, address, PASSWORD)
        here.wait(lambda: stored()[0] != cheap, what="made again")
        dear, still = stored()
        assert ",t=3," in dear and ",t=1," in cheap and still == changed_at, "sessions stay"
        sign_in(bus, lea, address, PASSWORD)
        here.daemons[LINKD].stop()  # what it began is done
        assert stored()[0] == dear, "once"
    finally:
        here.restart(LINKD)
    assert sign_in(bus, lea, address, PASSWORD).next == DESK


def test_without_its_list_of_known_passwords_linkd_does_not_start(here, tmp_path):
    cut = tmp_path / "cut"
    cut.write_bytes((here.build / "config/known-passwords").read_bytes()[:-1])
    here.stop_daemon(LINKD)
    try:
        here.launch(LINKD, ready=False, PREAU_LINK_KNOWN_PASSWORDS=str(cut))
        assert here.daemons[LINKD].wait(20) and here.daemons[LINKD].exit_code == 1
        assert "link.known_passwords" in here.log(LINKD) and str(cut) in here.log(LINKD)
    finally:
        here.launch(LINKD)


# ------------------------------------------------------------------------------------------------ administrators


def test_an_administrator_is_added_once_and_signs_in(bus, here, schools, address):
    ask = dict(operator=True, login="Mme.Martin", name="Mme Martin", role=5, scopes=[{}])
    added = bus.ask("link", "AddAdministrator", **ask)
    assert bus.refusal("link", "AddAdministrator", **ask) == "login_taken"
    signed = bus.ask("link", "SignInAdministrator", login=" mme.martin", password=added.password, address=address)
    standing = signed.standing
    assert (standing.administrator, standing.role, standing.name) == (added.administrator, 5, "Mme Martin")
    assert standing.next == OWN_PASSWORD, "a generated one is replaced first"
    changed = bus.ask("link", "ChangeAdministratorPassword", chosen=PASSWORD, credential_at=standing.credential_at, address=address,
                      administrator=added.administrator).standing
    assert changed.next == ENROLMENT and changed.credential_at > standing.credential_at
    bus.ask("link", "AddAdministrator", operator=True, login="mme.tete", name="Mme Tête", role=1, password=PASSWORD,
            scopes=[{"academy": 24, "uai": schools[0][0]}])
    assert bus.ask("link", "SignInAdministrator", login="mme.tete", password=PASSWORD, address=address).standing.next == OPEN_TO_ALL
    for login, password in (("mme.martin", "wrong"), ("nobody", added.password)):
        assert bus.refusal("link", "SignInAdministrator", login=login, password=password, address=address) == "wrong_credentials"

    def seen():
        listed = bus.ask("link", "ListAdministrators", operator=True).administrators
        return [one.login for one in listed if one.last_sign_in_at]

    here.wait(lambda: seen() == ["mme.tete"], what="remembered, once it is complete")


def test_what_was_proved_by_a_password_that_is_gone_proves_nothing(bus, address):
    added = bus.ask("link", "AddAdministrator", operator=True, login="m.avant", name="M. Avant", role=5, scopes=[{}])
    before = bus.ask("link", "SignInAdministrator", login="m.avant", password=added.password, address=address).standing.credential_at
    bus.ask("link", "ChangeAdministrator", operator=True, login="m.avant", change=3)
    for method, fields in (("GiveCode", {"code": "123456"}), ("ChangeAdministratorPassword", {"chosen": PASSWORD}),
                           ("ConfirmSecondFactor", {"code": "123456", "session": bytes(32)}), ("RemoveSecondFactor", {}),
                           ("RenewRecoveryCodes", {})):
        ask = dict(credential_at=before, address=address, **fields)
        assert bus.refusal("link", method, administrator=added.administrator, **ask) == "sign_in_required", method
        assert bus.refusal("link", method, **ask) == "not_allowed", method


@pytest.mark.parametrize("method, fields", [("GetAdministrator", {"login": "mme.martin"}), ("ChangeAdministrator", {"login": "mme.martin", "change": 1})])
def test_only_the_operator_looks_at_and_changes_others(bus, method, fields):
    for caller in ({}, {"administrator": 1}, {"account": (24, 1)}):
        assert bus.refusal("link", method, **fields, **caller) == "not_allowed"


def test_administrators_are_made_by_the_operator_alone(bus):
    ask = dict(login="intrus", name="Intrus", role=5, scopes=[{}])
    for caller in ({}, {"administrator": 1}, {"account": (24, 1)}):
        assert bus.refusal("link", "AddAdministrator", **ask, **caller) == "not_allowed"
        assert bus.refusal("link", "ListAdministrators", **caller) == "not_allowed"


def test_a_head_has_no_whole_academy(bus):
    ask = dict(operator=True, login="trop.large", name="Trop large", role=1)
    for scopes in ([], [{}], [{"academy": 24}], [{"uai": "0240001A"}], [{"academy": 70000}]):
        assert bus.refusal("link", "AddAdministrator", scopes=scopes, **ask) == "malformed"


# ------------------------------------------------------------------------------------------------ killed at the worst moment


@pytest.mark.parametrize("point", ["link_choice_hashed", "link_choice_applied"])
def test_killed_while_an_account_opens(bus, here, family, point):
    request_id = os.urandom(16)
    here.restart(LINKD, PREAU_FAULT=point)
    with pytest.raises(Silent):
        bus.ask("link", "OpenAccount", opening(bus, family), account=family.account, request_id=request_id, seconds=3)
    here.wait_dead(LINKD)
    here.restart(LINKD)
    assert open_account(bus, family, request_id=request_id).state == EN_COURS
    with here.psql() as database:
        row = database.execute("select (select count(*) from preau.delivery d where (d.academy, d.account_id) = (a.academy, a.id)),"
                               " (select count(*) from preau.account_event e where (e.academy, e.account_id) = (a.academy, a.id)), a.state"
                               " from preau.account a where (academy, id) = (%s, %s)", family.account).fetchone()
    assert row == (2, 1, "en_cours")  # the link, the notice where the school knows her


def test_killed_after_a_link_was_followed(bus, here, family):
    open_account(bus, family)
    token = token_of(here, family)
    here.restart(LINKD, PREAU_FAULT="link_confirmation_applied")
    with pytest.raises(Silent):
        bus.ask("link", "ConfirmEmail", token=token, seconds=3)
    here.wait_dead(LINKD)
    here.restart(LINKD)
    assert bus.ask("link", "ConfirmEmail", token=token).state == ACTIVE
    assert family.row()["state"] == "active"


def test_without_its_database_it_is_alive_and_not_ready_and_comes_back(bus, here, family, address):
    here.postgres.stop()
    here.wait(lambda: here.http_status(LINKD, "/readyz") == 503, what="not ready")
    assert here.http_status(LINKD, "/livez") == 200
    here.postgres.start()
    here.wait_ready(LINKD)
    assert sign_in(bus, family, address).next == OPEN


# ------------------------------------------------------------------------------------------------ tries


def attempts(here, like):
    with here.psql() as database:
        return database.execute("select failures, delays, extract(epoch from greatest(not_before, first_at) - last_at)::integer from preau.attempt"
                                " where subject like %s order by subject", (like,)).fetchall()


def test_many_tries_at_once_are_not_more_than_many_in_a_row(bus, here, family, address):
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        asked = [pool.submit(bus.refusal, "link", "SignIn", login=family.login, password="wrong-wrong-22", address=address) for _ in range(20)]
    told = collections.Counter(one.result() for one in asked)
    assert told == {"wrong_credentials": 3, "too_many_attempts": 17}
    assert attempts(here, f"person:{family.login}:%") == [(3, 1, 2)], "a flood does not lengthen the delay"


def test_each_delay_is_longer_than_the_one_before(bus, here, family, address):
    wrong = dict(login=family.login, password="wrong-wrong-22", address=address)
    for delays, seconds in ((1, 2), (2, 4)):
        assert [bus.refusal("link", "SignIn", **wrong) for _ in range(3)] == ["wrong_credentials"] * 3
        assert bus.refusal("link", "SignIn", **wrong) == "too_many_attempts"
        assert attempts(here, f"person:{family.login}:%") == [(3, delays, seconds)]
        with here.psql() as database:
            database.execute("update preau.attempt set not_before = now() where subject like %s", (f"person:{family.login}:%",))


def test_who_signs_in_well_costs_the_address_nothing(bus, here, family, address):
    for _ in range(40):  # more than the address is allowed to miss
        sign_in(bus, family, address)
        here.wait(lambda: all(failures == 0 for like in (f"person-address:{address}", f"person:{family.login}:%") for failures, *_ in attempts(here, like)), what="given back, which no answer waits for")
    (failures, delays, seconds), = attempts(here, f"person-address:{address}")
    assert (failures, delays) == (0, 0) and seconds <= 0, "no delay: what it was allowed from lies before the last try"


def test_a_subscriber_of_ipv6_is_one_address(bus, here, family):
    for number in range(3):
        assert bus.refusal("link", "SignIn", login=family.login, password="wrong-wrong-22",
                           address=f"2001:db8:5:6:{number}::1") == "wrong_credentials"
    assert bus.refusal("link", "SignIn", login=family.login, password=family.password, address="2001:db8:5:6:ffff::9") == "too_many_attempts"
    assert sign_in(bus, family, "2001:db8:5:7::1").next == OPEN


def test_families_do_not_keep_administrators_out(bus, here, family, address):
    added = bus.ask("link", "AddAdministrator", operator=True, login="M.Elsewhere", name="M. Elsewhere", role=5, scopes=[{}])
    with here.psql() as database:
        database.execute("insert into preau.attempt values (%s, 30, now(), now(), now() + interval '1 hour')", (f"person-address:{address}",))
    assert bus.refusal("link", "SignIn", login=family.login, password=family.password, address=address) == "too_many_attempts"
    assert bus.ask("link", "SignInAdministrator", login="m.elsewhere", password=added.password, address=address).standing.role == 5


# ------------------------------------------------------------------------------------------------ after the school's reset


def change(bus, person, chosen, present="", credential_at=0):
    request = bus.message("link", "ChangePasswordRequest", present=present, chosen=chosen, credential_at=credential_at)
    request.account.CopyFrom(bus.reference(person.account))
    return bus.ask("link", "ChangePassword", request, account=person.account)


def test_a_sign_in_before_the_reset_proves_nothing_after_it(bus, family, address):
    lea = family.children[1]
    open_account(bus, lea)
    lea.reset()
    thief = sign_in(bus, lea, address)
    assert thief.next == NEW_PASSWORD
    lea.reset()
    for at in (0, thief.credential_at):
        with pytest.raises(Refused) as refused:
            change(bus, lea, "le mien maintenant 77 fois", credential_at=at)
        assert refused.value.code == "present_password_wrong"
    owner = sign_in(bus, lea, address)
    changed = change(bus, lea, "trois canards dorment 88", credential_at=owner.credential_at)
    assert changed.next == DESK and changed.credential_at > owner.credential_at


def test_a_new_password_does_not_confirm_the_address(bus, family, address):
    open_account(bus, family)
    family.reset()
    changed = change(bus, family, "trois canards dorment 88", credential_at=sign_in(bus, family, address).credential_at)
    assert changed.next == CONFIRM
    assert sign_in(bus, family, address, "trois canards dorment 88").next == CONFIRM
