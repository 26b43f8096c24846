"""The numbered migrations: applied once, in order, under a lock, and never changed afterwards."""

import threading

import psycopg
import pytest

from loaded import MIGRATIONS, number_of, schema_at


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


def test_joins_of_before_are_those_that_are_whole(cluster, empty):
    """0036: of the accounts that a registration joined, not those of which a record was parted since, which are open again, nor those that are erased."""
    with cluster.connect(schema_at(cluster, empty, 35)) as connection:
        connection.execute("""
            insert into preau.academy (code, name) values (24, 'Essai');
            insert into preau.account (academy, profile, login, closed_at)
            select 24, 'responsable', login, closed_at
              from (values ('a.stays1', null), ('b.whole2', now()), ('c.opened3', null)) as v(login, closed_at);
            insert into preau.account_merge (academy, degree, aaf_id, from_academy, from_account, into_academy, into_account, evidence,
                                             merged_at, undone_at, undone_by)
            select 24, 2, v.aaf_id, 24, coalesce(f.id, 999999), 24, i.id, v.evidence, v.merged_at::timestamptz, v.undone_at, case when v.undone_at is not null then 'essai' end
              from (values (1, 'b.whole2', 'same_mobile', '2026-09-01', null::timestamptz), (2, 'b.whole2', 'same_mobile', '2026-09-01', null),
                           (3, 'c.opened3', 'same_mobile', '2026-09-02', null), (4, 'c.opened3', 'same_mobile', '2026-09-02', now()),
                           (5, 'erased', 'same_mobile', '2026-09-03', null), (6, 'b.whole2', 'same_contact', '2026-09-04', null))
                   as v(aaf_id, login, evidence, merged_at, undone_at)
              left join preau.account f on f.login = v.login
              join preau.account i on i.login = 'a.stays1'""")
        connection.execute(next(file for file in MIGRATIONS if number_of(file) == 36).read_text())
        joins = connection.execute("select j.id, f.login, i.login, j.evidence from preau.account_join j"
                                   " join preau.account f on f.id = j.from_account join preau.account i on i.id = j.into_account").fetchall()
        records = connection.execute("select aaf_id, join_id from preau.account_merge order by aaf_id").fetchall()
    ((number, *told),) = joins
    assert told == ["b.whole2", "a.stays1", "same_mobile"]
    assert records == [(1, number), (2, number), (3, None), (4, None), (5, None), (6, None)]
