"""Who commands the daemons: preauctl by what its connection shows, and nobody by what a message says. Everything that preauctl asks is asked as the portal's
account would, had somebody taken it over."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import pytest

from peers.bus import Bus
from peers.bus_keys import KeyedBus, bus_settings, make_bus_keys, make_operator_key
from peers.site import DAEMONS, ROOT, Site

PUBLIC = {"GetOpenFigures"}  # what anybody may ask
# each of them, and what the daemon says to who does not even say to be an operator
COMMANDS = {
    ("link", "AddAdministrator"): ({"login": "intrus", "name": "Intrus", "role": "ROLE_EXPLOITANT", "scopes": [{}]}, "not_allowed"),
    ("link", "ListAdministrators"): ({}, "not_allowed"),
    ("link", "GetAdministrator"): ({"login": "vrai"}, "not_allowed"),
    ("link", "ChangeAdministrator"): ({"login": "vrai"}, "not_allowed"),
    ("link", "ListJoins"): ({}, "not_allowed"),
    ("link", "SeparateAccounts"): ({"join": 1}, "not_allowed"),
    ("import", "RunImports"): ({}, "not_allowed"),
    ("import", "ListRuns"): ({}, "not_found"),
    ("import", "GetReport"): ({"run": 1}, "not_found"),
    ("import", "DecideRun"): ({"run": 1, "approve": True, "by": "x"}, "not_allowed"),
    ("import", "ListMerges"): ({}, "not_allowed"),
    ("import", "UndoMerge"): ({"merge": 1, "by": "x"}, "not_allowed"),
    ("notify", "PreviewMail"): ({}, "not_found"),
    ("statistics", "Compute"): ({}, "not_allowed"),
}
ALL = pytest.mark.parametrize("service, method", COMMANDS, ids=[method for _, method in COMMANDS])
NOBODY = 65534


class StrangeBus(Bus):
    """Over ipc, under an account that is neither root nor a daemon's."""

    def __init__(self, site):
        super().__init__(site)
        for path in site.sockets.glob("*.sock"):
            path.chmod(0o777)  # as the group of the bus lets in all that are of it

    def _exchange(self, service, request, seconds, repeat_every):
        as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
        program = (ROOT / "tests/peers/strange_peer.py").read_text()
        done = subprocess.run(
            [*as_root, "setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", sys.executable, "-c", program,
             self.sockets / f"{service}.sock", request.hex()], check=True, capture_output=True, text=True, timeout=seconds + 30)
        return bytes.fromhex(done.stdout)


@pytest.fixture(scope="module", params=["ipc", "tcp"])
def here(request):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="preau-operator-"))
    folder.chmod(0o711)  # another account comes as far as the sockets
    site = Site(folder, settings={"link": {"argon2_memory": "8Mio", "argon2_operations": "1"}}, with_kannel=False)
    try:
        if request.param == "tcp":
            site.settings["bus"] = bus_settings(site.folder)
            make_bus_keys(site)
            make_operator_key(site)
        site.start_peers()
        for name in DAEMONS:
            site.launch(name)
        site.ctl("admin", "add", "vrai", "--name", "Vrai", "--role", "exploitant", "--nation")
        site.portal_bus = StrangeBus(site) if request.param == "ipc" else KeyedBus(site, "bus.key")
        site.own_bus = Bus(site) if request.param == "ipc" else KeyedBus(site, "bus-exploitant.key")
        yield site
    finally:
        site.remove()
        shutil.rmtree(folder, ignore_errors=True)


def test_all_that_preauctl_asks_is_tried():
    asked = {method for file in (ROOT / "daemons/ctl").glob("*.c") for method in re.findall(r'ctl_ask\([^"]*"(\w+)"', file.read_text())}
    assert asked - PUBLIC == {method for _, method in COMMANDS}


@ALL
def test_the_portal_is_no_operator_whatever_it_says(here, service, method):
    fields, _ = COMMANDS[service, method]
    daemon = f"preau-{'stats' if service == 'statistics' else service}d"
    logged = here.log(daemon).count("bus_operator_refused")
    assert here.portal_bus.refusal(service, method, operator=True, **fields) == "not_allowed"
    with here.psql() as database:
        assert database.execute("select count(*) from preau.administrator").fetchone()[0] == 1
    here.wait(lambda: here.log(daemon).count("bus_operator_refused") > logged, what="the line of the log")


@ALL
def test_nor_is_who_says_nothing(here, service, method):
    fields, told = COMMANDS[service, method]
    assert here.portal_bus.refusal(service, method, **fields) == told


@ALL
def test_preauctl_is(here, service, method):
    """By its identity: what it is told then is about the request."""
    fields = {} if method == "AddAdministrator" else COMMANDS[service, method][0]
    assert here.own_bus.refusal(service, method, operator=True, **fields) in (None, "not_found", "malformed")


def test_preauctl_commands(here):
    for command in (("admin", "list"), ("account", "joined"), ("import", "list"), ("import", "merges"), ("mail", "list"), ("statistics", "compute")):
        here.ctl(*command)


def test_the_portal_still_asks_for_people(here):
    assert here.portal_bus.refusal("link", "SignIn", login="personne", password="rien", address="192.0.2.1") == "wrong_credentials"


@pytest.mark.parametrize("here", ["tcp"], indirect=True)
def test_by_the_key_of_the_daemons_preauctl_is_told_what_is_missing(here):
    here.environment["PREAU_OPERATOR_CURVE_SECRET_FILE"] = str(here.folder / "bus.key")
    try:
        told = here.run_ctl("admin", "list")
    finally:
        del here.environment["PREAU_OPERATOR_CURVE_SECRET_FILE"]
    assert told.returncode == 1 and "ne reconnaît pas qui l’exploite" in told.stderr and "operator.curve_secret_file" in told.stderr
