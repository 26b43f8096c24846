"""docs/operators/conteneurs.md: its commands as kubectl reads them, and what they make against what pods mount. No cluster is asked."""

import re
import shlex
import shutil
import subprocess

import pytest
import yaml

from peers import previous
from peers.documents import blocks, lines_of, words_of
from peers.kubernetes import (DAEMONS, FILES, FOLDER, OBJECTS, ROOT, WORKLOADS, Strict, container_of, deployment, kubectl, name_of, of, pod_of, preauctl, read,
                              settings)
from peers.promtool import promtool

PAGE = ROOT / "docs/operators/conteneurs.md"
IMAGES = [*DAEMONS, "ctl"]


def commands():
    return [line for block in blocks(PAGE) if not block.word == "yaml" for line in lines_of(block)]


# --- what is mounted ---


def sources_of(volume):
    """[(kind, name, whether it may be absent)]"""
    if "projected" in volume:
        return [named for source in volume["projected"]["sources"] for named in sources_of(source)]
    found = []
    for word, kind, key in (("secret", "Secret", "secretName"), ("configMap", "ConfigMap", "name"), ("persistentVolumeClaim", "PersistentVolumeClaim", "claimName")):
        if word in volume:
            found.append((kind, volume[word].get(key) or volume[word]["name"], volume[word].get("optional", False)))
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """{(kind, name): keys of it} of the manifests, and of what the page makes by kubectl: each of its commands is carried out, as far as it goes without
    a cluster."""
    found = {(one["kind"], one["metadata"]["name"]): set(one.get("data", ())) for one in OBJECTS}
    folder = tmp_path_factory.mktemp("etc-preau")
    for name in ("keys/sealing-1.key", "keys/tokens-1.key", "bus.key", "bus.pub", "bus-clients/1.pub", "bus-exploitant.key", "bus-exploitants/actuelle.pub",
                 "ca.pem", "secrets/notify/relais", "secrets/link/lyon"):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("de l’exemple\n")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=preau_link",
                    "-keyout", folder / "any.key", "-out", folder / "any.crt"], check=True, capture_output=True)
    for line in commands():
        words = words_of(line.split(" | ")[0])
        if words[:2] != ["kubectl", "create"]:
            continue
        for name, ending in re.findall(r"--(?:cert|key)=/etc/preau/(\S+)\.(crt|key)(?=\s|$)", line):
            there = folder / f"{name}.{ending}"
            there.parent.mkdir(exist_ok=True)
            there.write_text((folder / f"any.{ending}").read_text())
        told = kubectl(*[word.replace("/etc/preau", str(folder)) for word in words[1:] if not word.startswith(("--dry-run", "--output"))],
                       "--dry-run=client", "--output=yaml")
        (one,) = read(told)
        assert one["metadata"]["namespace"] == "preau", line
        found.setdefault((one["kind"], one["metadata"]["name"]), set()).update(one["data"])
    return found


@pytest.mark.parametrize("one", WORKLOADS, ids=name_of)
def test_what_a_pod_mounts_is_there_or_made_by_the_page(one, made):
    _, pod = pod_of(one)
    volumes = {volume["name"]: volume for volume in pod["volumes"]}
    assert {mount["name"] for mount in container_of(one)["volumeMounts"]} == set(volumes)
    named = [source for volume in volumes.values() for source in sources_of(volume)]
    assert named and [f"{kind} {name}" for kind, name, _ in named if (kind, name) not in made] == []


def test_what_the_page_makes_is_used(made):
    """Or it is the proxy's."""
    used = {(kind, name) for one in WORKLOADS for volume in pod_of(one)[1]["volumes"] for kind, name, _ in sources_of(volume)}
    used |= {("Secret", entry["secretName"]) for entry in of("Ingress")["preau"]["spec"]["tls"]}
    assert {named for named in made if named[0] in ("Secret", "ConfigMap", "PersistentVolumeClaim")} == used


@pytest.mark.parametrize("one", WORKLOADS, ids=name_of)
def test_what_a_secret_holds_is_its_group_s_to_read_and_nobody_else_s(one):
    """Else Préau, or libpq, does not take it."""
    for volume in pod_of(one)[1]["volumes"]:
        of_volume = volume.get("secret") or volume.get("projected")
        if of_volume:
            assert of_volume["defaultMode"] == 0o440, volume["name"]
    written = [mount for mount in container_of(one)["volumeMounts"] if not mount.get("readOnly")]
    assert {mount["name"] for mount in written} == ({"inbox", "archive", "work"} if name_of(one) == "Deployment-preau-import" else set())


def files_of(one, made):
    """Paths that its pod finds by what is mounted."""
    volumes = {volume["name"]: volume for volume in pod_of(one)[1]["volumes"]}
    found = set()
    for mount in container_of(one)["volumeMounts"]:
        found.add(mount["mountPath"])
        if "subPath" not in mount:
            found |= {f"{mount['mountPath']}/{key}" for kind, name, _ in sources_of(volumes[mount["name"]]) for key in made[kind, name]}
    return found


def paths(value):
    return set(re.findall(r"(?<![\w:/])/[\w./-]+", value))


@pytest.mark.parametrize("component", DAEMONS)
def test_a_file_that_the_configuration_names_is_mounted(component, made):
    """Of the sections that the daemon reads; programs' own folders are in its image."""
    there = files_of(deployment(component), made)
    row = re.search(rf'"preau-{DAEMONS[component][1]}".*?\(const char \*const\[\]\)\s*\{{(.*?)\}}', (ROOT / "daemons/ctl/house.c").read_text(), re.S)[1]
    sections = set(re.findall(r'"(\w+)"', row))
    read_by_it = [value for key, value in settings(component).items() if key.split(".")[0] in sections and key != "database.owner_conninfo"]
    named = {path for value in read_by_it for path in paths(value) if not path.startswith("/usr/share/")}
    assert any(path.startswith("/etc/preau/") for path in named)
    assert named <= there, named - there


def test_the_operator_s_key_is_mounted_for_preauctl_alone(made):
    """Whoever reads it commands the daemons."""
    key = settings("import")["operator.curve_secret_file"]
    assert {name_of(one) for one in WORKLOADS if key in files_of(one, made)} == {"Pod-preau-ctl"}
    assert settings("import")["bus.curve_operators_directory"] in files_of(of("Pod")["preau-ctl"], made), "doctor reads the folder"


@pytest.mark.parametrize("name", ["preau-database-init", "preau-migrate"])
def test_the_owner_s_connection_is_mounted_where_it_is_used(name, made):
    assert paths(settings("import")["database.owner_conninfo"]) <= files_of(of("Job")[name], made)


def test_a_job_asks_for_what_preauctl_does():
    for one in of("Job").values():
        done = preauctl({}, *container_of(one)["args"], "--help")
        assert done.returncode == 0, done.stderr


# --- its commands ---


def flags_of(words):
    return words[0], *sorted({word.partition("=")[0] for word in words if word.startswith("-")})


def test_a_command_of_the_page_is_one():
    """kubectl's own reading of the line, which --help behind it does not carry out, once for each choice of options; files, images and stages that it names."""
    seen, told = set(), set()
    for line in commands():
        for part in line.split(" | "):
            words = shlex.split(part, comments=True)
            seen.add(words[0])
            inner = words[words.index("--") + 1:] if "--" in words else []
            if words[0] == "kubectl":
                asked = words[1:words.index("--")] if inner else words[1:]
                if asked[0] != "create" and flags_of(asked) not in told:  # `made` carries out what creates
                    kubectl(*asked, "--help")
                    told.add(flags_of(asked))
                files = [word.partition("=")[2] for word in words if word.startswith("--filename=") and word != "--filename=-"]
                assert all((ROOT / file).exists() for file in files), line
            if words[0] == "buildah" and words[1] == "build":
                assert words[words.index("--target") + 1] in IMAGES and (ROOT / words[words.index("--file") + 1]).exists(), line
            for word in re.findall(r"\b(?:deployment|job|pod)/(preau-[\w-]+)", part):
                assert word in {one["metadata"]["name"] for one in WORKLOADS}, line
            if inner:
                done = preauctl({}, *inner[1:], "--help")
                assert inner[0] == "preauctl" and done.returncode == 0, line
    assert {"kubectl", "buildah"} <= seen


def chapter(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", PAGE.read_text(), re.M | re.S)[1]


def test_each_image_is_built_and_pushed():
    text = chapter("Les images")
    for image in IMAGES:
        tag = container_of(deployment(image) if image in DAEMONS else of("Pod")["preau-ctl"])["image"]
        assert re.search(rf"^buildah build .*--target {image} --tag {tag} ", text, re.M) and f"buildah push {tag}\n" in text, image


def test_an_upgrade_begins_with_the_database_and_takes_every_daemon():
    order = re.findall(r"^kubectl apply --filename=deploy/kubernetes/(\S+)$", chapter("Mettre à jour"), re.M)
    assert order[0] == "once/migrate.yaml"
    assert {f"{component}.yaml" for component in DAEMONS} == set(order[1:])


def test_an_upgrade_writes_this_version_into_every_manifest_of_the_version_before(tmp_path):
    (line,) = [line for line in commands() if line.startswith("sed ")]
    ours = previous.version_in((ROOT / "meson.build").read_text())
    shutil.copytree(FOLDER, tmp_path / "deploy/kubernetes")
    for file in (tmp_path / "deploy/kubernetes").rglob("*.yaml"):
        file.write_text(re.sub(rf"(image: .*):{re.escape(ours)}$", rf"\1:{previous.version()}", file.read_text(), flags=re.M))
    subprocess.run(line, shell=True, cwd=tmp_path, check=True)
    images = [image for file in (tmp_path / "deploy/kubernetes").rglob("*.yaml") for image in re.findall(r"image: (.*)", file.read_text())]
    assert len(images) == len(WORKLOADS) and all(image.endswith(f":{ours}") for image in images)


def test_every_file_is_applied_by_the_page():
    assert set(FILES) == {name for line in commands() for name in re.findall(r"--filename=deploy/kubernetes/(\S+\.yaml)", line)}


def test_prometheus_reads_what_the_page_says(tmp_path):
    (block,) = [block for block in blocks(PAGE) if block.word == "yaml"]
    read_as = yaml.load(block.text, Strict)
    (job,) = read_as["scrape_configs"]
    (pods,) = job.pop("kubernetes_sd_configs")  # which Debian's Prometheus is built without
    assert pods == {"role": "pod", "namespaces": {"names": list(of("Namespace"))}}
    (tmp_path / "prometheus.yml").write_text(yaml.safe_dump({"scrape_configs": [job]}))
    promtool("check", "config", tmp_path / "prometheus.yml")
    (label,) = [rule for rule in job["relabel_configs"] if rule.get("target_label") == "daemon"]
    assert label["source_labels"] == ["__meta_kubernetes_pod_label_" + re.sub(r"\W", "_", "app.kubernetes.io/component")]
    daemons = {component: re.sub(label["regex"], label["replacement"].replace("$1", r"\1"), component) for component in DAEMONS}
    alerts = (ROOT / "deploy/monitoring/prometheus.yml").read_text()
    assert job["job_name"] == "preau" and sorted(daemons.values()) == sorted(re.findall(r"daemon: ([\w-]+)", alerts))


def test_the_page_counts_the_connections_of_all_pods():
    most = {one["spec"]["scaleTargetRef"]["name"]: one["spec"]["maxReplicas"] for one in of("HorizontalPodAutoscaler").values()}
    pods = sum(most.get(name) or one["spec"]["replicas"] for name, one in of("Deployment").items())
    said, wanted = map(int, re.search(r"(\d+) pods au plus.*?`max_connections = (\d+)`", PAGE.read_text(), re.S).groups())
    pool = int(settings("link")["database.pool_size"])
    assert said == pods and wanted >= pool * (pods + len(DAEMONS)) + int(settings("import")["import.parallel"]) + 10
