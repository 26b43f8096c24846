"""The audit trail in the database: who may add to it, that nobody may change it, how entries follow one another."""

import hashlib
import itertools
import threading

import psycopg
import psycopg.sql
import pytest

ROLES = ("import", "notify", "link", "stats", "portal", "ctl")
WRITERS = ("import", "notify", "link", "stats")
NOT_ALLOWED = psycopg.errors.InsufficientPrivilege
ACADEMIES = itertools.count(100)
COLUMNS = ("chain", "number", "at", "administrator_id", "actor", "action", "uai", "account_academy", "account_id", "detail",
           "trace", "previous", "hash")


@pytest.fixture(scope="module")
def database(cluster, migrated):
    name = cluster.new_database("preau_audit", template=migrated)
    with cluster.connect(name) as admin:
        admin.execute("insert into preau.academy (code, name) select code, 'Essai' from generate_series(100, 199) code")
    return name


@pytest.fixture
def admin(cluster, database):
    with cluster.connect(database) as admin:
        yield admin


@pytest.fixture
def notify(cluster, database):
    with cluster.connect(database, "preau_notify") as connection:
        yield connection


@pytest.fixture
def academy():
    """With a chain of its own for each test."""
    return next(ACADEMIES)


def administrator(admin, academy, *scopes, role="directeur"):
    """Its number. scopes: (academy, uai)."""
    login = f"essai.{academy}.{next(ACADEMIES)}"
    (number,) = admin.execute("insert into preau.administrator (login, name, role, hash) values (%s, 'Essai', %s, 'x') returning id",
                              (login, role)).fetchone()
    for scope in scopes:
        admin.execute("insert into preau.administrator_scope (administrator_id, academy, uai) values (%s, %s, %s)", (number, *scope))
    return number


def school(admin, academy, number):
    uai = f"{academy:03}{number:04}A"
    admin.execute("insert into preau.school (academy, uai, degree, name, kind, city) values (%s, %s, 1, 'École', 'ecole', 'Ville')",
                  (academy, uai))
    return uai


def write(connection, chain, by=None, operator="root", action="signed_in", uai=None, account=(None, None), detail="{}", trace="t"):
    connection.execute("select preau.audit_write(%s, %s, %s, %s, %s, %s, %s, %s, %s)",
                       (chain, by, operator, action, uai, *account, detail, trace))


def entries(admin, chain):
    rows = admin.execute(f"select {', '.join(COLUMNS)} from preau.audit where chain = %s order by number", [chain]).fetchall()
    return [dict(zip(COLUMNS, row)) for row in rows]


def field(value):
    if value is None:
        return b"-,"
    data = str(value).encode()
    return b"%d:%s," % (len(data), data)


def computed(admin, entry):
    """The hash of an entry, by a third writing of it."""
    microseconds, detail = admin.execute(
        "select (extract(epoch from at) * 1000000)::bigint, detail::text from preau.audit where (chain, number) = (%s, %s)",
        (entry["chain"], entry["number"])).fetchone()
    values = [entry["chain"], entry["number"], microseconds, *(entry[name] for name in COLUMNS[3:9]), detail, entry["trace"],
              entry["previous"].hex()]
    return hashlib.sha256(b"preau-audit-1," + b"".join(map(field, values))).digest()


# how entries follow one another


def test_entries_are_numbered_and_each_holds_the_hash_of_the_one_before(admin, notify, academy):
    write(notify, academy, operator="héloïse", detail='{"accounts": 12, "channel": "mail"}')
    write(notify, academy, action="password_shown", uai="0690001A", account=(academy, 7))
    write(notify, academy, operator=None, trace=None)
    written = entries(admin, academy)
    assert [entry["number"] for entry in written] == [1, 2, 3]
    previous = bytes(32)
    for entry in written:
        assert entry["previous"] == previous
        assert entry["hash"] == computed(admin, entry)
        previous = entry["hash"]
    assert admin.execute("select number, hash from preau.audit_head where chain = %s", [academy]).fetchone() == (3, previous)


def test_each_academy_has_a_chain_and_the_nation_one(admin, notify, academy):
    other = next(ACADEMIES)
    before = len(entries(admin, 0))
    for chain in (academy, other, academy, 0, None):
        write(notify, chain)
    assert [len(entries(admin, chain)) for chain in (academy, other, 0)] == [2, 1, before + 2]


def test_time_never_goes_back_in_a_chain(admin, notify, academy):
    write(notify, academy)
    admin.execute("update preau.audit_head set at = now() + interval '1 hour' where chain = %s", [academy])
    write(notify, academy)
    (ahead,) = admin.execute("select at > now() + interval '59 minutes' from preau.audit where chain = %s and number = 2",
                             [academy]).fetchone()
    assert ahead


def test_details_without_a_value_are_left_out(admin, notify, academy):
    write(notify, academy, detail='{"reset": null, "accounts": 3}')
    assert entries(admin, academy)[0]["detail"] == {"accounts": 3}


@pytest.mark.parametrize("wrong", [
    {"action": "Not a code"}, {"detail": "[1]"}, {"uai": "nowhere"}, {"account": (100, None)}, {"by": 999999},
    {"detail": '{"x": "' + "y" * 2000 + '"}'}, {"chain": -1}])
def test_an_entry_that_is_none_is_refused_and_the_deed_undone(admin, notify, academy, wrong):
    given = {"chain": academy, **wrong}
    with pytest.raises(psycopg.Error), notify.transaction():
        notify.execute("insert into preau.request_answer (request_id, method, answer) values (gen_random_uuid(), %s, '')",
                       (f"deed of {academy}",))
        write(notify, **given)
    assert not entries(admin, academy)
    assert not admin.execute("select from preau.request_answer where method = %s", (f"deed of {academy}",)).fetchall()


# with the deed


def test_what_is_rolled_back_leaves_no_entry_and_no_gap(admin, notify, academy):
    write(notify, academy)
    notify.execute("begin")
    write(notify, academy)
    notify.execute("rollback")
    write(notify, academy)
    assert [entry["number"] for entry in entries(admin, academy)] == [1, 2]
    assert admin.execute("select count(*) from preau.audit_wanted").fetchone() == (0,)


def test_a_long_deed_holds_nobody_up_before_it_commits(cluster, database, admin, notify, academy):
    """The chain's head is held from the moment of the commit only."""
    with cluster.connect(database, "preau_link") as link:
        link.execute("set lock_timeout = '2s'")
        notify.execute("begin")
        write(notify, academy, trace="long")
        write(link, academy, trace="short")
        notify.execute("commit")
    assert [entry["trace"] for entry in entries(admin, academy)] == ["short", "long"]


def test_academies_do_not_wait_for_one_another(cluster, database, admin, notify, academy):
    other = next(ACADEMIES)
    write(notify, academy)
    admin.execute("begin")
    admin.execute("select from preau.audit_head where chain = %s for update", [academy])
    notify.execute("set lock_timeout = '300ms'")
    write(notify, other)
    with pytest.raises(psycopg.errors.LockNotAvailable):
        write(notify, academy)
    admin.execute("rollback")
    assert len(entries(admin, academy)) == 1 and len(entries(admin, other)) == 1


def test_many_at_a_time_leave_no_gap_and_link(cluster, database, admin, academy):
    def run(role):
        with cluster.connect(database, f"preau_{role}") as connection:
            for _ in range(30):
                write(connection, academy)

    threads = [threading.Thread(target=run, args=(role,)) for role in WRITERS * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    written = entries(admin, academy)
    assert [entry["number"] for entry in written] == list(range(1, 60 * len(WRITERS) + 1))
    assert all(after["previous"] == before["hash"] for before, after in itertools.pairwise(written))
    assert all(not after["at"] < before["at"] for before, after in itertools.pairwise(written))


# whose deed it is


def test_an_administrator_is_named_by_the_login_of_that_moment(admin, notify, academy):
    number = administrator(admin, academy)
    (login,) = admin.execute("select login from preau.administrator where id = %s", [number]).fetchone()
    write(notify, academy, by=number, operator="ignored")
    admin.execute("update preau.administrator set login = login || '.changed' where id = %s", [number])
    entry = entries(admin, academy)[0]
    assert (entry["administrator_id"], entry["actor"]) == (number, login)


def test_what_has_no_place_goes_where_the_administrator_belongs(admin, notify, academy):
    other = next(ACADEMIES)
    first, second = school(admin, academy, 1), school(admin, academy, 2)
    cases = [
        ([(academy, first)], academy, first),
        ([(academy, first), (academy, second)], academy, None),
        ([(academy, None)], academy, None),
        ([(academy, first), (other, None)], 0, None),
        ([(None, None)], 0, None),
        ([(None, None), (academy, None)], 0, None),
        ([], 0, None),
    ]
    for scopes, chain, uai in cases:
        write(notify, None, by=administrator(admin, academy, *scopes))
        entry = entries(admin, chain)[-1]
        assert (entry["chain"], entry["uai"]) == (chain, uai), scopes


# who may do what


def execute(connection, statement):
    connection.execute("begin")
    try:
        connection.execute(statement)
    finally:
        connection.execute("rollback")


@pytest.mark.parametrize("role", ROLES)
def test_no_role_writes_but_by_the_function(cluster, database, role):
    statements = [
        "insert into preau.audit select * from preau.audit", "update preau.audit set actor = 'x'", "delete from preau.audit",
        "truncate preau.audit", "insert into preau.audit_head values (1, 1, now(), '')", "update preau.audit_head set number = 0",
        "delete from preau.audit_head", "truncate preau.audit_head", "select from preau.audit_wanted",
        "insert into preau.audit_wanted (chain, actor, action, detail, trace) values (0, '', 'signed_in', '{}', '')",
        "update preau.audit_wanted set actor = 'x'", "delete from preau.audit_wanted", "truncate preau.audit_wanted",
        "select preau.audit_field('x')", "select preau.audit_hash(null)",
        "alter table preau.audit disable trigger all", "drop table preau.audit",
        "create or replace function preau.audit_hash(entry preau.audit) returns bytea language sql return ''::bytea",
    ]
    with cluster.connect(database, f"preau_{role}") as connection:
        for statement in statements:
            with pytest.raises(NOT_ALLOWED):
                execute(connection, statement)


def test_those_who_do_deeds_write_and_the_others_do_not(cluster, database, academy):
    for role in ROLES:
        with cluster.connect(database, f"preau_{role}") as connection:
            if role in WRITERS:
                write(connection, academy)
            else:
                with pytest.raises(NOT_ALLOWED):
                    write(connection, academy)


def test_the_portal_writes_that_administrators_sessions_end_and_nothing_else(cluster, database, admin, academy):
    number = administrator(admin, academy, (academy, None))
    with cluster.connect(database, "preau_portal") as portal:
        for action in ("signed_out", "sessions_ended"):
            portal.execute("select preau.audit_write_session(%s, %s, '{}', 'click')", (number, action))
        for who, action in ((number, "password_shown"), (number, "signed_in"), (number, None), (0, "signed_out"), (None, "signed_out"),
                            (-1, "signed_out")):
            with pytest.raises(NOT_ALLOWED):
                portal.execute("select preau.audit_write_session(%s, %s, '{}', 'click')", (who, action))
    assert [(entry["administrator_id"], entry["action"], entry["trace"]) for entry in entries(admin, academy)] == [
        (number, "signed_out", "click"), (number, "sessions_ended", "click")]
    for role in set(ROLES) - {"portal"}:
        with cluster.connect(database, f"preau_{role}") as connection, pytest.raises(NOT_ALLOWED):
            connection.execute("select preau.audit_write_session(%s, 'signed_out', '{}', '')", [number])


def test_what_is_done_to_an_administrator_is_told_where_they_are_at_home(cluster, database, admin, academy):
    """The same place as that of what they do themselves."""
    other = next(ACADEMIES)
    first, second = school(admin, academy, 11), school(admin, academy, 12)
    for scopes, place in (([(academy, first)], (academy, first)), ([(academy, first), (academy, second)], (academy, None)),
                          ([(academy, None)], (academy, None)), ([(academy, first), (other, None)], (0, None)), ([(None, None)], (0, None)),
                          ([(None, None), (academy, None)], (0, None)), ([], None)):
        number = administrator(admin, academy, *scopes)
        assert admin.execute("select chain, uai from preau.audit_place where administrator_id = %s", [number]).fetchone() == place


def test_those_who_show_or_check_it_read_and_the_others_do_not(cluster, database):
    for role in ROLES:
        with cluster.connect(database, f"preau_{role}") as connection:
            if role in ("portal", "ctl"):
                connection.execute("select * from preau.audit")
            else:
                with pytest.raises(NOT_ALLOWED):
                    connection.execute("select * from preau.audit")


@pytest.mark.parametrize("replica", [False, True])
@pytest.mark.parametrize("statement", [
    "update preau.audit set actor = 'x' where chain = {chain}", "delete from preau.audit where chain = {chain}",
    "truncate preau.audit", "truncate preau.audit_head", "delete from preau.audit_head where chain = {chain}",
    "update preau.audit set actor = 'x' where false"])
def test_not_even_the_owner_changes_it_by_mistake(admin, notify, academy, statement, replica):
    write(notify, academy)
    if replica:
        admin.execute("set session_replication_role = replica")
    with pytest.raises(psycopg.Error) as refused:
        admin.execute(statement.format(chain=academy))
    assert refused.value.sqlstate == "PR004"
    assert len(entries(admin, academy)) == 1


# reading


@pytest.fixture
def read(cluster, database, queries):
    text = next(query for query in queries if query["name"] == "audit_page")
    names = ("reader", "academy", "uai", "actor", "action", "login", "account_academy", "account", "since", "until", "before_at",
             "before_chain", "before_number", "limit")
    nothing = {"academy": 0, "uai": "", "actor": "", "action": "", "login": "", "account_academy": 0, "account": 0, "since": None,
               "until": None, "before_at": None, "before_chain": 0, "before_number": 0, "limit": 100}

    def run(reader, role="portal", **asked):
        values = {"reader": reader, **nothing, **asked}
        with cluster.connect(database, f"preau_{role}") as connection:
            connection.execute("set search_path = ''; set plan_cache_mode = force_generic_plan")
            connection.execute(f"prepare probe ({text['types']}) as {text['text']}")
            literals = ", ".join(psycopg.sql.Literal(values[name]).as_string(connection) for name in names)
            cursor = connection.execute(f"execute probe({literals})")
            columns = [column.name for column in cursor.description]
            return [dict(zip(columns, row)) for row in cursor.fetchall()]

    return run


class Nation:
    """Entries in two academies, and those who look at them."""

    def __init__(self, admin, notify):
        self.here, self.there = next(ACADEMIES), next(ACADEMIES)
        self.first, self.second = school(admin, self.here, 1), school(admin, self.here, 2)
        self.far = school(admin, self.there, 1)
        self.head = administrator(admin, self.here, (self.here, self.first))
        self.head_of_two = administrator(admin, self.here, (self.here, self.first), (self.here, self.second))
        self.delegate = administrator(admin, self.here, (self.here, self.first), role="delegue")
        self.integrator = administrator(admin, self.here, (self.here, None), role="integrateur")
        self.assistance = administrator(admin, self.here, (self.here, None), role="assistance")
        self.assistance_of_school = administrator(admin, self.here, (self.here, self.second), role="assistance")
        self.operator = administrator(admin, self.here, (None, None), role="exploitant")
        (self.account,) = admin.execute("insert into preau.account (academy, profile, login) values (%s, 'responsable', %s)"
                                        " returning id", (self.here, f"a.essai{self.here}")).fetchone()
        self.login = f"a.essai{self.here}"
        write(notify, self.here, by=self.head, action="batch_created", uai=self.first, trace=f"first {self.here}")
        write(notify, self.here, by=self.head_of_two, action="password_shown", uai=self.second, account=(self.here, self.account),
              trace=f"second {self.here}")
        write(notify, self.there, by=self.operator, action="batch_created", uai=self.far, trace=f"far {self.here}")
        write(notify, self.here, operator="root", action="import_approved", trace=f"academy {self.here}")

    def words(self, rows):
        return [row["trace"].split()[0] for row in rows if row["trace"].endswith(f" {self.here}")]


@pytest.fixture
def nation(admin, notify):
    return Nation(admin, notify)


def test_each_role_reads_what_it_answers_for(nation, read):
    assert nation.words(read(nation.head)) == ["first"]
    assert nation.words(read(nation.head_of_two)) == ["second", "first"]
    assert nation.words(read(nation.assistance)) == ["academy", "second", "first"]
    assert nation.words(read(nation.assistance_of_school)) == ["second"]
    assert nation.words(read(nation.operator)) == ["academy", "far", "second", "first"]
    assert nation.words(read(0, role="ctl")) == ["academy", "far", "second", "first"]
    for nobody in (nation.delegate, nation.integrator, 999999):
        assert read(nobody) == []


def test_who_is_disabled_reads_nothing(admin, nation, read):
    for one in (nation.head, nation.assistance, nation.operator):
        admin.execute("update preau.administrator set disabled_at = now() where id = %s", [one])
        assert read(one) == []


def test_filters_combine_and_never_widen(nation, read):
    actor = read(nation.assistance, action="batch_created")[0]["actor"]
    for reader in (nation.assistance, nation.operator):
        assert nation.words(read(reader, academy=nation.here, action="batch_created")) == ["first"]
        assert nation.words(read(reader, uai=nation.second)) == ["second"]
        assert nation.words(read(reader, actor=actor)) == ["first"]
        assert nation.words(read(reader, login=nation.login)) == ["second"]
        assert nation.words(read(reader, account_academy=nation.here, account=nation.account)) == ["second"]
        assert nation.words(read(reader, login=nation.login, actor=actor)) == []
        assert nation.words(read(reader, login="nobody")) == []
    assert read(nation.head, uai=nation.second) == [] and read(nation.head, login=nation.login) == []
    assert read(nation.assistance, uai=nation.far) == [] and read(nation.assistance, academy=nation.there) == []
    assert nation.words(read(nation.assistance, uai=nation.first, action="password_shown")) == []


def test_days_narrow(nation, read):
    first, last = (read(nation.assistance)[place]["at"] for place in (-1, 0))
    assert nation.words(read(nation.assistance, since=last)) == ["academy"]
    assert nation.words(read(nation.assistance, until=first)) == ["first"]
    assert nation.words(read(nation.assistance, since=first, until=last)) == ["academy", "second", "first"]


def test_pages_follow_one_another_also_when_times_are_the_same(admin, notify, nation, read):
    """Entries of one transaction in two chains, and of one instant."""
    for _ in range(3):
        notify.execute("begin")
        for chain in (nation.here, nation.there):
            write(notify, chain, trace=f"more {nation.here}")
        notify.execute("commit")
    whole = [(row["chain"], row["number"]) for row in read(nation.operator)]
    paged, place = [], {}
    while page := read(nation.operator, limit=2, **place):
        paged += [(row["chain"], row["number"]) for row in page]
        place = {"before_at": page[-1]["at"], "before_chain": page[-1]["chain"], "before_number": page[-1]["number"]}
    assert paged[:100] == whole[:100] and len(set(paged)) == len(paged)


def test_names_are_those_of_today_where_they_still_are(admin, nation, read):
    row = read(nation.assistance_of_school)[0]
    assert (row["name"], row["school"], row["login"]) == ("Essai", "École", nation.login)
    admin.execute("delete from preau.account where (academy, id) = (%s, %s)", (nation.here, nation.account))
    row = read(nation.assistance_of_school)[0]
    assert (row["login"], row["account_id"]) == ("", nation.account)
