"""preauctl doctor names what is broken, where, and what to do; what is well it leaves in peace.

One site of this file's own: each test breaks one thing and mends it."""

import contextlib
import http.server
import json
import os
import re
import signal
import socket
import subprocess
import threading

import pytest

from peers import previous
from peers.identity import IdentityProvider
from peers.site import DAEMONS, ROOT, Site, configuration_text


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("doctor"), with_kannel=False, postgres_settings={"max_connections": "70"})
    try:
        site.start()
        site.wait(lambda: "statistics_age_seconds" in site.status("preau-statsd")["numbers"], seconds=60, what="counted")
        yield site
    finally:
        site.remove()


@pytest.fixture(autouse=True)
def well(here):
    """Before each test: what another one broke takes its time to be found well again."""
    for name in DAEMONS:
        here.wait(lambda name=name: all(check["state"] == "ok" for check in here.status(name)["checks"]), seconds=60, what=f"{name} well")


def examine(site, **environment):
    """(exit code, {check: its row}) of --json."""
    done = subprocess.run([site.build / "daemons/ctl/preauctl", "--config", site.config, "doctor", "--json"], text=True, capture_output=True,
                          timeout=120, env={**os.environ, **environment})
    assert done.stderr == "", done.stderr
    told = json.loads(done.stdout)
    assert told["state"] == {0: "ok", 1: "look", 2: "broken"}[done.returncode]
    return done.returncode, {check["name"]: check for check in told["checks"]}


def examine_with(site, more):
    """The checks, with one more file of configuration."""
    done = subprocess.run([site.build / "daemons/ctl/preauctl", "--config", site.config, "--config", more, "doctor", "--json"], text=True,
                          capture_output=True, timeout=120)
    assert done.stderr == "", done.stderr
    return {check["name"]: check for check in json.loads(done.stdout)["checks"]}


def found(checks, name, words, state="broken"):
    """The finding of that check that says these words; it says what to do as well."""
    check = checks[name]
    matching = [one for one in check["findings"] if re.search(words, one["what"])]
    assert matching, f"{name}: {words!r} is not in {check}"
    assert matching[0]["state"] == state and matching[0]["advice"], matching[0]
    return matching[0]


def others_are_well(checks, *but):
    """Nothing else is told but what a test's site always has: no archive, careless settings, no disk to spare."""
    usual = {"database_archive", "database_server", "folders"}
    assert [(name, one["findings"]) for name, one in checks.items() if one["state"] in ("look", "broken") and name not in {*usual, *but}] == []


def run(site):
    return site.run_ctl("doctor")


# --- well ---


def test_a_site_that_is_well(here):
    code, checks = examine(here)
    others_are_well(checks)
    assert code == 1, "fsync is off, nothing is archived: to be looked at"
    found(checks, "database_server", "fsync = off", state="look")
    found(checks, "database_archive", "archive_mode = off", state="look")
    assert checks["sms"]["state"] == checks["franceconnect"]["state"] == checks["ent"]["state"] == "skipped"
    assert checks["database_schema"]["detail"].startswith("migration ")


def test_it_speaks_to_people(here):
    lines = run(here).stdout.splitlines()
    assert any(re.match(r"OK +rôles de PostgreSQL", line) for line in lines)
    assert any(re.match(r"à voir +archivage", line) for line in lines)
    assert any(line.startswith("          → ") for line in lines)
    assert re.match(r"0 en panne, [23] à voir, \d+ en ordre", lines[-1])


# --- the server's journal, and its log ---


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """A site without daemons whose server archives, by whatever a test gives as archive_command."""
    with Site.of(tmp_path_factory.mktemp("archiving"), postgres_settings={"archive_mode": "on"}) as site:
        yield site


def setting(site, name, value):
    with site.psql() as database:
        database.execute("load 'auto_explain'")
        database.execute(f"alter system set {name} = '{value}'")
        database.execute("select pg_reload_conf()")
        site.wait(lambda: database.execute(f"show {name}").fetchone()[0] == value, what=f"{name} = {value}")


@pytest.fixture
def settings(alone):
    """Given back at the end."""
    yield lambda name, value: setting(alone, name, value)
    with alone.psql() as database:
        database.execute("alter system reset all")
        database.execute("select pg_reload_conf()")


def archive_by(site, command):
    setting(site, "archive_command", command)


def last_archived(site, age, segment):
    """What PostgreSQL counts of its archiver, here as if the last segment that went was that one (an expression), then. None: never any."""
    when = f"now() - interval '{age}'" if age else "null::timestamptz"
    with site.psql() as database:
        database.execute("set allow_system_table_mods = on")
        database.execute(f"""
            create or replace view pg_catalog.pg_stat_archiver as
            select s.archived_count, {segment} as last_archived_wal, {when} as last_archived_time, s.failed_count, s.last_failed_wal,
                   null::timestamptz as last_failed_time, s.stats_reset
              from pg_stat_get_archiver() s""")


def test_an_archive_without_a_command(alone):
    """PostgreSQL keeps every segment, and counts no failure."""
    archive_by(alone, "")
    _, checks = examine(alone)
    found(checks, "database_archive", "sans archive_command")


def test_an_archive_that_works(alone):
    archive_by(alone, "true")
    with alone.psql() as database:
        database.execute("select pg_switch_wal()")
        alone.wait(lambda: database.execute("select archived_count from pg_stat_get_archiver()").fetchone()[0] > 0, what="archived")
    alone.wait(lambda: examine(alone)[1]["database_archive"]["state"] == "ok", what="nothing waits")
    assert "le dernier le" in examine(alone)[1]["database_archive"]["detail"]


def test_an_archive_that_stands_still(alone):
    """A command that never ends is no failure either."""
    archive_by(alone, "true")
    current, old = "pg_walfile_name(pg_current_wal_lsn())", "'000000010000000000000000'"
    last_archived(alone, "11 minutes", old)
    found(examine(alone)[1], "database_archive", "attend d’être archivé ; le dernier l’a été le", state="look")
    last_archived(alone, "1 minute", old)
    assert examine(alone)[1]["database_archive"]["state"] == "ok", "it may be at work"
    last_archived(alone, "11 minutes", current)
    assert examine(alone)[1]["database_archive"]["state"] == "ok", "nothing was written since"
    last_archived(alone, None, "null::text")
    found(examine(alone)[1], "database_archive", "aucun ne l’a encore été", state="look")


VALUES, PLANS = "valeurs de requêtes", "auto_explain"


def told_of_the_log(site):
    return {one["what"] for one in examine(site)[1]["database_server"]["findings"] if re.search(f"{VALUES}|{PLANS}", one["what"])}


@pytest.mark.parametrize("name, value", [("log_min_duration_statement", "250ms"), ("log_min_duration_sample", "1s"), ("log_transaction_sample_rate", "0.5"),
                                         ("log_parameter_max_length_on_error", "1kB")])
def test_a_log_that_tells_of_people(alone, settings, name, value):
    """Statements alone are well: their values are $1 there."""
    settings(name, value)
    found(examine(alone)[1], "database_server", VALUES, state="look")
    settings("log_parameter_max_length", "0")
    settings("log_parameter_max_length_on_error", "0")
    assert told_of_the_log(alone) == set()


def test_plans_that_tell_of_people(alone, settings):
    assert told_of_the_log(alone) == set()
    settings("auto_explain.log_min_duration", "1s")
    settings("session_preload_libraries", "auto_explain")
    found(examine(alone)[1], "database_server", PLANS, state="look")


# --- configuration and files ---


def test_a_configuration_that_is_wrong_leaves_the_rest_unchecked(here, tmp_path):
    wrong = tmp_path / "wrong.conf"
    wrong.write_text(here.config.read_text() + 'bus {\n    timeout = "soon"\n}\n')
    done = subprocess.run([here.build / "daemons/ctl/preauctl", "--config", wrong, "doctor", "--json"], text=True, capture_output=True, timeout=60)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert done.returncode == 2
    found(checks, "config", r"wrong\.conf:\d+: bus\.timeout")
    assert {one["state"] for name, one in checks.items() if name != "config"} == {"skipped"}


def test_a_configuration_that_is_not_there(here, tmp_path):
    done = subprocess.run([here.build / "daemons/ctl/preauctl", "--config", tmp_path / "none.conf", "doctor"], text=True, capture_output=True, timeout=60)
    assert done.returncode == 2 and "none.conf" in done.stdout


def test_a_key_that_everybody_may_read(here):
    key = here.folder / "keys/sealing-1.key"
    key.chmod(0o644)
    try:
        code, checks = examine(here)
    finally:
        key.chmod(0o600)
    assert code == 2
    assert f"chmod g-w,o-rwx {key}" in found(checks, "secrets", r"sealing-1\.key .*n’importe quel compte peut le lire \(mode 0644\)")["advice"]
    assert key.read_text().strip() not in json.dumps(checks)


def test_a_ring_without_its_key(here):
    key = here.folder / "keys/tokens-1.key"
    away = key.with_suffix(".away")
    key.rename(away)
    try:
        code, checks = examine(here)
    finally:
        away.rename(key)
    assert code == 2
    assert "preauctl key generate" in found(checks, "keys", "tokens")["advice"]


def test_what_systemd_gave_is_looked_at_as_the_daemon_has_it(here, tmp_path):
    """The folder of a daemon's unit, its ring and a secret in it."""
    given, more, keys = tmp_path / "given", tmp_path / "more.conf", here.folder / "keys"
    given.mkdir()
    for key in keys.glob("*.key"):
        (given / f"keys_{key.name}").write_bytes(key.read_bytes())
        (given / f"keys_{key.name}").chmod(0o400)
    _, checks = examine(here, CREDENTIALS_DIRECTORY=str(given))
    others_are_well(checks)
    (given / "keys_tokens-1.key").rename(given / "keys_tokens-7.key")
    more.write_text('notify {\n    smtp_user = "preau"\n    smtp_password_file = "credential:secret_relais"\n}\n')
    _, checks = examine(here, CREDENTIALS_DIRECTORY=str(given))
    assert "systemctl restart preau-linkd" in found(checks, "keys", r"tokens-1\.key : preau-linkd ne l’a pas lue", state="look")["advice"]
    assert "systemctl restart preau-importd" in found(checks, "keys", r"tokens-7\.key : preau-importd travaille encore", state="look")["advice"]
    found(examine_with(here, more), "config_of_daemons", "preau-notifyd.*credential:secret_relais.*systemd n'a rien donné")


def test_a_folder_that_is_gone(here):
    work, away = here.folder / "work", here.folder / "work-away"
    work.rename(away)
    try:
        _, checks = examine(here)
    finally:
        away.rename(work)
    found(checks, "folders", "/work : .*ne peut pas le lire")
    found(checks, "config_of_daemons", "preau-importd.*import.work_directory")


# --- PostgreSQL ---


def test_a_role_that_is_not_let_in(here, tmp_path):
    """By pg_hba.conf and a password that is not its own; the daemon, which is in, is not asked to leave."""
    rules = here.postgres.data / "pg_hba.conf"
    before = rules.read_text()
    with here.postgres.connect() as admin:
        admin.execute("alter role preau_stats password 'une autre'")
        rules.write_text("local all preau_stats scram-sha-256\n" + before)
        admin.execute("select pg_reload_conf()")
        passfile = tmp_path / "passfile"
        passfile.write_text("*:*:*:*:fausse\n")
        passfile.chmod(0o600)
        try:
            code, checks = examine(here, PGPASSFILE=str(passfile))
        finally:
            rules.write_text(before)
            admin.execute("alter role preau_stats password null")
            admin.execute("select pg_reload_conf()")
    assert code == 2
    one = found(checks, "database_roles", "preau_stats, pour preau-statsd.*password")
    assert "passfile" in one["advice"] and "fausse" not in json.dumps(checks)
    assert len(checks["database_roles"]["findings"]) == 1
    others_are_well(checks, "database_roles")


@pytest.mark.parametrize("change, back, words", [
    ("alter role preau_portal createrole", "alter role preau_portal nocreaterole", "preau_portal a des droits d’administration"),
    ("alter role preau_portal nologin", "alter role preau_portal login", "preau_portal n’a pas le droit de se connecter"),
])
def test_a_role_that_is_not_as_it_was_made(here, change, back, words):
    with here.postgres.connect() as admin:
        admin.execute(change)
        try:
            code, checks = examine(here)
        finally:
            admin.execute(back)
    assert code == 2
    found(checks, "database_roles", words)


@pytest.mark.parametrize("change, back, words, advice", [
    ("delete from preau.migration where number = (select max(number) from preau.migration) returning *", None,
     r"le schéma est à la migration \d{4}, cette version veut la \d{4}", "preauctl migrate"),
    ("insert into preau.migration (number, name, checksum, duration) values (9999, 'later', '', '0') returning *",
     "delete from preau.migration where number = 9999", "plus récente que cette version", "installez"),
])
def test_a_schema_of_another_version(here, change, back, words, advice):
    with here.postgres.connect("preau") as owner:
        row = owner.execute(change).fetchone()
        try:
            code, checks = examine(here)
        finally:
            if back:
                owner.execute(back)
            else:
                owner.execute("insert into preau.migration values (%s, %s, %s, %s, %s, %s)", row)
    assert code == 2
    assert advice in found(checks, "database_schema", words)["advice"]


def test_a_schema_of_the_next_version_is_worked_on_meanwhile(here):
    with here.postgres.connect("preau") as owner:
        owner.execute("insert into preau.migration (number, name, checksum, duration, serves)"
                      " select 9999, 'later', '', '0', max(number) from preau.migration")
        try:
            code, checks = examine(here)
        finally:
            owner.execute("delete from preau.migration where number = 9999")
    assert code != 0
    found(checks, "database_schema", "plus récente que cette version .*, qu’elle sert encore", state="look")


def test_a_database_that_is_another(here):
    conninfo = here.postgres.conninfo("nulle-part")
    code, checks = examine(here, PREAU_DATABASE_CONNINFO=conninfo)
    assert code == 2
    assert "preauctl database init" in found(checks, "database_server", "does not exist")["advice"]
    assert "preauctl database init" in found(checks, "database_roles", "preau_link, pour preau-linkd.*does not exist")["advice"]


def test_a_server_that_stands_still(here):
    """Its processes are stopped: connections are taken by the kernel, and nobody answers."""
    server = int((here.postgres.data / "postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGSTOP)
    try:
        code, checks = examine(here, PREAU_DATABASE_CONNECT_TIMEOUT="2s")
    finally:
        os.kill(server, signal.SIGCONT)
    assert code == 2
    found(checks, "database_server", "timeout|answer")
    assert len([one for one in checks["database_roles"]["findings"] if "pour preau-" in one["what"]]) == len(DAEMONS)


def test_too_few_connections(here):
    _, checks = examine(here, PREAU_DATABASE_POOL_SIZE="50")
    assert "max_connections = " in found(checks, "database_connections", "peuvent en vouloir 262", state="look")["advice"]


@pytest.mark.parametrize("shift, words", [("+3600", r"en avance de 36\d\d s"), ("-3600", r"en retard de 3[56]\d\d s")])
def test_a_clock_that_is_wrong(here, shift, words):
    code, checks = examine(here, PREAU_CLOCK=shift)
    assert code == 2
    found(checks, "clock", words)


# --- daemons, bus, peers ---


@pytest.mark.parametrize("name", ["preau-statsd", "preau-portald"])
def test_a_daemon_that_is_dead(here, name):
    here.kill(name)
    try:
        code, checks = examine(here)
    finally:
        here.restart(name)
    assert code == 2
    assert f"journalctl -u {name}" in found(checks, name.removeprefix("preau-"), re.escape(here.status_address(name)))["advice"]
    if name != "preau-portald":
        found(checks, "bus", f"{name} ne répond pas à ipc://")


def test_a_daemon_of_another_host_is_not_looked_for_here(here):
    """Here it is dead; what this host can see of it is its place on the bus."""
    here.kill("preau-statsd")
    elsewhere = {"PREAU_STATUS_STATISTICS": "ailleurs"}
    try:
        _, checks = examine(here, **elsewhere)
        here.environment.update(elsewhere)
        status, told = here.run_ctl("status"), here.run_ctl("status", "--json")
    finally:
        here.environment.pop("PREAU_STATUS_STATISTICS", None)
        here.restart("preau-statsd")
    for name in ("statsd", "statistics"):
        assert (checks[name]["state"], checks[name]["detail"]) == ("skipped", "sur une autre machine")
    assert "sur une autre machine" in found(checks, "bus", "preau-statsd ne répond pas")["advice"]
    assert status.returncode == 0 and "preau-statsd   sur une autre machine" in status.stdout, status.stdout
    answer = json.loads(told.stdout)
    assert answer["ready"]
    assert {one["name"]: one["state"] for one in answer["daemons"]} == {**dict.fromkeys(DAEMONS, "ready"), "preau-statsd": "elsewhere"}
    assert answer["daemons"][3] == {"name": "preau-statsd", "state": "elsewhere", "address": None, "up": None, "ready": None, "cause": "", "status": None}


def test_a_daemon_that_is_said_to_be_elsewhere_does_not_start(here):
    here.stop_daemon("preau-statsd")
    try:
        here.launch("preau-statsd", ready=False, PREAU_STATUS_STATISTICS="ailleurs")
        here.wait_dead("preau-statsd")
        assert "this daemon is on another host" in here.log("preau-statsd")
    finally:
        here.restart("preau-statsd")


def test_another_program_at_a_daemons_address(here):
    _, checks = examine(here, PREAU_STATUS_STATISTICS=here.status_address("preau-importd"))
    found(checks, "statsd", "ce qui y répond n’est pas preau-statsd")


def test_an_inbox_whose_disk_exchanges_no_names_is_told_before_the_first_delivery(here, tmp_path):
    library = tmp_path / "no_exchange.so"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", library, ROOT / "tests/peers/no_exchange.c", "-ldl"], check=True)
    here.restart("preau-importd", LD_PRELOAD=str(library))
    try:
        here.wait(lambda: "degraded" in {check["state"] for check in here.status("preau-importd")["checks"] if check["name"] == "inbox"}, what="told")
        code, checks = examine(here)
    finally:
        here.restart("preau-importd")
    assert code == 1
    finding = found(checks, "importd", r"inbox : import\.inbox_directory: its file system exchanges no names \(RENAME_EXCHANGE: Invalid argument\)", state="look")
    assert "ext4 ou xfs" in finding["advice"] and "livraisons.md" in finding["advice"]
    assert not list((here.folder / "inbox").rglob(".exchange*"))


@contextlib.contextmanager
def answering(**status):
    """The address of what passes for a daemon, and answers so."""
    body = json.dumps({"version": "0.1.0", "state": "running", "ready": True, "schema_version": 0, "checks": [], "numbers": {}, "lists": {},
                       **status}).encode()

    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_daemon_of_another_version_with_an_old_night(here):
    with answering(name="preau-statsd", version="9.9", schema_version=9999, numbers={"statistics_age_seconds": 200000}) as address:
        code, checks = examine(here, PREAU_STATUS_STATISTICS=address)
    assert code == 2
    found(checks, "versions", "preau-statsd est en version 9.9", state="look")
    found(checks, "database_schema", "preau-statsd travaille avec le schéma 9999")
    found(checks, "statistics", "le dernier relevé date de 55 h", state="look")


def test_a_daemon_of_the_version_before_is_told_until_it_is_replaced(here):
    serves = previous.told().schema
    for number, state in ((serves, "look"), (serves - 1, "broken")):
        with answering(name="preau-statsd", schema_version=number, version=previous.version()) as address:
            _, checks = examine(here, PREAU_STATUS_STATISTICS=address)
        found(checks, "versions", f"preau-statsd est en version {previous.version()}, preauctl en ", state="look")
        found(checks, "database_schema", "preau-statsd (est encore de la version précédente|travaille avec)", state=state)


def test_what_waits_and_what_is_late(here):
    academies = [{"academy": 10, "name": "Lyon", "late": 1, "age_seconds": 180000}, {"academy": 1, "name": "Paris", "late": 1}]
    checks_of = [{"name": "disk", "state": "degraded", "required": False, "cause": "12 MiB left\u001b[31m"}]
    with answering(name="preau-importd", checks=checks_of, numbers={"archives_held": 2, "archives_oldest_seconds": 7200},
                   lists={"academies": academies}) as address:
        _, checks = examine(here, PREAU_STATUS_IMPORT=address)
    found(checks, "imports", "académie 10 Lyon : intégrée il y a 50 h", state="look")
    found(checks, "imports", "académie 1 Paris : jamais intégrée", state="look")
    found(checks, "imports", "2 livraisons retenues", state="look")
    found(checks, "importd", "une archive AAF attend depuis 120 min", state="look")
    assert "\x1b" not in found(checks, "importd", "disk : 12 MiB left", state="look")["what"], "a terminal obeys nobody but its user"


def test_a_daemon_that_is_not_ready(here):
    with answering(name="preau-linkd", ready=False, state="starting") as address:
        code, checks = examine(here, PREAU_STATUS_LINK=address)
    assert code == 2
    found(checks, "linkd", r"pas prêt \(starting\)")


def test_an_answer_that_never_ends(here):
    """Whoever listens there takes the question and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as mute:
        code, checks = examine(here, PREAU_STATUS_PORTAL=f"127.0.0.1:{mute.getsockname()[1]}")
    assert code == 2
    found(checks, "portald", "aucune réponse en 3 s")


def test_an_identity_provider_that_is_another_one(here, tmp_path):
    """What answers is a provider of another name; and one that describes nothing. Certificates are those of a test's authority."""
    provider = IdentityProvider(tmp_path / "identity", here.portal_url, {}, portals=("aude",))
    provider.start()
    try:
        sections = provider.sections("aude", 10)
        more = tmp_path / "more.conf"
        more.write_text(configuration_text(sections))
        checks = examine_with(here, more)
        assert checks["academy_portals"]["state"] == "ok", checks["academy_portals"]
        (section,) = [name for name in sections if name.startswith("academy_portal")]
        wrong = {**sections, section: {**sections[section], "issuer": sections[section]["issuer"] + "/ailleurs"}}
        more.write_text(configuration_text(wrong))
        found(examine_with(here, more), "academy_portals", "aude : ")
        blind = {key: value for key, value in sections[section].items() if key != "ca_file"}
        more.write_text(configuration_text({**sections, section: blind}))
        assert "certificat" in found(examine_with(here, more), "academy_portals", "aude : ")["advice"]
    finally:
        provider.stop()


def test_a_mail_server_that_is_down(here):
    here.mail.stop()
    try:
        code, checks = examine(here)
    finally:
        here.mail.start()
    assert code == 2
    found(checks, "smtp", "smtp://127.0.0.1:")
    here.wait(lambda: next(check for check in here.status("preau-notifyd")["checks"] if check["name"] == "smtp")["state"] == "ok", seconds=30,
              what="mended")


def test_an_address_where_nobody_could_sign_in(here):
    code, checks = examine(here, PREAU_PORTAL_SECURE_COOKIE="oui")
    assert code == 2
    found(checks, "public_url", "n’est pas en https://")


def test_a_public_address_that_leads_elsewhere(here):
    with answering(name="x") as address:
        _, checks = examine(here, PREAU_PORTAL_PUBLIC_URL=f"http://{address}")
    assert checks["public_url"]["state"] == "ok", "a page is there; what it is nobody can tell"
    _, checks = examine(here, PREAU_PORTAL_PUBLIC_URL="http://127.0.0.1:1")
    found(checks, "public_url", "http://127.0.0.1:1/connexion : ", state="look")


def test_a_mail_server_without_the_tls_that_is_wanted(here):
    code, checks = examine(here, PREAU_NOTIFY_SMTP_STARTTLS="always")
    assert code == 2
    assert "TLS" in found(checks, "smtp", "smtp://127.0.0.1:")["advice"]


def test_what_is_configured_and_not_there(here, tmp_path):
    more = tmp_path / "more.conf"
    more.write_text('sms_provider "absent" { url = "http://moi:secret@127.0.0.1:1/cgi-bin/sendsms" }\n'
                    'franceconnect { issuer = "https://127.0.0.1:1/api/v2" }\n'
                    'ent "lyon" { academy = "10" label = "ENT" address = "https://127.0.0.1:1/cas" key_pattern = "([0-9]+)" }\n'
                    'ent "nice" { academy = "23" label = "ENT" protocol = "oidc" issuer = "https://127.0.0.1:1/idp/" client_id = "x"'
                    ' key_pattern = "([0-9]+)" }\n')
    checks = examine_with(here, more)
    found(checks, "sms", "absent : http://127.0.0.1:1 : ")
    found(checks, "franceconnect", "FranceConnect : https://127.0.0.1:1/api/v2/.well-known/openid-configuration : ")
    found(checks, "ent", "lyon : https://127.0.0.1:1/cas/login : ")
    found(checks, "ent", "nice : https://127.0.0.1:1/idp/.well-known/openid-configuration : ")


def test_everything_is_dead_and_every_check_is_made_all_the_same(here):
    whole = set(examine(here)[1])
    stopped = [*DAEMONS]
    for name in stopped:
        here.kill(name)
    here.postgres.stop("immediate")
    try:
        code, checks = examine(here)
    finally:
        here.postgres.start()
        for name in stopped:
            here.restart(name)
    assert code == 2 and set(checks) == whole
    assert "systemctl status postgresql" in found(checks, "database_server", "No such file|refused")["advice"]
    for name in ("database_schema", "clock", "database_connections", "database_archive", "imports", "statistics"):
        assert checks[name]["state"] == "skipped" and checks[name]["detail"], name
