"""A process that is remembered in a folder, so that another program can find and stop it."""

import contextlib
import ctypes
import os
import pathlib
import signal
import subprocess
import time

PR_SET_PDEATHSIG = 1
SLOWER = 3  # where every processor is busy with other tests, things take so many times what they take alone
PASSED_SOCKET = 3  # SD_LISTEN_FDS_START
LIBC = ctypes.CDLL(None, use_errno=True)


class Gone(Exception):
    """A process ended where it should run; the text holds the end of its log."""


def started_at(pid):
    """When a process began, in the kernel's ticks; None when there is none, or only its corpse."""
    try:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


class Process:
    """name: of its files, `NAME.pid` and `NAME.log` in `folder`.

    outlives: it goes on when the program that starts it ends (`./dev run -d`); else it is told to end with it.
    """

    def __init__(self, name, folder, outlives=False):
        self.name = name
        self.outlives = outlives
        self.log = pathlib.Path(folder) / f"{name}.log"
        self._note = pathlib.Path(folder) / f"{name}.pid"
        self._child = None
        self.socket = None  # a listening one that it is given and that outlives it, as systemd's does; for the next start

    def start(self, *command, environment=None):
        if self._child is not None:
            self._child.wait()  # ended by itself, and nobody took note
        parent = os.getpid()

        def before():
            LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
            if os.getppid() != parent:  # it died meanwhile
                os._exit(1)
            if self.socket is not None:
                os.dup2(self.socket.fileno(), PASSED_SOCKET)
                os.set_inheritable(PASSED_SOCKET, True)  # dup2 leaves one that has this number already as it is

        words = [str(word) for word in command]
        if self.socket is not None:  # sd_listen_fds(3): the process must know its own number
            words = ["/bin/sh", "-c", 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"', "sh", *words]
        with open(self.log, "ab") as log:
            # a session of its own: Ctrl-C is for the one who started it, who then stops all in order
            self._child = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/",
                start_new_session=True, preexec_fn=None if self.outlives else before,
                pass_fds=() if self.socket is None else (PASSED_SOCKET,),
                env={**os.environ, **(environment or {})})
        new = self._note.with_suffix(".pid.new")
        new.write_text(f"{self._child.pid} {started_at(self._child.pid)}\n")
        new.replace(self._note)

    @property
    def pid(self):
        """None when it does not run."""
        if self._child is not None and self._child.poll() is not None:
            return None
        try:
            pid, start = self._note.read_text().split()
        except (OSError, ValueError):
            return None
        return int(pid) if started_at(pid) == start else None

    def signal(self, number):
        pid = self.pid  # asked once: it may end meanwhile
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def wait(self, seconds):
        """True when it has ended within that time."""
        end = time.monotonic() + seconds
        while self.pid is not None:
            if time.monotonic() > end:
                return False
            time.sleep(0.01)
        return True

    def stop(self, seconds=25):
        self.signal(signal.SIGTERM)
        if not self.wait(seconds):
            self.kill()
        self._forget()

    def kill(self):
        self.signal(signal.SIGKILL)
        if not self.wait(10):
            raise Gone(f"{self.name}: does not end after SIGKILL")
        self._forget()

    def _forget(self):
        self._note.unlink(missing_ok=True)
        if self._child is not None:
            self._child.wait()
            self._child = None

    @property
    def exit_code(self):
        return self._child.poll() if self._child is not None else None

    def log_end(self, lines=30):
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
        except OSError:
            return ""

    def until(self, condition, seconds, what):
        """Waits for a condition while the process runs."""
        end = time.monotonic() + SLOWER * seconds
        while not condition():
            if self.pid is None:
                raise Gone(f"{self.name} ended ({self.exit_code}) before it was {what}:\n{self.log_end()}")
            if time.monotonic() > end:
                raise TimeoutError(f"{self.name} is not {what} after {SLOWER * seconds} s:\n{self.log_end()}")
            time.sleep(0.02)
