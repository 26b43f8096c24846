"""A site whose daemons speak over tcp with CURVE keys, as those of several hosts do."""

import zmq

from . import ports
from .bus import Bus

SERVICES = ("import", "notify", "link", "statistics")


def bus_settings(folder):
    names = [name for service in SERVICES for name in (service, f"events_{service}")]
    chosen = ports.remember(folder / "bus-ports.json", names, {})
    return {**{name: [f"tcp://127.0.0.1:{port}"] for name, port in chosen.items()}, "curve_secret_file": folder / "bus.key",
            "curve_server_public_file": folder / "bus.pub", "curve_clients_directory": folder / "bus-clients", "timeout": "15s"}


def make_bus_keys(site):
    """As the page says of the first ones."""
    site.run_ctl("key", "curve", site.folder / "bus.key")
    public = (site.folder / "bus.key.pub").read_text()
    (site.folder / "bus-clients").mkdir()
    for name in ("bus.pub", "bus-clients/actuelle.pub"):
        (site.folder / name).write_text(public)


def make_operator_key(site):
    """preauctl's own, the only one that commands from then on."""
    site.run_ctl("key", "curve", site.folder / "bus-exploitant.key")
    (site.folder / "bus-exploitants").mkdir()
    (site.folder / "bus-exploitants/actuelle.pub").write_text((site.folder / "bus-exploitant.key.pub").read_text())
    site.settings["bus"]["curve_operators_directory"] = site.folder / "bus-exploitants"
    site.settings["operator"] = {"curve_secret_file": site.folder / "bus-exploitant.key"}


class KeyedBus(Bus):
    """Over tcp, by the pair of keys of this file of the site."""

    def __init__(self, site, key):
        super().__init__(site)
        self.endpoints = site.settings["bus"]
        self.secret, self.public = ((site.folder / name).read_bytes().split()[0] for name in (key, f"{key}.pub"))
        self.server = (site.folder / "bus.pub").read_bytes().split()[0]

    def _connect(self, socket, service):
        socket.setsockopt(zmq.CURVE_SECRETKEY, self.secret)
        socket.setsockopt(zmq.CURVE_PUBLICKEY, self.public)
        socket.setsockopt(zmq.CURVE_SERVERKEY, self.server)
        socket.connect(self.endpoints[service][0])
