"""The packages of Debian, made once, and a bare Debian to put them in: both take minutes, and only a real install proves an install."""

import os
import re
import subprocess

import pytest

from package.machine import Machine, ready
from peers.documents import ROOT

GUIDE = ROOT / "docs/operators/installation.md"


@pytest.fixture(scope="session")
def packages(tmp_path_factory):
    """The folder of what `./dev package` made."""
    folder = tmp_path_factory.mktemp("packages")
    subprocess.run([ROOT / "dev", "package", folder], check=True, env={**os.environ, "PREAU_DEV": tmp_path_factory.mktemp("dev")})
    return folder


@pytest.fixture(scope="session")
def machine(tmp_path_factory, packages):
    with Machine.bare(tmp_path_factory.mktemp("machine") / "root", packages) as machine:
        yield machine


def steps():
    """The commands of the guide, in their order."""
    return [line for block in re.findall(r"^```sh\n(.*?)^```", GUIDE.read_text(), re.M | re.S) for line in block.splitlines()]


@pytest.fixture(scope="session")
def installed(machine):
    """The machine after each command of the guide: .said[command]."""
    machine.run("pg_ctlcluster 15 main start")
    machine.said = {}
    for command in steps():
        if command == "preauctl status":
            ready(machine)
        machine.said[command] = machine.run(command)
    return machine
