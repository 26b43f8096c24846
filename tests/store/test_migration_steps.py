"""How a migration is applied while others work, by the runner over migrations of its own (tests/store/migrations)."""

import subprocess
import threading
import time

import psycopg
import pytest

from loaded import LANDED, MIGRATIONS, number_of, steps_of

BEFORE_STEPS = """
    drop index if exists preau.desk_by_mail;
    alter table preau.desk drop column more, drop column filled;
    comment on table preau.desk is null;
    delete from preau.migration where number > 1;
"""


class Run:
    """store-migrate-steps under way, what it says on stderr line by line."""

    def __init__(self, program, conninfo):
        self.process = subprocess.Popen([program, conninfo], text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.said = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.process.stderr:
            self.said.append(line)

    def until_said(self, word, seconds=30):
        end = time.monotonic() + seconds
        while not any(word in line for line in self.said):
            assert time.monotonic() < end and self.process.poll() is None, f"« {word} » was not said: {self.said}"
            time.sleep(0.02)
        return next(line for line in self.said if word in line)

    def ended(self, seconds=60):
        code = self.process.wait(seconds)
        self.close()
        return code, "".join(self.said)

    def close(self):
        self.process.kill()
        self.process.wait()
        self.reader.join()
        self.process.stderr.close()


@pytest.fixture
def desk(cluster, tools):
    """A database where only 0001 is applied."""
    name = cluster.new_database("preau_steps")
    code, said = Run(tools / "store-migrate-steps", cluster.conninfo(name, "postgres")).ended()
    assert code == 0, said
    with cluster.connect(name) as connection:
        connection.execute(BEFORE_STEPS)
    return name


@pytest.fixture
def run(cluster, tools, desk):
    runs = []

    def begin():
        runs.append(Run(tools / "store-migrate-steps", cluster.conninfo(desk, "postgres")))
        return runs[-1]

    yield begin
    for one in runs:
        one.close()


def applied(cluster, desk):
    with cluster.connect(desk) as connection:
        return [number for number, in connection.execute("select number from preau.migration order by number")]


def test_steps_of_every_kind_are_applied_and_nothing_is_left_of_them(cluster, desk, run):
    code, said = run().ended()
    assert code == 0, said
    assert applied(cluster, desk) == [1, 2, 3]
    with cluster.connect(desk) as connection:
        assert connection.execute("select count(*), count(filled) from preau.desk").fetchone() == (25, 25)
        assert connection.execute("select indisvalid from pg_index where indexrelid = 'preau.desk_by_mail'::regclass").fetchone() == (True,)
        assert connection.execute("select obj_description('preau.desk'::regclass)").fetchone() == ("whole",)
        assert connection.execute("select from preau.migration_step").fetchone() is None


def test_what_is_repeated_is_a_transaction_each_time(cluster, desk, run):
    code, said = run().ended()
    assert code == 0, said
    with cluster.connect(desk) as connection:
        (writers,) = connection.execute("select count(distinct xmin::text) from preau.desk").fetchone()
    assert writers == 3  # of 25 rows, ten at a time


def test_a_run_goes_on_at_the_step_that_failed(cluster, desk, run):
    """Two of one address: the index cannot be made, and half of one is left behind."""
    with cluster.connect(desk) as connection:
        connection.execute("update preau.desk set mail = 'p1@example.net' where id = 2")
        code, said = run().ended()
        assert code == 1 and "23505" in said and "0003_steps" in said
        assert applied(cluster, desk) == [1, 2]
        assert connection.execute("select array_agg(step order by step) from preau.migration_step where number = 3").fetchone() == ([1, 2],)
        assert connection.execute("select indisvalid from pg_index where indexrelid = 'preau.desk_by_mail'::regclass").fetchone() == (False,)
        connection.execute("update preau.desk set mail = 'p2@example.net' where id = 2")
        code, said = run().ended()
        assert code == 0, said
        assert connection.execute("select indisvalid from pg_index where indexrelid = 'preau.desk_by_mail'::regclass").fetchone() == (True,)
    assert applied(cluster, desk) == [1, 2, 3]


def test_half_of_another_text_is_refused(cluster, desk, run):
    with cluster.connect(desk) as connection:
        connection.execute("insert into preau.migration_step (number, checksum, step) values (3, repeat('0', 64), 1)")
        code, said = run().ended()
    assert code == 1 and "half of it was applied" in said
    assert applied(cluster, desk) == [1, 2]


def test_a_long_transaction_keeps_the_migration_waiting_and_nobody_else(cluster, desk, run):
    """The migration wants the table alone, behind somebody who reads it: it would make all who come after wait behind it."""
    with psycopg.connect(cluster.conninfo(desk, "postgres"), application_name="long report") as reader, cluster.connect(desk) as other:
        reader.execute("select from preau.desk")
        (pid,) = reader.execute("select pg_backend_pid()").fetchone()
        migration = run()
        line = migration.until_said("waits 0002_column")
        assert f" {pid} long report preau.desk" in line
        other.execute("set lock_timeout = '1s'")
        for _ in range(20):
            other.execute("select count(*) from preau.desk")  # LockNotAvailable: it waited behind the migration
            time.sleep(0.05)
        assert migration.process.poll() is None
        reader.rollback()
        code, said = migration.ended()
    assert code == 0, said
    assert applied(cluster, desk) == [1, 2, 3]


def test_whoever_is_never_let_in_is_told_who_holds_the_lock(cluster, desk, run):
    with psycopg.connect(cluster.conninfo(desk, "postgres"), application_name="long report") as reader:
        reader.execute("select from preau.desk")
        (pid,) = reader.execute("select pg_backend_pid()").fetchone()
        code, said = run().ended()
        reader.rollback()
    assert code == 1 and "55P03" in said and f"process {pid} (long report) holds it" in said
    assert applied(cluster, desk) == [1]


def test_a_migration_that_makes_others_wait_is_undone_for_them(cluster, desk, run):
    """It would hold the table for half a minute: whoever comes meanwhile is let through long before, each time."""
    with cluster.connect(desk) as connection, cluster.connect(desk) as other:
        connection.execute("insert into preau.slow values (30)")
        migration = run()
        begun = time.monotonic()
        while migration.process.poll() is None:
            other.execute("select count(*) from preau.desk")
            time.sleep(0.01)
        took = time.monotonic() - begun
        code, said = migration.ended()
        assert code == 1 and "others waited for it too long" in said and "while the daemons are stopped" in said
        assert said.count("disturbs 0002_column") == 2 and "preau.desk" in said  # the third time is the last
        assert took < 25, "they waited for its end"
        assert connection.execute("select from pg_attribute where attrelid = 'preau.desk'::regclass and attname = 'more' "
                                  "and not attisdropped").fetchone() is None
    assert applied(cluster, desk) == [1]


def test_nobody_there_to_wait_it_takes_its_time(cluster, desk, run):
    with cluster.connect(desk) as connection:
        connection.execute("insert into preau.slow values (1.5)")
    code, said = run().ended()
    assert code == 0 and "disturbs" not in said
    assert applied(cluster, desk) == [1, 2, 3]


@pytest.mark.parametrize("text, says", [
    ("-- step: outside\nselect 1;", "-- step"),
    ("-- step: outside of a transaction\ncreate index concurrently a on preau.b (c);", "if not exists"),
    ("-- step: outside of a transaction\nvacuum preau.b;", "concurrently"),
    ("-- step: repeated\nupdate a set b = 1; update a set c = 1;", "one statement"),
    ("select 1;\n-- step\n-- nothing\n", "without a statement"),
])
def test_a_step_that_cannot_be_is_refused_when_it_is_built(text, says):
    with pytest.raises(SystemExit, match=says):
        steps_of("0099_trial.sql", text)


def test_landed_migrations_are_one_transaction_each():
    for file in MIGRATIONS:
        if number_of(file) <= LANDED:
            assert [kind for kind, _, _ in steps_of(file.name, file.read_text())] == ["MIGRATION_TRANSACTION"], file.name
