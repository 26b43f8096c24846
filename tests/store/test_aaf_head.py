"""Accounts that follow AAF: which schools they have by it, under every role and state, after each change; and who may do what."""

import itertools
import threading

import psycopg
import pytest

ROLES = ("directeur", "delegue", "integrateur", "assistance", "exploitant")
ACADEMY, OTHER = 11, 12
HERE, BESIDE, FAR = "0110001A", "0110002B", "0120001L"
PERSON = 900


@pytest.fixture(scope="module")
def database(cluster, migrated):
    """Of its own: what is tried with two connections is committed."""
    return cluster.new_database("preau_aaf_head", template=migrated)


@pytest.fixture
def house(cluster, database):
    with cluster.connect(database) as connection:
        connection.execute("truncate preau.administrator, preau.academy cascade")
        connection.execute("insert into preau.academy values (11, 'Ici'), (12, 'Ailleurs')")
        for academy, number, uai in ((11, 1, HERE), (11, 2, BESIDE), (12, 1, FAR)):
            connection.execute("insert into preau.school (academy, uai, degree, name, kind, city) values (%s, %s, 2, 'x', 'x', 'x')",
                               (academy, uai))
            connection.execute("insert into preau.structure (academy, degree, number, uai, name, kind, city)"
                               " values (%s, 2, %s, %s, 'x', 'x', 'x')", (academy, number, uai))
        yield connection


def account(house, role="directeur", disabled=False):
    return house.execute("insert into preau.administrator (login, name, role, hash, disabled_at)"
                         " values (gen_random_uuid()::text, 'x', %s, 'x', %s) returning id",
                         (role, "2026-01-01" if disabled else None)).fetchone()[0]


def name(house, *structures, directs=(), academy=ACADEMY, degree=2, person=PERSON):
    house.execute("insert into preau.aaf_head values (%s, %s, %s, 'NOM', 'Lou', null, %s, %s)",
                  (academy, person, degree, list(structures), list(directs)))


def follow(house, number, academy=ACADEMY, person=PERSON):
    house.execute("insert into preau.administrator_aaf (administrator_id, academy, aaf_id) values (%s, %s, %s) on conflict"
                  " (administrator_id) do update set academy = excluded.academy, aaf_id = excluded.aaf_id", (number, academy, person))


def settle(house, academy=ACADEMY):
    house.execute("select preau.aaf_settle(%s::smallint)", (academy,))


def seen(house, number):
    return {uai for uai, in house.execute("select uai from preau.administered_school where administrator_id = %s", (number,))}


def test_heads_alone_and_only_while_their_account_is_open(house):
    name(house, 1)
    for role, disabled in itertools.product(ROLES, (False, True)):
        number = account(house, role, disabled)
        follow(house, number)
        assert seen(house, number) == ({HERE} if role == "directeur" and not disabled else set()), (role, disabled)
        house.execute("delete from preau.administrator_aaf")


def test_schools_are_those_of_both_attributes_and_both_degrees(house):
    number = account(house)
    follow(house, number)
    assert seen(house, number) == set()
    name(house, 1, directs=[1])
    house.execute("insert into preau.structure (academy, degree, number, uai, name, kind, city) values (11, 1, 7, %s, 'x', 'x', 'x')",
                  (BESIDE,))
    name(house, directs=[7], degree=1)
    settle(house)
    assert seen(house, number) == {HERE, BESIDE}


@pytest.mark.parametrize("change, left", [
    ("update preau.aaf_head set functions = '{2}'", {BESIDE}),
    ("update preau.aaf_head set functions = '{3}'", set()),  # of nothing that is here
    ("delete from preau.aaf_head", set()),
    ("update preau.structure set departed_at = now() where number = 1", set()),
    ("update preau.structure set uai = '0110002B' where number = 1", {BESIDE}),
    ("update preau.school set departed_at = now() where uai = '0110001A'", set()),
    ("update preau.administrator set role = 'delegue'", set()),
    ("update preau.aaf_head set degree = 1", set()),  # where no structure has this number
    ("update preau.aaf_head set academy = 12", set()),  # another academy's person of this number
])
def test_what_changes_is_followed_both_ways(house, change, left):
    number = account(house)
    name(house, 1)
    follow(house, number)
    house.execute("begin")
    house.execute(change)
    for academy in (ACADEMY, OTHER):
        settle(house, academy)
    assert seen(house, number) == left
    house.execute("rollback")
    settle(house)
    assert seen(house, number) == {HERE}


def test_a_binding_is_followed_at_once(house):
    number = account(house)
    name(house, 1)
    name(house, 1, academy=OTHER)
    follow(house, number)
    assert seen(house, number) == {HERE}
    follow(house, number, OTHER)
    assert seen(house, number) == {FAR}
    house.execute("delete from preau.administrator_aaf")
    assert seen(house, number) == set()


def test_nothing_is_written_that_is_so_already(house):
    number = account(house)
    name(house, 1, 2)
    follow(house, number)
    scopes = house.execute("select id, xmin::text, uai from preau.administrator_scope order by id").fetchall()
    settle(house)
    assert house.execute("select id, xmin::text, uai from preau.administrator_scope order by id").fetchall() == scopes


def test_an_operators_scopes_and_aafs_stand_beside_one_another(house):
    number = account(house)
    name(house, 1)
    follow(house, number)
    house.execute("insert into preau.administrator_scope (administrator_id, academy, uai) values (%s, 11, %s), (%s, 11, %s)",
                  (number, HERE, number, BESIDE))
    house.execute("delete from preau.aaf_head")
    settle(house)
    assert seen(house, number) == {HERE, BESIDE}
    assert house.execute("select count(*) from preau.administrator_scope where by_aaf").fetchone() == (0,)


def test_what_a_head_gives_counts_as_long_as_aaf_names_the_head(house):
    head, clerk = account(house), account(house, "delegue")
    name(house, 1)
    follow(house, head)
    house.execute("insert into preau.administrator_scope (administrator_id, academy, uai, from_at, until_at, giver_id)"
                  " values (%s, 11, %s, now() - interval '1 day', now() + interval '1 day', %s)", (clerk, HERE, head))
    assert seen(house, clerk) == {HERE}
    house.execute("update preau.aaf_head set functions = '{2}'")
    settle(house)
    assert seen(house, clerk) == set()
    house.execute("update preau.aaf_head set functions = '{1}'")
    settle(house)
    assert seen(house, clerk) == {HERE}


@pytest.mark.parametrize("wrong", [
    "update preau.administrator_scope set uai = null", "update preau.administrator_scope set by_portal = true",
    "insert into preau.administrator_aaf (administrator_id, academy, aaf_id) select max(id), 11, 900 from preau.administrator",
    "update preau.aaf_head set functions = '{}'",
])
def test_what_cannot_be(house, wrong):
    number = account(house)
    name(house, 1)
    follow(house, number)
    account(house)
    with pytest.raises(psycopg.errors.IntegrityError):
        house.execute(wrong)


def test_who_comes_while_an_import_ends_has_what_it_brings(cluster, database, house):
    """The account waits for the import, and sees what it wrote."""
    number = account(house)
    name(house, 1)
    with cluster.connect(database) as importing, cluster.connect(database) as binding:
        importing.execute("begin")
        importing.execute("update preau.aaf_head set functions = '{2}'")
        settle(importing)
        done = threading.Thread(target=follow, args=(binding, number))
        done.start()
        done.join(0.5)
        assert done.is_alive()
        importing.execute("commit")
        done.join(20)
        assert not done.is_alive()
    assert seen(house, number) == {BESIDE}


@pytest.mark.parametrize("role", ("notify", "stats", "portal", "ctl"))
def test_who_has_no_part_in_it_changes_nothing(cluster, database, house, role):
    for statement in ("select preau.aaf_settle(11::smallint)", "delete from preau.aaf_head", "delete from preau.administrator_aaf"):
        with cluster.connect(database, f"preau_{role}") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(statement)


def test_the_import_touches_no_scope_but_by_what_aaf_says(cluster, database, house):
    number = account(house)
    name(house, 1)
    follow(house, number)
    with cluster.connect(database, "preau_import") as connection:
        connection.execute("update preau.aaf_head set functions = '{2}'")
        settle(connection)
        for statement in ("delete from preau.administrator_scope", "delete from preau.administrator_aaf",
                          "insert into preau.administrator_scope (administrator_id, academy) select id, 11 from preau.administrator"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement)
    assert seen(house, number) == {BESIDE}
