"""An academy delivers: docs/operators/livraisons.md followed word for word, with an SSH server and an integrator who is somewhere else, and follows docs/integrators/depot.md."""

import shutil
import stat
import subprocess
import time

import pytest

from package.machine import examined, ready
from peers import ports
from peers.documents import ROOT, chapter

PAGE, INTEGRATORS = ROOT / "docs/operators/livraisons.md", ROOT / "docs/integrators/depot.md"
INBOX = "/var/lib/preau/import/inbox"
# what the integrator's own machine knows of ours
KNOWN = """Host compte.exemple.fr
  HostName 127.0.0.1
  Port {port}
  IdentityFile /root/integrateur/clef
  StrictHostKeyChecking no
  UserKnownHostsFile /dev/null
  LogLevel ERROR
"""


@pytest.fixture(scope="module")
def delivering(installed, tmp_path_factory):
    """The machine with an academy's account; at_the_integrators(commands) runs them there, with our SSH server listening."""
    folder = tmp_path_factory.mktemp("integrator")
    port = ports.remember(folder / "ports.json", ("ssh",), {})["ssh"]
    theirs, ssh = installed.path("/root/integrateur"), installed.path("/root/.ssh")
    theirs.mkdir()
    ssh.mkdir(mode=0o700, exist_ok=True)
    (ssh / "config").write_text(KNOWN.format(port=port))
    installed.path("/run/sshd").mkdir(exist_ok=True)  # of ssh.service
    installed.run("ssh-keygen -q -t ed25519 -N '' -f /root/integrateur/clef && cp /root/integrateur/clef.pub /root/depot-lyon.pub")
    subprocess.run([ROOT / "tests/data/generate-aaf", "--quiet", "--preset", "sample", folder / "aaf"], check=True)
    shutil.copy(sorted((folder / "aaf").glob("*.tgz"))[0], theirs / "ENT2DVA.tgz")
    for title in ("Le serveur SFTP, une fois", "Une académie"):
        for command in (line for block in chapter(PAGE, title) for line in block):
            installed.run(command)

    def at_the_integrators(*commands, fails=False):
        server = f"mount /srv/preau-depot/depot-lyon/depot; /usr/sbin/sshd -D -e -p {port} -o ListenAddress=127.0.0.1 2>/var/log/sshd & sshd=$!; sleep 1"
        said = "; ".join(("cd /root/integrateur", *commands))
        return installed.run(f"{server}; code=0; (set -e; {said}) || code=$?; kill $sshd; exit $code", fails=fails)

    installed.at_the_integrators = at_the_integrators
    return installed


def sftp(*commands):
    return "printf '%s\\n' " + " ".join(f"'{one}'" for one in commands) + " | sftp -b - depot-lyon@compte.exemple.fr"


def test_an_integrator_sees_a_folder_and_nothing_else(delivering):
    assert delivering.at_the_integrators(sftp("pwd", "ls -1 /")).split()[-1] == "/depot"
    for refused, said in {"get /etc/passwd": "not found", "put ENT2DVA.tgz /ENT2DVA.tgz": "Permission denied", "ls /depot/../../10": "not found",
                          "ln ENT2DVA.tgz second.tgz": "", "ln -s /etc/passwd second.tgz": ""}.items():
        told = delivering.at_the_integrators(sftp("pwd", refused), fails=True)
        assert "/depot" in told and said in told, told  # who could not come in was refused nothing
    ended = delivering.at_the_integrators("timeout 5 ssh depot-lyon@compte.exemple.fr id </dev/null; echo ended $?")
    # 255: ssh did not come in; 124: it was given a terminal or a shell, which waits
    assert ended.split()[-1] not in ("255", "124") and "uid=" not in ended, "it speaks SFTP, whatever it is asked for"


def test_a_delivery_is_the_integrators_and_the_importers_and_is_taken(delivering):
    (drop, drop_folder), (take,) = chapter(INTEGRATORS, "Un essai"), chapter(PAGE, "Un essai")
    delivering.at_the_integrators("mkdir ENT2DVA", "tar -xzf ENT2DVA.tgz -C ENT2DVA", *drop, *drop_folder)
    assert stat.S_IMODE(delivering.path(f"{INBOX}/10/ENT2DVA").stat().st_mode) & 0o777 == 0o770
    dropped = delivering.path(f"{INBOX}/10/ENT2DVA.tgz").stat()
    group = next(int(line.split(":")[2]) for line in delivering.path("/etc/group").read_text().splitlines() if line.startswith("preau-depot:"))
    assert (dropped.st_uid, dropped.st_gid, stat.S_IMODE(dropped.st_mode)) == (delivering.identity("depot-lyon")[0], group, 0o640)
    delivering.run("useradd --system depot-nice")
    for account in ("preau-import", "depot-lyon", "preau-portal", "preau-link", "depot-nice", "nobody"):
        delivering.run(f"runuser -u {account} -- test -r {INBOX}/10/ENT2DVA.tgz", fails=account not in ("preau-import", "depot-lyon"))
    conf = delivering.path("/etc/preau/preau.conf")
    before = conf.read_text()
    conf.write_text(before + 'import { settle = "1s" }\n')
    try:
        delivering.restart("preau-importd.service")
        ready(delivering)
        said = [delivering.run(command) for command in take]
    finally:
        conf.write_text(before)
        delivering.restart("preau-importd.service")
        ready(delivering)
    assert "ENT2DVA.tgz" in said[-1], said
    assert not list(delivering.path(f"{INBOX}/10").iterdir()) and not list(delivering.path(f"{INBOX}/.taken/10").iterdir())
    for name in ("ENT2DVA.tgz", "ENT2DVA"):
        put_away = delivering.run(f"find /var/lib/preau/import/archive/10 -maxdepth 1 -name '*-{name}'").strip()
        assert delivering.path(put_away).stat().st_uid == delivering.identity("preau-import")[0], "a copy of its own"


def told_of_disk(machine, wanted):
    """By the examination, once importd has looked."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        told = [one for one in examined(machine)["importd"]["findings"] if one["what"].startswith("disk :")]
        if bool(told) == wanted:
            return told
        time.sleep(0.5)
    raise AssertionError(told)


def test_an_inbox_elsewhere_is_told_until_the_unit_lets_the_daemon_write_there(delivering):
    (commands,) = chapter(PAGE, "Mettre le dépôt ailleurs")
    conf = delivering.path("/etc/preau/preau.conf")
    before = conf.read_text()
    try:
        for command in commands[:2]:
            delivering.run(command)
        delivering.restart("preau-importd.service")
        (told,) = told_of_disk(delivering, True)
        assert "import.inbox_directory: Read-only file system" in told["what"] and "livraisons.md" in told["advice"], told
        for command in commands[2:-1]:
            delivering.run(command)
        told_of_disk(delivering, False)
    finally:
        conf.write_text(before)
        shutil.rmtree(delivering.path("/etc/systemd/system/preau-importd.service.d"), ignore_errors=True)
        delivering.restart("preau-importd.service")
        ready(delivering)
