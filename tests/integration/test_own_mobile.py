"""A mobile of the person's own: given at the desk with the present password, confirmed by a code, told to who had one before, taken
away; and who forgot identifier or password, who has it (docs/decisions/0033). Through a real Kannel."""

import concurrent.futures
import itertools
import re

import pytest

from peers.bus import Bus, Refused
from peers.mail import text_of
from peers.portal import PASSWORD, add_head, sign_in, sign_in_head
from peers.registering import code_to, is_looked_at, typed
from peers.self_help import Families, Stranger, is_answered, link_in
from peers.self_help import ask as ask_help
from peers.site import Site

LINKD, NOTIFYD, PORTALD = "preau-linkd", "preau-notifyd", "preau-portald"
SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "6", "attempts_address": "1000",
                     "attempts_delay": "1h", "email_changes": "4"},
            "sms": {"code_tries": "3", "daily_number": "4", "attempts_address": "1000"}, "notify": {"scan_interval": "200ms"}}
ACCOUNT, MOBILE, FORGOTTEN = "/guichet/compte", "/guichet/mobile", "/aide/sms"
NEW = "prairie bleue sous la neige 3"
TOLD = "Le téléphone mobile de votre compte a changé"
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), LINKD, NOTIFYD, PORTALD, settings=SETTINGS, with_kannel=True) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


def number():
    return f"+3369800{next(NUMBERS):04}"


@pytest.fixture
def anne(here, families):
    """A guardian with a confirmed address, signed in: .visitor."""
    anne = families.active(f"anne{next(NUMBERS)}@example.net")
    anne.visitor = sign_in(here, anne, PASSWORD)
    return anne


def ask(person, mobile, present=PASSWORD):
    form = person.visitor.get(MOBILE).form(MOBILE)
    return person.visitor.submit(form, mobile=typed(mobile), actuel=present)


def give(person, code):
    path = MOBILE + "/code"
    return person.visitor.submit(person.visitor.get(path).form(path), code=code)


def confirmed(here, person, mobile, count=1):
    """count: SMS that went there by then."""
    ask(person, mobile)
    assert give(person, code_to(here, mobile, count)).path == ACCOUNT
    if email := person.row()["email"]:
        here.mail.wait(email)
    return mobile


def remove(person, present=PASSWORD):
    path = MOBILE + "/retrait"
    return person.visitor.submit(person.visitor.get(path).form(path), actuel=present)


def forget(here, nom, prenom, mobile):
    visitor = Stranger(here)
    visitor.page = visitor.submit(visitor.get(FORGOTTEN).form(FORGOTTEN), nom=nom, prenom=prenom, mobile=typed(mobile))
    return visitor


def state_of(here, mobile):
    with here.psql() as database:
        return [state for state, in database.execute("select state from preau.registration where mobile = %s order by id", (mobile,))]


def life(families, person):
    return [action for action, _ in families.events(person)]


# ------------------------------------------------------------------------------------------------ the way


def test_a_number_counts_once_its_code_was_given(here, families, anne):
    mobile = number()
    page = ask(anne, mobile)
    assert page.path == MOBILE + "/code" and anne.row()["mobile"] is None
    pending = anne.visitor.get(ACCOUNT)
    assert typed(mobile) in pending.text and "attend le code" in pending.text
    data = anne.visitor.submit(pending.form("/guichet/donnees")).content.decode()
    assert '"mobile_en_attente"' in data and mobile in data
    page = give(anne, code_to(here, mobile))
    assert page.path == ACCOUNT and "est confirmé" in page.text and typed(mobile) in page.text and "attend le code" not in page.text
    row = anne.row()
    assert row["mobile"] == mobile and row["mobile_confirmed_at"]
    assert [one for one in life(families, anne) if "mobile" in one] == ["change_mobile", "confirm_mobile"]
    assert "Vous avez confirmé votre téléphone mobile" in page.text
    (mail,) = here.mail.wait(row["email"])
    assert mail["Subject"] == TOLD and mobile not in text_of(mail) and typed(mobile) not in text_of(mail)
    with here.psql() as database:
        assert database.execute("select count(*) from preau.person where mobile = %s", (mobile,)).fetchone() == (0,), "AAF's stays AAF's"


def test_another_number_takes_its_place_and_the_one_before_is_told(here, families, anne):
    before, after = confirmed(here, anne, number()), number()
    here.mail.clear()
    ask(anne, after)
    assert anne.row()["mobile"] == before, "until then the old one is good"
    give(anne, code_to(here, after))
    assert anne.row()["mobile"] == after
    told = here.sms.wait(before, 2)[-1]["text"]
    assert "n'est plus celui de votre compte" in told and not re.search(r"\d{6}", told) and len(told) <= 160
    assert [mail["Subject"] for mail in here.mail.wait(anne.row()["email"])] == [TOLD]


def test_it_is_taken_away_with_the_password_and_told(here, families, anne):
    mobile = confirmed(here, anne, number())
    page = remove(anne, "pas le bon mot de passe")
    assert page.status == 422 and anne.row()["mobile"] == mobile
    page = remove(anne)
    assert page.path == ACCOUNT and "est retiré" in page.text and typed(mobile) not in page.text
    assert anne.row()["mobile"] is None and anne.row()["mobile_confirmed_at"] is None
    assert "n'est plus celui" in here.sms.wait(mobile, 2)[-1]["text"] and life(families, anne)[-1] == "remove_mobile"
    assert remove(anne).status == 409, "there is none"


def test_the_head_sees_the_number_where_addresses_are(here, families, anne):
    mobile = number()
    head = f"head{anne.account[1]}"
    add_head(here, head, families.school)
    head = sign_in_head(here, head)
    account = f"/etablissements/{families.school[0]}/comptes/{anne.account[0]}-{anne.account[1]}"
    ask(anne, mobile)
    assert typed(mobile) not in head.get(account).text, "nobody has proved it yet"
    give(anne, code_to(here, mobile))
    page = head.get(account)
    assert typed(mobile) in page.text and "Mobile du compte confirmé" in page.text


# ------------------------------------------------------------------------------------------------ a stranger's


def confirm_page(head, families, person, action="reset-forget"):
    """The preview of an action on the page of one account."""
    account = f"/etablissements/{families.school[0]}/comptes/{person.account[0]}-{person.account[1]}"
    return head.submit(head.get(account).form(f"/etablissements/{families.school[0]}/apercu"), action=action)


def head_of(here, families, person):
    add_head(here, f"chef{person.account[1]}", families.school)
    return sign_in_head(here, f"chef{person.account[1]}")


def test_a_head_forgets_what_a_stranger_confirmed(here, families, anne):
    """The address that AAF knows counts again; both are told, and neither learns a name."""
    stranger, school, mobile = anne.row()["email"], f"ecole{next(NUMBERS)}@example.org", confirmed(here, anne, number())
    with here.psql() as database:
        database.execute("update preau.person set mail = %s where (account_academy, account_id) = (%s, %s)", (school, *anne.account))
    ask_help(here, "/aide/mot-de-passe", anne.login)
    is_answered(here)
    link = next(link_in(text_of(mail)) for mail in here.mail.wait(stranger, 2) if "/mot-de-passe/" in text_of(mail))
    recovery = forget(here, anne.nom, anne.prenom, mobile)
    code = re.search(r"code est (\d{6})", here.sms.wait(mobile, 2)[-1]["text"])[1]
    page = recovery.submit(recovery.page.form(FORGOTTEN + "/code"), code=code)
    here.mail.clear()
    head = head_of(here, families, anne)
    preview = confirm_page(head, families, anne)
    assert "ne compteront plus" in preview.text and anne.row()["email"] == stranger, "nothing is done yet"
    done = head.submit(preview.form(f"/etablissements/{families.school[0]}/envoi"))
    assert "1 mot de passe est réinitialisé" in done.text.replace("\u00a0", " ")
    row = anne.row()
    assert (row["email"], row["email_confirmed_at"], row["mobile"], row["mobile_confirmed_at"], row["password"], row["state"]) == (
        None, None, None, None, "provisional", "active")
    assert anne.visitor.get("/guichet").path == "/connexion", "sessions end"
    assert Stranger(here).get(link[link.index("/mot-de-passe/"):]).status in (404, 410), "what was mailed before is dead"
    page = recovery.submit(page.form(FORGOTTEN + "/mot-de-passe"), nouveau=NEW, confirmation=NEW)
    assert page.status == 410, "and so is what the number proved"
    for address in (stranger, school):
        (mail,) = here.mail.wait(address)
        assert mail["Subject"] == "Une adresse n’est plus celle d’un compte"
        said = text_of(mail)
        assert not any(word in said for word in (anne.login, anne.nom, anne.prenom, stranger, school, mobile))
    assert "n'est plus celui" in here.sms.wait(mobile, 3)[-1]["text"]
    assert life(families, anne)[-2:] == ["contacts_forgotten", "reset_password"] or life(families, anne)[-2:] == ["reset_password", "contacts_forgotten"]
    with here.psql() as database:
        detail, = database.execute("select detail from preau.audit where action = 'passwords_reset' and (account_academy, account_id) = (%s, %s)",
                                   anne.account).fetchone()
    assert detail["contacts"] == "forgotten"
    here.mail.clear()
    ask_help(here, "/aide/mot-de-passe", anne.login)
    is_answered(here)
    assert families.owed(anne, "forgotten_password") == [(stranger, "sent")], "the one of before: nothing goes there any more"
    page = head.submit(head.submit(done.form(f"/etablissements/{families.school[0]}/apercu"), action="mail").form(
        f"/etablissements/{families.school[0]}/envoi"))
    assert here.mail.wait(school)[0]["Subject"].startswith(("Votre compte", "Rappel de votre compte"))


def test_to_forget_is_offered_of_one_account_that_has_something(here, families):
    nobody = families.handed_out()
    head = head_of(here, families, nobody)
    account = head.get(f"/etablissements/{families.school[0]}/comptes/{nobody.account[0]}-{nobody.account[1]}")
    assert "oublier l’adresse et le mobile" not in str(account.form(f"/etablissements/{families.school[0]}/apercu").fields)
    assert 'value="reset-forget"' not in account.content.decode()
    assert 'value="reset-forget"' not in head.get(f"/etablissements/{families.school[0]}/responsables").content.decode()
    form = account.form(f"/etablissements/{families.school[0]}/apercu")
    other = families.active(f"luc{next(NUMBERS)}@example.net")
    form.fields.append(("compte", f"{other.account[0]}-{other.account[1]}"))
    assert head.submit(form, action="reset-forget").status == 400, "of several it is no deed"
    assert other.row()["email"]


def test_the_number_before_is_told_whatever_strangers_had_sent_to_it(here, families, anne):
    """Codes that others ask for are counted by number: they spend no notice."""
    before = confirmed(here, anne, number())
    with here.psql() as database:
        database.execute("insert into preau.registration (request_id, match_name, mobile, state, attempts, expires_at)"
                         " select gen_random_uuid(), 'personne', %s, 'sent', 1, now() + interval '10 minutes' from generate_series(1, 20)", (before,))
    remove(anne)
    assert "n'est plus celui" in here.sms.wait(before, 2)[-1]["text"]


def test_a_code_that_is_given_twice_at_once_is_right_both_times(here, families, anne):
    mobile = number()
    ask(anne, mobile)
    buses = Bus(here), Bus(here)
    request = buses[0].message("link", "ConfirmMobileChangeRequest", code=code_to(here, mobile))
    request.account.academy, request.account.id = anne.account
    with concurrent.futures.ThreadPoolExecutor(2) as hands:
        clicks = [hands.submit(bus.ask, "link", "ConfirmMobileChange", request, account=anne.account) for bus in buses]
    assert [click.exception() for click in clicks] == [None, None]
    assert anne.row()["mobile"] == mobile and life(families, anne).count("confirm_mobile") == 1


# ------------------------------------------------------------------------------------------------ what is refused


def test_what_is_refused_of_a_number(here, families, anne):
    mobile = number()
    assert ask(anne, mobile, "pas le bon mot de passe").status == 422
    for wrong in ("0145678900", "bonjour"):
        page = anne.visitor.submit(anne.visitor.get(MOBILE).form(MOBILE), mobile=wrong, actuel=PASSWORD)
        assert page.status == 422 and "téléphone mobile" in page.text and PASSWORD not in page.content.decode()
    assert state_of(here, mobile) == [] and "change_mobile" not in life(families, anne)
    assert anne.visitor.get(MOBILE + "/code").path == MOBILE, "none waits for a code"
    with pytest.raises(Refused) as refused:
        other = families.active(f"paul{next(NUMBERS)}@example.net")
        bus = Bus(here)
        request = bus.message("link", "AskMobileChangeRequest", present=PASSWORD, mobile=mobile, address="192.0.2.1")
        request.account.academy, request.account.id = anne.account
        bus.ask("link", "AskMobileChange", request, account=other.account)
    assert refused.value.code == "not_allowed"


def test_codes_are_few_and_of_the_last_number_alone(here, families, anne):
    first, second = number(), number()
    ask(anne, first)
    code = code_to(here, first)
    ask(anne, second)
    code_to(here, second)
    page = give(anne, code)
    assert page.status == 422 and "pas le bon" in page.text
    for _ in range(2):
        give(anne, "000000")
    assert give(anne, code_to(here, second)).status == 410, "too many tries"
    assert anne.row()["mobile"] is None and "confirm_mobile" not in life(families, anne)


def test_another_password_takes_back_what_waits(here, families, anne):
    """Whoever knew the one before may have asked."""
    mobile = number()
    ask(anne, mobile)
    code = code_to(here, mobile)
    form = anne.visitor.get(MOBILE + "/code").form(MOBILE + "/code")
    anne.visitor.submit(anne.visitor.get("/nouveau-mot-de-passe").form("/nouveau-mot-de-passe"), actuel=PASSWORD, nouveau=NEW,
                        confirmation=NEW)
    anne.visitor = sign_in(here, anne, NEW)
    assert anne.visitor.get(MOBILE + "/code").path == MOBILE
    fresh = anne.visitor.get(MOBILE).form(MOBILE)
    form.fields = [(name, dict(fresh.fields).get(name, value) if name == "csrf" else value) for name, value in form.fields]
    assert anne.visitor.submit(form, code=code).status == 410 and anne.row()["mobile"] is None


def test_demands_of_a_day_are_few(here, families, anne):
    """Each is a message to whatever number was typed."""
    for _ in range(4):
        assert ask(anne, number()).path == MOBILE + "/code"
    assert ask(anne, number()).status == 429


# ------------------------------------------------------------------------------------------------ forgotten


def recovered(here, person, mobile):
    visitor = forget(here, person.nom, person.prenom, mobile)
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=re.search(r"code est (\d{6})", here.sms.wait(mobile, 2)[-1]["text"])[1])
    return visitor.submit(page.form(FORGOTTEN + "/mot-de-passe"), nouveau=NEW, confirmation=NEW)


def changed(here, person, _):
    path = "/nouveau-mot-de-passe"
    return person.visitor.submit(person.visitor.get(path).form(path), actuel=PASSWORD, nouveau=NEW, confirmation=NEW)


@pytest.mark.parametrize("replace", [recovered, changed])
def test_without_an_address_of_ones_own_a_replaced_password_is_told_where_the_school_knows(here, families, anne, replace):
    """Opened by SMS, FranceConnect or an ENT: a phone that was borrowed does not take the account quietly."""
    school, mobile = f"aaf{next(NUMBERS)}@example.org", confirmed(here, anne, number())
    with here.psql() as database:
        database.execute("update preau.account set email = null, email_confirmed_at = null where (academy, id) = (%s, %s)", anne.account)
        database.execute("update preau.person set mail = %s where (account_academy, account_id) = (%s, %s)", (school, *anne.account))
    replace(here, anne, mobile)
    (mail,) = here.mail.wait(school)
    assert mail["Subject"] == "Le mot de passe de votre compte a été modifié" and mobile not in text_of(mail)


@pytest.mark.parametrize("profile", ["responsable", "eleve"])
def test_who_forgot_gets_identifier_and_password_by_the_own_number(here, families, anne, profile):
    person = anne
    if profile == "eleve":
        person = families.active_pupil(families.sibling(anne))
        person.visitor = sign_in(here, person, PASSWORD)
    mobile = confirmed(here, person, number())
    here.mail.clear()
    visitor = forget(here, person.nom, person.prenom, mobile)
    assert visitor.page.path == FORGOTTEN + "/code" and person.login not in visitor.page.text
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=re.search(r"code est (\d{6})", here.sms.wait(mobile, 2)[-1]["text"])[1])
    assert page.path == FORGOTTEN + "/mot-de-passe" and person.login in page.text
    assert sign_in(here, person, PASSWORD).page.path == "/guichet", "who only forgot the identifier changes nothing"
    with here.psql() as database:
        database.execute("update preau.credential set last_sign_in_at = null where (academy, account_id) = (%s, %s)", person.account)
    page = visitor.submit(page.form(FORGOTTEN + "/mot-de-passe"), nouveau=NEW, confirmation=NEW)
    assert page.status == 200 and person.login in page.text and visitor.get("/guichet").path == "/guichet"
    with here.psql() as database:
        assert database.execute("select last_sign_in_at from preau.credential where (academy, account_id) = (%s, %s)", person.account).fetchone()[0], \
            "who recovered it is signed in"
    assert person.visitor.get("/guichet").path == "/connexion", "all others end"
    assert sign_in(here, person, NEW).page.path == "/guichet" and life(families, person)[-1] == "recover_password"
    if profile == "responsable":
        assert [mail["Subject"] for mail in here.mail.wait(person.row()["email"])] == ["Le mot de passe de votre compte a été modifié"]


def test_a_code_that_is_over_is_told_of_a_code_and_not_of_a_registration(here, families, anne):
    mobile = confirmed(here, anne, number())
    visitor = forget(here, anne.nom, anne.prenom, mobile)
    form = visitor.page.form(FORGOTTEN + "/code")
    with here.psql() as database:
        database.execute("update preau.registration set expires_at = now() where mobile = %s", (mobile,))
    page = visitor.submit(form, code="123456")
    assert page.status == 410 and "Ce code n’est plus valable" in page.text and "inscription" not in page.text.lower()
    assert page.form(FORGOTTEN)


def test_who_is_nobody_sees_the_same_and_gets_nothing(here, families, anne):
    """A stranger's name, a number that AAF alone knows, one that another account confirmed too, one that was taken away."""
    paul, luc = (families.active(f"{prenom}{next(NUMBERS)}@example.net") for prenom in ("paul", "luc"))
    for person in (paul, luc):
        person.visitor = sign_in(here, person, PASSWORD)
    shared, gone, school = number(), number(), number()
    for count, person in enumerate((paul, anne), 1):
        confirmed(here, person, shared, count)
    confirmed(here, luc, gone)
    remove(luc)
    with here.psql() as database:
        database.execute("update preau.person set mobile = %s where (account_academy, account_id) = (%s, %s)", (school, *anne.account))
    here.sms.wait(gone, 2)
    pages = set()
    for nom, prenom, mobile in ((anne.nom, anne.prenom, shared), (luc.nom, luc.prenom, gone), (anne.nom, anne.prenom, school),
                                ("Inconnue", "Zoé", number())):
        visitor = forget(here, nom, prenom, mobile)
        is_looked_at(here)
        assert state_of(here, mobile)[-1] == "nobody"
        pages.add(re.sub(r'value="[^"]*"', "", visitor.page.content.decode()))
        page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code="123456")
        assert page.status == 422 and "pas le bon" in page.text
    assert len(pages) == 1, "not one word is another"


def ask_elsewhere(here, person, mobile, network, count):
    """A stranger who knows the number and the name."""
    return [forget_from(here, person, mobile, network).page.status for _ in range(count)]


def forget_from(here, person, mobile, network):
    visitor = Stranger(here, network)
    visitor.page = visitor.submit(visitor.get(FORGOTTEN).form(FORGOTTEN), nom=person.nom, prenom=person.prenom, mobile=typed(mobile))
    return visitor


def test_strangers_spend_nothing_of_the_owner(here, families, anne):
    """Who knows the number and the name spends what is of his network; the owner gets a code elsewhere, and at the desk whatever strangers did."""
    mobile = confirmed(here, anne, number())
    assert ask_elsewhere(here, anne, mobile, "203.0.113.9", 5) == [200] * 4 + [429]
    here.sms.wait(mobile, 5)
    visitor = forget(here, anne.nom, anne.prenom, mobile)
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=code_to(here, mobile, 6))
    assert page.path == FORGOTTEN + "/mot-de-passe"
    with here.psql() as database:
        database.execute("insert into preau.registration (request_id, match_name, mobile, asked_from, state, attempts, expires_at)"
                         " select gen_random_uuid(), 'personne', %s, '192.0.2.' || n, 'sent', 1, now() + interval '10 minutes'"
                         " from generate_series(1, 40) n", (mobile,))
    forget(here, anne.nom, anne.prenom, mobile)
    is_looked_at(here)
    assert state_of(here, mobile)[-1] == "flooded", "all strangers together are bounded"
    assert ask(anne, mobile).path == MOBILE + "/code" and give(anne, code_to(here, mobile, 7)).path == ACCOUNT


def test_the_desk_s_own_demands_are_bounded_by_account_and_number(here, families, anne):
    """Whoever is signed in could write to a number that is another's."""
    victim = number()
    other = families.active(f"jean{next(NUMBERS)}@example.net")
    with here.psql() as database:
        database.execute("insert into preau.registration (request_id, purpose, match_name, mobile, for_academy, for_account, for_credential_at, state,"
                         " attempts, expires_at) select gen_random_uuid(), 'mobile', '-', %s, %s, %s, now(), 'sent', 1, now()"
                         " from generate_series(1, 4)", (victim, *other.account))
    ask(anne, victim)
    code_to(here, victim)
    assert state_of(here, victim)[-1] == "sent", "what another account asked for is not this one's"
    other.visitor = sign_in(here, other, PASSWORD)
    ask(other, victim)
    is_looked_at(here)
    assert state_of(here, victim)[-1] == "flooded" and len(here.sms.messages(victim)) == 1


def test_a_number_that_was_confirmed_long_ago_recovers_nothing_until_it_is_again(here, families, anne):
    """It may have been given to somebody else since. The person is asked at the desk; a sign-in and a code elsewhere do not prove it anew."""
    mobile = confirmed(here, anne, number())
    fresh = forget(here, anne.nom, anne.prenom, mobile).page

    def grow_old(days):
        with here.psql() as database:
            database.execute("update preau.account set mobile_confirmed_at = now() - %s * interval '1 day' where (academy, id) = (%s, %s)",
                             (days, *anne.account))

    is_looked_at(here)
    grow_old(364)
    since = anne.row()["mobile_confirmed_at"]
    visitor = forget(here, anne.nom, anne.prenom, mobile)
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=code_to(here, mobile, 3))
    assert page.path == FORGOTTEN + "/mot-de-passe", "it is good to its last day"
    anne.visitor = sign_in(here, anne, PASSWORD)
    assert anne.row()["mobile_confirmed_at"] == since and "même mobile" not in anne.visitor.get("/guichet").text
    late = forget(here, anne.nom, anne.prenom, mobile)
    code = code_to(here, mobile, 4)
    grow_old(366)
    assert late.submit(late.page.form(FORGOTTEN + "/code"), code=code).status == 422, "nor by a code of the last minute"
    old = forget(here, anne.nom, anne.prenom, mobile)
    is_looked_at(here)
    assert state_of(here, mobile)[-1] == "nobody" and len(here.sms.messages(mobile)) == 4
    without_values = [re.sub(r'value="[^"]*"', "", page.content.decode()) for page in (fresh, old.page)]
    assert without_values[0] == without_values[1], "the page tells nobody"
    assert "même mobile" in anne.visitor.get("/guichet").text and anne.visitor.get("/guichet").status == 200
    page = anne.visitor.get(ACCOUNT)
    assert "si vous le confirmez de nouveau" in page.text and typed(mobile) in page.text
    here.mail.clear()
    ask(anne, mobile)
    page = give(anne, code_to(here, mobile, 5))
    assert page.path == ACCOUNT and "si vous le confirmez de nouveau" not in page.text
    assert anne.row()["mobile"] == mobile and anne.row()["mobile_confirmed_at"] > since
    visitor = forget(here, anne.nom, anne.prenom, mobile)
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=code_to(here, mobile, 6))
    assert page.path == FORGOTTEN + "/mot-de-passe" and families.owed(anne, "mobile_changed")[1:] == [], "the same number is no news"


def test_a_number_that_is_taken_away_ends_what_it_proved(here, families, anne):
    mobile = confirmed(here, anne, number())
    visitor = forget(here, anne.nom, anne.prenom, mobile)
    code = re.search(r"code est (\d{6})", here.sms.wait(mobile, 2)[-1]["text"])[1]
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=code)
    assert page.path == FORGOTTEN + "/mot-de-passe"
    remove(anne)
    page = visitor.submit(page.form(FORGOTTEN + "/mot-de-passe"), nouveau=NEW, confirmation=NEW)
    assert page.status == 410 and "plus valable" in page.text
    assert sign_in(here, anne, PASSWORD).page.path == "/guichet"


def test_a_code_of_the_desk_opens_nothing_elsewhere(here, families, anne):
    """The number of a demand is no token of a registration, and its code is of its own row."""
    mobile = confirmed(here, anne, number())
    other = number()
    visitor = forget(here, anne.nom, anne.prenom, mobile)
    here.sms.wait(mobile, 2)
    ask(anne, other)
    page = visitor.submit(visitor.page.form(FORGOTTEN + "/code"), code=code_to(here, other))
    assert page.status == 422


def test_what_a_mobile_gives_back_is_said_with_how_long_and_how_often(here, anne):
    """To whoever asks, before anybody is looked for."""
    visitor = Stranger(here)
    for page in (anne.visitor.get(MOBILE), visitor.get(FORGOTTEN), visitor.get("/aide")):
        assert "365 jours" in page.text
    page = visitor.submit(visitor.get(FORGOTTEN).form(FORGOTTEN), nom="Nemo", prenom="Nemo", mobile=typed(number()))
    assert "il y a moins de 365 jours" in page.text and "il y a 365 jours ou plus" in page.text and "vient d’y être envoyé" not in page.text
    known = visitor.submit(visitor.get("/inscription").form("/inscription"), nom="Nemo", prenom="Nemo", mobile=typed(number()))
    for code in (page, known, visitor.get("/aide")):
        assert "quelques codes par jour" in code.text
    assert "365" not in known.text, "the school's number is as old as it is"
