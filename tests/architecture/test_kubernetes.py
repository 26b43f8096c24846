"""What a cluster is given (deploy/kubernetes) against Kubernetes' schemas, the units and the configuration: no cluster is asked."""

import copy
import functools
import json
import re

import pytest

from peers.documents import keys
from peers.kubernetes import (DAEMONS, OBJECTS, ROOT, WORKLOADS, container_of, deployment, environment_of, judged, name_of, of, pod_of, port, ports_of, preauctl,
                              read, settings)

SCALED = {"notify", "portal"}

# --- Kubernetes' own words ---


def test_every_object_is_one_that_kubernetes_knows():
    assert [(name_of(one), wrong) for one, wrong in zip(OBJECTS, judged(OBJECTS)) if wrong] == []


def changed(kind, name, *path, rename=None, value=None):
    """A copy of an object with one word of it otherwise."""
    one = copy.deepcopy(of(kind)[name])
    *way, last = path
    inside = functools.reduce(lambda found, step: found[step], way, one)
    if rename:
        inside[rename] = inside.pop(last)
    else:
        inside[last] = value
    return one


CONTAINER = ("spec", "template", "spec", "containers", 0)
WRONG = [
    changed("Deployment", "preau-portal", *CONTAINER, "securityContext", "readOnlyRootFilesystem", rename="readOnlyRootFileSystem"),
    changed("Deployment", "preau-portal", *CONTAINER, "readinessProbe", rename="readynessProbe"),
    changed("Deployment", "preau-portal", *CONTAINER, "readinessProbe", "httpGet", "path", rename="url"),
    changed("Deployment", "preau-portal", *CONTAINER, "ports", 0, "containerPort", value="8080"),
    changed("Deployment", "preau-portal", "spec", "template", "spec", "enableServiceLinks", rename="enableServiceLink"),
    changed("Deployment", "preau-portal", "spec", "selector", rename="selectors"),
    changed("PodDisruptionBudget", "preau-portal", "spec", "maxUnavailable", rename="maxUnavailables"),
    changed("HorizontalPodAutoscaler", "preau-portal", "spec", "metrics", 0, "resource", "target", "averageUtilization", rename="utilization"),
    changed("NetworkPolicy", "preau-portal", "spec", "egress", 0, "to", rename="from"),
    changed("NetworkPolicy", "preau-database", "spec", "egress", 0, "to", 0, "ipBlock", "cidr", rename="block"),
    changed("Job", "preau-migrate", "spec", "backoffLimit", rename="backOffLimit"),
    changed("PersistentVolumeClaim", "preau-import-inbox", "spec", "accessModes", value="ReadWriteOnce"),
    changed("Service", "preau-import", "apiVersion", value="v2"),
    changed("ConfigMap", "preau", "data", rename="datas"),
]


def test_a_word_that_kubernetes_does_not_know_is_found():
    assert [name_of(one) for one, wrong in zip(WRONG, judged(WRONG)) if not wrong] == []


def test_a_key_that_stands_twice_is_found():
    with pytest.raises(AssertionError, match="twice"):
        read("spec:\n  replicas: 1\n  replicas: 2\n")


def test_each_object_stands_once_in_its_namespace():
    names = [name_of(one) for one in OBJECTS]
    assert len(names) == len(set(names))
    assert {one["metadata"].get("namespace") for one in OBJECTS if one["kind"] != "Namespace"} == set(of("Namespace")) == {"preau"}


def test_no_secret_is_among_them():
    """An example that is applied would take the place of the keys."""
    assert of("Secret") == {}


# --- what a pod may, and how it is watched ---


@pytest.mark.parametrize("one", WORKLOADS, ids=name_of)
def test_a_pod_has_no_right_that_it_does_not_need(one):
    """Kubernetes' profile "restricted", and what it does not ask for."""
    _, pod = pod_of(one)
    container = container_of(one)
    assert pod["securityContext"]["runAsNonRoot"] is True and pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True, "capabilities": {"drop": ["ALL"]}}
    assert pod["automountServiceAccountToken"] is False
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod) and not any("hostPath" in volume for volume in pod["volumes"])
    assert of("ServiceAccount")[pod["serviceAccountName"]]["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False, "variables of Kubernetes would be taken for keys"
    assert {"cpu", "memory"} <= set(container["resources"]["requests"]) and "memory" in container["resources"]["limits"]
    labels = of("Namespace")["preau"]["metadata"]["labels"]
    assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


def seconds(text):
    return int(re.fullmatch(r"(\d+)s", text)[1])


@pytest.mark.parametrize("component", DAEMONS)
def test_a_daemon_is_watched_by_its_own_status(component):
    container = container_of(deployment(component))
    assert {probe: container[probe]["httpGet"] for probe in ("startupProbe", "livenessProbe", "readinessProbe")} == {
        "startupProbe": {"path": "/livez", "port": "status"}, "livenessProbe": {"path": "/livez", "port": "status"},
        "readinessProbe": {"path": "/readyz", "port": "status"}}


@pytest.mark.parametrize("component", DAEMONS)
def test_a_daemon_has_the_time_to_end_what_it_accepted(component):
    _, pod = pod_of(deployment(component))
    before = int(container_of(deployment(component)).get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command", ["sleep", "0"])[1])
    assert pod["terminationGracePeriodSeconds"] >= before + seconds(settings(component)["daemon.stop_timeout"]) + 5


@pytest.mark.parametrize("component", DAEMONS)
def test_a_daemon_has_the_memory_that_its_unit_gives(component):
    unit = (ROOT / f"deploy/systemd/preau-{DAEMONS[component][1]}.service").read_text()
    assert container_of(deployment(component))["resources"]["limits"]["memory"] == re.search(r"^MemoryMax=(\d+G)$", unit, re.M)[1] + "i"


def selected(selector):
    """Components of the workloads whose pods have these labels."""
    return [pod_of(one)[0]["app.kubernetes.io/component"] for one in WORKLOADS if selector.items() <= pod_of(one)[0].items()]


@pytest.mark.parametrize("component", DAEMONS)
def test_a_daemon_has_its_budget_and_is_reached(component):
    one = deployment(component)
    budget = of("PodDisruptionBudget")[f"preau-{component}"]["spec"]
    assert budget["maxUnavailable"] == 1, "a node with the only one could never be emptied"
    for selector in (one["spec"]["selector"]["matchLabels"], budget["selector"]["matchLabels"], of("Service")[f"preau-{component}"]["spec"]["selector"]):
        assert selected(selector) == [component]
    for constraint in pod_of(one)[1].get("topologySpreadConstraints", []):
        assert selected(constraint["labelSelector"]["matchLabels"]) == [component]


def test_every_budget_service_and_autoscaler_is_of_a_daemon():
    for kind in ("Deployment", "PodDisruptionBudget", "Service"):
        assert set(of(kind)) == {f"preau-{component}" for component in DAEMONS}, kind
    assert set(of("HorizontalPodAutoscaler")) == {f"preau-{component}" for component in SCALED}


@pytest.mark.parametrize("component", DAEMONS)
def test_how_many_of_a_daemon_is_said_in_one_place(component):
    one = deployment(component)["spec"]
    assert ("replicas" in one) == (component not in SCALED), "a manifest that is applied again would undo what the autoscaler did"
    most = of("HorizontalPodAutoscaler")[f"preau-{component}"]["spec"]["maxReplicas"] if component in SCALED else one["replicas"]
    assert ("topologySpreadConstraints" in one["template"]["spec"]) == (most > 1)


@pytest.mark.parametrize("component", sorted(SCALED))
def test_an_autoscaler_looks_at_what_a_pod_asks_for(component):
    spec = of("HorizontalPodAutoscaler")[f"preau-{component}"]["spec"]
    assert spec["scaleTargetRef"] == {"apiVersion": "apps/v1", "kind": "Deployment", "name": f"preau-{component}"}
    assert 2 <= spec["minReplicas"] < spec["maxReplicas"]
    for metric in spec["metrics"]:
        assert metric["type"] == "Resource" and metric["resource"]["name"] in container_of(deployment(component))["resources"]["requests"]


def test_the_one_that_holds_volumes_ends_before_the_next_begins():
    for component in DAEMONS:
        one = deployment(component)
        holds = any("persistentVolumeClaim" in volume for volume in pod_of(one)[1]["volumes"])
        assert (one["spec"]["strategy"]["type"] == "Recreate") == holds, component
        assert holds or one["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
        assert not holds or one["spec"]["replicas"] == 1


# --- the configuration ---


@pytest.fixture(scope="module")
def configuration(tmp_path_factory):
    file = tmp_path_factory.mktemp("kubernetes") / "preau.conf"
    file.write_text(of("ConfigMap")["preau"]["data"]["preau.conf"])
    return file


@pytest.mark.parametrize("component", DAEMONS)
def test_the_configuration_and_the_variables_are_right(component, configuration):
    environment = environment_of(deployment(component))
    known = {f"PREAU_{section}_{name}".upper() for section, names in keys().items() for name in names}
    assert set(environment) <= known
    done = preauctl(environment, "--config", configuration, "config", "check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("wrong", ["PREAU_STATUS_PORTALS", "PREAU_LINK_SERVICE_HOST"])
def test_a_variable_that_is_no_key_is_found(configuration, wrong):
    """The second is what enableServiceLinks would make."""
    done = preauctl({wrong: "10.43.0.7"}, "--config", configuration, "config", "check")
    assert done.returncode == 1 and wrong in done.stderr


@pytest.mark.parametrize("component", DAEMONS)
def test_ports_are_those_of_the_configuration(component, configuration):
    """What a daemon listens on, what its pod names, what its service leads to, and what the others call."""
    word, _ = DAEMONS[component]
    heard = settings(component)
    listened = {"status": port(heard[f"status.{word}"])}
    if component == "portal":
        listened["http"] = port(heard["portal.listen"])
        assert heard["portal.listen"].startswith("0.0.0.0:")
    else:
        listened |= {"bus": port(heard["bus.listen"]), "events": port(heard["bus.events_listen"])}
        assert heard["bus.listen"].startswith("tcp://*:") and heard["bus.events_listen"].startswith("tcp://*:")
    assert heard[f"status.{word}"].startswith("0.0.0.0:")
    assert ports_of(component) == listened
    service = of("Service")[f"preau-{component}"]["spec"]["ports"]
    assert {one["name"]: one["port"] for one in service} == listened and all(one["targetPort"] == one["name"] for one in service)
    shown = json.loads(preauctl({}, "--config", configuration, "--json", "config", "show").stdout)["keys"]
    called = {row["key"]: row["value"] for row in shown}
    assert called[f"status.{word}"] == f"preau-{component}:{listened['status']}"
    if component != "portal":
        assert re.findall(r'tcp://[^\s",{}]+', called[f"bus.{word}"]) == [f"tcp://preau-{component}:{listened['bus']}"]
        assert re.findall(r'tcp://[^\s",{}]+', called[f"bus.events_{word}"]) == [f"tcp://preau-{component}:{listened['events']}"]


def test_the_proxy_leads_to_the_portal():
    spec = of("Ingress")["preau"]["spec"]
    (rule,) = spec["rules"]
    (path,) = rule["http"]["paths"]
    service = path["backend"]["service"]
    assert service["port"]["name"] in {one["name"] for one in of("Service")[service["name"]]["spec"]["ports"]}
    assert settings("portal")["portal.public_url"] == f"https://{rule['host']}" and spec["tls"][0]["hosts"] == [rule["host"]]
