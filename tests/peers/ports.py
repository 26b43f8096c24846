"""Ports of 127.0.0.1, taken once and remembered, below those that the kernel gives to outgoing connections.

What one site chose and does not listen on yet looks free to every other: each port chosen is claimed until this process ends,
among all that this user runs.
"""

import fcntl
import json
import os
import pathlib
import random
import socket
import tempfile

FIRST, END = 20000, 32000

_claims = {"file": None, "ports": set()}


def claim(port):
    """True when it is ours now, and was nobody's: a lock on one byte of a file, the port's own."""
    if port in _claims["ports"]:
        return False
    if _claims["file"] is None:  # one, never closed: to close any of them would give every claim back
        _claims["file"] = os.open(pathlib.Path(tempfile.gettempdir()) / f"preau-ports-{os.geteuid()}", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.lockf(_claims["file"], fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    _claims["ports"].add(port)
    return True


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


def any_port():
    """Claimed, and listened on by nobody."""
    for port in random.sample(range(FIRST, END), END - FIRST):
        if claim(port) and is_free(port):
            return port
    raise RuntimeError(f"no port from {FIRST} to {END} is free")


def choose(names, wanted, remembered, runs):
    """A port for each name: the remembered one, else the one wanted if it is free, else any.

    runs: our own processes may be listening, so that a remembered port which is taken is ours.
    """
    chosen = {}
    for name in names:
        kept, asked = remembered.get(name), wanted.get(name)
        if kept and (runs or is_free(kept)):
            claim(kept)  # it may be ours already
            chosen[name] = kept
        elif asked and is_free(asked) and claim(asked):
            chosen[name] = asked
        else:
            chosen[name] = any_port()
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
