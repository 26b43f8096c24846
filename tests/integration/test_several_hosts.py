"""docs/operators/plusieurs-machines.md followed, on three hosts that are folders of one: a PostgreSQL that is reached over TLS alone, by the page's own
pg_hba.conf, passwords in files, the bus over tcp with a pair of keys for the services and one for the portal."""

import json
import re

import psycopg
import pytest

from peers import certificates
from peers.documents import chapter
from peers.mail import text_of
from peers.people import Town
from peers.portal import ACADEMY, PASSWORD, birth, opening_fields, sign_in
from peers.several_hosts import BASE, OWNER_PASSWORD, PAGE, PORTAL_ADDRESS, SERVICES_ADDRESS, WIRE_ADDRESS, Hosts
from peers.site import DAEMONS

SETTINGS = {"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}, "notify": {"scan_interval": "200ms"},
            "database": {"connect_retry_max": "1s"}}
SERVICES = tuple(name for name in DAEMONS if name != "preau-portald")
ROLE = {"preau-importd": "preau_import", "preau-notifyd": "preau_notify", "preau-linkd": "preau_link", "preau-statsd": "preau_stats",
        "preau-portald": "preau_portal"}


@pytest.fixture(scope="module")
def hosts(tmp_path_factory):
    hosts = Hosts(tmp_path_factory.mktemp("hosts"), SETTINGS)
    site = hosts.site
    try:
        hosts.listen_as_written()
        hosts.configure()
        (network,), (roles,) = chapter(PAGE, "Sur la base.: le réseau et le propriétaire"), chapter(PAGE, "Sur la base.: les mots de passe des rôles")
        keys, files, database = chapter(PAGE, "Sur les services.: le bus et la base")
        folder, copies, rights, portal = chapter(PAGE, "Sur le portail")
        hosts.follow("base", network)
        hosts.said = hosts.follow("services", keys + files)
        owner = hosts.folder / "services/etc/preau/database/preau_owner"
        owner.write_text(f"{BASE}:{hosts.port}:*:preau_owner:{OWNER_PASSWORD}\n")
        owner.chmod(0o600)
        hosts.said |= hosts.follow("services", database)
        hosts.follow("base", roles)
        site.start_peers()  # its mail server, its ring
        hosts.configure()
        hosts.services_said = hosts.follow("services", chapter(PAGE, "Sur les services.: les démons")[0])
        hosts.follow("portail", folder)
        hosts.follow("services", copies)
        hosts.follow("portail", rights)
        hosts.portal_said = hosts.follow("portail", portal)
        site.town = Town(site, ACADEMY)
        site.school = site.town.school(2)
        yield hosts
    finally:
        hosts.remove()


def examined(hosts, host):
    return {check["name"]: check for check in json.loads(hosts.on(host).run_ctl("doctor", "--json").stdout)["checks"]}


def entering(hosts, role, address=SERVICES_ADDRESS, **options):
    return psycopg.connect(host=BASE, hostaddr=address, port=hosts.port, dbname="preau", user=role,
                           **{"password": hosts.password_of(role), "sslmode": "verify-full", "sslrootcert": str(hosts.authority), **options})


def tells(site, name, words):
    """The daemon lives, is not ready, and says so of its database."""
    def cause():
        alive = site.http_status(name, "/status") == 200
        return next(check["cause"] for check in site.status(name)["checks"] if check["name"] == "database") if alive else ""

    site.wait(lambda: words in cause(), what=words)
    assert (site.http_status(name, "/livez"), site.http_status(name, "/readyz")) == (200, 503)


# ------------------------------------------------------------------------------------------------------- what works


def test_the_database_is_made_over_the_network(hosts):
    done = hosts.said["preauctl database init"]
    assert done.returncode == 0, done.stdout + done.stderr
    assert "rôle preau_portal : créé" in done.stdout and "base preau : créée" in done.stdout and "La base est prête." in done.stdout
    with hosts.site.psql() as database:
        assert database.execute("select pg_get_userbyid(datdba) from pg_database where datname = 'preau'").fetchone() == ("preau_owner",)
        assert {name for (name,) in database.execute("select rolname from pg_authid where rolpassword like 'SCRAM-SHA-256$%'").fetchall()} == {
            *ROLE.values(), "preau_ctl", "preau_owner"}
        assert database.execute("select rolsuper from pg_roles where rolname = 'preau_owner'").fetchone() == (False,)
    again = hosts.on("services").run_ctl("database", "init")
    assert again.returncode == 0 and "Rien à faire" in again.stdout
    assert hosts.on("services").run_ctl("migrate").returncode == 0


def test_a_family_opens_its_account_and_signs_in(hosts):
    site = hosts.site
    child = site.town.pupil(site.school, "Zoé", "Distante", "2012-05-06", account=True)
    guardian = site.town.guardian("Anne", "Distante", [child])
    guardian.hand_out()
    visitor = sign_in(site, guardian)
    visitor.submit(visitor.page.form("/ouverture"), opening_fields(visitor.page, [birth(child)]), nouveau=PASSWORD, confirmation=PASSWORD,
                   courriel="distante@example.org")
    link = re.search(r"/activation/\S+", text_of(site.mail.wait("distante@example.org", seconds=60)[-1]))[0]
    visitor = sign_in(site, guardian, PASSWORD)
    assert visitor.submit(visitor.get(link).form(link)).status == 200
    page = sign_in(site, guardian, PASSWORD).page
    assert (page.status, page.path) == (200, "/guichet"), page.text


def test_everybody_comes_in_from_the_host_of_its_own_and_in_tls(hosts):
    with hosts.site.psql() as database:
        seen = database.execute("select distinct usename, host(client_addr), ssl, version from pg_stat_activity join pg_stat_ssl using (pid)"
                                " where usename = any(%s)", (list(ROLE.values()),)).fetchall()
    assert set(seen) == {(role, PORTAL_ADDRESS if role == "preau_portal" else SERVICES_ADDRESS, True, "TLSv1.3") for role in ROLE.values()}


def test_nothing_is_read_on_the_wire(hosts):
    assert len(hosts.wire.seen) > 10000
    for word in (b"preau_portal", b"select", hosts.password_of("preau_portal").encode(), b"Distante"):
        assert word not in hosts.wire.seen


def test_each_host_has_what_its_daemons_need_and_no_more(hosts):
    held = {name: {str(path.relative_to(hosts.folder / name)) for path in (hosts.folder / name).rglob("*") if path.is_file()} for name in ("services", "portail")}
    database = "etc/preau/database"
    assert held["portail"] == {"etc/preau/bus.key", "etc/preau/bus.pub", f"{database}/autorite.pem", f"{database}/preau_portal"}
    assert f"{database}/preau_portal" not in held["services"] and not any(name.startswith("root/portail") for name in held["services"])
    keys = [(hosts.folder / name / "etc/preau/bus.key").read_text() for name in held]
    assert keys[0] != keys[1]


def test_each_host_says_how_it_is(hosts):
    services = json.loads(hosts.on("services").run_ctl("status", "--json").stdout)
    portal = json.loads(hosts.on("portail").run_ctl("status", "--json").stdout)
    assert services["ready"] and portal["ready"]
    assert hosts.services_said["preauctl status"].returncode == hosts.portal_said["preauctl status"].returncode == 0
    assert "preau-portald  sur une autre machine" in hosts.services_said["preauctl status"].stdout
    assert {one["name"]: one["state"] for one in services["daemons"]} == {**dict.fromkeys(SERVICES, "ready"), "preau-portald": "elsewhere"}
    assert {one["name"]: one["state"] for one in portal["daemons"]} == {**dict.fromkeys(SERVICES, "elsewhere"), "preau-portald": "ready"}


def test_each_host_is_examined(hosts):
    services, portal = examined(hosts, "services"), examined(hosts, "portail")
    for name in ("config", "config_of_daemons", "secrets", "keys", "database_roles", "database_schema", "bus", *(one.removeprefix("preau-") for one in SERVICES)):
        assert services[name]["state"] == "ok", services[name]
    for name in ("config", "config_of_daemons", "secrets", "keys", "database_roles", "portald", "bus"):
        assert portal[name]["state"] == "ok", portal[name]
    for name in ("database_server", "database_schema", "clock", "database_connections", "database_archive"):
        assert (portal[name]["state"], portal[name]["detail"]) == ("skipped", "pas vérifié : cette machine n’a pas le mot de passe de preau_ctl"), portal[name]


# ------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize("role", [*ROLE.values(), "preau_owner"])
def test_in_clear_nobody_comes_in(hosts, role):
    address = WIRE_ADDRESS if role == "preau_portal" else SERVICES_ADDRESS
    entering(hosts, role, address).close()
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry.*no encryption"):
        entering(hosts, role, address, sslmode="disable")


@pytest.mark.parametrize("role", ["preau_link", "preau_ctl", "preau_owner"])
def test_from_the_portal_no_other_role_comes_in(hosts, role):
    """Not with its right password either."""
    with pytest.raises(psycopg.OperationalError, match="no pg_hba.conf entry"):
        entering(hosts, role, WIRE_ADDRESS)


def test_another_password_is_refused(hosts):
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        entering(hosts, "preau_link", password="un autre")


def test_doctor_says_that_a_certificate_is_not_ours(hosts, tmp_path):
    other, _, _ = certificates.make(tmp_path)
    site = hosts.on("services")
    site.environment["PREAU_DATABASE_CONNINFO"] = f"host={BASE} hostaddr={SERVICES_ADDRESS} port={hosts.port} dbname=preau sslmode=verify-full sslrootcert={other}"
    try:
        (finding,) = examined(hosts, "services")["database_server"]["findings"]
    finally:
        del site.environment["PREAU_DATABASE_CONNINFO"]
    assert "certificate verify failed" in finding["what"] and "d’une autre autorité" in finding["advice"]


@pytest.mark.parametrize("name", ["preau-portald", "preau-linkd"])
def test_a_server_of_another_authority_is_not_believed(hosts, tmp_path, name):
    other, _, _ = certificates.make(tmp_path)
    address = WIRE_ADDRESS if name == "preau-portald" else SERVICES_ADDRESS
    conninfo = f"host={BASE} hostaddr={address} port={hosts.port} dbname=preau sslmode=verify-full sslrootcert={other}"
    site = hosts.on("portail" if name == "preau-portald" else "services")
    site.restart(name, ready=False, PREAU_DATABASE_CONNINFO=conninfo)
    try:
        tells(site, name, "certificate verify failed")
    finally:
        site.restart(name)


def test_a_server_of_another_name_is_not_believed(hosts):
    """Its certificate is of our authority, which gave it to somebody else."""
    _, key, certificate = certificates.make(hosts.authority.parent, "autre", "DNS:autre.exemple.fr")
    right = [hosts.authority.parent / f"base.{end}" for end in ("key", "pem")]
    reload = ["systemctl restart postgresql@15-main"]
    hosts.give_certificate(key, certificate)
    try:
        hosts.follow("base", reload)
        tells(hosts.site, "preau-statsd", 'does not match host name "base.exemple.fr"')
        init = hosts.on("services").run_ctl("database", "init", "--json")
        assert init.returncode == 3 and "does not match host name" in json.loads(init.stdout)["error"]["message"]
    finally:
        hosts.give_certificate(*right)
        hosts.follow("base", reload)
    for daemon in DAEMONS:
        hosts.site.wait_ready(daemon)


def test_a_file_that_a_group_reads_is_told_and_not_used(hosts):
    file = hosts.folder / "services/etc/preau/database/preau_stats"
    site = hosts.on("services")
    file.chmod(0o640)
    site.restart("preau-statsd", ready=False)
    try:
        tells(site, "preau-statsd", "no password supplied")
        said = json.dumps(examined(hosts, "services")["secrets"], ensure_ascii=False)
    finally:
        file.chmod(0o600)
    assert f"{file} : son groupe peut le lire (mode 0640), et PostgreSQL l’ignore donc" in said and f"chmod 0600 {file}" in said
    site.wait_ready("preau-statsd")


def test_who_has_no_key_of_the_bus_is_not_heard(hosts, tmp_path):
    site = hosts.on("services")
    site.run_ctl("key", "curve", tmp_path / "stranger.key")
    environment = {"PREAU_BUS_TIMEOUT": "500ms", "PREAU_BUS_RETRIES": "1"}
    site.environment.update(environment)
    try:
        assert site.run_ctl("import", "list").returncode == 0
        site.environment["PREAU_OPERATOR_CURVE_SECRET_FILE"] = str(tmp_path / "stranger.key")
        assert site.run_ctl("import", "list").returncode == 3
    finally:
        for name in (*environment, "PREAU_OPERATOR_CURVE_SECRET_FILE"):
            site.environment.pop(name, None)


def test_the_host_of_the_portal_commands_nobody(hosts):
    """Its key is admitted, and is no operator's."""
    done = hosts.on("portail").run_ctl("import", "list")
    assert done.returncode == 1 and "operator.curve_secret_file" in done.stderr, done.stderr


# ------------------------------------------------------------------------------------------------------- what changes


def test_a_password_changes_while_the_daemon_serves(hosts):
    """As docs/operators/cles.md says: the file, then the role."""
    site = hosts.on("portail")
    file = hosts.folder / "portail/etc/preau/database/preau_portal"
    old = hosts.password_of("preau_portal")
    file.write_text(file.read_text().replace(old, "tout-autre-chose"))
    hosts.as_postgres(["psql", "--command", r"\password preau_portal"])
    with site.psql() as database:
        database.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'preau_portal'")
    site.wait_ready("preau-portald")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        entering(hosts, "preau_portal", WIRE_ADDRESS, password=old)


def test_a_daemon_that_is_there_before_the_database_waits_for_it(hosts):
    """The hosts start in any order."""
    site = hosts.on("services")
    site.stop_daemon("preau-statsd")
    hosts.postgres.stop()
    try:
        site.launch("preau-statsd", ready=False)
        site.wait(lambda: site.http_status("preau-statsd", "/livez") == 200)
        assert site.http_status("preau-statsd", "/readyz") == 503
    finally:
        hosts.postgres.start()
    for name in DAEMONS:
        site.wait_ready(name)


def test_the_portals_host_migrates_nothing(hosts):
    """It has no owner to be."""
    assert hosts.on("portail").run_ctl("migrate").returncode != 0
    assert "owner" not in hosts.configurations["portail"].read_text()
