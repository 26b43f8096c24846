"""Postfix's programs for measuring: smtp-sink takes every mail and forgets it, smtp-source sends as fast as can be.

They are unpacked into a folder of the bench (`./dev bench` does): nothing of Postfix is installed, no mail server runs.
"""

import contextlib
import os
import pathlib
import subprocess
import time

from peers import ports


def _run(folder, program, *arguments):
    folder = pathlib.Path(folder)
    command = folder / "usr/sbin" / program
    if not command.exists():
        raise FileNotFoundError(f"{command}: ./dev bench notify puts it there")
    return [command, *map(str, arguments)], {**os.environ, "LD_LIBRARY_PATH": str(folder / "usr/lib/postfix")}


@contextlib.contextmanager
def sink(folder, port):
    """smtp-sink on this port; gives its process number."""
    user = ("-u", "nobody") if os.getuid() == 0 else ()  # it refuses to run as root
    command, environment = _run(folder, "smtp-sink", *user, f"127.0.0.1:{port}", 256)
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE) as process:
        try:
            end = time.monotonic() + 15
            while not ports.answers(port):
                if process.poll() is not None or time.monotonic() > end:
                    raise RuntimeError(f"smtp-sink: {process.stderr.read().decode() if process.poll() is not None else 'silent'}")
                time.sleep(0.05)
            yield process.pid
        finally:
            process.terminate()


def source_rate(folder, port, connections, count, size):
    """Mails a second, over connections that stay open."""
    command, environment = _run(folder, "smtp-source", "-d", "-s", connections, "-m", count, "-l", size,
                                "-f", "source@example.org", "-t", "personne@example.org", f"127.0.0.1:{port}")
    start = time.monotonic()
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    if done.returncode != 0 or done.stderr:
        raise RuntimeError(f"smtp-source ended with {done.returncode}: {done.stderr}")
    return count / (time.monotonic() - start)
