"""Each deed of an administrator or of the operator leaves its entry of the audit trail, that one and no other; and what cannot be
written down is not done. Deeds on accounts: test_audit_deeds.py; through an academy's portal: test_academy_portal.py."""

import contextlib
import datetime
import re

import pytest

from peers import totp
from peers.bus import Bus, Failed
from peers.days import today
from peers.people import Town
from peers.portal import (ACADEMY, CODE, HEAD_PASSWORD, SECOND_FACTOR, add_administrator, enrol, forget_step, give_password,
                          sign_in_head)
from peers.site import Site
from peers.trail import all_entries, full, is_impersonal

MINE, OWN_PASSWORD = "/administration/mon-compte", "/administration/mot-de-passe"
OTHER_PASSWORD = "hibou dans le grenier 41"
OPERATOR = "astreinte"
WRONG = "ce n’est pas lui 3"
CSV, GUARDIANS = 2, 1  # ListFormat of notify.proto, Profile of values.proto


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    settings = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_account": "50", "attempts_address": "1000"}}
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", "preau-statsd", "preau-notifyd", "preau-portald",
                 settings=settings) as site:
        yield Scene(site)


class Head:
    """Of a school, with a login of its own."""

    def __init__(self, scene, login, school):
        self.scene, self.login, self.school, self.uai = scene, login, school, school[0]
        self.number = add_administrator(scene.site, login, "directeur", "--school", self.uai)

    def come(self, password=HEAD_PASSWORD):
        return sign_in_head(self.scene.site, self.login, password)

    def set_up(self):
        """The second factor, by choice: the visitor, the secret and the recovery codes."""
        visitor = self.come()
        visitor.page = visitor.get(SECOND_FACTOR)
        return visitor, *enrol(visitor, actuel=HEAD_PASSWORD)

    def delegations(self):
        return f"/etablissements/{self.uai}/delegations"

    def let_in(self, visitor, who, name, profile="tous"):
        first, last = (today() + datetime.timedelta(days=days) for days in (0, 30))
        page = visitor.submit(visitor.get(self.delegations()).form(self.delegations()), identifiant=who, nom=name, profil=profile,
                              du=first.isoformat(), au=last.isoformat())
        assert page.status == 200, page.text
        return {"from": first.isoformat(), "until": last.isoformat(), **self.given()}

    def given(self):
        """The last that was given of the school, and to whom."""
        with self.scene.site.psql() as database:
            row = database.execute("select id, administrator_id from preau.administrator_scope where uai = %s and giver_id is not null"
                                   " order by id desc limit 1", (self.uai,)).fetchone()
        return {"delegation": row[0], "administrator": row[1]}

    def entry(self, action, **detail):
        """That the head leaves."""
        return (action, ACADEMY, self.number, self.login, self.uai, detail)

    def suffers(self, action, **detail):
        """That the operator leaves, of the head."""
        return (action, ACADEMY, None, OPERATOR, self.uai, {"administrator": self.number, **detail})


class Scene:
    def __init__(self, site):
        self.site, self.bus, self.town = site, Bus(site), Town(site, ACADEMY)
        self.count = 0
        site.wait(lambda: self.state()[-1], what="the snapshot of the night that was missed")

    def head(self):
        self.count += 1
        return Head(self, f"tete{self.count}", self.town.school(1))

    def ctl(self, *words):
        self.site.ctl(*words, "--by", OPERATOR)

    def state(self):
        """What the deeds here change."""
        with self.site.psql() as database:
            return [database.execute(query).fetchall() for query in (
                "select id, role::text, hash, disabled_at, credential_at, totp_since, last_sign_in_at from preau.administrator order by id",
                "select id, administrator_id, uai from preau.administrator_scope order by id",
                "select administrator_id, count(*) from preau.session group by 1 order by 1",
                "select administrator_id, digest, used_at from preau.administrator_recovery order by 1, 2",
                "select administrator_id, days_ahead from preau.reminder_choice order by 1",
                "select * from preau.statistics_day")]


# Each prepares what it needs, waits for its turn, does the deed, and says what entries are due.


def disabled(scene):
    head = scene.head()
    visitor = head.come()
    head.let_in(visitor, f"aide.{head.login}", "Sylvie Durand")
    yield
    scene.ctl("admin", "disable", head.login)
    yield [head.suffers("administrator_disabled", sessions=1, delegations=1)]
    scene.ctl("admin", "disable", head.login)
    yield []


def enabled(scene):
    head = scene.head()
    scene.ctl("admin", "disable", head.login)
    yield
    scene.ctl("admin", "enable", head.login)
    yield [head.suffers("administrator_enabled")]
    scene.ctl("admin", "enable", head.login)
    yield []


def password_replaced(scene):
    head = scene.head()
    yield
    scene.ctl("admin", "password", head.login)
    yield [head.suffers("password_replaced")]


def second_factor_reset(scene):
    head = scene.head()
    head.set_up()
    yield
    scene.ctl("admin", "reset-totp", head.login)
    yield [head.suffers("second_factor_reset")]


def granted(scene):
    head, other = scene.head(), scene.town.school(1)[0]
    yield
    scene.ctl("admin", "grant", head.login, "--school", other)
    yield [("scopes_added", ACADEMY, None, OPERATOR, other, {"administrator": head.number, "scopes": 1})]
    scene.ctl("admin", "grant", head.login, "--school", other)
    yield []


def revoked(scene):
    head, other = scene.head(), scene.town.school(1)[0]
    scene.ctl("admin", "grant", head.login, "--school", other)
    head.let_in(head.come(), f"aide.{head.login}", "Sylvie Durand")
    yield
    scene.ctl("admin", "revoke", head.login, "--school", head.uai)
    yield [head.suffers("scopes_removed", scopes=1, delegations=1)]
    scene.site.run_ctl("admin", "revoke", head.login, "--school", other)  # the last: refused
    yield []


def sessions_ended(scene):
    head = scene.head()
    head.come(), head.come()
    yield
    scene.ctl("admin", "end-sessions", head.login)
    yield [head.suffers("sessions_ended", sessions=2)]
    scene.ctl("admin", "end-sessions", head.login)
    yield []


def own_sessions_ended(scene):
    head = scene.head()
    visitor, _, _ = head.come(), head.come(), head.come()
    forms = [form for form in visitor.get(MINE).forms if form.action == MINE + "/sessions"]
    one = next(form for form in forms if dict(form.fields).get("numero"))
    others = next(form for form in forms if "numero" not in dict(form.fields))
    yield
    visitor.submit(one)
    visitor.submit(others)
    yield [head.entry("sessions_ended", sessions=1)] * 2
    visitor.submit(one)
    yield []


def signed_out(scene):
    head = scene.head()
    visitor = head.come()
    form = visitor.get(MINE).form("/deconnexion")
    yield
    visitor.submit(form)
    yield [head.entry("signed_out")]
    visitor.submit(form)
    yield []


def left_halfway(scene):
    """Who was not in does not leave."""
    head = scene.head()
    head.set_up()
    visitor = give_password(scene.site, head.login)
    yield
    visitor.submit(visitor.page.form("/deconnexion"))
    yield []


def password_changed(scene):
    head = scene.head()
    visitor = head.come()
    form = visitor.get(OWN_PASSWORD).form(OWN_PASSWORD)
    yield
    visitor.submit(form, actuel=HEAD_PASSWORD, nouveau=OTHER_PASSWORD, confirmation=OTHER_PASSWORD)
    yield [head.entry("password_changed")]


def refused_by(place, form_of, **fields):
    """A wrong present password; form_of: the page that has the form."""

    def deed(scene):
        head = scene.head()
        visitor, _, _ = head.set_up()
        form = visitor.get(form_of).form(place)
        yield
        assert visitor.submit(form, actuel=WRONG, **fields).status == 401
        yield [head.entry("proof_refused", reason="wrong_credentials")]

    return deed


def set_up_by_choice(scene):
    head = scene.head()
    visitor = head.come()
    visitor.page = visitor.get(SECOND_FACTOR)
    yield
    enrol(visitor, actuel=HEAD_PASSWORD)
    yield [head.entry("second_factor_set_up")]


def set_up_to_sign_in(scene):
    scene.count += 1
    login = f"exploitant{scene.count}"
    number = add_administrator(scene.site, login, "exploitant", "--nation")
    visitor = give_password(scene.site, login)
    yield
    enrol(visitor)
    yield [(action, 0, number, login, None, {}) for action in ("second_factor_set_up", "signed_in")]


def second_factor_removed(scene):
    head = scene.head()
    visitor, _, _ = head.set_up()
    form = visitor.get(MINE).form(SECOND_FACTOR + "/retrait")
    yield
    visitor.submit(form, actuel=HEAD_PASSWORD)
    yield [head.entry("second_factor_removed")]


def recovery_codes_renewed(scene):
    head = scene.head()
    visitor, _, _ = head.set_up()
    form = visitor.get(MINE).form("/administration/codes-de-secours")
    yield
    visitor.submit(form, actuel=HEAD_PASSWORD)
    yield [head.entry("recovery_codes_renewed")]


def recovery_code_used(scene):
    head = scene.head()
    _, _, codes = head.set_up()
    visitor = give_password(scene.site, head.login)
    yield
    visitor.submit(visitor.page.form(CODE), code=codes[0])
    yield [head.entry("recovery_code_used", left=9), head.entry("signed_in")]


def code_given(scene):
    head = scene.head()
    _, secret, _ = head.set_up()
    visitor = give_password(scene.site, head.login)
    forget_step(scene.site, head.login)
    yield
    visitor.submit(visitor.page.form(CODE), code=totp.code(secret))
    yield [head.entry("signed_in")]


def code_refused(scene):
    head = scene.head()
    head.set_up()
    visitor = give_password(scene.site, head.login)
    yield
    assert visitor.submit(visitor.page.form(CODE), code="000000").status == 422
    assert visitor.submit(visitor.page.form(CODE), code="AAAA-BBBB-CCCC-DDDD").status == 422
    yield [head.entry("sign_in_refused", reason="second_factor_wrong")] * 2


def disabled_refused(scene):
    head = scene.head()
    scene.ctl("admin", "disable", head.login)
    yield
    assert give_password(scene.site, head.login).page.status == 401
    yield [head.entry("sign_in_refused", reason="disabled")]


def let_in_new(scene):
    head = scene.head()
    visitor = head.come()
    yield
    detail = head.let_in(visitor, f"s.durand.{head.login}@ac-lyon.fr", "Sylvie Durand", "responsable")
    yield [head.entry("delegation_given", new_account=True, profile="responsable", **detail)]


def let_in_known(scene):
    head, other = scene.head(), scene.head()
    visitor = head.come()
    yield
    detail = head.let_in(visitor, other.login, "M. Petit")
    yield [head.entry("delegation_given", **{**detail, "administrator": other.number})]
    head.let_in(visitor, other.login, "M. Petit")  # the same twice is one
    yield []


def taken_back(scene):
    head = scene.head()
    visitor = head.come()
    head.let_in(visitor, f"aide.{head.login}", "Sylvie Durand")
    detail = head.given()
    form = visitor.get(head.delegations()).form(head.delegations() + "/retrait")
    yield
    visitor.submit(form)
    yield [head.entry("delegation_taken_back", **detail)]
    visitor.submit(form)
    yield []


def reminder_asked(scene):
    head = scene.head()
    visitor = head.come()
    yield
    form = visitor.get(MINE).form(MINE + "/rappel")
    visitor.submit(form, jours="15")
    yield [head.entry("reminder_asked", days=15)]
    visitor.submit(form, jours="15")
    visitor.submit(visitor.get(MINE).form(MINE + "/rappel"), jours="15")
    yield []
    visitor.submit(visitor.get(MINE).form(MINE + "/rappel"), jours="30")
    yield [head.entry("reminder_asked", days=30)]


def reminder_declined(scene):
    head = scene.head()
    visitor = head.come()
    visitor.submit(visitor.get(MINE).form(MINE + "/rappel"), jours="7")
    yield
    visitor.submit(visitor.get(MINE).form(MINE + "/rappel"), jours="0")
    yield [head.entry("reminder_declined")]
    visitor.submit(visitor.get(MINE).form(MINE + "/rappel"), jours="0")
    yield []


def list_exported(scene):
    head = scene.head()
    people = [scene.town.guardian("Clotilde", "Durand", [scene.town.pupil(head.school, "Léa", "Durand", "2017-05-06")])
              for _ in range(2)]
    asked = {"academy": ACADEMY, "uai": head.uai, "format": CSV, "profile": GUARDIANS,
             "accounts": [scene.bus.reference(one.account) for one in people]}
    yield
    first = scene.bus.ask("notify", "ExportList", administrator=head.number, **asked)
    yield [head.entry("list_exported", profile="responsable", format="csv", accounts=2)]
    further = {**asked, "administrator": head.number, "made_at": first.made_at, "offset": 10}
    scene.bus.ask("notify", "ExportList", digest=first.digest, **further)
    yield []
    scene.bus.ask("notify", "ExportList", **further)  # a piece of no list that was begun
    yield [head.entry("list_exported", profile="responsable", format="csv", accounts=2)]
    long_ago = first.made_at - 11 * 60 * 1_000_000
    again = scene.bus.ask("notify", "ExportList", digest=first.digest, **{**further, "made_at": long_ago})
    assert again.digest == first.digest  # nothing of it tells the hour
    yield [head.entry("list_exported", profile="responsable", format="csv", accounts=2)]


def statistics_computed(scene):
    yield
    day = scene.site.ctl("statistics", "compute", "--by", OPERATOR, json_answer=True)["day"]
    yield [("statistics_computed", 0, None, OPERATOR, None, {"day": day})]


DEEDS = [
    ("Link/ChangeAdministrator", "administrator_disabled", disabled),
    ("Link/ChangeAdministrator", "administrator_enabled", enabled),
    ("Link/ChangeAdministrator", "password_replaced", password_replaced),
    ("Link/ChangeAdministrator", "second_factor_reset", second_factor_reset),
    ("Link/ChangeAdministrator", "scopes_added", granted),
    ("Link/ChangeAdministrator", "scopes_removed", revoked),
    ("Link/ChangeAdministrator", "sessions_ended", sessions_ended),
    ("query/administrator_sessions_end_own", "sessions_ended", own_sessions_ended),
    ("query/web_session_end", "signed_out", signed_out),
    ("query/web_session_end", "signed_out", left_halfway),
    ("Link/ChangeAdministratorPassword", "password_changed", password_changed),
    ("Link/ChangeAdministratorPassword", "proof_refused",
     refused_by(OWN_PASSWORD, OWN_PASSWORD, nouveau=OTHER_PASSWORD, confirmation=OTHER_PASSWORD)),
    ("Link/ConfirmSecondFactor", "second_factor_set_up", set_up_by_choice),
    ("Link/ConfirmSecondFactor", "signed_in", set_up_to_sign_in),
    ("Link/ConfirmSecondFactor", "proof_refused", refused_by(SECOND_FACTOR, SECOND_FACTOR, code="000000")),
    ("Link/RemoveSecondFactor", "second_factor_removed", second_factor_removed),
    ("Link/RemoveSecondFactor", "proof_refused", refused_by(SECOND_FACTOR + "/retrait", MINE)),
    ("Link/RenewRecoveryCodes", "recovery_codes_renewed", recovery_codes_renewed),
    ("Link/RenewRecoveryCodes", "proof_refused", refused_by("/administration/codes-de-secours", MINE)),
    ("Link/GiveCode", "recovery_code_used", recovery_code_used),
    ("Link/GiveCode", "signed_in", code_given),
    ("Link/GiveCode", "sign_in_refused", code_refused),
    ("Link/SignInAdministrator", "sign_in_refused", disabled_refused),
    ("Link/Delegate", "delegation_given", let_in_new),
    ("Link/Delegate", "delegation_given", let_in_known),
    ("Link/TakeBackDelegation", "delegation_taken_back", taken_back),
    ("Notify/ExportList", "list_exported", list_exported),
    ("Notify/ChooseReminder", "reminder_asked", reminder_asked),
    ("Notify/ChooseReminder", "reminder_declined", reminder_declined),
    ("Statistics/Compute", "statistics_computed", statistics_computed),
]
# without a change that could be undone: what was refused, what nobody was in to leave
DOING = [row for row in DEEDS if not row[1].endswith("refused") and row[2] is not left_halfway]


def name_of(value):
    return value.__name__ if callable(value) else value


def told(entry):
    return tuple(entry[name] for name in ("action", "chain", "administrator", "actor", "uai", "detail"))


@pytest.mark.parametrize("deed, action, done", DEEDS, ids=name_of)
def test_a_deed_leaves_its_entry_and_what_changes_nothing_none(scene, deed, action, done):
    steps = done(scene)
    next(steps)
    seen = len(all_entries(scene.site))
    for due in steps:
        scene.site.wait(lambda: len(all_entries(scene.site)) >= seen + len(due), what=f"written: {due}")
        new = all_entries(scene.site)[seen:]
        assert [told(entry) for entry in new] == due
        assert all(is_impersonal(entry) for entry in new)
        assert all(entry["trace"] for entry in new if entry["administrator"] and action != "list_exported"), \
            "the click can be found in the logs"
        seen += len(new)


@pytest.mark.parametrize("deed, action, done", DOING, ids=name_of)
def test_what_cannot_be_written_down_is_not_done(scene, deed, action, done):
    steps = done(scene)
    next(steps)
    before = scene.state()
    entries = len(all_entries(scene.site))
    with full(scene.site), contextlib.suppress(AssertionError, Failed, RuntimeError):  # told to the one who asks
        next(steps)
    assert len(all_entries(scene.site)) == entries
    assert scene.state() == before


def test_the_operator_and_the_page_say_it_all_in_words(scene):
    """No code of ours is left on what people read."""
    said = scene.site.ctl("audit", "show", "--limit", "10000")
    assert f"exploitant {OPERATOR}  Désactivation d’un administrateur" in said and "connexions terminées : 1" in said
    add_administrator(scene.site, "lecture", "exploitant", "--nation")
    page = sign_in_head(scene.site, "lecture").get("/journal?action=sign_in_refused")
    assert "raison : code faux ou déjà servi" in page.text and "raison : administrateur désactivé" in page.text
    for text in (said, page.text):
        assert not re.findall(r"\b[a-z]+(?:_[a-z]+)+\b", text)
