"""A daemon goes before others or after them as under its unit, whose CPUWeight= is that of a control group of its own.

Each daemon of a site has a session, and the kernel gives each session such a group (sched(7), autogroup), whose weight is set by a nice
value: that of systemd's 100 is nice 0, and each step takes a fifth of it.
"""

import math
import pathlib
import re
import time

from peers.site import ROOT

USUAL = 100  # of a unit that says none
STEP = 1.25
SECONDS = 2  # who is not privileged may set one each tenth of a second


def of_unit(name):
    found = re.search(r"^CPUWeight=(\d+)$", (ROOT / f"deploy/systemd/{name}.service").read_text(), re.M)
    return int(found[1]) if found else USUAL


def nice_of(weight):
    return min(19, round(math.log(USUAL / weight, STEP)))


def give(pid, name):
    """False: this kernel has no such groups, and all weigh the same."""
    file, end = pathlib.Path(f"/proc/{pid}/autogroup"), time.monotonic() + SECONDS
    while True:
        try:
            file.write_text(str(nice_of(of_unit(name))))
        except FileNotFoundError:
            return False
        except BlockingIOError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return True
