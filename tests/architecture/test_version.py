"""A release is told apart from the one before: programs, packages, images and documents bear one version, which is a greater one; and what was delivered
is as it was."""

import re
import subprocess

import pytest

from peers import previous
from peers.site import ROOT

MIGRATIONS = "common/store/migrations"
OURS = previous.version_in((ROOT / "meson.build").read_text())


@pytest.fixture(scope="module")
def before():
    return previous.version()


def test_packages_have_the_version_of_the_programs_and_remember_the_one_before(before):
    """apt-get installs nothing over the same version."""
    told = re.findall(r"^preau \((\S+)\) \w+; urgency=\w+$", (ROOT / "deploy/debian/changelog").read_text(), re.M)
    assert told[:2] == [OURS, before]


def test_the_version_is_greater_than_that_of_the_release_before(before):
    assert subprocess.run(["dpkg", "--compare-versions", OURS, "gt", before]).returncode == 0, f"{OURS} after {before}"


def test_images_that_are_named_are_of_this_version():
    said = subprocess.run(["git", "grep", "-IoE", r"registre\.exemple\.fr/preau/[a-z]+:[0-9.]+", "--", "deploy", "docs"], cwd=ROOT, text=True,
                          capture_output=True, check=True).stdout.splitlines()
    assert len(said) > 20 and [line for line in said if not line.endswith(f":{OURS}")] == []


def test_what_is_said_of_the_release_before_is_so():
    """deploy/PREVIOUS_RELEASE: programs of ours say of the schema that they serve its daemons too."""
    assert max(int(name[:4]) for name in previous.files_of_before(MIGRATIONS)) == previous.told().schema


def test_a_migration_that_was_delivered_is_as_it_was():
    """preauctl migrate refuses an installed base whose migrations had another text."""
    names = previous.files_of_before(MIGRATIONS)
    assert names and [name for name in names if (ROOT / MIGRATIONS / name).read_bytes() != previous.of_before(f"{MIGRATIONS}/{name}")] == []
