"""Ports of 127.0.0.1, taken once and remembered, below those that the kernel gives to outgoing connections."""

import json
import os
import pathlib
import random
import socket

FIRST, END = 20000, 32000


def own_range():
    """Of pytest's workers each has its share: what one chose and does not listen on yet looks free to the others."""
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", 1))
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    size = (END - FIRST) // count
    return FIRST + number * size, FIRST + (number + 1) * size


def is_free(port):
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def answers(port):
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def choose(names, wanted, remembered, runs):
    """A port for each name: the remembered one, else the one wanted if it is free, else any.

    runs: our own processes may be listening, so that a remembered port which is taken is ours.
    """
    chosen = {}
    for name in names:
        candidates = [port for port in (remembered.get(name), wanted.get(name)) if port]
        if not (runs and name in remembered):
            candidates = [port for port in candidates if is_free(port) and port not in chosen.values()]
        while not candidates:
            port = random.randrange(*own_range())
            if port not in chosen.values() and is_free(port):
                candidates.append(port)
        chosen[name] = candidates[0]
    return chosen


def remember(file, names, wanted, runs=False):
    """The ports noted in the file, completed and noted again."""
    file = pathlib.Path(file)
    remembered = json.loads(file.read_text()) if file.exists() else {}
    chosen = choose(names, wanted, remembered, runs)
    if chosen != remembered:
        # others of this site may be reading it
        new = file.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(chosen, indent=1) + "\n")
        new.replace(file)
    return chosen
