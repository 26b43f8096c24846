"""`preauctl migrate`, of the previous release's schema with many rows, while the desk works: nothing that is asked of the database waits for a
lock for a second, though somebody's long transaction stands in the way."""

import itertools
import json
import subprocess
import threading
import time

import psycopg
import pytest

from conftest import BUILD, PREVIOUS
from loaded import MIGRATIONS, number_of

VISITORS = 4
TRIES = 3  # a machine that stands still for a second is none of the migration's doing: it is looked at again, and a migration that blocks does it each time
DEAREST = 10_000  # of a plan: what costs more reads whole tables, since it is asked of nobody in particular; no visitor does
UNKNOWN_VALUE = "22P02"  # of an enumeration
# the long transaction, as if it had read each table: what is read is kept from being altered until it ends
LONG = """do $$ declare name regclass; begin
    for name in select oid from pg_class where relnamespace = 'preau'::regnamespace and relkind = 'r' and relname not like 'migration%' loop
        execute format('lock table %s in access share mode', name);
    end loop; end $$"""


@pytest.fixture(scope="module")
def desk(cluster, loaded, queries):
    """The house's own queries that can be asked of that schema, as their role asks them, and how each ends there: [(role, query, SQLSTATE)].
    Of nobody in particular, many change nothing, and some are refused for what they would store: the tables are locked for it all the same."""
    found = []
    connections = {}
    for query in queries:
        role = query["roles"].split()[0]
        if role not in ("portal", "link", "notify") or query["plain"]:
            continue
        if role not in connections:
            connections[role] = visitor(cluster, loaded, role)
        end, _ = asked(connections[role], query)
        if end[:2] != "42" and end != UNKNOWN_VALUE and (end != "00000" or cost(connections[role], query) < DEAREST):  # what it names is there
            found.append((role, query, end))
    for connection in connections.values():
        connection.close()
    assert len(found) > 120, len(found)
    return found


def visitor(cluster, name, role):
    connection = cluster.connect(name, f"preau_{role}")
    connection.execute("set search_path = ''; set lock_timeout = '1s'")
    return connection


def asked(connection, query):
    """How it ended: (SQLSTATE, text). What it changes is taken back."""
    try:
        executed(connection, query)
    except psycopg.Error as error:
        return error.sqlstate, str(error)
    return "00000", ""


def cost(connection, query):
    return executed(connection, query, "explain (format json) ")[0][0]["Plan"]["Total Cost"]


def executed(connection, query, how=""):
    """Its first row."""
    arguments = ", ".join(["null"] * query["parameters"])
    types = f"({query['types']})" if query["types"] else ""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(f"prepare probe {types} as {query['text']}")
            answer = connection.execute(f"{how}execute probe" + (f"({arguments})" if arguments else ""))
            return answer.fetchone() if answer.description else None
    finally:
        connection.execute("deallocate all")


class Traffic:
    """Visitors who ask one query after another, until it is enough."""

    def __init__(self, cluster, name, desk):
        self.is_enough, self.asked, self.wrong = False, 0, []
        self.threads = [threading.Thread(target=self._visit, args=(cluster, name, desk[part::VISITORS])) for part in range(VISITORS)]

    def _visit(self, cluster, name, part):
        connections = {role: visitor(cluster, name, role) for role in {role for role, _, _ in part}}
        for role, query, end in itertools.cycle(part):
            if self.is_enough:
                break
            now, why = asked(connections[role], query)
            self.asked += 1
            if now != end:
                self.wrong.append(f"{query['name']}: {now} instead of {end}: {why}")
        for connection in connections.values():
            connection.close()

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.is_enough = True
        for thread in self.threads:
            thread.join()


def migrate(cluster, name, config):
    config.write_text(f'database {{\n    conninfo = "{cluster.conninfo(name)}"\n    owner_conninfo = "{cluster.conninfo(name, "postgres")}"\n}}\n')
    return subprocess.Popen([BUILD / "daemons/ctl/preauctl", "--config", config, "migrate", "--json"], text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def migrated_beside(cluster, loaded, desk, folder):
    """(what the migration said on standard error, what went wrong for the visitors)"""
    name = cluster.new_database("preau_beside", template=loaded)
    with Traffic(cluster, name, desk) as traffic, psycopg.connect(cluster.conninfo(name, "postgres"), application_name="long report") as long:
        long.execute(LONG)
        migration = migrate(cluster, name, folder / "preau.conf")
        said = migration.stderr.readline()  # that somebody stands in its way
        asked = traffic.asked
        while migration.poll() is None and traffic.asked < asked + 100:
            time.sleep(0.05)
        assert migration.poll() is None, "it did not wait"
        long.commit()
        out, err = migration.communicate(timeout=120)
        asked = traffic.asked
        while traffic.asked < asked + len(desk):  # each once more, on the schema that is
            time.sleep(0.05)
    said += err
    assert migration.returncode == 0, said
    assert [one["number"] for one in json.loads(out)["applied"]] == [number_of(file) for file in MIGRATIONS if number_of(file) > PREVIOUS]
    return said, traffic.wrong


def test_nothing_that_the_desk_asks_waits_for_a_second(cluster, loaded, desk, tmp_path):
    tries = []
    for _ in range(TRIES):
        said, wrong = migrated_beside(cluster, loaded, desk, tmp_path)
        assert "est tenu par long report" in said.splitlines()[0]
        if not wrong and "défaite" not in said:
            return
        tries.append("\n".join([said, *wrong[:20]]))
    pytest.fail("\n---\n".join(tries))
