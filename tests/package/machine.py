"""A bare Debian in a folder, with PostgreSQL, pgBackRest and what watches it, an SSH server, nginx and our packages at hand: what an operator has before the first hour.

Its programs run by chroot. There is no systemd in it: what an installed unit says of its daemon (account, group, umask,
environment, folders, where it may write, credentials, sockets) is read from the unit and done here. What else asks systemctl for something
meets a stand-in that answers of a unit what is so, and writes down what it was asked (`asked`).
"""

import contextlib
import json
import os
import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

from peers.sandbox import Unit
from peers.site import SANDBOX

DAEMONS = ("preau-importd", "preau-notifyd", "preau-linkd", "preau-statsd", "preau-portald")
# What follows runs with ROOT as its /, which has the kernel's folders for it alone: whatever ends how, nothing stays mounted.
INSIDE = ("unshare", "--mount", "sh", "-ec", 'for one in proc sys dev; do mount --rbind "/$one" "$0/$one"; done; exec chroot "$0" "$@"')
# ProtectSystem=: the same, and all is read-only, but $WRITABLE; PrivateTmp=: $OWN_TMP is not empty. What follows goes in by itself, from outside.
READ_ONLY = ("unshare", "--mount", "sh", "-ec", '''mount --bind "$0" "$0"; mount -o remount,ro,bind "$0"
[ -z "$OWN_TMP" ] || mount -t tmpfs -o mode=1777 none "$0/tmp"
for one in $WRITABLE; do mount --bind "$0$one" "$0$one"; mount -o remount,rw,bind "$0$one"; done
for one in proc sys dev; do mount --rbind "/$one" "$0/$one"; done; exec "$@"''')
# What systemctl says of a unit, from the same files as systemd: its links for whether it is enabled, and $RUNNING, which Machine keeps, for whether it runs.
# Enables and disables; what else is asked is written down.
RUNNING = "/run/units"
STAND_IN = f"""#!/bin/sh
printf '%s\\n' "$*" >> /var/log/systemctl
verb= units=
for word do
  case "$word" in -*) ;; *) if [ -z "$verb" ]; then verb=$word; else case "$word" in *.*) ;; *) word=$word.service ;; esac; units="$units $word"; fi ;; esac
done
file() {{ for folder in /etc/systemd/system /lib/systemd/system; do [ ! -e "$folder/$1" ] || {{ echo "$folder/$1"; return; }}; done; }}
targets() {{ sed -n 's/^WantedBy=//p' "$(file "$1")"; }}
is_enabled() {{
  if [ "$(readlink "/etc/systemd/system/$1")" = /dev/null ]; then echo masked; return 1; fi
  if [ -z "$(file "$1")" ]; then echo "Failed to get unit file state for $1: No such file or directory" >&2; return 1; fi
  if [ -z "$(targets "$1")" ]; then echo static; return; fi
  for target in $(targets "$1"); do [ -L "/etc/systemd/system/$target.wants/$1" ] || {{ echo disabled; return 1; }}; done
  echo enabled
}}
status=0
for unit in $units; do
  case "$verb" in
  enable)
    [ -n "$(file "$unit")" ] || {{ echo "Failed to enable unit: Unit file $unit does not exist." >&2; exit 1; }}
    for target in $(targets "$unit"); do
      mkdir -p "/etc/systemd/system/$target.wants" && ln -sf "$(file "$unit")" "/etc/systemd/system/$target.wants/$unit"
    done ;;
  disable) rm -f /etc/systemd/system/*.wants/"$unit" ;;
  is-enabled) is_enabled "$unit" || status=1 ;;
  is-active) [ -e "{RUNNING}/$unit" ] || status=3 ;;
  esac
done
exit $status
"""
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Machine:
    def __init__(self, root):
        self.root, self.running, self.sockets = root, {}, {}

    @classmethod
    @contextlib.contextmanager
    def bare(cls, root, packages):
        """packages: the folder of .deb files, found as /packages in the machine. Needs root."""
        subprocess.run(["mmdebstrap", "--variant=minbase", "--include=postgresql,ca-certificates,openssh-server,nginx,pgbackrest,jq,"
                        "prometheus-node-exporter", "--quiet", "bookworm", root,
                        *apt_sources()], check=True)
        machine = cls(root)
        (root / "packages").mkdir()
        for package in packages.glob("*.deb"):
            if "-dbgsym_" not in package.name:
                shutil.copy(package, root / "packages")
        shutil.copy("/etc/resolv.conf", root / "etc/resolv.conf")
        machine.run("dpkg-divert --local --rename --add /bin/systemctl 2>&1")  # a package may bring systemd's own
        (root / "bin/systemctl").write_text(STAND_IN)
        (root / "bin/systemctl").chmod(0o755)
        try:
            yield machine
        finally:
            machine.stop()
            machine.run("pg_ctlcluster 15 main stop --mode=fast || true")
            shutil.rmtree(root)

    def path(self, inside):
        return self.root / inside.lstrip("/")

    def _stands_in(self, words):
        """Done, if it is what systemctl does to the units of daemons."""
        if words[:3] == ["systemctl", "disable", "--now"] and not words[-1].endswith(".timer"):
            self._inside(" ".join(words))
            self.stop()
        elif words[:3] == ["systemctl", "enable", "--now"] and not words[-1].endswith(".timer"):
            self._inside(" ".join(words))
            for unit in words[3:]:
                self.start(unit)
        elif words[:2] == ["systemctl", "restart"] and words[2].startswith("preau-"):
            self.restart(self.named(words[2]))
        else:
            return False
        return True

    def run(self, command, *, fails=False):
        """A line of sh; what it said. systemctl's are done here."""
        words = command.split()
        if self._stands_in(words):
            return ""
        if words[0] == "systemctl" and words[-1] == "postgresql@15-main":
            command = f"pg_ctlcluster 15 main {words[1]}"
        return self._inside(command, fails=fails)

    def _inside(self, command, *, fails=False):
        with tempfile.TemporaryFile("w+") as said:  # no pipe: a server that it starts would keep it open
            done = subprocess.run([*INSIDE, self.root, "/usr/bin/env", "-i", f"PATH={PATH}", "LC_ALL=C.UTF-8", "DEBIAN_FRONTEND=noninteractive",
                                   "sh", "-ec", command], stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, timeout=600)
            said.seek(0)
            text = said.read()
        assert (done.returncode != 0) == fails, f"{command}: {done.returncode}\n{text}"
        return text

    def identity(self, user):
        """(uid, gid) of an account of the machine."""
        for line in self.path("/etc/passwd").read_text().splitlines():
            fields = line.split(":")
            if fields[0] == user:
                return int(fields[2]), int(fields[3])
        raise AssertionError(f"no account {user}")

    def named(self, unit):
        return unit if "." in unit else f"{unit}.service"

    def unit_files(self, name):
        own = self.path(f"/etc/systemd/system/{name}")
        return [own if own.exists() else self.path(f"/lib/systemd/system/{name}"), *sorted(self.path(f"/etc/systemd/system/{name}.d").glob("*.conf"))]

    def unit(self, name):
        return Unit(*self.unit_files(name))

    @contextlib.contextmanager
    def with_systemd(self):
        """Packages take it for a machine that systemd runs. Gives what they ask systemctl for meanwhile: a list of words for each time."""
        log, sign = self.path("/var/log/systemctl"), self.path("/run/systemd/system")
        asked = []
        log.write_text("")
        sign.mkdir(parents=True)
        try:
            yield asked
        finally:
            sign.rmdir()
            asked += [line.split() for line in log.read_text().splitlines()]

    def give(self, unit, name, uid):
        """LoadCredential=: copies that the daemon's account alone reads; the folder, as the daemon sees it."""
        folder = f"/run/credentials/{name}"
        made = self.path(folder)
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(parents=True)
        for source in unit.all("LoadCredential"):
            given, _, place = source.partition(":")
            place = self.path(place)  # one that is not there is a fault of systemd's too
            for file, copy in [(one, f"{given}_{one.name}") for one in place.iterdir() if one.is_file()] if place.is_dir() else [(place, given)]:
                shutil.copyfile(file, made / copy)
                (made / copy).chmod(0o400)
                os.chown(made / copy, uid, -1)
        made.chmod(0o500)
        os.chown(made, uid, -1)
        return folder

    def restart(self, name):
        self.running[name].send_signal(signal.SIGTERM)
        self.running[name].wait(30)
        self.start(name)

    def _mark(self, name):
        """From now on it is active."""
        folder = self.path(RUNNING)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()

    def start(self, name):
        unit = self.unit(name)
        self._mark(name)
        if name.endswith(".socket"):
            host, port = unit["ListenStream"].rsplit(":", 1)
            self.sockets[name.removesuffix(".socket")] = socket.create_server((host, int(port)))
            return
        user = unit["User"]
        uid, gid = self.identity(user)
        for folder in unit["StateDirectory"].split():
            made = self.path(f"/var/lib/{folder}")
            made.mkdir(parents=True, exist_ok=True)
            made.chmod(int(unit["StateDirectoryMode"] or "755", 8))
            os.chown(made, uid, gid)
        passed = self.sockets.get(name.removesuffix(".service"))
        given = {"CREDENTIALS_DIRECTORY": self.give(unit, name, uid)} if unit["LoadCredential"] else {}
        set_by_unit = dict(one.split("=", 1) for one in unit.all("Environment"))
        environment = {**given, **{key: value.replace("%d", given.get("CREDENTIALS_DIRECTORY", "%d")) for key, value in set_by_unit.items()}}
        if passed:
            environment["LISTEN_FDS"] = "1"
        command, within = self.shut_in(name, *shlex.split(unit["ExecStart"]))
        start = f"umask {unit['UMask']}; {'export LISTEN_PID=$$; ' if passed else ''}exec {shlex.join(command)}"

        def take_socket():
            if passed:
                os.dup2(passed.fileno(), 3)
                os.set_inheritable(3, True)  # dup2 leaves one that was the third already as it is

        with open(self.path(f"/var/log/{name}.log"), "ab") as log:
            self.running[name] = subprocess.Popen(["sh", "-c", start], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                                                  env={**within, **environment}, preexec_fn=take_socket,
                                                  close_fds=not passed)

    def writable(self, unit):
        """Where ProtectSystem= lets it write, in one line."""
        own = [f"/var/lib/{folder}" for folder in unit["StateDirectory"].split()] + " ".join(unit.all("ReadWritePaths")).split()
        others = [f"/{one.name}" for one in self.root.iterdir() if one.is_dir() and not one.is_symlink()]
        kept = {"strict": others, "full": ["/usr", "/boot", "/etc"]}[unit["ProtectSystem"]]
        return " ".join(own + [one for one in others if one not in (*kept, "/proc", "/sys", "/dev")])

    def shut_in(self, name, *program):
        """(command, environment): the program within what the unit lets it do, under its account."""
        unit = self.unit(name)
        user, files = unit["User"], map(str, self.unit_files(name))
        become = [sys.executable, str(SANDBOX), f"--root={self.root}", f"--user={user}", f"--group={unit['Group'] or user}", *files]
        return ([*READ_ONLY, str(self.root), *become, "--", *program],
                {"PATH": PATH, "LC_ALL": "C.UTF-8", "WRITABLE": self.writable(unit), "OWN_TMP": "yes" * (unit["PrivateTmp"] == "yes")})

    def run_once(self, name, instance=""):
        """A unit of Type=oneshot, shut in as it says; what it said. What begins by + is done as root, with nothing refused."""
        unit = self.unit(name)
        for before in unit.all("ExecStartPre"):
            assert before.startswith("+")
            self.run(before.removeprefix("+"))
        command, environment = self.shut_in(name, *shlex.split(unit["ExecStart"].replace("%i", instance)))
        done = subprocess.run(command, stdin=subprocess.DEVNULL, text=True, capture_output=True, env=environment, timeout=240)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def log(self, name):
        return self.path(f"/var/log/{name}.log").read_text()

    def stop(self):
        for process in self.running.values():
            process.send_signal(signal.SIGTERM)
        for process in self.running.values():
            process.wait(30)
        for one in self.sockets.values():
            one.close()
        shutil.rmtree(self.path(RUNNING), ignore_errors=True)
        self.running, self.sockets = {}, {}


def apt_sources():
    """Where this machine has its own packages from: the same are within reach of the other."""
    return [str(one) for one in (pathlib.Path("/etc/apt/sources.list.d/debian.sources"), pathlib.Path("/etc/apt/sources.list")) if one.exists()]


def ready(machine):
    """systemctl enable --now waits until each daemon says that it is ready; the stand-in for it does not."""
    end = time.monotonic() + 60
    while "status" in machine.run("preauctl status || echo status") and time.monotonic() < end:
        time.sleep(0.5)


def examined(machine):
    return {check["name"]: check for check in json.loads(machine.run("preauctl doctor --json || true"))["checks"]}
