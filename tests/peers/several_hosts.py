"""The hosts of docs/operators/plusieurs-machines.md on one: each has a folder for its /etc and /root, an address of the loopback, and its own
configuration; PostgreSQL asks for TLS, and lets in by the page's lines alone; daemons are shut in as by their units. What the page says to type is
done here.

    hosts = Hosts(folder)
    hosts.follow("services", chapter(PAGE, "…")[0])
    hosts.remove()
"""

import contextlib
import re
import shlex
import socket
import subprocess
import threading

from . import certificates, ports
from .documents import ROOT, blocks
from .postgres import PostgresCluster
from .site import DAEMONS, Site

PAGE = ROOT / "docs/operators/plusieurs-machines.md"
BASE = "base.exemple.fr"
# where each host's own connections come from: the portal's go over Wire
SERVICES_ADDRESS, PORTAL_ADDRESS, WIRE_ADDRESS = "127.0.0.1", "127.0.0.2", "127.0.0.3"
BUS_PORTS = tuple(str(first + number) for first in (7100, 7200) for number in (1, 2, 3, 4))
OWNER_PASSWORD = "un mot de passe de propriétaire"


class Wire:
    """From the portal's host to the database: connections leave from the portal's address, and every byte is kept in `seen`."""

    def __init__(self, port):
        self.port, self.seen = port, bytearray()
        self.listening = socket.create_server((WIRE_ADDRESS, port))
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                try:
                    far = socket.create_connection((SERVICES_ADDRESS, self.port), source_address=(PORTAL_ADDRESS, 0))
                except OSError:
                    near.close()
                    continue
                for here, there in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=(here, there), daemon=True).start()

    def _carry(self, here, there):
        with contextlib.suppress(OSError):
            while some := here.recv(65536):
                self.seen += some
                there.sendall(some)
        for one in (here, there):  # the other thread's end is over too, and it closes what it read
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        here.close()

    def close(self):
        self.listening.shutdown(socket.SHUT_RDWR)
        self.listening.close()


class Hosts:
    def __init__(self, folder, settings):
        self.folder = folder
        chosen = ports.remember(folder / "ports-hosts.json", ("postgres", *BUS_PORTS), {})
        self.port = chosen["postgres"]
        self.bus_ports = {name: str(chosen[name]) for name in BUS_PORTS}
        self.site = Site(folder / "site", settings=settings, with_kannel=False, shut_in=True,
                         postgres_settings={"listen_addresses": SERVICES_ADDRESS, "port": self.port})
        self.postgres = self.site.postgres = PostgresCluster(self.site.folder / "postgres", settings=self.site.postgres_settings)
        self.configurations = {name: folder / f"{name}.conf" for name in ("services", "portail")}
        self.authority, key, certificate = certificates.make(folder / "tls", "base", f"DNS:{BASE}")
        for name in ("base", "services", "portail"):
            for part in ("etc/preau", "root"):
                (folder / name / part).mkdir(parents=True)
        (folder / "services/root/autorite.pem").write_text(self.authority.read_text())
        self.give_certificate(key, certificate)
        self.wire = Wire(self.port)

    def give_certificate(self, key, certificate):
        for name, file in (("base.key", key), ("base.pem", certificate)):
            given = self.postgres.data / name
            given.write_bytes(file.read_bytes())
            given.chmod(0o600)
            if self.postgres.as_other:
                subprocess.run(["chown", "postgres:postgres", given], check=True)

    def here(self, text, host):
        """What the page writes, as it is on this machine."""
        base = SERVICES_ADDRESS if host == "services" else WIRE_ADDRESS
        text = text.replace(f"host={BASE}", f"host={BASE} hostaddr={base} port={self.port}").replace(":5432:", f":{self.port}:")
        text = re.sub(r"/etc/postgresql/15/main/(base\.\w+)", rf"{self.postgres.data}/\1", text)
        text = re.sub(r"(?<![\w.])/(etc/preau|root)/", rf"{self.folder}/{host}/\1/", text)
        text = re.sub(r"192\.0\.2\.11:(\d+)", lambda found: f"{SERVICES_ADDRESS}:{self.bus_ports[found[1]]}", text)
        text = text.replace("192.0.2.11/32", f"{SERVICES_ADDRESS}/32").replace("192.0.2.12/32", f"{PORTAL_ADDRESS}/32")
        return text.replace("https://compte.exemple.fr", self.site.portal_url)

    def listen_as_written(self):
        """The two files that the page writes on the database's host; but that it listens where nobody else does."""
        network, entries = [block.text for block in blocks(PAGE) if block.text.startswith(("listen_addresses", "hostssl"))]
        with open(self.postgres.data / "postgresql.conf", "a") as conf:
            conf.write("\n" + self.here(network, "base"))
        (self.postgres.data / "pg_hba.conf").write_text("local all all trust\n" + self.here(entries, "base"))

    def configure(self):
        """Each host's file: what any site of a test has, and over it what the page says."""
        self.site.configure()
        common = self.site.config.read_text()
        texts = [block.text for block in blocks(PAGE) if block.text.startswith("database {")]
        for (name, file), text in zip(self.configurations.items(), texts, strict=True):
            own = re.sub(r"^(database|bus) \{\n.*?^\}\n", "", common, flags=re.M | re.S)
            if name == "portail":  # the folder is the package's, and nothing is in it
                (self.folder / name / "etc/preau/keys").mkdir(exist_ok=True)
                own = own.replace(str(self.site.folder / "keys"), str(self.folder / name / "etc/preau/keys"))
            file.write_text(own + self.here(text, name))

    def on(self, host):
        """The site, whose preauctl and daemons are that host's from now on."""
        self.site.config = self.configurations[host]
        return self.site

    # what is typed

    def password_of(self, role):
        if role == "preau_owner":
            return OWNER_PASSWORD
        place = next(file for name in ("services", "portail") if (file := self.folder / name / "etc/preau/database" / role).exists())
        return place.read_text().strip().split(":")[4]

    def as_postgres(self, words):
        """By the socket of its own host; who asks for a password is given it twice, and sees no terminal."""
        said = f"{self.password_of(words[-1].split()[-1])}\n" * 2 if "password" in words[-1] else ""
        program = self.postgres._command(words[0], "-h", self.postgres.sockets, "-p", self.port, "-U", "postgres", *words[1:])
        subprocess.run(program, input=said, text=True, check=True, capture_output=True, cwd="/", start_new_session=True)

    def follow(self, host, commands):
        """What preauctl said, by command."""
        said = {}
        for command in commands:
            words = shlex.split(command)
            if words[0] == "runuser":
                self.as_postgres(words[4:])
            elif words[0] == "systemctl" and words[-1].startswith("postgresql"):
                subprocess.run(self.postgres.restart_command(), check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            elif words[:3] == ["systemctl", "enable", "--now"]:
                for name in (word.removesuffix(".service") for word in words[3:] if word.endswith(".service")):
                    assert name in DAEMONS
                    self.on(host).launch(name)
            elif words[0] == "preauctl":
                said[command] = self.on(host).run_ctl(*(self.here(word, host) for word in words[1:]))
            elif words[0] == "scp":
                there = words[3].removeprefix("portail.exemple.fr:")
                subprocess.run(["cp", "-p", self.here(words[2], host), self.here(there, "portail")], check=True)
            elif words[0] not in ("chown", "chgrp"):  # accounts of their own there are none
                subprocess.run(["sh", "-ec", re.sub(r" -[og] \S+", "", self.here(command, host))], check=True, capture_output=True)
        return said

    def remove(self):
        self.wire.close()
        self.site.remove()
