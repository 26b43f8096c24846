"""The packages of Debian, made once, and a bare Debian to put them in: both take minutes, and only a real install proves an install."""

import os
import pathlib
import subprocess

import pytest

from package.machine import Machine

ROOT = pathlib.Path(__file__).resolve().parents[2]


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
