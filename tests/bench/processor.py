"""CPU time and memory of processes, from /proc and the kernel's clocks.

A process's own time comes from its CPU clock: nanoseconds, all its threads, those that ended included. The time of its
children that ended is kept with it by the kernel (`cutime`, `cstime`), and told in hundredths of a second.
"""

import contextlib
import os
import pathlib
import time

TICK = 1.0 / os.sysconf("SC_CLK_TCK")
CPU_CLOCK = 2  # CPUCLOCK_SCHED: the clock of a process, as clock_getcpuclockid(3) names it


def own_seconds(pid):
    return time.clock_gettime((~pid << 3) | CPU_CLOCK)


def fields(pid):
    """Those of /proc/PID/stat from the third on: the second, a name, may hold anything."""
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def ended_children_seconds(pid):
    cutime, cstime = fields(pid)[13:15]
    return (int(cutime) + int(cstime)) * TICK


def children(pid):
    found = []
    for one in filter(str.isdigit, os.listdir("/proc")):
        with contextlib.suppress(OSError):
            if int(fields(one)[1]) == pid:
                found.append(int(one))
    return found


def family_seconds(pid, without=()):
    """Of a process and all its children, whether they live or ended. without: children left out while they live.

    A child that ends between two looks would be counted twice or not at all: then it is looked again.
    """
    while True:
        ended = ended_children_seconds(pid)
        try:
            living = sum(own_seconds(one) for one in children(pid) if one not in without)
        except OSError:
            continue
        if ended_children_seconds(pid) == ended:
            return own_seconds(pid) + ended + living


def _status_bytes(pid, field):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024
    raise ProcessLookupError(pid)


def peak_bytes(pid):
    return _status_bytes(pid, "VmHWM")


def resident_bytes(pid):
    return _status_bytes(pid, "VmRSS")


def machine_disk_seconds():
    """Of all cores together, since the machine started: idle while something waited for a disk."""
    return int(pathlib.Path("/proc/stat").read_text().split()[5]) * TICK
