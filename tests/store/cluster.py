"""A private PostgreSQL for these tests: no network, its own folder, thrown away at the end."""

import os
import pathlib
import shutil
import subprocess
import tempfile

import psycopg

BINARIES = pathlib.Path(subprocess.run(["pg_config", "--bindir"], text=True, check=True, capture_output=True).stdout.strip())
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "60",
    "log_statement": "none",
}


class Cluster:
    def __init__(self):
        # short, because the path of a socket has 107 bytes at most
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="preau-pg-"))
        self.as_other = []
        if os.getuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(self.folder, "postgres")
            self.as_other = ["runuser", "-u", "postgres", "--"]
        self.folder.chmod(0o755)
        self.data = self.folder / "data"
        self._do("initdb", "-D", self.data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N")
        self.start()

    def _do(self, program, *arguments):
        subprocess.run([*self.as_other, BINARIES / program, *arguments], check=True, cwd="/",
                       stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)

    def start(self):
        options = " ".join(f"-c {name}={value or chr(39) * 2}" for name, value in SETTINGS.items())
        self._do("pg_ctl", "-D", self.data, "-w", "-s", "-l", self.data / "log", "-o",
                 f"-k {self.folder} {options}", "start")

    def stop(self, mode="fast"):
        self._do("pg_ctl", "-D", self.data, "-w", "-s", "-m", mode, "stop")

    def restart_command(self):
        """With the options of the start before, which pg_ctl remembers."""
        return [*self.as_other, str(BINARIES / "pg_ctl"), "-D", str(self.data), "-w", "-s", "-m", "fast",
                "-l", str(self.data / "log"), "restart"]

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.folder)

    def conninfo(self, database="postgres", user=None):
        return f"host={self.folder} dbname={database}" + (f" user={user}" if user else "")

    def connect(self, database="postgres", user="postgres"):
        return psycopg.connect(self.conninfo(database, user), autocommit=True)

    def new_database(self, name, template="template0"):
        with self.connect() as admin:
            admin.execute(f'drop database if exists "{name}" with (force)')
            admin.execute(f'create database "{name}" template "{template}"')
        return name
