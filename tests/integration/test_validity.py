"""What a notification says is valid until then is valid until then: civil months, as the operator sets them; afterwards the
password opens nothing, its owner is told what to do, and the head sees whom to notify again."""

import pytest

from peers.mail import text_of as mail_text
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, add_head, birth, sign_in, sign_in_head
from peers.site import Site

DAEMONS = ("preau-linkd", "preau-notifyd", "preau-portald")
LINK = {"argon2_memory": "8Mio", "argon2_operations": "1"}
WAY_OUT = "Demandez à l’école ou à l’établissement de vous en donner un nouveau."


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with Site.of(tmp_path_factory.mktemp("site"), *DAEMONS, settings={"link": LINK}) as site:
        yield site


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def college(here, town):
    school = town.school(2)
    add_head(here, "girard", school)
    return school


@pytest.fixture(scope="module")
def head(here, college):
    return sign_in_head(here, "girard")


@pytest.fixture
def family(request, town, college):
    name = "Val" + "".join(chr(97 + int(digit, 16)) for digit in f"{abs(hash(request.node.name)) % 16**6:06x}")
    child = town.pupil(college, "Inès", name, "2012-05-06", account=True)
    guardian = town.guardian("Hélène", name, [child], mail=f"{name.lower()}@example.org")
    guardian.child, guardian.address = child, f"{name.lower()}@example.org"
    return guardian


def text_of(page):
    return page.text.replace("\u00a0", " ")


def notify(head, college, person, action="mail"):
    home = f"/etablissements/{college[0]}"
    page = head.get(f"{home}/responsables?nom={person.nom}")
    page = head.submit(page.form(f"{home}/apercu"), action=action, portee="tous")
    return head.submit(page.form(f"{home}/envoi"))


def run_out(here, person, ago="1 second"):
    with here.psql() as database:
        database.execute("update preau.account set notification_expires_at = now() - %s::interval where (academy, id) = (%s, %s)",
                         (ago, *person.account))


def is_months_after_notification(here, person, months):
    with here.psql() as database:
        return database.execute(
            "select (notification_expires_at at time zone 'UTC') = (notified_at at time zone 'UTC') + make_interval(months => %s)"
            " from preau.account where (academy, id) = (%s, %s)", (months, *person.account)).fetchone()[0]


def test_it_is_three_civil_months_unless_the_operator_says_otherwise(here, head, college, town, family, tmp_path):
    notify(head, college, family)
    assert is_months_after_notification(here, family, 3)
    here.stop_daemon("preau-notifyd")
    here.launch("preau-notifyd", PREAU_NOTIFY_VALIDITY_MONTHS="5")
    try:
        notify(head, college, family)
        assert is_months_after_notification(here, family, 5)
    finally:
        here.restart("preau-notifyd")


def test_afterwards_the_password_opens_nothing_and_its_owner_is_told_what_to_do(here, head, college, family):
    notify(head, college, family)
    (mail,) = here.mail.wait(family.address)
    assert family.password in mail_text(mail) and "valable jusqu’au" in mail_text(mail)
    assert sign_in(here, family).page.path == "/ouverture"
    run_out(here, family)
    late = sign_in(here, family)
    assert late.page.status == 403 and "Votre mot de passe provisoire n’est plus valable" in text_of(late.page)
    assert WAY_OUT in text_of(late.page)
    assert late.get("/ouverture").path == "/connexion", "no session"
    guess = sign_in(here, family, "aaaa-bbbb-cccc")
    assert guess.page.status == 401 and "plus valable" not in text_of(guess.page), "told to who knows the password alone"


def test_a_pupil_is_told_of_a_guardian_before_the_school_and_a_guardian_is_not(here, family):
    for person in (family, family.child):
        person.hand_out(months=-1)
    told = text_of(sign_in(here, family.child).page)
    assert told.index("Un responsable légal peut vous en donner un nouveau, depuis son guichet.") < told.index(WAY_OUT)
    assert "depuis son guichet" not in text_of(sign_in(here, family).page)


def test_who_was_in_the_middle_of_the_first_sign_in_is_stopped_too(here, family):
    family.child.hand_out()
    pupil = sign_in(here, family.child)
    run_out(here, family.child)
    page = pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(family.child))
    assert page.status == 403 and WAY_OUT in text_of(page)
    assert family.child.row()["state"] == "distribue"


def test_another_notification_makes_the_same_password_valid_again(here, head, college, family):
    notify(head, college, family)
    run_out(here, family, "2 months")
    assert "plus valable" in text_of(sign_in(here, family).page)
    notify(head, college, family)
    assert is_months_after_notification(here, family, 3)
    assert sign_in(here, family).page.path == "/ouverture"


def test_a_chosen_password_knows_no_end(here, family):
    child = family.child
    child.hand_out()
    pupil = sign_in(here, child)
    pupil.submit(pupil.page.form("/ouverture"), nouveau=PASSWORD, confirmation=PASSWORD, naissance=birth(child))
    run_out(here, child, "1 year")
    assert sign_in(here, child, PASSWORD).page.path == "/guichet"


def test_the_head_sees_it_in_the_list_on_the_home_page_and_on_the_account(here, head, college, family):
    home = f"/etablissements/{college[0]}"
    notify(head, college, family)
    row = head.get(f"{home}/responsables?nom={family.nom}").row(family.nom.upper())
    assert any("jusqu’au" in cell for cell in row) and not any("délai dépassé" in cell for cell in row)
    assert family.nom.upper() not in head.get(f"{home}/responsables?echeance=0").text
    run_out(here, family)
    row = head.get(f"{home}/responsables?nom={family.nom}").row(family.nom.upper())
    assert any("délai dépassé" in cell for cell in row)
    assert family.nom.upper() in head.get(f"{home}/responsables?echeance=0").text
    assert "mot de passe provisoire n’est plus valable" in text_of(head.get(home)) or \
        "mots de passe provisoires ne sont plus valables" in text_of(head.get(home))
    account = head.get(f"{home}/comptes/%d-%d" % family.account)
    assert "(dépassé : notifiez de nouveau)" in text_of(account)
