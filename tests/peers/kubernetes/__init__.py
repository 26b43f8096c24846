"""The manifests of deploy/kubernetes as values, and two judges that are Kubernetes' own: its schemas, and kubectl."""

import functools
import json
import os
import pathlib
import re
import subprocess

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[3]
FOLDER = ROOT / "deploy/kubernetes"
MODULES = pathlib.Path(os.environ.get("PREAU_TEST_WEB", ROOT / ".dev/test-web")) / "node_modules"
PREAUCTL = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build")).resolve() / "daemons/ctl/preauctl"
KUBECTL = pathlib.Path(os.environ.get("PREAU_KUBERNETES", ROOT / ".dev/kubernetes")) / "usr/bin/kubectl"


class Strict(yaml.SafeLoader):
    """Of a key that stands twice YAML takes the last, in silence."""

    def construct_mapping(self, node, deep=False):
        names = [key.value for key, _ in node.value]
        assert len(names) == len(set(names)), f"{node.start_mark}: a key stands twice: {names}"
        return super().construct_mapping(node, deep)


def read(text):
    return [one for one in yaml.load_all(text, Strict) if one is not None]


def manifests():
    """{file's name: its objects}"""
    return {str(file.relative_to(FOLDER)): read(file.read_text()) for file in sorted(FOLDER.rglob("*.yaml"))}


def judged(objects):
    """For each object what its schema says against it."""
    done = subprocess.run(["node", pathlib.Path(__file__).with_name("judge.mjs"), MODULES], input=json.dumps(objects), text=True, capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def kubectl(*words, folder=None, typed=None):
    """Without a cluster: what it makes and reads by itself."""
    nowhere = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    done = subprocess.run([KUBECTL, *words], input=typed, text=True, capture_output=True, cwd=folder, timeout=60, env=nowhere)
    assert done.returncode == 0, f"kubectl {' '.join(words)}: {done.stderr}"
    return done.stdout


# --- what the manifests say ---

FILES = manifests()
OBJECTS = [one for objects in FILES.values() for one in objects]
# component: its word in keys, its daemon
DAEMONS = {"import": ("import", "importd"), "notify": ("notify", "notifyd"), "link": ("link", "linkd"), "stats": ("statistics", "statsd"),
           "portal": ("portal", "portald")}


def of(kind):
    """{name: object}"""
    return {one["metadata"]["name"]: one for one in OBJECTS if one["kind"] == kind}


def name_of(one):
    return f"{one['kind']}-{one['metadata']['name']}"


WORKLOADS = [one for one in OBJECTS if one["kind"] in ("Deployment", "Job", "Pod")]


def deployment(component):
    return of("Deployment")[f"preau-{component}"]


def pod_of(one):
    """(labels, spec) of what a workload starts."""
    if one["kind"] == "Pod":
        return one["metadata"]["labels"], one["spec"]
    return one["spec"]["template"]["metadata"]["labels"], one["spec"]["template"]["spec"]


def container_of(one):
    (container,) = pod_of(one)[1]["containers"]
    return container


def ports_of(component):
    """{name: number}"""
    return {one["name"]: one["containerPort"] for one in container_of(deployment(component))["ports"]}


def environment_of(one):
    return {variable["name"]: variable["value"] for variable in container_of(one).get("env", [])}


# --- the configuration in them ---


def preauctl(environment, *words):
    """As it ends, with these variables and no other of ours."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PREAU_")}
    return subprocess.run([PREAUCTL, *map(str, words)], text=True, capture_output=True, env={**ours, **environment})


@functools.cache
def settings(component):
    """{section.key: value}, as this daemon reads the configuration in its pod."""
    file = of("ConfigMap")["preau"]["data"]["preau.conf"]
    done = subprocess.run([PREAUCTL, "--config", "/dev/stdin", "--json", "config", "show"], input=file, text=True, capture_output=True,
                          env={"PATH": os.environ["PATH"], **environment_of(deployment(component))})
    assert done.returncode == 0, done.stderr
    return {row["key"]: row["value"] for row in json.loads(done.stdout)["keys"]}


def port(address):
    """Of host:port, of tcp://host:port."""
    return int(re.search(r":(\d+)\W*$", address)[1])
