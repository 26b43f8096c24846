"""An upgrade at noon, docs/operators/mise-a-jour.md followed word for word with packages of a next version; then everything is removed, installed again,
and purged."""

import re
import shutil
import subprocess

import pytest

from package.machine import DAEMONS, ready
from peers.documents import ROOT, chapter

PAGE = ROOT / "docs/operators/mise-a-jour.md"
PACKAGES = ("preau-common", "preau-import", "preau-notify", "preau-link", "preau-stats", "preau-portal", "preau-ctl")
CHANGES = ("start", "restart", "try-restart", "reload-or-restart", "stop", "kill")
SOCKET = "preau-portald.socket"
UNITS = {SOCKET, *(f"{name}.service" for name in DAEMONS)}
NOT_STARTED = "preau-statsd.service"
CONFIGURATION = "/etc/preau/preau.conf"
KEPT = ("preauctl admin list", f"cat {CONFIGURATION}", "ls -l /etc/preau/keys")


def repack(package, folder):
    """As the next version would be: another number, and a key more in the configuration that it ships."""
    subprocess.run(["dpkg-deb", "--raw-extract", package, folder], check=True)
    control = folder / "DEBIAN/control"
    control.write_text(re.sub(r"^(Version: .*)$", r"\1+next", control.read_text(), flags=re.M))
    shipped = folder / "usr/share/preau/preau.conf"
    if shipped.exists():
        shipped.write_text(shipped.read_text() + "# a key of the next version\n")
    package.unlink()
    subprocess.run(["dpkg-deb", "--root-owner-group", "--build", folder, package.with_stem(package.stem + "+next")], check=True, capture_output=True)
    shutil.rmtree(folder)


def done_to(asked, unit):
    """What was done to a unit, of what systemctl was asked for."""
    return [verb for words in asked if unit in words for verb in words if verb in CHANGES]


def follow(machine, commands):
    """What each asked systemctl for, with what is asked done."""
    asked = []
    for command in commands:
        with machine.with_systemd() as here:
            machine.run(command)
        for name in (unit for unit in machine.running if "restart" in done_to(here, unit)):
            machine.restart(name)
        ready(machine)
        asked += here
    return asked


@pytest.fixture(scope="module")
def upgraded(installed, tmp_path_factory):
    """Of the second chapter's daemon as of each other. .asked: of systemctl."""
    installed.configured = installed.path("/etc/preau/preau.conf").read_text()
    shutil.copytree(installed.path("/packages"), installed.path("/precedents"))
    for package in sorted(installed.path("/packages").iterdir()):
        repack(package, tmp_path_factory.mktemp("package") / "content")
    (first,), (one,) = chapter(PAGE, "1. La base d’abord"), chapter(PAGE, "2. Les démons, un par un")
    (mails,) = chapter(PAGE, "Vos courriels")
    installed.asked = follow(installed, first + mails)
    assert not any(done_to(installed.asked, f"{name}.service") for name in DAEMONS), "preau-ctl restarts nobody"
    for name in (name for name in PACKAGES if name not in ("preau-common", "preau-ctl")):
        installed.asked += follow(installed, [line.replace("preau-link_", f"{name}_") for line in one])
    return installed


def test_every_daemon_is_restarted_and_the_portals_socket_is_left_alone(upgraded):
    versions = upgraded.run("dpkg-query -W -f '${Version} ' " + " ".join(PACKAGES)).split()
    assert len(versions) == len(PACKAGES) and all(one.endswith("+next") for one in versions)
    for name in DAEMONS:
        assert done_to(upgraded.asked, f"{name}.service") == ["restart"], (name, upgraded.asked)
    assert set(done_to(upgraded.asked, SOCKET)) <= {"start"}, "whoever connects meanwhile would be refused"
    assert upgraded.run("preauctl status").count(" prêt, ") == 5


def test_nobody_is_asked_about_a_configuration_that_has_changed(upgraded):
    assert upgraded.path(CONFIGURATION).read_text() == upgraded.configured
    assert "a key of the next version" in upgraded.path("/usr/share/preau/preau.conf").read_text()
    assert [file.name for file in upgraded.path("/etc/preau").glob("preau.conf*")] == ["preau.conf"]


def test_a_daemon_goes_back_alone(upgraded):
    (back,) = chapter(PAGE, "Revenir en arrière")
    assert done_to(follow(upgraded, back), "preau-linkd.service") == ["restart"]
    common, link = (upgraded.run(f"dpkg-query -W -f '${{Version}}' {name}") for name in ("preau-common", "preau-link"))
    assert common == f"{link}+next"
    assert upgraded.run("preauctl status").count(" prêt, ") == 5


def test_no_file_is_one_that_dpkg_would_ask_about(upgraded):
    assert upgraded.run("dpkg-query -W -f '${Conffiles}' " + " ".join(PACKAGES)).strip() == ""


def test_a_configuration_follows_what_is_shipped_until_it_is_changed(upgraded):
    own = upgraded.path("/etc/preau/preau.conf")
    again = "dpkg --install /packages/preau-common_*.deb < /dev/null"
    try:
        upgraded.run(f"dpkg-deb --fsys-tarfile /precedents/preau-common_*.deb | tar -xO ./usr/share/preau/preau.conf > {CONFIGURATION}")
        first = own.read_text()
        upgraded.run(again)
        assert own.read_text() == upgraded.path("/usr/share/preau/preau.conf").read_text() != first, "nobody changed it"
        assert own.stat().st_mode & 0o777 == 0o640 and upgraded.run(f"stat -c '%U:%G' {CONFIGURATION}").strip() == "root:preau"
        own.write_text(first + "# the operator's\n")
        upgraded.run(again)
        assert own.read_text() == first + "# the operator's\n"
        before = re.sub(r"^operator \{\n.*?^\}\n", "", first, flags=re.M | re.S)
        assert before != first
        own.write_text(before)
        upgraded.run(f"sha256sum {CONFIGURATION} > /var/lib/preau/preau.conf.sha256")
        upgraded.run(again)
        assert own.read_text() == before, "a section that is new would stop a daemon of the version before"
    finally:
        own.write_text(upgraded.configured)
    upgraded.run(again)
    assert own.read_text() == upgraded.configured


@pytest.fixture(scope="module")
def removed(upgraded):
    """.before: what is to be there again. One daemon was not to be started with the machine."""
    upgraded.before = {asked: upgraded.run(asked) for asked in KEPT}
    upgraded.run(f"systemctl disable {NOT_STARTED}")
    with upgraded.with_systemd() as upgraded.asked:
        upgraded.run(f"apt-get remove --yes {' '.join(PACKAGES)}")
    upgraded.stop()
    return upgraded


def test_what_is_removed_is_stopped_and_leaves_what_cannot_be_made_again(removed):
    stopped = [unit for words in removed.asked if "stop" in words for unit in words if unit.startswith("preau-")]
    assert set(stopped) == UNITS | {"preau-verification.service", "preau-verification.timer"}, removed.asked
    assert stopped.index(SOCKET) < stopped.index("preau-portald.service"), "who connects would start it again"
    assert removed.path(CONFIGURATION).exists() and not removed.path("/usr/sbin/preau-linkd").exists()


def test_what_is_installed_again_comes_up_as_it_was(removed):
    with removed.with_systemd() as asked:
        removed.run("apt-get install --yes --no-install-recommends /packages/preau-*.deb")
    started = [unit for unit in sorted(UNITS, key=SOCKET.__ne__) if set(done_to(asked, unit)) & {"start", "restart"}]
    assert set(started) == UNITS - {NOT_STARTED}, asked
    for unit in started:
        removed.start(unit)
    assert removed.run(f"systemctl is-enabled {NOT_STARTED}", fails=True).strip() == "disabled"
    removed.run(f"systemctl enable --now {NOT_STARTED}")
    ready(removed)
    assert removed.run("preauctl status").count(" prêt, ") == 5
    assert {asked: removed.run(asked) for asked in KEPT} == removed.before


def test_a_purge_leaves_keys_secrets_and_deliveries(upgraded):
    upgraded.stop()
    secret = upgraded.path("/etc/preau/secrets/link/kept")
    secret.write_text("secret")
    upgraded.run(f"dpkg --purge {' '.join(reversed(PACKAGES))}")
    left = upgraded.run("find /etc/preau /var/lib/preau/import/inbox -type f -o -type d -empty").split()
    assert {"/etc/preau/keys/sealing-1.key", "/etc/preau/secrets/link/kept"} <= set(left)
    assert [one for one in left if one.startswith("/etc/preau/") and not one.startswith(("/etc/preau/keys/", "/etc/preau/secrets/link/"))] == []
    said = upgraded.run("dpkg-query -W -f '${binary:Package} ${db:Status-Abbrev}\\n' 'preau*' || true")
    assert not re.search(r"^preau-\S+ (?!un)", said, re.M), said
    by_hand = ("/etc/preau", "/etc/postgresql", "/var/lib/postgresql", "/var/lib/pgbackrest", "/etc/systemd/system/preau-sauvegarde*", "/etc/systemd/system/timers.target.wants", "/var/lib/prometheus", "/etc/ssh", "/etc/ssl",
               "/etc/nginx", "/srv", "/root", "/run/credentials")
    kept = ("/var/lib/preau", "/packages", "/precedents", "/var/lib/apt", "/var/cache", "/var/log")
    elsewhere = " -o ".join(f"-path '{path}'" for path in by_hand + kept)
    assert upgraded.run(f"find / -xdev \\( {elsewhere} \\) -prune -o -name '*preau*' -not -name preauth -print").strip() == ""
