"""What the tests of the store share. PREAU_BUILD names the folder that meson built in."""

import json
import os
import pathlib
import subprocess

import pytest

from loaded import loaded_at
from peers import previous
from peers.postgres import PostgresCluster

ROOT = pathlib.Path(__file__).resolve().parents[2]
PREVIOUS = previous.told().schema
BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))


@pytest.fixture(scope="session")
def tools():
    """The folder of the executables that these tests run."""
    folder = BUILD / "tests" / "store"
    assert (folder / "store-migrate").exists(), f"{folder}: build it first, or set PREAU_BUILD"
    return folder


@pytest.fixture(scope="session")
def cluster():
    cluster = PostgresCluster()
    yield cluster
    cluster.remove()


@pytest.fixture(scope="session")
def queries(tools):
    program = tools.parents[1] / "common" / "store" / "store-queries"
    output = subprocess.run([program], check=True, text=True, capture_output=True).stdout
    return json.loads(output)


@pytest.fixture(scope="session")
def migrate(tools, cluster):
    """migrate(database, user="postgres") → the finished process."""

    def run(database, user="postgres"):
        return subprocess.run([tools / "store-migrate", cluster.conninfo(database, user)], text=True,
                              capture_output=True, timeout=60)

    return run


@pytest.fixture(scope="session")
def migrated(cluster, migrate):
    """The name of a database that has the schema and nothing in it."""
    name = cluster.new_database("preau_migrated")
    done = migrate(name)
    assert done.returncode == 0, done.stderr
    return name


@pytest.fixture(scope="session")
def loaded(cluster):
    """The name of a database with many rows, at the schema of the previous release. It is a template: not to be changed."""
    return loaded_at(cluster, "preau_loaded", PREVIOUS)
