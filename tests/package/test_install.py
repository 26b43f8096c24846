"""An operator's first hour: docs/operators/installation.md followed word for word on a bare Debian."""

import pathlib
import re
import stat
import subprocess

import requests

from package.machine import DAEMONS, examined, ready
from peers.documents import ROOT, chapter


def test_lintian_has_nothing_to_say(packages):
    done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", "--suppress-tags-from-file", "/dev/null",
                           *packages.glob("*.changes")], text=True, capture_output=True)
    assert done.returncode == 0 and not re.search(r"^[EW]:", done.stdout, re.M), done.stdout


def test_the_guide_leads_to_a_site_that_is_ready(installed):
    status = installed.said["preauctl status"]
    assert [line.split()[0] for line in status.splitlines() if line.startswith("preau-")] == list(DAEMONS), status
    assert status.count(" prêt, ") == 5, status + installed.log("preau-linkd.service")
    assert "mot de passe" in next(said for command, said in installed.said.items() if command.startswith("preauctl admin add")).lower()


def test_each_shipped_file_that_the_operators_pages_name_is_there(installed):
    named = {path.rstrip("./") for page in (ROOT / "docs/operators").glob("*.md") for path in re.findall(r"/usr/share/preau[\w./*-]*", page.read_text())}
    assert "/usr/share/preau/monitoring/alertes.yml" in named
    assert [path for path in sorted(named) if not list(installed.path("/").glob(path.removeprefix("/")))] == []


def test_the_portal_answers_on_the_socket_that_systemd_holds(installed):
    page = requests.get("http://127.0.0.1:8080/connexion", timeout=20)
    assert page.status_code == 200 and "Identifiant" in page.text
    style = re.search(r'href="(/[^"]+\.css[^"]*)"', page.text)[1]
    assert requests.get(f"http://127.0.0.1:8080{style}", timeout=20).headers["Content-Type"].startswith("text/css")


def test_from_the_portal_s_account_nobody_commands_a_daemon(installed):
    """Not even by preauctl itself, on the socket that the portal asks on."""
    as_portal = "setpriv --reuid=preau-portal --regid=preau --clear-groups preauctl"
    for command in ("admin list", "import list", "mail list", "statistics compute"):
        assert "ne reconnaît pas qui l’exploite" in installed.run(f"{as_portal} {command}", fails=True)
        installed.run(f"preauctl {command}")


def test_the_daemons_run_under_their_own_accounts_and_the_keys_are_for_those_who_seal(installed):
    for name in DAEMONS:
        account = installed.unit(f"{name}.service")["User"]
        running = installed.running[f"{name}.service"]
        status = pathlib.Path(f"/proc/{running.pid}/status").read_text()
        assert int(re.search(r"^Uid:\s+(\d+)", status, re.M)[1]) == installed.identity(account)[0]
    key = "/etc/preau/keys/sealing-1.key"
    for account, may in (("preau-import", True), ("preau-notify", True), ("preau-link", True), ("preau-stats", False),
                         ("preau-portal", False), ("nobody", False)):
        installed.run(f"runuser -u {account} -- test -r {key}", fails=not may)
        installed.run(f"runuser -u {account} -- test -r /etc/preau/preau.conf", fails=account == "nobody")
    assert stat.S_IMODE(installed.path(key).stat().st_mode) == 0o640


def test_the_trail_is_verified_as_the_nights_unit_does(installed):
    assert "intacte" in installed.run(installed.unit("preau-verification.service")["ExecStart"])


def test_a_daemons_account_is_its_own_role_only(installed):
    assert installed.run("runuser -u preau-stats -- psql -h /run/postgresql -d preau -U preau_stats -Atc 'select current_user'").strip() == "preau_stats"
    installed.run("runuser -u preau-stats -- psql -h /run/postgresql -d preau -U preau_link -Atc 'select 1'", fails=True)
    installed.run("runuser -u nobody -- psql -h /run/postgresql -d preau -U preau_portal -Atc 'select 1'", fails=True)


def test_the_examination_tries_what_each_daemons_account_may(installed):
    checks = examined(installed)
    for name in ("config", "config_of_daemons", "secrets", "keys", "folders", "database_roles", "database_schema", "clock", "versions", "bus"):
        assert checks[name]["state"] == "ok", checks[name]
    key = "/etc/preau/keys/sealing-1.key"
    installed.run(f"chmod 0600 {key}")
    said = examined(installed)["secrets"]
    installed.run(f"chmod 0640 {key}")
    assert said["state"] == "ok", "systemd gives it to those who need it"
    installed.run(f"chown nobody {key}")
    said = [finding["what"] for finding in examined(installed)["secrets"]["findings"]]
    installed.run(f"chown root {key}")
    assert len(said) == 1 and "appartient à nobody" in said[0], said


def test_a_secret_of_linkds_alone_keeps_the_portal_from_nothing(installed):
    """Whoever serves pages can read neither a file of linkd's account nor what systemd gives to linkd, as docs/operators/ent.md and franceconnect.md have it."""
    installed.run("printf secret > /etc/preau/ent.secret; chown preau-link /etc/preau/ent.secret; chmod 0400 /etc/preau/ent.secret")
    more = installed.path("/etc/preau/more.conf")
    more.write_text('ent "essai" { academy = "10" label = "ENT" protocol = "oidc" issuer = "https://127.0.0.1:1/" client_id = "x"'
                    ' client_secret_file = "/etc/preau/ent.secret" key_pattern = "([0-9]+)" }\n'
                    'franceconnect { client_secret_file = "/etc/preau/ent.secret" }\n')
    given = installed.path("/etc/preau/given.conf")
    given.write_text(more.read_text().replace("/etc/preau/ent.secret", "credential:secret_essai"))
    try:
        installed.run("runuser -u preau-portal -- preau-portald --config /etc/preau/preau.conf --config /etc/preau/given.conf --check-config")
        for name in ("portal", "link"):
            installed.run(f"runuser -u preau-{name} -- preau-{name}d --config /etc/preau/preau.conf --config /etc/preau/more.conf --check-config")
    finally:
        more.unlink()
        given.unlink()
        installed.run("rm /etc/preau/ent.secret")


def test_what_root_alone_reads_is_given_to_the_daemon_that_needs_it(installed):
    """docs/operators/cles.md, word for word: a secret of linkd's, and the ring, from folders that its account may not enter."""
    put, take = chapter(ROOT / "docs/operators/cles.md", "Ce que systemd donne")
    conf = installed.path("/etc/preau/preau.conf")
    before = conf.read_text()
    installed.path("/root/lyon.secret").write_text("a secret\n")
    try:
        for command in put:
            installed.run(command)
        conf.write_text(before + 'academy_portal "lyon" { academy = "10" label = "Lyon" issuer = "https://127.0.0.1:1/" client_id = "x"'
                                 ' client_secret_file = "credential:secret_lyon" }\n')
        assert "LoadCredential=" in examined(installed)["config_of_daemons"]["findings"][0]["what"], "linkd was started before"
        installed.run("chmod 0700 /etc/preau/keys")
        installed.run("runuser -u preau-link -- ls /etc/preau/keys", fails=True)
        installed.run("runuser -u preau-link -- ls /etc/preau/secrets/link", fails=True)
        installed.run("runuser -u preau-portal -- ls /run/credentials/preau-linkd.service", fails=True)
        for command in (one for one in take if one.startswith("systemctl")):
            installed.run(command)
        ready(installed)
        checks = examined(installed)
        assert [checks[name]["state"] for name in ("config_of_daemons", "secrets", "keys", "linkd")] == ["ok", "ok", "ok", "look"], checks
        assert "lyon" in checks["linkd"]["findings"][0]["what"], "its provider is nowhere"
    finally:
        conf.write_text(before)
        installed.run("chmod 2750 /etc/preau/keys")
        installed.restart("preau-linkd.service")
        ready(installed)


def test_a_key_that_a_daemon_was_not_given_is_told_until_it_is_restarted(installed):
    installed.run("preauctl key generate tokens --next")
    told = examined(installed)["keys"]
    (key,) = (file.name for file in installed.path("/etc/preau/keys").glob("tokens-*.next.key"))
    assert told["state"] == "look" and [one["what"].split(" : ")[0] for one in told["findings"]] == [key] * 3, told
    for name in ("import", "notify", "link"):
        installed.run(f"systemctl restart preau-{name}d.service")
    ready(installed)
    assert examined(installed)["keys"]["state"] == "ok"
    installed.run("preauctl key promote tokens")


def test_the_database_is_prepared_once(installed):
    assert installed.run("preauctl database init").splitlines()[-1] == "Rien à faire : la base est prête."
