"""A guardian helps a child whose account is attached to theirs, and no other child."""

import os

import pytest

from peers.bus import Bus, Failed
from peers.mail import text_of
from peers.portal import PASSWORD, sign_in
from peers.sealing import link_token
from peers.self_help import Families, help_site

CHILDREN = "/guichet/enfants"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    with help_site(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture(scope="module")
def families(here):
    return Families(here)


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture
def anne(families, request):
    guardian = families.active(f"{abs(hash(request.node.name)) % 10**9}@example.net")
    families.active_pupil(guardian.child)
    return guardian


def place(child):
    return f"{CHILDREN}/%d-%d/mot-de-passe" % child.account


def message(bus, guardian, child):
    request = bus.message("link", "ResetChildPasswordRequest")
    request.account.CopyFrom(bus.reference(guardian.account))
    request.child.CopyFrom(bus.reference(child.account))
    return request


def help_child(bus, guardian, child, **options):
    return bus.ask("link", "ResetChildPassword", message(bus, guardian, child), account=guardian.account, **options)


def refusal(bus, guardian, child):
    return bus.refusal("link", "ResetChildPassword", message(bus, guardian, child), account=guardian.account)


def code_on(page, name):
    return page.content.decode().split(f'id="{name}">')[1].split("<")[0]


def test_the_guardian_reads_the_identifier_and_gives_a_new_password_shown_once(here, families, anne):
    lea = anne.child
    pupil = sign_in(here, lea, PASSWORD)
    assert pupil.page.path == "/guichet"
    parent = sign_in(here, anne, PASSWORD)
    page = parent.get(parent.page.link("Aider un enfant"))
    assert lea.login in page.text and lea.nom.upper() in page.text.upper()
    asked = parent.get(place(lea))
    assert lea.login in asked.text and sign_in(here, lea, PASSWORD).page.path == "/guichet", "nothing is done before it is confirmed"
    given = parent.submit(asked.form(place(lea)))
    assert given.status == 200 and code_on(given, "identifiant") == lea.login
    password = code_on(given, "mot-de-passe")
    assert password not in parent.get(CHILDREN).text, "shown once"

    assert pupil.get("/guichet").path == "/connexion", "the child's sessions end"
    assert parent.get("/guichet").path == "/guichet", "the guardian's do not"
    assert sign_in(here, lea, PASSWORD).page.status == 401
    again = sign_in(here, lea, password)
    assert again.page.path == "/nouveau-mot-de-passe"
    page = again.submit(again.page.form("/nouveau-mot-de-passe"), nouveau="hibou dans le grenier 41", confirmation="hibou dans le grenier 41")
    assert page.path == "/guichet" and lea.row()["state"] == "active"
    assert ("reset_by_guardian", "guardian") in families.events(lea) and ("child_helped", "person") in families.events(anne)
    with here.psql() as database:
        (detail,) = database.execute("select detail from preau.account_event where (academy, account_id, action) = (%s, %s, 'reset_by_guardian')",
                                     lea.account).fetchone()
    assert (detail["academy"], detail["guardian"]) == anne.account
    assert any("child_helped" in line and password not in line for line in here.log("preau-linkd").splitlines())
    assert password not in here.log("preau-linkd") + here.log("preau-portald")


def test_a_reload_of_the_answer_shows_the_same_and_resets_nothing(here, anne):
    parent = sign_in(here, anne, PASSWORD)
    form = parent.get(place(anne.child)).form(place(anne.child))
    first, second = parent.submit(form), parent.submit(form)
    assert code_on(first, "mot-de-passe") == code_on(second, "mot-de-passe")


def test_an_account_that_was_never_opened_is_helped_too_and_starts_anew(here, families):
    anne = families.active("jamais.ouvert@example.net")
    lea = anne.child
    lea.hand_out(months=-1)
    parent = sign_in(here, anne, PASSWORD)
    given = parent.submit(parent.get(place(lea)).form(place(lea)))
    assert sign_in(here, lea, code_on(given, "mot-de-passe")).page.path == "/ouverture" and lea.row()["state"] == "distribue"


def test_an_account_that_the_school_has_not_handed_out_is_not(here, families, bus):
    anne = families.active("pas.remis@example.net")
    nils = families.town.pupil(families.school, "Nils", anne.nom, "2011-01-02", account=True)
    attach(here, anne, nils)
    page = sign_in(here, anne, PASSWORD).get(CHILDREN)
    assert nils.login in page.text and place(nils) not in page.content.decode()
    assert refusal(bus, anne, nils) == "not_distributed" and nils.row()["version"] == 1


def attach(here, guardian, child):
    with here.psql() as database:
        database.execute("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, 2, %s, %s, 10)",
                         (child.account[0], child.aaf_id, guardian.aaf_id))


def detached(here, anne, child):
    with here.psql() as database:
        database.execute("delete from preau.guardianship where (academy, pupil_id) = (%s, %s)", (child.account[0], child.aaf_id))


def child_left(here, anne, child):
    with here.psql() as database:
        database.execute("update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (child.account[0], child.aaf_id))


def guardian_left(here, anne, child):
    with here.psql() as database:
        database.execute("update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (anne.account[0], anne.aaf_id))


@pytest.mark.parametrize("deed", [detached, child_left, guardian_left])
def test_a_child_that_is_no_longer_attached_is_not_theirs(here, anne, bus, deed):
    parent = sign_in(here, anne, PASSWORD)
    form = parent.get(place(anne.child)).form(place(anne.child))
    deed(here, anne, anne.child)
    before = anne.child.row()["version"]
    assert anne.child.login not in parent.get(CHILDREN).text
    assert parent.submit(form).status == 404
    assert refusal(bus, anne, anne.child) == "not_found"
    assert anne.child.row()["version"] == before


def test_somebody_elses_child_does_not_exist_and_oneself_is_no_child(here, families, anne, bus):
    bob = families.active("bob.parent@example.net")
    families.active_pupil(bob.child)
    parent = sign_in(here, anne, PASSWORD)
    form = parent.get(place(anne.child)).form(place(anne.child))
    assert bob.child.login not in parent.get(CHILDREN).text
    for other in (bob.child, bob, anne):
        form.action = place(other)
        assert parent.submit(form).status == 404
    pupil = sign_in(here, anne.child, PASSWORD)
    assert "Aucun des enfants" in pupil.get(CHILDREN).text
    assert refusal(bus, anne.child, anne.child) == "not_found", "a pupil helps nobody"


def test_only_the_active_guardian_itself_asks(here, families, bus, anne):
    lea, pending = anne.child, families.opened("pas.encore.active@example.net")
    for caller in ({}, {"administrator": 1}, {"operator": True}, {"account": lea.account}, {"account": pending.account}):
        assert bus.refusal("link", "ResetChildPassword", message(bus, anne, lea), **caller) == "not_allowed"
    assert refusal(bus, pending, pending.child) == "not_found"
    assert sign_in(here, pending.child).get(CHILDREN).path != CHILDREN


def test_resets_of_a_child_are_bounded(here, bus, anne):
    assert [refusal(bus, anne, anne.child) for _ in range(6)] == [None] * 5 + ["too_many_attempts"]


def test_a_repeat_is_told_the_same_password_until_the_child_chose_another(here, families, bus, anne):
    request_id = os.urandom(16)
    first = help_child(bus, anne, anne.child, request_id=request_id)
    version = anne.child.row()["version"]
    here.restart("preau-linkd")  # what it remembered is gone; what it stored is not
    assert help_child(bus, anne, anne.child, request_id=request_id) == first and anne.child.row()["version"] == version
    with here.psql() as database:
        stored = database.execute("select answer from preau.request_answer where request_id = %s::uuid", (request_id.hex(),)).fetchone()
    assert first.password.encode() not in bytes(stored[0]), "the password is not kept in clear"
    visitor = sign_in(here, anne.child, first.password)
    visitor.submit(visitor.page.form("/nouveau-mot-de-passe"), nouveau="hibou dans le grenier 41", confirmation="hibou dans le grenier 41")
    here.restart("preau-linkd")
    assert bus.refusal("link", "ResetChildPassword", message(bus, anne, anne.child), account=anne.account,
                       request_id=request_id) == "password_not_readable"


def test_a_repeat_tells_no_password_of_later_and_of_nobody_else(here, families, bus, anne):
    """Neither one that the school, or the other parent, gave since; nor that of another child, under the same request."""
    leo = families.sibling(anne)
    request_id = os.urandom(16)
    help_child(bus, anne, anne.child, request_id=request_id)
    here.restart("preau-linkd")

    def again(child):
        return bus.refusal("link", "ResetChildPassword", message(bus, anne, child), account=anne.account, request_id=request_id)

    assert again(leo) == "password_not_readable"
    help_child(bus, anne, anne.child)
    here.restart("preau-linkd")
    assert again(anne.child) == "password_not_readable"


def test_a_pupil_with_an_address_of_its_own_is_told(here, families, bus):
    anne = families.active("mere.adresse@example.net")
    families.active_pupil(anne.child, "lea.perso@example.net")
    password = help_child(bus, anne, anne.child).password
    (mail,) = here.mail.wait("lea.perso@example.net")
    assert "responsables légaux" in text_of(mail) and anne.child.login in text_of(mail) and password not in mail.as_string()


def test_a_pupil_who_confirmed_none_is_told_at_each_that_the_school_knows(here, families, bus):
    anne = families.active("mere.fiches@example.net")
    families.active_pupil(anne.child)
    record = families.town._person(2, "eleve", anne.child.prenom, anne.child.nom, anne.child.birth_date, mail="lea.seconde@example.net")
    with here.psql() as database:
        database.execute("update preau.person set mail = 'lea.premiere@example.net' where (account_academy, account_id) = (%s, %s)",
                         anne.child.account)
        database.execute("update preau.person set account_academy = %s, account_id = %s where (academy, degree, aaf_id) = (%s, 2, %s)",
                         (*anne.child.account, families.town.academy, record.aaf_id))
    password = help_child(bus, anne, anne.child).password
    for address in ("lea.premiere@example.net", "lea.seconde@example.net"):
        (mail,) = here.mail.wait(address)
        assert "responsables légaux" in text_of(mail) and password not in mail.as_string()


@pytest.mark.parametrize("table, grant, what", [("help_request", "insert", "help"), ("confirmation", "select", "link"),
                                                ("request_answer", "insert", "child")])
def test_a_fault_of_ours_is_no_try_of_the_persons(here, families, bus, anne, table, grant, what):
    folder = here.folder / "keys"
    asks = {
        "help": lambda: bus.ask("link", "AskHelp", wanted=2, subject=anne.login, address="203.0.113.9"),
        "link": lambda: bus.ask("link", "GetPasswordLink", token=link_token(folder, "password", anne.account[0], 1), address="203.0.113.9"),
        "child": lambda: help_child(bus, anne, anne.child),
    }

    def counted():
        with here.psql() as database:
            return database.execute("select coalesce(sum(failures), 0) from preau.attempt").fetchone()[0]

    before = counted()
    with here.psql() as database:
        database.execute(f"revoke {grant} on preau.{table} from preau_link")
    try:
        with pytest.raises(Failed):
            asks[what]()
        here.wait(lambda: counted() == before, what="given back")
    finally:
        with here.psql() as database:
            database.execute(f"grant {grant} on preau.{table} to preau_link")
