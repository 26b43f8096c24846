"""Who left is let go of in time, and a merge can be undone: preau-importd over people written straight into the store."""

import datetime
from types import SimpleNamespace

import pytest

from peers.bus import Bus
from peers.documents import ROOT, blocks
from peers.people import Town
from peers.sealing import Sealing
from peers.site import Site

IMPORTD, LINKD = "preau-importd", "preau-linkd"
GRACE, ERASE_AFTER, REPORTS = 180, 365, 400  # days: those of the configuration
ACADEMY = 24
# what a person's account holds, by the columns that name it
OF_ACCOUNT = {"credential": "account_id", "confirmation": "account_id", "delivery": "account_id", "session": "account_id",
              "account_event": "account_id", "account": "id"}


@pytest.fixture(scope="module")
def site_of_module(tmp_path_factory):
    folder = tmp_path_factory.mktemp("retention")
    clock = folder / "clock"
    clock.write_text("0")
    with Site.of(folder / "site", environment={"PREAU_CLOCK_FILE": str(clock)}) as made:
        made.clock = clock
        yield made


@pytest.fixture
def site(site_of_module):
    """Nobody in it, no daemon running, and it is today."""
    yield site_of_module
    for daemon in (IMPORTD, LINKD):
        site_of_module.stop_daemon(daemon)
    site_of_module.clock.write_text("0")
    write(site_of_module, "truncate preau.academy, preau.identifier, preau.account_merge cascade")


@pytest.fixture
def town(site):
    return Town(site, ACADEMY)


def rows(site, statement, *values):
    with site.psql() as database:
        return database.execute(statement, values or None).fetchall()


def write(site, statement, *values):
    with site.psql() as database:
        database.execute(statement, values or None)


def passed(site):
    """How often, up to now."""
    return site.log(IMPORTD).count("event=retention_applied") if site.daemons[IMPORTD].log.exists() else 0


def passes(site, *, after_days=0):
    """importd starts so many days from now, and has let go of what it had to: what it counted."""
    site.clock.write_text(str(86400 * after_days))
    before = passed(site)
    site.restart(IMPORTD)
    site.wait(lambda: passed(site) > before, 30, "passed")
    metrics = site.metrics(IMPORTD)
    return {what: int(metrics.get(f'preau_retention_total{{what="{what}"}}', 0))
            for what in ("account_closed", "account_erased", "person_erased", "run_erased")}


NOTHING = {"account_closed": 0, "account_erased": 0, "person_erased": 0, "run_erased": 0}


def leave(site, *people):
    """As an import does to those who are not in a delivery."""
    for person in people:
        write(site, "update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, %s, %s)",
              ACADEMY, person.degree, person.aaf_id)
        if person.account:
            write(site, "update preau.account set detached_at = now() where (academy, id) = (%s, %s)", *person.account)


def is_known(site, person):
    return rows(site, "select from preau.person where (academy, degree, aaf_id) = (%s, %s, %s)",
                ACADEMY, person.degree, person.aaf_id) != []


def held(site, account):
    """Tables that still hold something of this account."""
    return {table for table, column in OF_ACCOUNT.items()
            if rows(site, f"select from preau.{table} where (academy, {column}) = (%s, %s)", *account)}


def fill(site, person):
    """A session, a link that was mailed, a mail, a line of history."""
    write(site, "insert into preau.session (digest, stage, academy, account_id, csrf, expires_at) values"
                " (sha256(%s::bytea), 'open', %s, %s, 'x', now() + interval '10 years')", str(person.account).encode(), *person.account)
    (link,), = rows(site, "insert into preau.confirmation (academy, account_id, purpose, email, expires_at) values"
                          " (%s, %s, 'activation', 'essai@example.org', now()) returning id", *person.account)
    write(site, "insert into preau.delivery (academy, account_id, kind, channel, recipient, confirmation_id) values"
                " (%s, %s, 'activation', 'mail', 'essai@example.org', %s)", *person.account, link)
    write(site, "insert into preau.account_event (academy, account_id, action, actor) values (%s, %s, 'created', 'import')",
          *person.account)


@pytest.fixture
def family(site, town):
    college = town.school(2)
    pupil = town.pupil(college, "Léa", "Martin", "2012-04-03", account=True)
    guardian = town.guardian("Anne", "Martin", [pupil], mail="anne@example.org")
    stays = town.pupil(college, "Paul", "Roux", "2012-04-03", account=True)
    for person in (pupil, guardian, stays):
        person.hand_out()
        fill(site, person)
    return SimpleNamespace(pupil=pupil, guardian=guardian, stays=stays, college=college)


# ------------------------------------------------------------------------------------------------ leaving


def test_who_left_keeps_the_account_through_the_grace_is_then_closed_and_at_last_erased(site, family):
    pupil, guardian = family.pupil, family.guardian
    leave(site, pupil, guardian)
    assert passes(site) == passes(site, after_days=GRACE - 1) == NOTHING

    assert passes(site, after_days=GRACE + 1) == {**NOTHING, "account_closed": 2}
    for person in (pupil, guardian):
        assert person.row()["state"] == "distribue" and person.row()["closed_at"], "as it was, but closed"
        assert held(site, person.account) == set(OF_ACCOUNT) - {"session"}
        assert rows(site, "select action, actor from preau.account_event where (academy, account_id) = (%s, %s) order by id desc"
                          " limit 1", *person.account) == [("close", "import")]
    assert passes(site, after_days=GRACE + ERASE_AFTER) == NOTHING

    assert passes(site, after_days=GRACE + ERASE_AFTER + 2) == {**NOTHING, "account_erased": 2, "person_erased": 2}
    for person in (pupil, guardian):
        assert not held(site, person.account) and not is_known(site, person)
    assert rows(site, "select count(*) from preau.enrolment where pupil_id = %s", pupil.aaf_id) == [(0,)]
    assert rows(site, "select count(*) from preau.guardianship") == [(0,)]
    assert is_known(site, family.stays) and held(site, family.stays.account) == set(OF_ACCOUNT)


def test_the_closing_moment_is_the_clock_s(site, family):
    leave(site, family.pupil)
    passes(site, after_days=GRACE + 1)
    expected = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=GRACE + 1)
    assert abs(family.pupil.row()["closed_at"] - expected) < datetime.timedelta(minutes=5)


def test_an_erased_identifier_is_given_to_nobody_and_says_nothing_of_whose_it_was(site, family):
    login = family.pupil.login
    write(site, "insert into preau.identifier (login, academy, account_id, degree, aaf_id) values (%s, %s, %s, 2, %s)",
          login, *family.pupil.account, family.pupil.aaf_id)
    leave(site, family.pupil)
    passes(site, after_days=GRACE + 1)
    passes(site, after_days=GRACE + ERASE_AFTER + 2)
    assert rows(site, "select login, degree, aaf_id from preau.identifier where login = %s", login) == [(login, None, None)]


def test_a_contact_whose_account_ends_is_still_a_contact(site, town, family):
    """A guardian's record that is still delivered, and is nobody's legal guardian any more."""
    guardian = family.guardian
    write(site, "delete from preau.guardianship where guardian_id = %s", guardian.aaf_id)
    write(site, "update preau.account set detached_at = now() where (academy, id) = (%s, %s)", *guardian.account)
    passes(site, after_days=GRACE + 1)
    passes(site, after_days=GRACE + ERASE_AFTER + 2)
    assert not held(site, guardian.account)
    assert rows(site, "select account_id, departed_at from preau.person where aaf_id = %s", guardian.aaf_id) == [(None, None)]


def test_a_closed_account_signs_nobody_in(site, family):
    leave(site, family.pupil)
    passes(site, after_days=GRACE + 1)
    write(site, "update preau.account set notified_at = now(), notification_expires_at = now() + interval '10 years'")
    site.clock.write_text("0")  # so that what is asked today is not asked too late
    site.launch(LINKD)
    bus, ask = Bus(site), {"address": "192.0.2.1"}
    assert bus.refusal("link", "SignIn", login=family.pupil.login, password=family.pupil.password, **ask) == "account_closed"
    assert bus.ask("link", "SignIn", login=family.stays.login, password=family.stays.password, **ask).account.id


def test_records_without_an_account_are_erased_as_late_as_an_account_is(site, town):
    school = town.school(1)
    gone, here = town.pupil(school, "Léa", "Martin", "2016-04-03"), town.pupil(school, "Paul", "Roux", "2016-04-03")
    contact = town.guardian("Jean", "Martin", [gone])
    write(site, "update preau.person set account_academy = null, account_id = null where aaf_id = %s", contact.aaf_id)
    contact.account = None
    leave(site, gone, contact)
    assert passes(site, after_days=GRACE + ERASE_AFTER - 1)["person_erased"] == 0
    assert passes(site, after_days=GRACE + ERASE_AFTER + 1)["person_erased"] == 2
    assert not is_known(site, gone) and not is_known(site, contact) and is_known(site, here)


def test_an_old_record_of_an_account_that_lives_on_is_erased_and_the_account_is_not(site, town, family):
    """A pupil who changed school long ago has another record there."""
    before = town.pupil(family.college, "Paul", "Roux", "2012-04-03")
    write(site, "update preau.person set account_academy = %s, account_id = %s, departed_at = now() where aaf_id = %s",
          *family.stays.account, before.aaf_id)
    assert passes(site, after_days=GRACE + ERASE_AFTER - 1)["person_erased"] == 0
    assert passes(site, after_days=GRACE + ERASE_AFTER + 1) == {**NOTHING, "person_erased": 1}
    assert is_known(site, family.stays) and held(site, family.stays.account) == set(OF_ACCOUNT)


def test_many_leave_at_once(site, town):
    """More than fit into one transaction, some in a batch of their own."""
    many = 1203
    write(site, "with a as (insert into preau.account (academy, profile, login, detached_at)"
                "           select %s, 'eleve', 'l.foule' || n, now() from generate_series(1, %s) n returning academy, id)"
                " insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, digest,"
                "                           account_academy, account_id, departed_at)"
                " select academy, 2, 1000000 + id, 'eleve', 'Foule', 'L', 'foule l', '2012-01-01', substr(sha256(''), 1, 16),"
                "        academy, id, now() from a", ACADEMY, many)
    assert passes(site, after_days=GRACE + 1)["account_closed"] == many
    assert passes(site, after_days=GRACE + ERASE_AFTER + 2) == {**NOTHING, "account_erased": many, "person_erased": many}


def test_what_somebody_else_is_at_is_left_for_the_next_time(site, family):
    leave(site, family.pupil, family.guardian)
    passes(site, after_days=GRACE + 1)
    with site.psql() as other, other.transaction():
        other.execute("select from preau.person where aaf_id = %s for update", (family.pupil.aaf_id,))
        assert passes(site, after_days=GRACE + ERASE_AFTER + 2)["account_erased"] == 1
    assert is_known(site, family.pupil) and held(site, family.pupil.account) and not held(site, family.guardian.account)
    assert passes(site, after_days=GRACE + ERASE_AFTER + 2)["account_erased"] == 1


def test_one_process_at_a_time_and_the_day_after_again(site, family):
    leave(site, family.pupil)
    with site.psql() as other:
        other.execute("select pg_advisory_lock(1347568984)")
        before = passed(site)
        site.clock.write_text(str(86400 * (GRACE + 1)))
        site.launch(IMPORTD)
        site.wait(lambda: checks(site)["retention"] == "ok", 20, "looked")
        assert passed(site) == before
        assert family.pupil.row()["closed_at"] is None
    assert passes(site, after_days=GRACE + 2)["account_closed"] == 1


def checks(site):
    return {check["name"]: check["state"] for check in site.status(IMPORTD)["checks"]}


def test_old_reports_are_erased_but_for_those_that_matter(site, town):
    def run(state, days, degree=2, academy=ACADEMY):
        (number,), = rows(site, "insert into preau.import_run (academy, degree, archive, state, started_at) values"
                                " (%s, %s, 'x.tgz', %s, now() - make_interval(days => %s)) returning id",
                          academy, degree, state, days)
        write(site, "insert into preau.import_refusal (run_id, sequence, file, line, category, code) values"
                    " (%s, 1, 'x.xml', 1, 'Eleve', 'value_missing')", number)
        return number

    gone = [run("applied", REPORTS + 9), run("refused", REPORTS + 8), run("failed", REPORTS + 7), run("checked", REPORTS + 6),
            *(run("refused", REPORTS + 5) for _ in range(7))]
    last = [run("applied", REPORTS + 4, degree=1), run("applied", REPORTS + 3)]
    waiting = run("held", REPORTS + 2)
    recent = run("refused", REPORTS - 2)
    assert passes(site)["run_erased"] == len(gone)
    kept = sorted([*last, waiting, recent])
    assert [number for number, in rows(site, "select id from preau.import_run order by id")] == kept
    assert [number for number, in rows(site, "select run_id from preau.import_refusal order by 1")] == kept


# ------------------------------------------------------------------------------------------------ the proof

PAGE = ROOT / "docs/operators/donnees-personnelles.md"
DUE, WHERE = [block.text for block in blocks(PAGE) if block.word == "sql"]
# heads' records, numbers that are refused or not given yet; the trail's outbox, which is empty when a transaction commits
OF_OTHERS = {"aaf_head", "administrator_aaf", "import_refusal", "import_reservation", "audit_wanted"}
KEEP_NUMBERS = {"account_join", "account_merge", "audit", "identifier"}  # which lead to nobody (conservation.md)
NOM, PRENOM, BORN, INE, MAIL, MOBILE = "Effaçable", "Eulalie", "2011-02-27", "120890177AB", "e.effacable@example.org", "+33639980177"
STREET, SUBJECT = "177 rue des Traces", "sub-de-franceconnect-177"
MARKS = (NOM, "effacable eulalie", "effacableeulalie", BORN, INE, MAIL, MOBILE, STREET, SUBJECT)


def tables_that_name_a_person(site):
    """Of the store as it is: by a reference to an account or a record, or by a column that is called so."""
    return {name for name, in rows(site, """
        select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid
         where c.relnamespace = 'preau'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
           and a.attnum > 0 and a.attname ~ '(^account_id|_account|^pupil_id|^guardian_id|^aaf_id)$'
        union
        select c.relname from pg_constraint k join pg_class c on c.oid = k.conrelid
         where k.confrelid in ('preau.account'::regclass, 'preau.person'::regclass)
        union values ('account')""")}


def traces(site, *marks):
    """{table: rows} of every table of the store in which a value, of whatever column, has one of these words."""
    with site.psql() as database:
        tables = [name for name, in database.execute("select tablename from pg_tables where schemaname = 'preau'").fetchall()]
        found = {name: database.execute(f"select count(*) from preau.{name} t where exists (select from unnest(%s::text[]) m"
                                        " where position(m in t::text) > 0)", (list(marks),)).fetchone()[0] for name in tables}
    return {name: count for name, count in found.items() if count}


def fill_all(site, pupil, guardian):
    """Everything that the store can hold of two persons."""
    for person in (pupil, guardian):
        account, record = person.account, (ACADEMY, person.degree, person.aaf_id)
        fill(site, person)
        write(site, "update preau.person set ine = %s, mail = %s, mobile = %s, adresse = %s where (academy, degree, aaf_id) = (%s, %s, %s)",
              INE if person is pupil else None, MAIL, MOBILE, STREET, *record)
        write(site, "update preau.account set email = %s, email_confirmed_at = now(), mobile = %s, mobile_confirmed_at = now() where (academy, id) = (%s, %s)",
              MAIL, MOBILE, *account)
        write(site, "update preau.delivery set recipient = %s", MAIL)
        write(site, "update preau.confirmation set email = %s", MAIL)
        write(site, "insert into preau.identifier (login, academy, account_id, degree, aaf_id) values (%s, %s, %s, %s, %s)", person.login, *account, *record[1:])
    write(site, "insert into preau.franceconnect_identity (academy, account_id, issuer, subject) values (%s, %s, 'https://fc.example', %s)",
          *guardian.account, SUBJECT)
    write(site, "insert into preau.registration (request_id, match_name, mobile, state, expires_at, academy, account_id, subject, issuer)"
                " values (gen_random_uuid(), 'effacableeulalie', %s, 'confirmed', now() + interval '10 years', %s, %s, %s, 'https://fc.example')",
          MOBILE, *guardian.account, SUBJECT)
    write(site, "insert into preau.ent_opening (browser, peer, academy, account_id, expires_at) values (sha256(''), 'ent', %s, %s, now() + interval '10 years')",
          *pupil.account)
    write(site, "insert into preau.account_join_proof (request_id, academy, account_id, other_academy, other_account, other_credential_at, is_of_paper,"
                " expires_at) values (gen_random_uuid(), %s, %s, %s, %s, now(), true, now() + interval '10 years')", *guardian.account, *pupil.account)
    write(site, "insert into preau.disclaimed_child (claim, academy, degree, guardian_id, pupil_id) values (1, %s, 2, %s, %s)",
          ACADEMY, guardian.aaf_id, pupil.aaf_id)
    for table, evidence in (("account_merge", "same_contact"), ("account_join", "same_mobile")):
        record, numbers = ("academy, degree, aaf_id, ", [ACADEMY, 2, guardian.aaf_id]) if table == "account_merge" else ("", [])
        write(site, f"insert into preau.{table} ({record}from_academy, from_account, into_academy, into_account, evidence)"
                    f" values ({'%s, ' * len(numbers)}%s, %s, %s, %s, '{evidence}')", *numbers, ACADEMY, 10**9, *guardian.account)


def filled(site, tables):
    """Those that are not empty."""
    return {name for name, in rows(site, " union all ".join(f"(select '{table}' from preau.{table} limit 1)" for table in sorted(tables)))}


def where_named(site, login):
    """What the page's query says of an identifier."""
    return {table: count for table, count in rows(site, WHERE.replace("j.dupont12", login)) if count}


def test_nothing_of_who_was_erased_is_in_any_table(site, town):
    pupil = town.pupil(town.school(2), PRENOM, NOM, BORN, account=True)
    guardian = town.guardian(PRENOM, NOM, [pupil], mail=MAIL)
    fill_all(site, pupil, guardian)
    tables = tables_that_name_a_person(site) - OF_OTHERS
    assert tables - filled(site, tables) <= {"audit"}, "fill_all must be told to fill it"
    assert set(traces(site, *MARKS)) == {"account", "confirmation", "delivery", "franceconnect_identity", "person", "registration"}
    assert set(where_named(site, guardian.login)) > {"account_event", "person", "session"}

    leave(site, pupil, guardian)
    passes(site, after_days=GRACE + 1)
    assert passes(site, after_days=GRACE + ERASE_AFTER + 2) == {**NOTHING, "account_erased": 2, "person_erased": 2}
    assert traces(site, *MARKS) == {}
    assert set(traces(site, pupil.login, guardian.login)) == {"identifier"}
    assert filled(site, tables) | {"audit"} == KEEP_NUMBERS
    assert set(where_named(site, guardian.login)) == {"account_join", "account_merge"}


def due(site):
    """{what: how many} of the page's query."""
    with site.psql() as database:
        cursor = database.execute(DUE)
        return dict(zip((column.name for column in cursor.description), cursor.fetchone()))


def test_the_operators_query_tells_what_has_outlived_its_time(site, town):
    school = town.school(2)
    closing, erased = (town.pupil(school, "Paul", "Roux", "2012-04-03", account=True) for _ in range(2))
    contact = town.pupil(town.school(1), "Tom", "Roux", "2016-04-03")
    assert set(due(site).values()) == {0}
    write(site, "update preau.account set detached_at = now() - interval '200 days' where id = %s", closing.account[1])
    write(site, "update preau.account set detached_at = now() - interval '600 days', closed_at = now() - interval '400 days' where id = %s", erased.account[1])
    write(site, "update preau.person set departed_at = now() - interval '600 days' where aaf_id in (%s, %s)", contact.aaf_id, erased.aaf_id)
    for of_daemons in (
            "help_request (request_id, wanted, subject, known, asked_at) values (gen_random_uuid(), 'password', 'x', false, now() - interval '3 days')",
            "registration (request_id, match_name, mobile, expires_at) values (gen_random_uuid(), 'x', '+33639980177', now() - interval '3 days')",
            f"session (digest, stage, academy, account_id, csrf, expires_at) values (sha256('due'), 'open', {ACADEMY}, {closing.account[1]}, 'x', now() - interval '3 days')",
            "attempt (subject, failures, first_at, last_at, not_before) select 'address:192.0.2.1', 1, t, t, t from (select now() - interval '3 days' as t) t",
            "request_answer (request_id, method, answer, created_at) values (gen_random_uuid(), 'x', '', now() - interval '3 days')"):
        write(site, f"insert into preau.{of_daemons}")
    write(site, "insert into preau.import_run (academy, degree, archive, state, started_at) values (%s, 2, 'x.tgz', 'refused', now() - interval '500 days')", ACADEMY)
    found = due(site)
    assert {what for what, count in found.items() if count != 1} == {"feuilles"}, found  # which need a batch

    passes(site)
    left = {what for what, count in due(site).items() if count}
    write(site, "truncate preau.help_request, preau.registration, preau.attempt, preau.request_answer")
    assert left == {"inscriptions", "demandes_d_aide", "essais", "reponses"}, "of daemons that do not run here; a closed account's session went with it"


# ------------------------------------------------------------------------------------------------ undoing a merge


@pytest.fixture
def merged(site, town, family):
    """A second record of Anne Martin, in the first degree, has the account of the first."""
    child = town.pupil(town.school(1), "Tom", "Martin", "2016-04-03")
    second = town.guardian("Anne", "Martin", [child], mail="anne@example.org")
    second.former, second.child = second.account, child
    return second


def merge(site, second, into, keeps_former):
    """As the import would have; the former account is closed, or there was none."""
    write(site, "update preau.person set account_academy = %s, account_id = %s where aaf_id = %s", *into.account, second.aaf_id)
    if keeps_former:
        write(site, "update preau.account set detached_at = now(), closed_at = now() where (academy, id) = (%s, %s)", *second.former)
    else:
        write(site, "delete from preau.account where (academy, id) = (%s, %s)", *second.former)
    (number,), = rows(site, "insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy,"
                            " into_account, evidence) values (%s, %s, %s, %s, %s, %s, %s, 'same_contact') returning id",
                      ACADEMY, second.degree, second.aaf_id, *(second.former if keeps_former else (None, None)), *into.account)
    return number


def undo(site, number, **fields):
    return Bus(site).ask("import", "UndoMerge", merge=number, by="exploitante", **{"operator": True, **fields}).login


def account_of(site, person):
    (found,) = rows(site, "select account_academy, account_id from preau.person where aaf_id = %s", person.aaf_id)
    return found


def last_events(site, account, count):
    return [action for action, in rows(site, "select action from preau.account_event where (academy, account_id) = (%s, %s)"
                                             " order by id desc limit %s", *account, count)]


def test_an_undone_merge_gives_the_former_account_back(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=True)
    site.launch(IMPORTD)
    assert undo(site, number) == merged.login
    assert account_of(site, merged) == merged.former and account_of(site, family.guardian) == family.guardian.account
    row = merged.row()
    assert (row["closed_at"], row["detached_at"]) == (None, None)
    assert family.guardian.row()["detached_at"] is None
    assert last_events(site, merged.former, 2) == ["merge_undone", "reopen"]
    assert last_events(site, family.guardian.account, 1) == ["merge_undone"]
    assert rows(site, "select undone_at is not null, undone_by from preau.account_merge") == [(True, "exploitante")]


def test_without_a_former_account_an_undone_merge_makes_one(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=False)
    for login in ("a.martin", "a.martin1", "a.martin9", "a.martin10", "a.martinet77"):
        write(site, "insert into preau.identifier (login, academy, account_id) values (%s, 1, 1)", login)
    site.launch(IMPORTD)
    assert undo(site, number) == "a.martin11"
    own = account_of(site, merged)
    assert own not in (family.guardian.account, merged.former) and own[0] == ACADEMY
    assert rows(site, "select profile::text, state::text, password::text, login, detached_at from preau.account where"
                      " (academy, id) = (%s, %s)", *own) == [("responsable", "non_distribue", "provisional", "a.martin11", None)]
    assert rows(site, "select academy, account_id, degree, aaf_id from preau.identifier where login = 'a.martin11'"
                ) == [(*own, merged.degree, merged.aaf_id)]
    (sealed, chosen), = rows(site, "select sealed, hash from preau.credential where (academy, account_id) = (%s, %s)", *own)
    password = Sealing(site.folder / "keys").open("credential:%d:%d" % own, bytes(sealed)).decode()
    assert chosen is None and [len(part) for part in password.split("-")] == [4, 4, 4]
    assert last_events(site, own, 2) == ["merge_undone", "created"]


def test_a_name_that_nobody_has_takes_no_number(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=False)
    site.launch(IMPORTD)
    assert undo(site, number) == "a.martin"


def test_an_account_that_loses_its_last_record_is_detached(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=True)
    leave(site, family.guardian)
    write(site, "update preau.account set detached_at = null where (academy, id) = (%s, %s)", *family.guardian.account)
    site.launch(IMPORTD)
    undo(site, number)
    assert family.guardian.row()["detached_at"] and merged.row()["detached_at"] is None


def test_undone_twice_is_undone_once(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=False)
    site.launch(IMPORTD)
    assert undo(site, number) == undo(site, number) == "a.martin"
    assert rows(site, "select count(*) from preau.account_event where action = 'merge_undone'") == [(2,)]


def test_only_the_operator_undoes_what_is_there(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=True)
    site.launch(IMPORTD)
    bus = Bus(site)
    assert bus.refusal("import", "UndoMerge", merge=number, by="x") == "not_allowed"
    assert bus.refusal("import", "UndoMerge", merge=number, by="x", administrator=1) == "not_allowed"
    assert bus.refusal("import", "UndoMerge", merge=number, by="", operator=True) == "malformed"
    assert bus.refusal("import", "UndoMerge", merge=number, by="x" * 101, operator=True) == "malformed"
    assert bus.refusal("import", "UndoMerge", merge=number + 1, by="x", operator=True) == "not_found"
    write(site, "update preau.person set account_academy = %s, account_id = %s where aaf_id = %s",
          *family.stays.account, merged.aaf_id)
    assert bus.refusal("import", "UndoMerge", merge=number, by="x", operator=True) == "not_found", "no longer in force"
    write(site, "delete from preau.person where aaf_id = %s", merged.aaf_id)
    assert bus.refusal("import", "UndoMerge", merge=number, by="x", operator=True) == "not_found", "the record was erased"
    assert rows(site, "select undone_at from preau.account_merge") == [(None,)]


def test_a_merge_is_not_undone_under_a_run_of_its_academy(site, family, merged):
    number = merge(site, merged, family.guardian, keeps_former=True)
    site.launch(IMPORTD)
    with site.psql() as run:
        run.execute("select pg_advisory_lock(1347568981, %s)", (ACADEMY,))
        assert Bus(site).refusal("import", "UndoMerge", merge=number, by="x", operator=True) == "import_running"
    assert undo(site, number) == merged.login
