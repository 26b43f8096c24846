"""Runs the C tests of the pool and of the session against a PostgreSQL of their own, which they may break."""

import os
import shlex
import subprocess

import pytest

from peers.postgres import PostgresCluster


@pytest.fixture(scope="module")
def own_cluster():
    cluster = PostgresCluster()
    yield cluster
    cluster.remove()


@pytest.mark.parametrize("program", ["test-store-pool", "test-store-session"])
def test_program(own_cluster, tools, program):
    database = own_cluster.new_database("preau_probe")
    empty = own_cluster.new_database("preau_probe_empty")
    conninfo = own_cluster.conninfo(database, "postgres")
    subprocess.run([tools / "store-migrate", conninfo], check=True, capture_output=True)
    with own_cluster.connect(database) as admin:
        admin.execute("create schema probe; create table probe.counter (count bigint); insert into probe.counter values (0);"
                      "create table probe.late (number bigint unique deferrable initially deferred)")
    done = subprocess.run([tools / program], text=True, capture_output=True, timeout=300, env={
        **os.environ,
        "PREAU_TEST_CONNINFO": conninfo,
        "PREAU_TEST_EMPTY": own_cluster.conninfo(empty, "postgres"),
        "PREAU_TEST_RESTART": shlex.join(own_cluster.restart_command()),
    })
    assert done.returncode == 0, done.stdout + done.stderr
