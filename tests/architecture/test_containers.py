"""The images against the packages that they are made of, and what a cluster starts against the images."""

import functools
import json
import re

import pytest

from peers import previous
from peers.kubernetes import DAEMONS, ROOT, WORKLOADS, container_of, name_of, pod_of

IMAGES = [*DAEMONS, "ctl"]

@functools.cache
def stages():
    """{name: its lines} of the Containerfile, continued lines in one."""
    text = re.sub(r"\\\n\s*", "", (ROOT / "deploy/containers/Containerfile").read_text())
    found = re.split(r"^FROM (\S+) AS (\S+)\n", text, flags=re.M)[1:]
    return {name: (base, body) for base, name, body in zip(found[::3], found[1::3], found[2::3])}


def instruction(stage, word):
    (found,) = re.findall(rf"^{word} (.*)$", stages()[stage][1], re.M)
    return found


def test_there_is_an_image_for_each_program():
    assert list(stages()) == ["bare", *IMAGES]
    assert {base for name, (base, _) in stages().items() if name != "bare"} == {"bare"}


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_its_package_whose_program_it_starts(image):
    packages = set(re.findall(r"^Package: (\S+)$", (ROOT / "deploy/debian/control").read_text(), re.M))
    assert re.findall(r"/packages/([\w-]+)_\*\.deb", stages()[image][1]) == [f"preau-{image}"]
    assert re.findall(r"/packages/([\w-]+)_\*\.deb", stages()["bare"][1]) == ["preau-common"]
    assert {f"preau-{image}", "preau-common"} <= packages
    installed = (ROOT / f"deploy/debian/preau-{image}.install").read_text().split()
    (program,) = json.loads(instruction(image, "ENTRYPOINT"))
    assert program.lstrip("/") in installed
    if image != "ctl":
        assert json.loads(instruction(image, "CMD")) == ["--config", "/etc/preau/preau.conf"]


@functools.cache
def accounts():
    """({account: uid}, {group: gid}) that the images are made with."""
    body = stages()["bare"][1]
    groups = {name: int(number) for number, name in re.findall(r"groupadd --gid (\d+) ([\w-]+)", body)}
    return {name: int(number) for name, number in re.findall(r"(\w+):(\d+)", re.search(r"for account in (.*?);", body)[1])}, groups


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_runs_as_the_account_of_its_program(image):
    users, groups = accounts()
    assert instruction(image, "USER") == f"{users[image]}:{groups['preau']}"
    if image != "ctl":
        assert f"User=preau-{image}\n" in (ROOT / f"deploy/systemd/preau-{DAEMONS[image][1]}.service").read_text()


@pytest.mark.parametrize("one", WORKLOADS, ids=name_of)
def test_what_is_started_is_an_image_of_this_version_as_its_account(one):
    version = previous.version_in((ROOT / "meson.build").read_text())
    labels, pod = pod_of(one)
    image = container_of(one)["image"]
    name = re.fullmatch(rf"registre\.exemple\.fr/preau/(\w+):{re.escape(version)}", image)[1]
    assert name == (labels["app.kubernetes.io/component"] if one["kind"] == "Deployment" else "ctl")
    users, groups = accounts()
    said = pod["securityContext"]
    assert (said["runAsUser"], said["runAsGroup"], said["fsGroup"]) == (users[name], groups["preau"], groups["preau"])
