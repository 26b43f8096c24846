"""The passwords of docs/operators/plusieurs-machines.md with the accounts that the packages make: each daemon reads its own, as its unit shuts it in, and
comes in over TLS; nobody else does. The hosts themselves are in tests/integration/test_several_hosts.py."""

import json
import os
import re

import pytest

from package.machine import DAEMONS, examined, ready
from peers import certificates
from peers.documents import ROOT, blocks, chapter

PAGE = ROOT / "docs/operators/plusieurs-machines.md"
HBA, CONF, NETWORK, HOSTS = ("/etc/postgresql/15/main/pg_hba.conf", "/etc/preau/preau.conf", "/etc/postgresql/15/main/conf.d/preau-reseau.conf", "/etc/hosts")
ROLES = ("preau_import", "preau_notify", "preau_link", "preau_stats", "preau_portal", "preau_ctl")


def here(text):
    return re.sub(r"192\.0\.2\.1[012]", "127.0.0.1", text).replace("'localhost, 127.0.0.1'", "'127.0.0.1'")


def block(begins):
    return here(next(one.text for one in blocks(PAGE) if one.text.startswith(begins)))


def give(machine, file, inside, user="root"):
    machine.path(inside).write_bytes(file.read_bytes())
    machine.path(inside).chmod(0o600 if inside.endswith(".key") else 0o644)
    os.chown(machine.path(inside), *machine.identity(user))


def restart_all(machine):
    for name in DAEMONS:
        machine.restart(f"{name}.service")
    ready(machine)


@pytest.fixture(scope="module")
def away(installed, tmp_path_factory):
    installed.path(HOSTS).touch()
    kept = {name: installed.path(name).read_bytes() for name in (HBA, CONF, HOSTS)}
    authority, key, certificate = certificates.make(tmp_path_factory.mktemp("tls"), "base", "DNS:base.exemple.fr")
    give(installed, authority, "/root/autorite.pem")
    give(installed, key, "/etc/postgresql/15/main/base.key", "postgres")
    give(installed, certificate, "/etc/postgresql/15/main/base.pem", "postgres")
    with open(installed.path(HOSTS), "a") as hosts:
        hosts.write("127.0.0.1 base.exemple.fr\n")
    installed.path(NETWORK).write_text(block("listen_addresses"))
    installed.path(HBA).write_text(block("hostssl") + installed.path(HBA).read_text())
    installed.run("systemctl restart postgresql@15-main")
    for command in chapter(PAGE, "Sur les services.: le bus et la base")[1]:
        installed.run(command)
    installed.run(chapter(PAGE, "Sur le portail")[2][-1])
    for command in chapter(PAGE, "Sur la base.: les mots de passe des rôles")[0]:
        role = re.search(r"preau_\w+", command)[0]
        installed.run(f"word=$(cut -d : -f 5 /etc/preau/database/{role}); printf '%s\\n' \"$word\" \"$word\" | setsid --wait {command}")
    with open(installed.path(CONF), "a") as conf:  # the database's section of a host that migrates nothing
        conf.write(re.match(r"database \{\n.*?^\}\n", [one.text for one in blocks(PAGE) if one.text.startswith("database {")][-1], re.M | re.S)[0])
    restart_all(installed)
    try:
        yield installed
    finally:
        for name, bytes_of in kept.items():
            installed.path(name).write_bytes(bytes_of)
        installed.run(f"rm -r {NETWORK} /etc/preau/database /root/autorite.pem /etc/postgresql/15/main/base.key /etc/postgresql/15/main/base.pem")
        installed.run("systemctl restart postgresql@15-main")
        restart_all(installed)


def test_each_daemon_comes_in_by_its_own_file_over_tls(away):
    said = json.loads(away.run("preauctl status --json"))
    assert said["ready"] and {one["state"] for one in said["daemons"]} == {"ready"}
    seen = away.run("runuser -u postgres -- psql -At -c \"select distinct usename, ssl, host(client_addr) from pg_stat_activity join pg_stat_ssl using (pid)"
                    " where usename like 'preau%'\"")
    assert sorted(seen.split()) == sorted(f"{role}|t|127.0.0.1" for role in ROLES if role != "preau_ctl")


def test_doctor_comes_in_as_each(away):
    checks = examined(away)
    for name in ("config_of_daemons", "secrets", "database_server", "database_roles", "database_schema"):
        assert checks[name]["state"] in ("ok", "look"), checks[name]
    assert (checks["database_roles"]["state"], checks["secrets"]["state"]) == ("ok", "ok"), checks


@pytest.mark.parametrize("role, others", [("preau_link", "preau-portal"), ("preau_ctl", "preau-link"), ("preau_portal", "preau-import")])
def test_nobody_else_reads_it(away, role, others):
    away.run(f"runuser -u {others} -- cat /etc/preau/database/{role}", fails=True)


def test_a_file_that_its_daemon_cannot_read_is_told(away):
    away.run("chown root /etc/preau/database/preau_link")
    try:
        finding, = examined(away)["secrets"]["findings"]
        assert "/etc/preau/database/preau_link : preau-link ne peut pas le lire" in finding["what"]
        assert "pour preau-linkd" in examined(away)["database_roles"]["findings"][0]["what"]
    finally:
        away.run("chown preau-link /etc/preau/database/preau_link")
    assert examined(away)["secrets"]["state"] == "ok"
