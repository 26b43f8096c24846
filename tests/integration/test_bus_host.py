"""A host of the bus that is gone without a word: who calls it does not wait for its old address as long as the kernel would, once its name leads
elsewhere, nor for the kernel's next try once it is back."""

import contextlib
import pathlib
import socket
import subprocess
from types import SimpleNamespace

import pytest

from peers import site as peers_site
from peers.bus_keys import bus_settings, make_bus_keys
from peers.site import Site
from peers.web import Visitor

LINKD, PORTALD = "preau-linkd", "preau-portald"
NAME, HERE, GONE = "linkd.exemple.fr", "127.0.0.1", "127.0.0.2"
SYN_SENT = "02"  # of /proc/net/tcp
KERNEL = 127  # seconds that it tries one connection for, with the six repeats of the first packet


@pytest.fixture
def name(tmp_path):
    """Where NAME leads for a daemon: name.leads(address)."""
    preload, source, file = tmp_path / "names.so", pathlib.Path(peers_site.__file__).with_name("names.c"), tmp_path / "address"
    subprocess.run(["cc", "-shared", "-fPIC", "-o", preload, source, "-ldl"], check=True)
    file.write_text(HERE)
    return SimpleNamespace(leads=file.write_text,
                           environment={"LD_PRELOAD": str(preload), "PREAU_NAME": NAME, "PREAU_NAME_FILE": str(file)})


@pytest.fixture
def here(tmp_path, name):
    site = Site(tmp_path / "site", with_kannel=False)
    site.settings["bus"] = bus_settings(site.folder)
    (at,) = site.settings["bus"]["link"]
    site.settings["bus"]["link"] = [at.replace(HERE, NAME)]
    site.port = int(at.rpartition(":")[2])
    try:
        make_bus_keys(site)
        site.start_peers()
        for daemon in ("preau-importd", "preau-notifyd", "preau-statsd"):
            site.launch(daemon)
        site.launch(LINKD, PREAU_BUS_LISTEN=at)
        site.launch(PORTALD, **name.environment)
        yield site
    finally:
        site.remove()


@contextlib.contextmanager
def silent_host(port):
    """Takes no connection and refuses none: the queue of those that wait is full, and the kernel drops each further first packet."""
    with contextlib.ExitStack() as held:
        server = held.enter_context(socket.socket())
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((GONE, port))
        server.listen(0)
        for _ in range(4):
            waiting = held.enter_context(socket.socket())
            waiting.settimeout(0.2)
            with contextlib.suppress(TimeoutError):
                waiting.connect((GONE, port))
        yield


def knocks(process, port):
    """That process waits for a first answer of the host that gives none."""
    inodes = {path.readlink().name for path in pathlib.Path(f"/proc/{process.pid}/fd").iterdir() if path.is_symlink()}
    there = f"{int.from_bytes(socket.inet_aton(GONE), 'little'):08X}:{port:04X}"
    rows = [line.split() for line in pathlib.Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(row[2] == there and row[3] == SYN_SENT and f"socket:[{row[9]}]" in inodes for row in rows)


def hears(site):
    return next(check["state"] for check in site.status(PORTALD)["checks"] if check["name"] == "linkd") == "ok"


def answer(site):
    visitor = Visitor(site.portal_url)
    return visitor.submit(visitor.get("/connexion").form("/connexion"), identifiant="personne", mot_de_passe="rien").status


def test_a_silent_host_is_left_for_where_its_name_leads(here, name):
    at = f"tcp://{HERE}:{here.port}"
    here.wait(lambda: hears(here), 30, "heard at first")
    told = answer(here)
    assert told < 500
    with silent_host(here.port):
        name.leads(GONE)
        here.stop_daemon(LINKD)
        here.wait(lambda: knocks(here.daemons[PORTALD], here.port), 30, "knocks at the silent host")
        here.wait(lambda: not hears(here), 60, "said to be gone")
        here.launch(LINKD, PREAU_BUS_LISTEN=at)
        here.wait(lambda: knocks(here.daemons[PORTALD], here.port), 30, "knocks there again")
        name.leads(HERE)
        here.wait(lambda: hears(here), KERNEL // 4, "heard where the name leads")
        assert answer(here) == told
