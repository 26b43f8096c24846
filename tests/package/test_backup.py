"""docs/operators/sauvegarde.md followed word for word where its paths lead: a machine's own PostgreSQL is saved, lost, and comes back. What comes back
of families and links is tests/integration/test_restore.py's."""

import os
import signal
import subprocess

import pytest
import requests
from requests.adapters import HTTPAdapter
from urllib3.util.retry import Retry

from package.machine import DAEMONS, INSIDE, Unit, ready
from peers.documents import ROOT, chapter

PAGE = ROOT / "docs/operators/sauvegarde.md"
SOCKET = "preau-portald.socket"


def block(lines):
    """One line of sh: a block may have a condition over several lines."""
    return "\n".join(lines)


@pytest.fixture(scope="module")
def saved(installed):
    """The machine with a whole backup, and one administrator who was made after it."""
    set_up, first, timers = chapter(PAGE, "Mettre pgBackRest en place")[:3]
    install_it, restart = set_up[:-1], set_up[-1]
    installed.run(block(install_it))
    installed.run(restart)
    ready(installed)
    for command in first:
        installed.run(command)
    for command in timers:
        installed.run(command)
    installed.run("preauctl admin add apres --name 'Après Sauvegarde' --role exploitant --nation")
    installed.run(first[1])  # check: what was written is in the repository
    return installed


def test_the_phrase_is_the_servers_only_and_is_made_once(saved):
    phrase = saved.path("/etc/pgbackrest/conf.d/phrase.conf")
    before = phrase.read_text()
    assert phrase.stat().st_mode & 0o777 == 0o600 and phrase.stat().st_uid == saved.identity("postgres")[0]
    saved.run(block(chapter(PAGE, "Mettre pgBackRest en place")[0][:-1]))
    assert phrase.read_text() == before


def test_the_timers_unit_makes_a_backup(saved):
    for timer in ("diff", "full"):
        assert Unit(saved.path(f"/etc/systemd/system/preau-sauvegarde-{timer}.timer"))["Unit"] == f"preau-sauvegarde@{timer}.service"
    saved.run_once("preau-sauvegarde@.service", "diff")
    assert "diff backup" in saved.run(chapter(PAGE, "Mettre pgBackRest en place")[1][-1])


def exported(machine):
    """{series: value} that node_exporter, as its package has it, shows of ours."""
    address = "127.0.0.1:9100"
    words = ("runuser", "-u", "prometheus", "--", "/usr/bin/prometheus-node-exporter", "--collector.disable-defaults", "--collector.textfile",
             f"--web.listen-address={address}")
    with subprocess.Popen([*INSIDE, machine.root, *words], stderr=subprocess.DEVNULL, start_new_session=True) as exporter:
        try:
            with requests.Session() as session:
                session.mount("http://", HTTPAdapter(max_retries=Retry(connect=20, backoff_factor=0.1)))
                text = session.get(f"http://{address}/metrics", timeout=20).text
        finally:
            os.killpg(exporter.pid, signal.SIGTERM)
    assert "node_textfile_scrape_error 0" in text
    return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("preau_"))}


def test_prometheus_learns_of_the_backup(saved):
    assert Unit(saved.path("/etc/systemd/system/preau-sauvegarde-mesures.timer"))["OnCalendar"]
    begun = saved.path("/etc/pgbackrest/conf.d/phrase.conf").stat().st_mtime
    saved.run_once("preau-sauvegarde-mesures.service")
    told = exported(saved)
    assert [told[f"preau_backup_{name}"] for name in ("repository_readable", "wal_archiving", "wal_waiting_timestamp_seconds")] == [1, 1, 0]
    last, full = (told[f'preau_backup_last_success_timestamp_seconds{{type="{kind}"}}'] for kind in ("any", "full"))
    assert int(begun) <= full <= last <= told["preau_backup_looked_timestamp_seconds"]


def test_no_other_account_stops_the_backup(saved):
    """Whoever writes where pgBackRest's locks are stops every push and backup by a file; /tmp is everybody's."""
    saved.run("rm -rf /tmp/pgbackrest; runuser -u nobody -- sh -c 'mkdir /tmp/pgbackrest; touch /tmp/pgbackrest/all.stop'")
    try:
        saved.run(chapter(PAGE, "Mettre pgBackRest en place")[1][1])
    finally:
        saved.run("rm -r /tmp/pgbackrest")
    place = saved.path("/var/lib/pgbackrest/lock").stat()
    assert (place.st_mode & 0o777, place.st_uid) == (0o700, saved.identity("postgres")[0])


def wait_recovered(machine, asked):
    end = machine.run(f"for i in $(seq 60); do {asked} | grep -q ' f$' && echo over && break; sleep 1; done")
    assert "over" in end, machine.run(asked)


def test_a_backup_is_tried_out(saved):
    """Here as on another machine; what comes after finds its own settings again."""
    installed_it = chapter(PAGE, "Mettre pgBackRest en place")[0][-2]
    *tried, asked = chapter(PAGE, "Mettre pgBackRest en place")[3]
    look = chapter(PAGE, "Mettre pgBackRest en place")[4]
    for command in tried:
        saved.run(command)
    wait_recovered(saved, asked)
    for command in look:
        saved.run(command)
    assert "apres" in saved.run("preauctl admin list")
    assert "off" in saved.run("runuser -u postgres -- psql --tuples-only --command 'show archive_mode'")
    saved.run(installed_it)


def test_a_machine_comes_back(saved):
    stop, to_an_instant, to_the_last, finish, saved_again = chapter(PAGE, "Revenir")
    asked_of_systemd = saved.path("/var/log/systemctl")
    asked_of_systemd.write_text("")
    del to_an_instant  # of an instant: test_restore.py
    for command in (*stop, *to_the_last, *finish[:1]):
        saved.run(command)
    assert not saved.running and not saved.sockets
    timers = "preau-sauvegarde-full.timer preau-sauvegarde-diff.timer"
    of_backups = [words for words in asked_of_systemd.read_text().splitlines() if "sauvegarde" in words]
    assert of_backups == [f"disable --now {timers}", "stop preau-sauvegarde@*"], "no backup begins meanwhile"
    asked, end_sessions, make, remove = finish[1:]
    wait_recovered(saved, asked)
    saved.run(end_sessions)
    saved.run(make)
    (old,) = [file.name for file in saved.path("/etc/preau/keys").glob("tokens-1.key")]
    saved.run(remove.replace("tokens-ANCIENNE.key", old))
    for unit in (*(f"{name}.service" for name in DAEMONS[:-1]), SOCKET, f"{DAEMONS[-1]}.service"):
        saved.run(f"systemctl enable --now {unit}")
    ready(saved)
    assert saved.run("preauctl status").count(" prêt, ") == 5
    assert "apres" in saved.run("preauctl admin list")
    saved.run("preauctl audit verify")
    for command in saved_again:
        saved.run(command)
    assert asked_of_systemd.read_text().splitlines()[-1] == f"enable --now {timers}"
