"""A whole site in one folder: PostgreSQL, keys, configuration, mail server, Kannel, the daemons that were built.

    site = Site(folder, build)
    site.start()
    site.ctl("status")
    site.kill("preau-notifyd"); site.restart("preau-notifyd")
    site.stop()

Everything it holds stays in the folder, ports included: started again, it goes on with its data. Several sites run side
by side. `./dev run` and the integration tests use the same.
"""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time

import requests

from . import kannel, mail, ports
from .metrics import series_of
from .pages import Pages
from .postgres import PostgresCluster
from .process import SLOWER, Process
from .sockets import remove_socket_folder, socket_folder

ROOT = pathlib.Path(__file__).resolve().parents[2]
SANDBOX = ROOT / "tests/peers/sandbox.py"  # run, not imported: a site needs not what it needs
# the name of each daemon: (its folder under daemons/ and its place in the configuration)
DAEMONS = {
    "preau-importd": ("import", "import"),
    "preau-notifyd": ("notify", "notify"),
    "preau-linkd": ("link", "link"),
    "preau-statsd": ("stats", "statistics"),
    "preau-portald": ("portal", "portal"),
}
STATUS_PORTS = tuple(name.replace("preau-", "status_") for name in DAEMONS)
PORTS = ("portal", *STATUS_PORTS, "smtp", "pages", "sms_reports", *kannel.PORTS)
FOLDERS = ("keys", "inbox", "archive", "work", "postgres", "mail", "sms", "logs")
READY_SECONDS = 30

# short times where an operator wants long ones: a site for trying answers at once
SETTINGS = {
    "log": {"format": "logfmt"},
    "daemon": {"stop_timeout": "5s"},
    "import": {"settle": "0s", "scan_interval": "500ms"},
    "notify": {"scan_interval": "500ms", "retry_first": "1s", "retry_max": "2s", "smtp_timeout": "5s"},
    "portal": {"secure_cookie": "non"},
}


def written(value):
    """As the configuration's file has it."""
    if isinstance(value, (list, tuple)):
        return "{" + ", ".join(written(one) for one in value) + "}"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def configuration_text(sections):
    lines = []
    for section, values in sections.items():
        lines.append(f"{section} {{")
        lines += [f"    {key} = {written(value)}" for key, value in values.items()]
        lines.append("}")
    return "\n".join(lines) + "\n"


class Site:
    def __init__(self, folder, build=None, wanted_ports=None, settings=None, outlives=False, durable=False,
                 environment=None, with_kannel=True, tell=None, postgres_settings=None, shut_in=False):
        """build: meson's folder. wanted_ports: {"portal": 8080}, taken when free. settings: {section: {key: value}} over
        those of a site. outlives: the site goes on when this program ends. durable: it is to survive the host's crash.
        environment: of the daemons. tell: called with a sentence before each step. postgres_settings: of postgresql.conf.
        shut_in: the kernel refuses the daemons what it refuses them under their units."""
        self.folder = pathlib.Path(folder).resolve()
        self.build = pathlib.Path(build or os.environ.get("PREAU_BUILD", ROOT / "build")).resolve()
        self.settings = settings or {}
        self.environment = environment or {}
        self.outlives, self.durable, self.with_kannel = outlives, durable, with_kannel
        self.tell = tell or (lambda what: None)
        self.postgres_settings, self.shut_in = postgres_settings, shut_in
        for name in FOLDERS:
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        self.sockets = socket_folder(self.folder)
        self.config = self.folder / "preau.conf"
        self.daemons = {name: Process(name, self.folder / "logs", outlives) for name in DAEMONS if self.program(name).exists()}
        self.ports = ports.remember(self.folder / "ports.json", PORTS, wanted_ports or {}, runs=self.is_running())
        self.mail = mail.MailServer(self.folder / "mail", self.ports["smtp"], outlives)
        self.sms = kannel.Kannel(self.folder / "sms", self.ports, outlives)
        self.pages = Pages(self.folder, self.ports["pages"], outlives)
        self.postgres = None

    @classmethod
    @contextlib.contextmanager
    def of(cls, folder, *daemons, **options):
        """with Site.of(folder, "preau-linkd") as site: its peers and these daemons, removed at the end."""
        site = cls(folder, **{"with_kannel": False, **options})
        try:
            site.start_peers()
            for name in daemons:
                site.launch(name)
            yield site
        finally:
            site.remove()

    # paths and addresses

    def program(self, name):
        return self.build / "daemons" / DAEMONS[name][0] / name

    @property
    def portal_url(self):
        return f"http://127.0.0.1:{self.ports['portal']}"

    def status_address(self, name):
        return f"127.0.0.1:{self.ports[name.replace('preau-', 'status_')]}"

    def inbox(self, academy):
        folder = self.folder / "inbox" / f"{academy:02}"
        folder.mkdir(exist_ok=True)
        return folder

    def _configuration(self):
        def socket(name):
            return [f"ipc://{self.sockets}/{name}.sock"]

        names = ("import", "notify", "link", "statistics")
        sections = {
            "database": {"conninfo": self.postgres.conninfo("preau"),
                         "owner_conninfo": self.postgres.conninfo("preau", "postgres")},
            "bus": {**{name: socket(name) for name in names},
                    **{f"events_{name}": socket(f"{name}-events") for name in names}},
            "status": {DAEMONS[name][1]: self.status_address(name) for name in DAEMONS},
            "keys": {"directory": self.folder / "keys"},
            "portal": {"listen": f"127.0.0.1:{self.ports['portal']}", "public_url": self.portal_url,
                       "template_directory": self.build / "daemons/portal/pages",
                       "asset_directory": self.build / "daemons/portal/assets"},
            "import": {"inbox_directory": self.folder / "inbox", "archive_directory": self.folder / "archive",
                       "work_directory": self.folder / "work"},
            "link": {"known_passwords": self.build / "config/known-passwords"},
            "notify": {"smtp_url": f"smtp://127.0.0.1:{self.ports['smtp']}",
                       "template_directory": ROOT / "daemons/notify/mails"},
        }
        if self.with_kannel:
            sections["sms"] = {"reports": f"127.0.0.1:{self.ports['sms_reports']}"}
        for layer in (SETTINGS, self.settings):
            for section, values in layer.items():
                sections.setdefault(section, {}).update(values)
        if self.with_kannel:  # after those of the settings
            sections['sms_provider "kannel"'] = {"url": self.sms.url, "user": kannel.USER, "secret_file": self.sms.password_file}
        return configuration_text(sections)

    def configure(self):
        """Daemons that are started from now on have the settings as they are."""
        self.config.write_text(self._configuration())

    # starting and stopping

    def is_running(self):
        return any(process.pid is not None for process in self.daemons.values())

    def start(self):
        """All of it; daemons that run already stay as they are."""
        self.start_peers()
        for name in self.daemons:
            self._launch(name)
        for name in self.daemons:
            self.wait_ready(name)

    def start_peers(self):
        """What the daemons need, and no daemon."""
        self.tell("PostgreSQL")
        self.postgres = PostgresCluster(self.folder / "postgres", self.durable, self.postgres_settings)
        if not self.postgres.has_database("preau"):
            self.postgres.new_database("preau")
        self.tell("mail server")
        self._start_peer(self.mail)
        self._start_peer(self.pages)
        if self.with_kannel:
            self.tell("Kannel")
            if self.sms.bearerbox.pid is None or self.sms.smsbox.pid is None:
                self.sms.stop()
                self.sms.start()
        self.configure()
        self.tell("keys and migrations")
        for purpose in ("sealing", "tokens"):
            if not list((self.folder / "keys").glob(f"{purpose}-*.key")):
                self.ctl("key", "generate", purpose)
        self.ctl("migrate")

    @staticmethod
    def _start_peer(peer):
        if peer.process.pid is None:
            peer.start()

    def _launch(self, name, **environment):
        process = self.daemons[name]
        if process.pid is None:
            self.tell(name)
            within = [sys.executable, SANDBOX, ROOT / f"deploy/systemd/{name}.service", "--"] if self.shut_in else []
            process.start(*within, self.program(name), "--config", self.config, environment={**self.environment, **environment})

    def wait_ready(self, name, seconds=READY_SECONDS):
        process = self.daemons[name]
        try:
            process.until(lambda: self._get(name, "/readyz")[0] == 200, seconds, "ready")
        except TimeoutError as late:
            raise TimeoutError(f"{self._get(name, '/readyz')[1]}\n{late}") from None

    def launch(self, name, ready=True, **environment):
        """environment: PREAU_FAULT="point", for instance."""
        self._launch(name, **environment)
        if ready:
            self.wait_ready(name)

    def kill(self, name):
        """SIGKILL: nothing of it is told to anyone."""
        self.daemons[name].kill()

    def wait_dead(self, name, seconds=20):
        """Until it ended by itself: a fault point was passed."""
        if not self.daemons[name].wait(seconds):
            raise TimeoutError(f"{name} still lives after {seconds} s")

    def stop_daemon(self, name):
        self.daemons[name].stop()

    def restart(self, name, ready=True, **environment):
        """After a kill or in order."""
        self.stop_daemon(name)
        self.launch(name, ready, **environment)

    def stop(self):
        for process in self.daemons.values():
            process.signal(15)
        for process in self.daemons.values():
            process.stop()
        self.sms.stop()
        self.pages.stop()
        self.mail.stop()
        if self.postgres is None and (self.folder / "postgres/data/postmaster.pid").exists():
            self.postgres = PostgresCluster(self.folder / "postgres", self.durable, self.postgres_settings)
        if self.postgres is not None:
            self.postgres.stop()
        self.postgres = None

    def remove(self):
        """Stops it, and its folders outside of its own go."""
        self.stop()
        remove_socket_folder(self.folder / "postgres")
        remove_socket_folder(self.folder)

    # asking

    def run_ctl(self, *arguments, timeout=120):
        """preauctl, as it ended."""
        command = [self.build / "daemons/ctl/preauctl", "--config", self.config, *(str(one) for one in arguments)]
        return subprocess.run(command, text=True, capture_output=True, timeout=timeout, env={**os.environ, **self.environment})

    def ctl(self, *arguments, json_answer=False, timeout=120):
        """What preauctl says; as the value of its JSON if asked for. RuntimeError when it does not end with 0."""
        done = self.run_ctl(*arguments, *(["--json"] if json_answer else []), timeout=timeout)
        if done.returncode != 0:
            raise RuntimeError(f"preauctl {' '.join(map(str, arguments))} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return json.loads(done.stdout) if json_answer else done.stdout

    def import_archives(self, academy, archives, timeout=300):
        """Drops archives into the inbox and waits until they are taken: what `import run --wait` says."""
        for archive in archives:
            dropped = self.inbox(academy) / f".{pathlib.Path(archive).name}"
            shutil.copy(archive, dropped)
            dropped.rename(dropped.with_name(pathlib.Path(archive).name))
        return self.ctl("import", "run", "--academy", academy, "--wait", json_answer=True, timeout=timeout)

    def _get(self, name, path):
        with contextlib.suppress(requests.RequestException):
            answer = requests.get(f"http://{self.status_address(name)}{path}", timeout=5)
            return answer.status_code, answer.text
        return 0, ""

    def http_status(self, name, path):
        """0 when nobody answers."""
        return self._get(name, path)[0]

    def status(self, name):
        return json.loads(self._get(name, "/status")[1])

    def metrics(self, name):
        return series_of(self._get(name, "/metrics")[1])

    def psql(self, user="postgres"):
        """A connection to the site's database (psycopg, each statement its own transaction)."""
        return self.postgres.connect("preau", user)

    def log(self, name):
        return self.daemons[name].log.read_text(errors="replace")

    def wait(self, condition, seconds=20, what="so", every=0.05):
        """The condition's first true value, looked at so often. seconds: of a machine that does nothing else."""
        end = time.monotonic() + SLOWER * seconds
        while not (value := condition()):
            if time.monotonic() > end:
                raise TimeoutError(f"not {what} after {SLOWER * seconds} s")
            time.sleep(every)
        return value
