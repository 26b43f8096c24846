"""Who did what, in the audit trail: each deed leaves one entry, what was refused or repeated leaves none more. And the page
that shows it, to those who answer for it."""

import getpass
import os
import re

import pytest

from peers.bus import Bus, Failed
from peers.deeds import tries
from peers.people import Town
from peers.portal import ACADEMY, add_administrator, sign_in_head
from peers.site import Site
from peers.trail import all_entries, full, written

MAIL, SHEET = 1, 2  # Channel of notify.proto
OTHER = 12  # another academy
LINKD, NOTIFYD, PORTALD = "preau-linkd", "preau-notifyd", "preau-portald"


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "50", "attempts_address": "1000"},
                "notify": {"scan_interval": "200ms"}}
    with Site.of(tmp_path_factory.mktemp("site"), LINKD, NOTIFYD, PORTALD, settings=settings) as site:
        yield site


@pytest.fixture(scope="module")
def bus(here):
    return Bus(here)


@pytest.fixture(scope="module")
def town(here):
    return Town(here, ACADEMY)


@pytest.fixture(scope="module")
def ecole(town):
    return town.school(1)


@pytest.fixture(scope="module")
def girard(here, ecole):
    return add_administrator(here, "girard", "directeur", "--school", ecole[0], name="Mme Girard")


@pytest.fixture
def family(town, ecole):
    guardian = town.guardian("Clotilde", "Durand", [town.pupil(ecole, "Léa", "Durand", "2017-05-06")], mail="clotilde@example.org")
    guardian.hand_out()
    return guardian


def ask(bus, town, method, school, people=None, refused=False, **fields):
    besides = {name: fields.pop(name) for name in ("request_id", "administrator") if name in fields}
    if people is not None:
        fields["accounts"] = [bus.reference(person.account) for person in people]
    if "account" in fields:
        fields["account"] = bus.reference(fields["account"])
    request = bus.message("notify", f"{method}Request", academy=town.academy, uai=school[0], **fields)
    return (bus.refusal if refused else bus.ask)("notify", method, request, **besides)


# deeds on accounts


@tries("Notify/CreateBatch", "batch_created")
@pytest.mark.parametrize("channel, word", [(MAIL, "mail"), (SHEET, "sheet")])
def test_a_batch_is_one_entry_with_its_counts(here, bus, town, ecole, girard, family, channel, word):
    request_id = os.urandom(16)
    with written(here) as new:
        for _ in range(2):
            reply = ask(bus, town, "CreateBatch", ecole, [family], channel=channel, administrator=girard, request_id=request_id)
        ask(bus, town, "CreateBatch", ecole, [family], channel=channel, administrator=girard, dry_run=True)
    assert new == [{"chain": ACADEMY, "administrator": girard, "actor": "girard", "action": "batch_created", "uai": ecole[0],
                    "academy": family.account[0], "account": family.account[1], "trace": "",
                    "detail": {"accounts": 1, "batch": reply.batch, "channel": word}}]


def test_a_deed_on_one_account_names_it_and_one_on_several_does_not(here, bus, town, ecole, girard, family):
    other = town.guardian("Jean", "Durand", [town.pupil(ecole, "Zoé", "Durand", "2015-04-03")])
    other.hand_out()
    with written(here) as new:
        ask(bus, town, "ResetPasswords", ecole, [family], administrator=girard)
        ask(bus, town, "ResetPasswords", ecole, [family, other], administrator=girard)
    assert [((entry["academy"], entry["account"]), entry["detail"]["accounts"]) for entry in new] == [(family.account, 1), ((None, None), 2)]
    with town.database() as database:
        events = database.execute("select account_id, administrator_id from preau.account_event where action like '%%reset%%'"
                                  " and account_id in (%s, %s) order by id desc limit 2", (family.account[1], other.account[1])).fetchall()
    assert sorted(events) == sorted([(family.account[1], girard), (other.account[1], girard)]), "the life of each tells it"


@tries("Notify/ResetPasswords", "passwords_reset")
def test_a_repeat_after_a_restart_is_no_second_entry(here, bus, town, ecole, girard, family):
    request_id = os.urandom(16)
    with written(here) as new:
        ask(bus, town, "ResetPasswords", ecole, [family], administrator=girard, request_id=request_id)
        here.restart(NOTIFYD)
        ask(bus, town, "ResetPasswords", ecole, [family], administrator=girard, request_id=request_id)
    assert [(entry["action"], entry["detail"]) for entry in new] == [("passwords_reset", {"accounts": 1, "reset": 1})]


@tries("Notify/ShowPassword", "password_shown")
def test_a_display_of_a_password_is_an_entry_each(here, bus, town, ecole, girard, family):
    with written(here) as new:
        for _ in range(2):
            assert ask(bus, town, "ShowPassword", ecole, account=family.account, administrator=girard).password == family.password
    assert [(entry["action"], entry["uai"], (entry["academy"], entry["account"])) for entry in new] == [
        ("password_shown", ecole[0], family.account)] * 2


@tries("Notify/ResendActivation", "activation_resent")
def test_an_activation_mail_sent_again_tells_whether_the_address_changed(here, bus, town, ecole, girard, family):
    with town.database() as database:
        database.execute("update preau.account set state = 'en_cours', email = 'clotilde@example.org' where (academy, id) = (%s, %s)",
                         family.account)
    with written(here) as new:
        ask(bus, town, "ResendActivation", ecole, account=family.account, administrator=girard)
        ask(bus, town, "ResendActivation", ecole, account=family.account, administrator=girard, email="autre@example.org")
    assert [(entry["action"], entry["detail"]) for entry in new] == [
        ("activation_resent", {}), ("activation_resent", {"new_address": True})]


@tries("Notify/GetDocument", "sheets_fetched")
def test_sheets_that_are_fetched_are_an_entry_each(here, bus, town, ecole, girard, family):
    batch = ask(bus, town, "CreateBatch", ecole, [family], channel=SHEET, administrator=girard).batch
    here.wait(lambda: ask(bus, town, "GetBatch", ecole, batch=batch, administrator=girard).documents == 1, what="made")
    with written(here) as new:
        assert ask(bus, town, "GetDocument", ecole, batch=batch, part=1, administrator=girard).pdf.startswith(b"%PDF")
        assert ask(bus, town, "GetDocument", ecole, refused=True, batch=batch, part=2, administrator=girard)
    assert [(entry["action"], entry["uai"], entry["detail"]) for entry in new] == [
        ("sheets_fetched", ecole[0], {"batch": batch, "part": 1, "pages": 1})]


def test_what_is_refused_leaves_none(here, bus, town, ecole, girard, family):
    elsewhere = town.school(1)
    with written(here) as new:
        for method, fields in (("CreateBatch", {"channel": MAIL}), ("ResetPasswords", {})):
            assert ask(bus, town, method, elsewhere, [family], refused=True, administrator=girard, **fields) == "not_found"
        assert ask(bus, town, "ShowPassword", elsewhere, refused=True, account=family.account, administrator=girard) == "not_found"
        assert ask(bus, town, "ResendActivation", ecole, refused=True, account=family.account, administrator=girard)
        assert ask(bus, town, "ShowPassword", ecole, refused=True, account=(ACADEMY, 999999), administrator=girard) == "not_in_school"
    assert new == []


@pytest.mark.parametrize("method, fields", [("ShowPassword", {}), ("ResetPasswords", {"people": True}), ("CreateBatch", {"people": True, "channel": MAIL})])
def test_nothing_is_done_or_shown_that_cannot_be_written_down(here, bus, town, ecole, girard, family, method, fields):
    """The trail takes no entry: the deed is undone, and a password not answered."""
    fields = dict(fields)
    who = {"people": [family]} if fields.pop("people", None) else {"account": family.account}
    with here.psql() as admin:
        before = admin.execute("select count(*) from preau.account_event").fetchone()
        with full(here), written(here) as new, pytest.raises(Failed):
            ask(bus, town, method, ecole, administrator=girard, **who, **fields)
        assert new == [] and admin.execute("select count(*) from preau.account_event").fetchone() == before
    assert family.row()["version"] == 2, "handed out, and nothing since"


# signing in, and the operator


@tries("Link/AddAdministrator", "administrator_added")
def test_an_administrator_added_by_the_operator(here, ecole, town):
    far = Town(here, OTHER).school(1)
    with written(here) as new:
        one = add_administrator(here, "unique", "directeur", "--school", ecole[0])
        two = add_administrator(here, "double", "directeur", "--school", ecole[0], "--school", far[0])
        three = add_administrator(here, "partout", "exploitant", "--nation")
        assert here.run_ctl("admin", "add", "unique", "--name", "X", "--role", "exploitant", "--nation").returncode == 1
    assert [(entry["chain"], entry["administrator"], entry["action"], entry["uai"], entry["detail"]) for entry in new] == [
        (ACADEMY, None, "administrator_added", ecole[0], {"administrator": one, "role": "directeur", "scopes": 1}),
        (0, None, "administrator_added", None, {"administrator": two, "role": "directeur", "scopes": 2}),
        (0, None, "administrator_added", None, {"administrator": three, "role": "exploitant", "scopes": 1})]
    assert {entry["actor"] for entry in new} == {getpass.getuser()}, "who asked, as none was named by --by"


@tries("Link/SignInAdministrator", "signed_in")
@tries("Link/SignInAdministrator", "sign_in_refused")
def test_sign_ins_right_and_wrong(here, girard, ecole):
    with written(here) as new:
        sign_in_head(here, "girard")
        sign_in_head(here, "girard", password="faux mot de passe 1")
        sign_in_head(here, "inconnue", password="faux mot de passe 1")
        here.wait(lambda: len(all_entries(here)) and all_entries(here)[-1]["action"] == "sign_in_refused", what="written")
    assert [(entry["chain"], entry["actor"], entry["action"], entry["uai"], entry["detail"]) for entry in new] == [
        (ACADEMY, "girard", "signed_in", ecole[0], {}),
        (ACADEMY, "girard", "sign_in_refused", ecole[0], {"reason": "wrong_credentials"})]
    assert all(entry["trace"] for entry in new), "the click can be found in the logs"


def test_nobody_is_in_whose_sign_in_cannot_be_written_down(here, girard):
    with full(here):
        visitor = sign_in_head(here, "girard")
    assert visitor.page.status in (500, 503)
    assert visitor.get("/etablissements").path == "/administration/connexion"


def test_the_whole_is_sound_and_its_anchors_are_in_the_log(here, girard):
    here.restart(LINKD)
    told = {one["anchor"] for one in here.ctl("audit", "verify", json_answer=True)["chains"]}
    assert len(told) >= 2
    here.wait(lambda: told <= set(re.findall(r"event=audit_anchor .*?\banchor=\"?([0-9a-f:]+)", here.log(LINKD))), what="told")
