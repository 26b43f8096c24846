"""A host that other accounts share: the portal listens on a Unix socket that nginx alone may open, as docs/operators/mandataire.md has it."""

import re
import shlex
import socket
import stat
import subprocess

import pytest
import requests

from peers.documents import ROOT, chapter
from peers.front import Front
from peers.people import Town
from peers.portal import ACADEMY
from peers.site import Site
from peers.web import Visitor

PORTALD = "preau-portald"
SHIPPED = "server 127.0.0.1:8080;"
TRIES = 10


@pytest.fixture(scope="module")
def commands():
    ((*lines,),) = chapter(ROOT / "docs/operators/mandataire.md", "D’autres comptes sur cette machine")
    return lines


@pytest.fixture(scope="module")
def unit(commands, tmp_path_factory):
    """{setting: its last value} of the socket with the page's drop-in."""
    folder = tmp_path_factory.mktemp("units")
    for command in commands:
        if command.startswith(("install", "printf")):
            subprocess.run(["sh", "-ec", command.replace("/etc/systemd/system", str(folder))], check=True)
    (drop_in,) = folder.glob("preau-portald.socket.d/*.conf")
    return dict(re.findall(r"^(\w+)=(.+)$", drop_in.read_text(), re.M)), drop_in.read_text()


@pytest.fixture(scope="module")
def upstream(commands):
    """What the page's sed makes of the line in the configuration that is shipped."""
    (sed,) = (shlex.split(command) for command in commands if command.startswith("sed"))
    assert SHIPPED in (ROOT / "deploy/nginx/preau.conf").read_text()
    made = subprocess.run(["sed", sed[2]], input=SHIPPED, text=True, capture_output=True, check=True).stdout
    return re.fullmatch(r"server (unix:\S+);", made.strip())[1]


def test_the_two_sides_name_one_socket_which_takes_the_place_of_the_port(unit, upstream):
    settings, text = unit
    assert upstream == f"unix:{settings['ListenStream']}" and "ListenStream=\n" in text, "the first line takes the port away"
    assert (settings["SocketGroup"], settings["SocketMode"]) == ("www-data", "0660")


@pytest.fixture(scope="module")
def here(tmp_path_factory, unit):
    """(site, front): nobody is a trusted proxy, but for who connects to the socket."""
    front = Front(tmp_path_factory.mktemp("front"))
    settings = {**front.settings, "link": {"argon2_memory": "8Mio", "argon2_operations": "1", "attempts_address": TRIES}}
    settings["portal"] = {**settings["portal"], "trusted_proxies": "192.0.2.1", "address_connections_max": 1}
    path = tmp_path_factory.mktemp("run") / "portal.sock"
    with Site.of(tmp_path_factory.mktemp("site"), "preau-linkd", settings=settings) as site, socket.socket(socket.AF_UNIX) as held:
        held.bind(str(path))
        path.chmod(int(unit[0]["SocketMode"], 8))
        held.listen(64)
        site.daemons[PORTALD].socket = held
        site.launch(PORTALD, PREAU_PORTAL_LISTEN="systemd")
        with front.before(site, f"unix:{path}"):
            site.socket_path = path
            yield site, front


def come_from(front, address):
    visitor = Visitor(front.url)
    visitor.session.trust_env = False
    visitor.session.verify = str(front.authority)
    adapter = requests.adapters.HTTPAdapter()
    adapter.init_poolmanager(10, 10, source_address=(address, 0))
    visitor.session.mount("https://", adapter)
    return visitor


def test_families_come_through_it_each_with_their_own_address(here):
    """Bounds by address count the person's: one who tries too much keeps nobody else out."""
    site, front = here
    town = Town(site, ACADEMY)
    school = town.school(1)
    person = town.guardian("Anne", "Devant", [town.pupil(school, "Zoe", "Devant", "2017-05-06")])
    person.hand_out()
    stranger = come_from(front, "127.0.0.8")
    for number in range(TRIES + 2):
        page = stranger.submit(stranger.get("/connexion").form("/connexion"), identifiant=f"z.inconnu{number}", mot_de_passe="x")
    assert page.status == 429
    family = come_from(front, "127.0.0.9")
    page = family.submit(family.get("/connexion").form("/connexion"), identifiant=person.login, mot_de_passe=person.password)
    assert page.path == "/ouverture"


def test_no_port_is_left_for_others(here):
    site, _ = here
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", site.ports["portal"]), timeout=5).close()
    assert stat.S_IMODE(site.socket_path.stat().st_mode) == 0o660


def test_who_connects_without_a_header_is_of_this_host(here):
    site, _ = here
    with socket.socket(socket.AF_UNIX) as own:
        own.settimeout(20)
        own.connect(str(site.socket_path))
        own.sendall(b"GET /connexion HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        assert own.recv(100).startswith(b"HTTP/1.1 200")
