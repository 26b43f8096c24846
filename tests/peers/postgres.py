"""A private PostgreSQL: a folder, a Unix socket, no network.

PostgreSQL refuses to run as root: then it runs as the user `postgres`, which may have to pass through folders that are
closed to it (a checkout under /root); only then is it given the capability to.
"""

import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg

from .sockets import remove_socket_folder, socket_folder

BINARIES = pathlib.Path(subprocess.run(["pg_config", "--bindir"], text=True, check=True, capture_output=True).stdout.strip())
SETTINGS = {"listen_addresses": "", "max_connections": "100", "log_statement": "none", "shared_buffers": "64MB"}
CARELESS = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}  # a test's data live minutes


def is_open_to_others(folder):
    return all(part.stat().st_mode & 0o001 for part in (folder, *folder.parents))


class PostgresCluster:
    """folder: kept between starts; none: a new one, thrown away by remove(). settings: of postgresql.conf, over ours."""

    def __init__(self, folder=None, durable=False, settings=None):
        self.folder = pathlib.Path(folder or tempfile.mkdtemp(prefix="preau-pg-")).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self.settings = {**SETTINGS, **({} if durable else CARELESS), **(settings or {})}
        self.as_other = self._other_user() if os.getuid() == 0 else []
        self.sockets = self.own(socket_folder(self.folder) / "pg")
        if not (self.data / "PG_VERSION").exists():
            shutil.rmtree(self.data, ignore_errors=True)  # an initdb that was interrupted
            self.own(self.data)
            self._do("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        if not self.is_running():
            self.start()

    def _other_user(self):
        command = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups"]
        if not is_open_to_others(self.folder):
            command += ["--inh-caps", "+dac_override", "--ambient-caps", "+dac_override"]
        return [*command, "--"]

    def own(self, folder):
        """Nobody else may enter: whoever connects is trusted to be any role."""
        folder.mkdir(exist_ok=True)
        if os.getuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        folder.chmod(0o700)
        return folder

    def _command(self, program, *arguments):
        return [*self.as_other, str(BINARIES / program), *(str(one) for one in arguments)]

    def _do(self, program, *arguments, **environment):
        done = subprocess.run(self._command(program, *arguments), cwd="/", text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={**os.environ, **environment})
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed ({done.returncode}): {done.stderr}{self.log_end()}")

    def log_end(self, lines=20):
        log = self.data / "log"
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:]) if log.exists() else ""

    def is_running(self):
        status = subprocess.run(self._command("pg_ctl", "-D", self.data, "status"), cwd="/", capture_output=True)
        return status.returncode == 0

    def start(self, **environment):
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in self.settings.items())
        self._do("pg_ctl", "-D", self.data, "-w", "-s", "-l", self.data / "log", "-o", f"-k {self.sockets} {options}", "start", **environment)

    def stop(self, mode="fast"):
        if self.is_running():
            self._do("pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def restart_command(self):
        """With the options of the start before, which pg_ctl remembers."""
        return self._command("pg_ctl", "-D", self.data, "-w", "-s", "-m", "fast", "-l", self.data / "log", "restart")

    def remove(self):
        self.stop("immediate")
        remove_socket_folder(self.folder)
        shutil.rmtree(self.folder)

    def conninfo(self, database="postgres", user=None):
        port = f" port={self.settings['port']}" if "port" in self.settings else ""
        return f"host={self.sockets}{port} dbname={database}" + (f" user={user}" if user else "")

    def connect(self, database="postgres", user="postgres"):
        return psycopg.connect(self.conninfo(database, user), autocommit=True)

    def has_database(self, name):
        with self.connect() as admin:
            return admin.execute("select from pg_database where datname = %s", [name]).fetchone() is not None

    def new_database(self, name, template="template0"):
        with self.connect() as admin:
            admin.execute(f'drop database if exists "{name}" with (force)')
            admin.execute(f'create database "{name}" template "{template}"')
        return name
