"""preauctl database init prepares a bare PostgreSQL for Préau, changes nothing the second time, and refuses what it cannot make good."""

import json
import os
import pathlib
import re
import subprocess

import psycopg
import pytest

from peers.postgres import PostgresCluster

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))
ROLES = [f"preau_{name}" for name in ("import", "notify", "link", "stats", "portal", "ctl")]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """Where nothing of Préau is yet."""
    cluster = PostgresCluster(tmp_path_factory.mktemp("bare"))
    yield cluster
    cluster.remove()


@pytest.fixture(autouse=True)
def bare(server):
    with server.connect() as admin:
        for (name,) in admin.execute("select datname from pg_database where datname like 'preau%'").fetchall():
            admin.execute(f'drop database "{name}" with (force)')
        for (name,) in admin.execute("select rolname from pg_roles where rolname <> 'postgres' and rolname !~ '^pg_'").fetchall():
            admin.execute(f'drop role "{name}"')


def run(conninfo, *arguments):
    return subprocess.run([BUILD / "daemons/ctl/preauctl", "database", "init", *arguments], text=True, capture_output=True, timeout=120,
                          env={**os.environ, "PREAU_DATABASE_OWNER_CONNINFO": conninfo})


def init(server, *arguments, user="postgres"):
    return run(server.conninfo("preau", user), *arguments)


def told(server, *arguments):
    done = init(server, "--json", *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


def outcomes(answer, what):
    return {step["name"]: step["outcome"] for step in answer["steps"] if step["what"] == what}


def refused(server, *arguments, user="postgres"):
    done = init(server, "--json", *arguments, user=user)
    assert done.returncode == 1, done.stdout
    return json.loads(done.stdout)["error"]


def is_untouched(server):
    with server.connect() as admin:
        return admin.execute("select (select count(*) from pg_roles where rolname like 'preau%' and not rolsuper)"
                             " + (select count(*) from pg_database where datname = 'preau')").fetchone() == (0,)


def test_a_bare_server_is_made_ready(server):
    answer = told(server)
    assert answer["changed"] and outcomes(answer, "role") == dict.fromkeys(ROLES, "done")
    assert outcomes(answer, "database") == {"preau": "done"} and len(outcomes(answer, "migration")) == answer["schema"]
    with server.connect("preau") as owner:
        assert owner.execute("select pg_encoding_to_char(encoding), datcollate from pg_database where datname = 'preau'").fetchone() == ("UTF8", "C.UTF-8")
        assert owner.execute("select count(*) from preau.migration").fetchone() == (answer["schema"],)
        assert owner.execute("select bool_or(rolsuper or rolcreaterole or rolcreatedb) from pg_roles where rolname like 'preau%'").fetchone() == (False,)
    for role in ROLES:
        with server.connect("preau", role) as daemon:
            assert daemon.execute("select max(number) from preau.migration").fetchone() == (answer["schema"],)
    with server.connect("preau", "preau_import") as importd:
        importd.execute("create temporary table made (n integer)")
    with server.connect("preau", "preau_stats") as statsd, pytest.raises(psycopg.errors.InsufficientPrivilege):
        statsd.execute("create temporary table made (n integer)")


def test_whoever_is_not_ours_is_not_let_in(server):
    told(server)
    with server.connect() as admin:
        admin.execute("create role stranger login")
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        server.connect("preau", "stranger")


def test_a_second_time_nothing_changes_and_it_says_so(server):
    told(server)
    answer = told(server)
    assert not answer["changed"] and {step["outcome"] for step in answer["steps"]} == {"kept"}
    assert init(server).stdout.splitlines()[-1] == "Rien à faire : la base est prête."


def test_a_dry_run_does_nothing(server):
    answer = told(server, "--dry-run")
    assert answer["dry_run"] and not answer["changed"]
    assert outcomes(answer, "role") == dict.fromkeys(ROLES, "wanted") and outcomes(answer, "database") == {"preau": "wanted"}
    assert is_untouched(server)
    assert init(server, "--dry-run").stdout.splitlines()[-1] == "Essai : rien n’a été changé."
    told(server)
    assert {step["outcome"] for step in told(server, "--dry-run")["steps"]} == {"kept"}


def test_what_is_there_is_completed(server):
    """A run that ended after the database, one role there, another that may not log in."""
    with server.connect() as admin:
        admin.execute("create role preau_link login")
        admin.execute("create role preau_ctl")
        admin.execute("create database preau template template0 encoding 'UTF8'")
        admin.execute("revoke all on database preau from public")
    answer = told(server, "--dry-run")
    assert outcomes(answer, "login") == {"preau_ctl": "wanted"} and outcomes(answer, "entrance") == dict.fromkeys(ROLES, "wanted")
    answer = told(server)
    assert outcomes(answer, "role") == {**dict.fromkeys(set(ROLES) - {"preau_ctl"}, "done"), "preau_link": "kept"}
    assert outcomes(answer, "login") == {"preau_ctl": "done"}
    assert outcomes(answer, "database") == {"preau": "kept"}
    assert outcomes(answer, "entrance") == dict.fromkeys(ROLES, "done")
    server.connect("preau", "preau_ctl").close()


def test_a_database_that_is_not_closed_yet_is_closed_before_anybody_comes_in(server):
    """A run that ended in the middle: until then it lets nobody in."""
    with server.connect() as admin:
        admin.execute("create database preau template template0 encoding 'UTF8' locale 'C.UTF-8' allow_connections false")
    assert outcomes(told(server, "--dry-run"), "database") == {"preau": "wanted"}
    assert outcomes(told(server), "database") == {"preau": "done"}
    with server.connect() as admin:
        assert admin.execute("select datallowconn, has_database_privilege('public', oid, 'connect') from pg_database where datname = 'preau'").fetchone() \
            == (True, False)


def test_a_role_that_may_create_is_enough_and_owns_the_database(server):
    with server.connect() as admin:
        admin.execute("create role owner login createrole createdb")
    done = init(server, user="owner")
    assert done.returncode == 0, done.stderr
    with server.connect() as admin:
        assert admin.execute("select pg_get_userbyid(datdba) from pg_database where datname = 'preau'").fetchone() == ("owner",)


@pytest.mark.parametrize("before, user, words", [
    ("create role preau_portal login superuser", "postgres", "preau_portal is there and may administer the server"),
    ("create database preau template template0 encoding 'SQL_ASCII' locale 'C'", "postgres", "preau is there with the encoding SQL_ASCII"),
    ("create role weak login", "weak", "weak may not create roles and databases"),
])
def test_it_refuses_before_it_changes_anything(server, before, user, words):
    with server.connect() as admin:
        admin.execute(before)
    error = refused(server, user=user)
    assert words in error["message"] and error["hint"] and error["code"] == "config"
    with server.connect() as admin:
        assert admin.execute("select count(*) from pg_roles where rolname like 'preau%' and not rolsuper").fetchone() == (0,)


def test_a_conninfo_without_a_database_is_refused(server):
    done = run(f"host={server.sockets} user=postgres", "--json")
    assert done.returncode == 1 and "names no database" in json.loads(done.stdout)["error"]["message"]


def test_without_a_server_it_ends_with_3(tmp_path):
    done = run(f"host={tmp_path} dbname=preau", "--json")
    assert done.returncode == 3 and json.loads(done.stdout)["error"]["code"] == "unavailable"


# --- settings ---


def test_postgresql_takes_the_settings_that_are_advised(server):
    printed = run("", "--print-settings", "--accounts", "50000", "--memory", "2").stdout
    conf, hba, ident = re.split(r"^# --- pg_\w+\.conf.*$", printed, flags=re.M)
    names = re.findall(r"^(\w+) = ", conf, re.M)
    assert {"shared_buffers", "max_connections", "max_wal_size", "fsync"} <= set(names)
    assert "archive_mode" not in names, "without a command, which the backup brings, the disk would be filled"
    for line, name in zip(conf.splitlines(), conf.splitlines()[1:]):
        assert not re.match(r"\w+ = ", name) or line.startswith("# "), f"{name}: a reason is wanted"
    with server.connect() as admin:
        for name, value in re.findall(r"^(\w+) = '?(.*?)'?$", conf, re.M):
            admin.execute(f"alter system set {name} = '{value}'")  # which looks at the value
            admin.execute(f"alter system reset {name}")
    shipped = [(ROOT / f"deploy/postgresql/{name}").read_text() for name in ("pg_hba.conf", "pg_ident.conf")]
    rules = [[line.split() for line in text.splitlines() if line.strip() and not line.startswith("#")] for text in (hba, ident, *shipped)]
    assert rules[0] == rules[2] and rules[1] == rules[3], "what the packages bring and what is printed are the same"


@pytest.mark.parametrize("accounts, memory, words", [
    ("30000000", "64", ["shared_buffers = 16GB", "max_wal_size = 8GB", "autovacuum_vacuum_scale_factor = 0.02", "vm.nr_hugepages = 9011"]),
    ("50000", "2", ["shared_buffers = 512MB", "max_wal_size = 2GB"]),
])
def test_settings_follow_the_size(accounts, memory, words):
    printed = run("", "--print-settings", "--accounts", accounts, "--memory", memory).stdout
    assert [word for word in words if word not in printed] == []
    assert ("autovacuum" in printed) == (accounts == "30000000")


@pytest.mark.parametrize("arguments", [["--accounts", "many"], ["--memory", "0"], ["--json"]])
def test_sizes_that_are_none(arguments):
    done = run("", "--print-settings", *arguments)
    assert done.returncode == 2
