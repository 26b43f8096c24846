"""pgBackRest beside a site's PostgreSQL, as deploy/pgbackrest has it: only paths are others.

    backup = Backup(site)
    backup.run("--stanza=preau --type=full backup")
    backup.lose()                       # the daemons are stopped before
    backup.run("--stanza=preau restore")
    backup.come_back()
"""

import re
import secrets
import shlex
import subprocess

from .promtool import promtool
from .site import ROOT

SHIPPED = ROOT / "deploy/pgbackrest"


class Backup:
    def __init__(self, site):
        self.site, self.cluster = site, site.postgres
        self.folder = self.cluster.own(site.folder / "pgbackrest")
        self.places = {name: self.cluster.own(self.folder / name) for name in ("repository", "lock", "log", "spool", "conf.d")}
        self.config = self.folder / "pgbackrest.conf"
        self._configure()

    def _configure(self):
        text = (SHIPPED / "pgbackrest.conf").read_text()
        for shipped, here in (
            ("repo1-path=/var/lib/pgbackrest", f"repo1-path={self.places['repository']}"),
            ("pg1-path=/var/lib/postgresql/15/main", f"pg1-path={self.cluster.data}\npg1-socket-path={self.cluster.sockets}\npg1-user=postgres"),
            ("lock-path=/var/lib/pgbackrest/lock", f"lock-path={self.places['lock']}"),
            ("[global]", "[global]\n" + "\n".join(f"{name}-path={self.places[name]}" for name in ("log", "spool"))),
        ):
            assert shipped in text, f"{shipped} is not in pgbackrest.conf"
            text = text.replace(shipped, here)
        self.config.write_text(text)
        (self.places["conf.d"] / "phrase.conf").write_text(f"[global]\nrepo1-cipher-pass={secrets.token_urlsafe(48)}\n")
        archives = (SHIPPED / "preau-archives.conf").read_text()
        assert "'pgbackrest " in archives
        archives = archives.replace("'pgbackrest ", f"'pgbackrest {' '.join(self._options())} ")
        with (self.cluster.data / "postgresql.conf").open("a") as file:
            file.write(archives)
        self.cluster.stop()
        self.cluster.start()

    def _options(self):
        return f"--config={self.config}", f"--config-include-path={self.places['conf.d']}"

    def run(self, words):
        """What it says. words: of the command line."""
        done = subprocess.run([*self.cluster.as_other, "pgbackrest", *self._options(), *shlex.split(words)], cwd="/", text=True, capture_output=True)
        assert done.returncode == 0, f"pgbackrest {words}: {done.stdout}{done.stderr}"
        return done.stdout

    def measures(self, *, whole=True):
        """{series: value} that Prometheus learns, by deploy/pgbackrest/mesures. whole: all of it could be known."""
        told = self.cluster.own(self.folder / "told")
        env = {"PGBACKREST_CONFIG": str(self.config), "PGBACKREST_CONFIG_INCLUDE_PATH": str(self.places["conf.d"]), "PGHOST": str(self.cluster.sockets),
               "PGUSER": "postgres"}
        done = subprocess.run([*self.cluster.as_other, "env", *(f"{key}={value}" for key, value in env.items()), SHIPPED / "mesures", told], cwd="/", text=True,
                              capture_output=True)
        assert (done.returncode == 0) == whole, done.stdout + done.stderr
        (file,) = told.iterdir()
        text = file.read_text()
        assert promtool("check", "metrics", typed=text) == ""
        return {series: float(value) for series, value in (line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))}

    def lose(self):
        """The machine dies, and its disk with it."""
        self.cluster.stop("immediate")
        lost = len(list(self.folder.glob("lost-*")))
        self.cluster.data.rename(self.folder / f"lost-{lost}")
        self.cluster.own(self.cluster.data)

    def come_back(self):
        self.cluster.start()
        with self.cluster.connect() as database:
            self.site.wait(lambda: not database.execute("select pg_is_in_recovery()").fetchone()[0], seconds=60, what="recovered")


def commands_of(page):
    """The words of each pgbackrest of a page, in order."""
    return re.findall(r"^runuser -u postgres -- pgbackrest (.*)$", page.read_text(), re.M)
