"""preauctl answers for people and for programs, and its exit code says how it went."""

import json
import os
import subprocess

import pytest

from peers.site import ROOT

HEAD = ("--role", "directeur", "--name", "Ève Martin")


def school_of(academy):
    return next(row for row in academy.truth if row["type"] == "school")["uai"]


def error_of(done):
    """The error of --json, which is all that is printed."""
    assert done.stderr == ""
    return json.loads(done.stdout)["error"]


# the command line


def run(program, *arguments, **variables):
    return subprocess.run([program, *arguments], text=True, capture_output=True, timeout=30, env={**os.environ, **variables})


@pytest.fixture(scope="session")
def preauctl(site):
    return site.build / "daemons/ctl/preauctl"


@pytest.mark.parametrize("arguments", [
    [], ["dance"], ["import"], ["import", "dance"], ["--dance"], ["status", "--dance"], ["status", "more"], ["key", "generate"],
    ["import", "approve", "x"], ["import", "reject"], ["import", "unmerge", "0"],
    ["import", "run", "--academy", "lyon"], ["import", "run", "--academy", "0"], ["import", "report", "x"],
    ["key", "generate", "dance"], ["admin", "add", "x", "--role", "directeur", "--name", "X"],
    ["admin", "add", "x", "--role", "dancer", "--name", "X", "--nation"],
    ["admin", "add", "x", "--role", "directeur", "--name", "X", "--school", "0690001X"],
])
def test_a_wrong_line_ends_with_2_and_a_reason(site, arguments):
    done = site.run_ctl(*arguments)
    assert done.returncode == 2
    assert done.stderr and not done.stdout


@pytest.mark.parametrize("arguments", [["--help"], ["help"], ["import", "run", "--help"], ["status", "-h"]])
def test_help_is_in_french_and_ends_with_0(preauctl, arguments):
    done = run(preauctl, *arguments)
    assert done.returncode == 0 and not done.stderr
    assert "Usage : preauctl" in done.stdout and "Codes : 0 fait" in done.stdout


def test_version(preauctl):
    assert run(preauctl, "--version").stdout.startswith("preauctl ")


def test_every_command_is_in_the_manual(preauctl):
    manual = (ROOT / "docs/operators/preauctl.md").read_text()
    commands = [line.strip().split(" ")[:2] for line in run(preauctl, "--help").stdout.splitlines()
                if line.startswith("  ") and line[2].isalpha()]
    assert len(commands) > 8
    for words in commands:
        assert f"| `{' '.join(word for word in words if word.islower() and '|' not in word)}" in manual


# passwords


def test_lists_become_the_file_of_known_passwords(preauctl, tmp_path):
    (tmp_path / "one").write_bytes("#!comment: whose it is\nSoleil\n\nazerty123\r\nété\n".encode() + b"\xff\xfe\xff\xfe\n")
    (tmp_path / "two").write_text("marguerite\n")
    told = run(preauctl, "passwords", "build", tmp_path / "known", tmp_path / "one", tmp_path / "two", "--json")
    assert json.loads(told.stdout) == {"file": str(tmp_path / "known"), "words": 3, "left_out": 2}
    assert (tmp_path / "known").read_bytes().startswith(b"preau-words-1\n")


@pytest.mark.parametrize("content, code", [(None, 3), ("ab\n", 1)])
def test_lists_that_give_nothing_leave_the_file_as_it_was(preauctl, tmp_path, content, code):
    (tmp_path / "known").write_text("before")
    if content:
        (tmp_path / "list").write_text(content)
    done = run(preauctl, "passwords", "build", tmp_path / "known", tmp_path / "list")
    assert done.returncode == code and done.stderr
    assert (tmp_path / "known").read_text() == "before"


def test_calibration_proposes_what_this_machine_does_in_time(site, preauctl):
    told = site.ctl("crypto", "calibrate", "--target", "5000", "--memory", "32", json_answer=True)
    assert told["within_target"] and 8 <= told["memory_mib"] <= 16, "two at once have 32 Mio"
    assert 2 <= told["operations"] <= 20 and told["per_second"] > 0
    settings = site.ctl("crypto", "calibrate", "--target", "5000", "--memory", "32")
    assert "argon2_memory = " in settings and "argon2_operations = " in settings


# configuration


def test_a_wrong_configuration_ends_with_78_and_its_place(preauctl, tmp_path):
    wrong = tmp_path / "wrong.conf"
    wrong.write_text('bus {\n    timeout = "soon"\n}\n')
    done = run(preauctl, "--config", wrong, "import", "list")
    assert done.returncode == 78
    assert f"{wrong}:2" in done.stderr and "bus.timeout" in done.stderr


def test_config_check_tells_every_fault(preauctl, tmp_path):
    wrong = tmp_path / "wrong.conf"
    wrong.write_text('bus {\n    timeout = "soon"\n}\nlog {\n    level = "loud"\n}\n')
    done = run(preauctl, "--config", wrong, "config", "check", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1 and told["correct"] is False
    assert ["bus.timeout" in told["problems"][0], "log.level" in told["problems"][1]] == [True, True]


def test_config_check_of_a_right_one(site):
    assert site.ctl("config", "check") == "configuration correcte\n"
    assert site.ctl("config", "check", json_answer=True) == {"correct": True, "problems": []}


def test_config_show_tells_values_and_where_they_come_from(site):
    keys = {one["key"]: one for one in site.ctl("config", "show", json_answer=True)["keys"]}
    assert keys["statistics.time"] == {"key": "statistics.time", "value": "05:00", "origin": "default"}
    assert keys["keys.directory"]["value"] == str(site.folder / "keys")
    assert keys["keys.directory"]["origin"].startswith(str(site.config))
    assert f"keys.directory = {site.folder}/keys" in site.ctl("config", "show")


def test_the_environment_wins_over_the_file(preauctl, site):
    done = run(preauctl, "--config", site.config, "config", "show", PREAU_LOG_LEVEL="debug")
    assert "log.level = debug  # PREAU_LOG_LEVEL" in done.stdout


# migrate and key


def test_migrate_a_second_time_changes_nothing(site):
    told = site.ctl("migrate", json_answer=True)
    assert told["applied"] == [] and told["schema"] > 0
    assert "à jour" in site.ctl("migrate")


def test_migrate_an_empty_database_tells_each_migration(site):
    conninfo = site.postgres.conninfo(site.postgres.new_database("preau_ctl_empty"), "postgres")
    preauctl = site.build / "daemons/ctl/preauctl"
    done = run(preauctl, "--config", site.config, "migrate", "--json", PREAU_DATABASE_OWNER_CONNINFO=conninfo)
    told = json.loads(done.stdout)
    assert done.returncode == 0
    assert [one["number"] for one in told["applied"]] == list(range(1, told["schema"] + 1))


def test_migrate_without_a_server_ends_with_3(preauctl, tmp_path):
    done = run(preauctl, "migrate", "--json", PREAU_DATABASE_OWNER_CONNINFO=f"host={tmp_path} dbname=preau")
    assert done.returncode == 3
    assert error_of(done)["code"] == "unavailable"


def test_a_key_more_has_the_next_number(preauctl, tmp_path):
    told = [json.loads(run(preauctl, "key", "generate", "sealing", "--json", PREAU_KEYS_DIRECTORY=str(tmp_path)).stdout)
            for _ in range(2)]
    assert told == [{"purpose": "sealing", "number": 1, "use": "writes"}, {"purpose": "sealing", "number": 2, "use": "writes"}]
    keys = sorted(tmp_path.iterdir())
    assert [key.name for key in keys] == ["sealing-1.key", "sealing-2.key"]
    assert all(key.stat().st_mode & 0o777 == 0o600 for key in keys)
    assert keys[0].read_text() != keys[1].read_text()


def test_the_next_key_is_promoted_once(preauctl, tmp_path):
    def key(*words):
        return run(preauctl, "key", *words, "--json", PREAU_KEYS_DIRECTORY=str(tmp_path))

    key("generate", "tokens")
    assert json.loads(key("generate", "tokens", "--next").stdout) == {"purpose": "tokens", "number": 2, "use": "next"}
    assert "tokens-2.next.key" in error_of(key("generate", "tokens", "--next"))["message"], "one is enough"
    assert json.loads(key("promote", "tokens").stdout) == {"purpose": "tokens", "number": 2, "use": "writes"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tokens-1.key", "tokens-2.key"]
    assert key("promote", "tokens").returncode == 3


def test_a_pair_for_the_bus_is_written_over_nothing(preauctl, tmp_path):
    file = tmp_path / "bus.key"
    told = json.loads(run(preauctl, "key", "curve", file, "--json").stdout)
    assert told == {"secret_file": str(file), "public_file": f"{file}.pub", "public": (tmp_path / "bus.key.pub").read_text().strip()}
    assert file.stat().st_mode & 0o777 == 0o600 and file.read_text().strip() not in json.dumps(told)
    kept = file.read_text()
    assert run(preauctl, "key", "curve", file).returncode == 3 and file.read_text() == kept
    file.unlink()
    assert run(preauctl, "key", "curve", file).returncode == 3 and not file.exists(), "half a pair is none"


# administrators

OWN = {"aaf": False, "given": False, "profile": None, "from": None, "until": None}

def test_an_administrator_gets_a_password_once(site, academy):
    uai = school_of(academy)
    told = site.ctl("admin", "add", "ctl.head", *HEAD, "--school", uai, json_answer=True)
    assert told["login"] == "ctl.head" and len(told["password"]) >= 8
    listed = {one["login"]: one for one in site.ctl("admin", "list", json_answer=True)["administrators"]}["ctl.head"]
    assert listed["role"] == "directeur" and listed["name"] == "Ève Martin"
    assert listed["scopes"] == [{"academy": academy.code, "uai": uai, **OWN}]
    assert listed["password_is_provisional"] and not listed["second_factor_required"]
    assert listed["last_sign_in_at"] is None and listed["disabled"] is False
    assert told["password"] not in site.ctl("admin", "list")
    assert told["password"] not in site.log("preau-linkd")


def test_a_password_is_read_from_a_file_and_not_shown(site, academy, tmp_path):
    file = tmp_path / "password"
    file.write_text("une porte bleue au fond\n")
    file.chmod(0o600)
    told = site.ctl("admin", "add", "ctl.file", *HEAD, "--school", school_of(academy), "--password-file", file, json_answer=True)
    assert told["password"] is None


def test_a_password_that_strangers_may_read_is_refused(site, tmp_path):
    file = tmp_path / "password"
    file.write_text("une porte bleue au fond\n")
    file.chmod(0o644)
    assert site.run_ctl("admin", "add", "ctl.open", *HEAD, "--nation", "--password-file", file).returncode == 3


def test_a_login_that_is_taken_is_refused_with_1(site, academy):
    arguments = ("admin", "add", "ctl.twice", *HEAD, "--school", school_of(academy))
    site.ctl(*arguments)
    done = site.run_ctl(*arguments, "--json")
    assert done.returncode == 1
    assert error_of(done)["code"] == "login_taken"


def test_a_head_is_given_no_whole_academy(site, academy):
    done = site.run_ctl("admin", "add", "ctl.wide", *HEAD, "--academy", academy.code, "--json")
    assert done.returncode == 1
    assert error_of(done)["code"] == "malformed"


@pytest.mark.parametrize("role, scope", [("integrateur", ("--academy", "Lyon")), ("exploitant", ("--nation",))])
def test_other_roles_have_their_own_scopes(site, role, scope):
    site.ctl("admin", "add", f"ctl.{role}", "--role", role, "--name", "X", *scope)
    listed = {one["login"]: one for one in site.ctl("admin", "list", json_answer=True)["administrators"]}[f"ctl.{role}"]
    assert listed["scopes"] == [{"academy": 10 if role == "integrateur" else None, "uai": None, **OWN}]
    assert listed["second_factor_required"]


def shown(site, login):
    return site.ctl("admin", "show", login, json_answer=True)


def refused(site, *arguments):
    done = site.run_ctl("admin", *arguments, "--json")
    assert done.returncode == 1
    return error_of(done)["code"]


def test_an_administrator_is_disabled_and_enabled(site, academy):
    site.ctl("admin", "add", "ctl.away", *HEAD, "--school", school_of(academy))
    assert "désactivé" in site.ctl("admin", "disable", "CTL.Away ")
    assert shown(site, "ctl.away")["disabled"]
    site.ctl("admin", "disable", "ctl.away")
    assert "désactivé" in site.ctl("admin", "show", "ctl.away")
    site.ctl("admin", "enable", "ctl.away")
    assert not shown(site, "ctl.away")["disabled"]


def test_a_new_password_is_told_once_or_read_from_a_file(site, academy, tmp_path):
    site.ctl("admin", "add", "ctl.new", *HEAD, "--school", school_of(academy))
    told = site.ctl("admin", "password", "ctl.new", json_answer=True)
    assert len(told["password"]) >= 8 and shown(site, "ctl.new")["password_is_provisional"]
    file = tmp_path / "password"
    file.write_text("une porte bleue au fond")
    file.chmod(0o600)
    assert site.ctl("admin", "password", "ctl.new", "--password-file", file, json_answer=True)["password"] is None
    assert not shown(site, "ctl.new")["password_is_provisional"]
    file.write_text("court")
    assert refused(site, "password", "ctl.new", "--password-file", file) == "password_too_short"


def test_scopes_are_added_and_removed_but_never_the_last(site, academy):
    uai = school_of(academy)
    site.ctl("admin", "add", "ctl.scope", "--role", "assistance", "--name", "X", "--school", uai)
    assert site.ctl("admin", "grant", "ctl.scope", "--academy", academy.code, "--school", uai, json_answer=True)["changed"] == 1
    assert [one["uai"] for one in shown(site, "ctl.scope")["scopes"]] == [None, uai]
    assert refused(site, "grant", "ctl.scope", "--nation") == "malformed"
    assert refused(site, "revoke", "ctl.scope", "--academy", academy.code, "--school", uai) == "scope_last"
    assert site.ctl("admin", "revoke", "ctl.scope", "--academy", academy.code, json_answer=True)["changed"] == 1
    assert site.ctl("admin", "revoke", "ctl.scope", "--academy", academy.code, json_answer=True)["changed"] == 0
    assert refused(site, "revoke", "ctl.scope", "--school", uai) == "scope_last"
    assert [one["uai"] for one in shown(site, "ctl.scope")["scopes"]] == [uai]


def test_sessions_are_told_and_ended(site, academy):
    number = site.ctl("admin", "add", "ctl.seen", *HEAD, "--school", school_of(academy), json_answer=True)["administrator"]
    with site.psql() as database:
        for digest in ("aa", "bb", "cc"):
            database.execute("insert into preau.session (digest, stage, administrator_id, csrf, expires_at, address, browser)"
                             " values (decode(repeat(%s, 32), 'hex'), 'open', %s, 'x', now() + interval '1 h', '192.0.2.7', 'Firefox sur Linux')",
                             (digest, number))
    sessions = site.ctl("admin", "sessions", "ctl.seen", json_answer=True)["sessions"]
    assert len(sessions) == 3 and sessions[0]["browser"] == "Firefox sur Linux" and sessions[0]["open"]
    assert "192.0.2.7" in site.ctl("admin", "sessions", "ctl.seen")
    one = str(sessions[0]["session"])
    assert site.ctl("admin", "end-sessions", "ctl.seen", "--session", one, json_answer=True)["changed"] == 1
    assert site.ctl("admin", "end-sessions", "ctl.seen", json_answer=True)["changed"] == 2
    assert "aucune connexion" in site.ctl("admin", "sessions", "ctl.seen")


@pytest.mark.parametrize("verb", [("show",), ("disable",), ("enable",), ("password",), ("reset-totp",), ("grant", "--nation"),
                                  ("revoke", "--nation"), ("sessions",), ("end-sessions",)])
def test_who_is_not_there_is_not_found(site, verb):
    for login in ("ctl.nobody", "pas un identifiant", ""):
        assert refused(site, verb[0], login, *verb[1:]) == "not_found"


# imports


def test_runs_and_their_reports(site, academy):
    told = site.ctl("import", "list", "--academy", academy.code, json_answer=True)
    assert told["waiting"] == 0
    assert {run["archive"] for run in told["runs"]} >= {path.name for path in academy.archives}
    newest = told["runs"][0]
    assert newest["state"] == "applied" and newest["academy"] == academy.code
    report = site.ctl("import", "report", newest["run"], json_answer=True)
    assert report["run"]["run"] == newest["run"]
    assert report["refused_total"] == len(report["refused"])
    assert all(set(one) == {"file", "line", "category", "aaf_id", "attribute", "code", "value", "what", "todo"}
               for one in report["refused"])
    assert sum(one["count"] for one in report["run"]["counters"] if one["what"] == "added") > 0
    assert f"{newest['run']}  " in site.ctl("import", "list")
    assert "ajoutées" in site.ctl("import", "report", newest["run"])


def test_an_unknown_run_is_refused_with_1(site):
    done = site.run_ctl("import", "report", 999999, "--json")
    assert done.returncode == 1
    assert error_of(done)["code"] == "not_found"


def test_an_empty_inbox_gives_nothing_to_do(site):
    assert site.ctl("import", "run", json_answer=True) == {"archives": 0, "runs": []}
    assert "Aucune archive" in site.ctl("import", "run", "--wait")


def test_an_archive_that_is_refused_ends_the_wait_with_1(site, academy):
    (site.inbox(academy.code) / "ENT2DVA.20250916.Complet.tgz").write_bytes(b"no archive at all")
    done = site.run_ctl("import", "run", "--wait", "--json")
    told = json.loads(done.stdout)
    assert done.returncode == 1
    assert [run["state"] for run in told["runs"]] == ["refused"]
    assert told["runs"][0]["refusal"]


# statistics


def test_statistics_are_computed_now(site):
    told = site.ctl("statistics", "compute", json_answer=True)
    assert told["accounts"] > 0 and told["schools"] == 2
    assert told["day"] in site.ctl("statistics", "compute")


def test_open_figures_are_printed_or_written(site, tmp_path):
    day = site.ctl("statistics", "compute", json_answer=True)["day"]
    printed = site.ctl("statistics", "open")
    assert printed.lstrip("\ufeff").startswith("date;code_academie;academie;profil;etat;origine;comptes")
    file = tmp_path / "ouverts.csv"
    assert day in site.ctl("statistics", "open", "--output", file)
    assert file.read_text(encoding="utf-8-sig").splitlines() == printed.lstrip("\ufeff").splitlines()
    assert site.ctl("statistics", "open", "--output", file, json_answer=True) == {"file": str(file), "day": day, "step": 10}


def test_open_figures_that_cannot_be_written_are_told(site, tmp_path):
    done = site.run_ctl("statistics", "open", "--output", tmp_path / "nulle-part" / "ouverts.csv")
    assert done.returncode == 3 and "nulle-part" in done.stderr
    assert site.run_ctl("statistics", "open", "--json").returncode == 2


# nobody answers


def test_a_service_that_is_down_ends_with_3(preauctl, tmp_path):
    done = run(preauctl, "import", "list", "--json", PREAU_BUS_IMPORT=f"ipc://{tmp_path}/none.sock", PREAU_BUS_TIMEOUT="200ms",
               PREAU_BUS_RETRIES="1")
    assert done.returncode == 3
    assert error_of(done)["code"] == "timeout"
