"""The numbered migrations: applied once, in order, under a lock, and never changed afterwards."""

import threading

import psycopg
import pytest


@pytest.fixture
def empty(cluster, request):
    return cluster.new_database("preau_empty")


def applied(cluster, database):
    with cluster.connect(database) as connection:
        return connection.execute("select number, name from preau.migration order by number").fetchall()


def test_an_empty_database_gets_them_all(cluster, migrate, empty):
    done = migrate(empty)
    assert done.returncode == 0, done.stderr
    numbers = [number for number, _ in applied(cluster, empty)]
    assert numbers and numbers == list(range(1, len(numbers) + 1))


def test_a_second_run_changes_nothing(cluster, migrate, empty):
    migrate(empty)
    before = applied(cluster, empty)
    with cluster.connect(empty) as connection:
        (stamp,) = connection.execute("select max(applied_at) from preau.migration").fetchone()
    done = migrate(empty)
    assert done.returncode == 0, done.stderr
    assert applied(cluster, empty) == before
    with cluster.connect(empty) as connection:
        assert connection.execute("select max(applied_at) from preau.migration").fetchone() == (stamp,)


@pytest.mark.parametrize("damage, says", [
    ("update preau.migration set checksum = repeat('0', 64) where number = 1", "0001"),
    ("update preau.migration set name = 'another' where number = 1", "0001"),
    ("update preau.migration set number = number + 1000 where number = 1", "1"),
    ("insert into preau.migration (number, name, checksum, duration) values (9999, 'later', repeat('0', 64), '1 s')", "9999"),
])
def test_a_history_that_differs_is_refused(cluster, migrate, empty, damage, says):
    migrate(empty)
    with cluster.connect(empty) as connection:
        connection.execute(damage)
        before = connection.execute("select * from preau.migration order by number").fetchall()
    done = migrate(empty)
    assert done.returncode == 1
    assert says in done.stderr
    with cluster.connect(empty) as connection:
        assert connection.execute("select * from preau.migration order by number").fetchall() == before


def test_two_at_a_time_apply_each_migration_once(migrate, cluster, empty):
    results = []
    threads = [threading.Thread(target=lambda: results.append(migrate(empty))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.returncode for done in results] == [0, 0, 0], [done.stderr for done in results]
    numbers = [number for number, _ in applied(cluster, empty)]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_lock_that_is_held_ends_the_wait_with_a_reason(cluster, migrate, empty):
    """A run that nobody can finish says so within a bound; it does not hang the queue of all who come after."""
    migrate(empty)
    with cluster.connect(empty) as holder:
        key = migrate_lock_key(cluster, migrate, empty)
        holder.execute("select pg_advisory_lock(%s)", [key])
        done = migrate(empty)
        assert done.returncode == 1
        assert "lock" in done.stderr


def migrate_lock_key(cluster, migrate, database):
    """The key of the advisory lock, seen while a run waits behind a table lock."""
    with cluster.connect(database) as blocker, cluster.connect(database) as watcher:
        blocker.execute("begin; lock table preau.migration in access exclusive mode")
        thread = threading.Thread(target=migrate, args=(database,))
        thread.start()
        try:
            while True:
                row = watcher.execute("select (classid::bigint << 32) | objid::bigint from pg_locks "
                                      "where locktype = 'advisory' and granted").fetchone()
                if row:
                    return row[0]
        finally:
            blocker.execute("rollback")
            thread.join()


def test_a_role_without_the_right_is_told_so(migrate, cluster, empty):
    migrate(empty)
    with cluster.connect(empty) as admin:
        admin.execute("delete from preau.migration")
    done = migrate(empty, user="preau_portal")
    assert done.returncode == 1
    assert "42501" in done.stderr


def test_every_role_of_the_daemons_is_there(cluster, migrated):
    with cluster.connect(migrated) as connection:
        roles = connection.execute("select rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin from pg_roles "
                                   "where rolname like 'preau\\_%' order by 1").fetchall()
    assert [role for role, *_ in roles] == [
        "preau_ctl", "preau_import", "preau_link", "preau_notify", "preau_portal", "preau_stats"]
    assert all(rights == [False, False, False, True] for _, *rights in roles)


def test_no_role_may_change_the_history(cluster, migrated):
    for role in ("import", "notify", "link", "stats", "portal", "ctl"):
        with cluster.connect(migrated, f"preau_{role}") as connection:
            assert connection.execute("select count(*) from preau.migration").fetchone()[0] >= 1
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute("delete from preau.migration")
