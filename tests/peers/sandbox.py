"""A program shut in as systemd would shut it by its unit file: what the kernel then refuses it is refused here too, without a systemd.

`sandbox.py [--root FOLDER] [--user NAME --group NAME] UNIT [DROP-IN…] -- PROGRAM ARGUMENTS…` becomes PROGRAM. Its filters are those that systemd.exec(5)
describes of SystemCallFilter=, SystemCallArchitectures=, RestrictAddressFamilies=, RestrictRealtime= and MemoryDenyWriteExecute=.
"""

import argparse
import errno
import functools
import grp
import mmap
import os
import pathlib
import pwd
import re
import socket
import subprocess
import sys

import seccomp

FAMILIES = range(46)  # AF_MAX of the kernel; what is above is refused altogether
SHM_EXEC = 0o100000
SCHEDULES = range(7)  # SCHED_OTHER to SCHED_DEADLINE
SCHEDULES_OF_ALL = (os.SCHED_OTHER, os.SCHED_BATCH, os.SCHED_IDLE)


class Unit:
    """A unit file, read as systemd does: KEY=VALUE lines, a key's last value counts, or all of them."""

    def __init__(self, *files):
        self.values = {}
        for line in (line for file in files for line in file.read_text().splitlines()):
            key, equals, value = line.partition("=")
            if equals and not line.startswith(("#", ";")):
                self.values.setdefault(key.strip(), []).append(value.strip())

    def __getitem__(self, key):
        return self.all(key)[-1] if self.all(key) else ""

    def all(self, key):
        return self.values.get(key, [])


# ------------------------------------------------------------------------------------------------------------- system calls


@functools.cache
def sets():
    """{"@resources": ["sched_setscheduler", …]}: of systemd's own, which may hold others."""
    told = subprocess.run(["systemd-analyze", "--no-pager", "syscall-filter"], check=True, capture_output=True, text=True).stdout
    found, current = {}, []
    for line in re.sub(r"\x1b\[[0-9;]*m", "", told).splitlines():
        word = line.strip()
        if line.startswith("@"):
            current = found.setdefault(word, [])
        elif line.startswith(" ") and re.fullmatch(r"@?[a-z0-9_-]+", word):
            current.append(word)
        elif line.startswith("#"):  # what the kernel has beside all sets
            current = []
    return found


def calls_of(word):
    if not word.startswith("@"):
        return {word}
    return {call for one in sets()[word] for call in calls_of(one)}


def allowed_calls(lines):
    """The first line says whether they name what is allowed, as ours do; each takes from what those before it left, or adds to it."""
    assert not lines[0].startswith("~"), "a list of what is denied"
    allowed = calls_of("@default")
    for line in lines:
        calls = {call for word in line.removeprefix("~").split() for call in calls_of(word)}
        allowed = allowed - calls if line.startswith("~") else allowed | calls
    return allowed


def call_filter(lines):
    filter_ = seccomp.SyscallFilter(seccomp.KILL_PROCESS)  # SIGSYS; and of any architecture but this one
    for call in allowed_calls(lines):
        if seccomp.resolve_syscall(seccomp.Arch(), call) >= 0:  # there are some that another architecture has
            filter_.add_rule(seccomp.ALLOW, call)
    return filter_


def native_filter():
    """SystemCallArchitectures=native is a filter's own: calls of another one are killed."""
    return seccomp.SyscallFilter(seccomp.ALLOW)


# ------------------------------------------------------------------------------------------------------- what calls are given


def family_filter(names):
    filter_ = seccomp.SyscallFilter(seccomp.ALLOW)
    kept = {int(getattr(socket, name)) for name in names}
    refused = seccomp.ERRNO(errno.EAFNOSUPPORT)
    for family in set(FAMILIES) - kept:
        filter_.add_rule(refused, "socket", seccomp.Arg(0, seccomp.EQ, family))
    filter_.add_rule(refused, "socket", seccomp.Arg(0, seccomp.GE, FAMILIES.stop))
    return filter_


def schedule_filter():
    filter_ = seccomp.SyscallFilter(seccomp.ALLOW)
    for schedule in set(SCHEDULES) - set(SCHEDULES_OF_ALL):
        filter_.add_rule(seccomp.ERRNO(errno.EPERM), "sched_setscheduler", seccomp.Arg(1, seccomp.EQ, schedule))
    return filter_


def memory_filter():
    filter_ = seccomp.SyscallFilter(seccomp.ALLOW)
    refused, both = seccomp.ERRNO(errno.EPERM), mmap.PROT_EXEC | mmap.PROT_WRITE
    filter_.add_rule(refused, "mmap", seccomp.Arg(2, seccomp.MASKED_EQ, both, both))
    for call in ("mprotect", "pkey_mprotect"):
        filter_.add_rule(refused, call, seccomp.Arg(2, seccomp.MASKED_EQ, mmap.PROT_EXEC, mmap.PROT_EXEC))
    filter_.add_rule(refused, "shmat", seccomp.Arg(2, seccomp.MASKED_EQ, SHM_EXEC, SHM_EXEC))
    return filter_


def filters(unit):
    """In the order in which they can be loaded: the last one may refuse to load another."""
    found = []
    if unit["RestrictAddressFamilies"]:
        found.append(family_filter(unit["RestrictAddressFamilies"].split()))
    if unit["RestrictRealtime"] == "yes":
        found.append(schedule_filter())
    if unit["MemoryDenyWriteExecute"] == "yes":
        found.append(memory_filter())
    if unit["SystemCallArchitectures"] == "native":
        found.append(native_filter())
    if unit.all("SystemCallFilter"):
        found.append(call_filter(unit.all("SystemCallFilter")))
    return found


# --------------------------------------------------------------------------------------------------------------- the program


def become(user, group):
    uid, gid = pwd.getpwnam(user).pw_uid, grp.getgrnam(group).gr_gid
    os.initgroups(user, gid)
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)


def main():
    own, program = sys.argv[1:sys.argv.index("--")], sys.argv[sys.argv.index("--") + 1:]
    parser = argparse.ArgumentParser()
    parser.add_argument("units", type=pathlib.Path, nargs="+")
    parser.add_argument("--root")
    parser.add_argument("--user")
    parser.add_argument("--group")
    asked = parser.parse_args(own)
    made = filters(Unit(*asked.units))
    if asked.root:
        os.chroot(asked.root)
        os.chdir("/")
    if asked.user:
        become(asked.user, asked.group)
    for one in made:
        one.load()
    os.execv(program[0], program)


if __name__ == "__main__":
    main()
