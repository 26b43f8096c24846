"""Each daemon tells how it is on its own address; preauctl tells all five at once."""

import json
import pathlib
import re
import time

import pytest
import requests

from peers.promtool import promtool
from peers.site import DAEMONS

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/operators/etat.md"
each_daemon = pytest.mark.parametrize("name", DAEMONS)


@each_daemon
def test_alive_and_ready(site, name):
    assert site.http_status(name, "/livez") == 200
    assert site.http_status(name, "/readyz") == 200
    assert site.http_status(name, "/elsewhere") == 404


@each_daemon
def test_status_tells_what_it_stands_on(site, name):
    status = site.status(name)
    assert status["name"] == name
    assert status["state"] == "running" and status["ready"] is True
    assert status["schema_version"] > 0
    required = [check for check in status["checks"] if check["required"]]
    assert "database" in [check["name"] for check in required]
    assert all(check["state"] == "ok" for check in required)


@each_daemon
def test_metrics_are_prometheus_text(site, name):
    answer = requests.get(f"http://{site.status_address(name)}/metrics", timeout=5)
    assert answer.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    series = site.metrics(name)
    assert series["preau_loop_stalls_total"] >= 0
    described = {line.split()[2] for line in answer.text.splitlines() if line.startswith("# TYPE")}
    assert all(one.partition("{")[0].removesuffix("_bucket").removesuffix("_sum").removesuffix("_count") in described
               or one.partition("{")[0] in described for one in series)


@each_daemon
def test_promtool_finds_nothing_wrong_with_the_metrics(site, name):
    text = requests.get(f"http://{site.status_address(name)}/metrics", timeout=5).text
    assert promtool("check", "metrics", typed=text) == ""


@each_daemon
def test_metrics_tell_what_the_status_tells(site, name):
    status, series = site.status(name), site.metrics(name)
    for check in status["checks"]:
        required = "yes" if check["required"] else "no"
        assert series[f'preau_check{{check="{check["name"]}",required="{required}"}}'] == (check["state"] == "ok")
    assert series["preau_ready"] == 1
    assert series["preau_schema_version"] == status["schema_version"]
    assert series[f'preau_build_info{{version="{status["version"]}"}}'] == 1
    assert 0 < time.time() - series["process_start_time_seconds"] < 86400
    assert series["process_resident_memory_bytes"] > 1e6
    assert 3 < series["process_open_fds"] < series["process_max_fds"]


def test_metrics_tell_how_old_things_are(site, academy):
    now = time.time()
    importd, statsd = site.metrics("preau-importd"), site.metrics("preau-statsd")
    assert 0 < now - importd[f'preau_import_last_success_timestamp_seconds{{academy="{academy.code}"}}'] < 86400
    for folder in ("inbox", "archive", "work"):
        assert importd[f'preau_directory_free_bytes{{directory="{folder}"}}'] > 0
    # an alert looks at what was added: a series that began with 1 would have grown by nothing
    for outcome in ("applied", "refused", "failed", "repeated", "busy", "held", "checked", "unfinished"):
        assert f'preau_import_runs_total{{outcome="{outcome}"}}' in importd
    assert importd["preau_import_archives_held"] >= 0 and importd["preau_import_archives_oldest_seconds"] >= 0
    assert 0 < now - importd['preau_key_written_timestamp_seconds{key="sealing"}'] < 86400
    assert 'preau_key_written_timestamp_seconds{key="curve"}' not in importd
    assert statsd["preau_statistics_last_success_timestamp_seconds"] > 0
    anchored = site.wait(lambda: site.metrics("preau-linkd")["preau_audit_anchors_timestamp_seconds"], seconds=30,
                         what="read by linkd")
    assert now - anchored < 86400
    site.wait(lambda: "sms_waiting" in site.status("preau-linkd")["numbers"], seconds=30, what="counted")


# values of labels that are made known at start: what they may be
OPEN_LABELS = {
    "query": lambda value: re.fullmatch(r"[a-z][a-z0-9_]*", value) and value in QUERIES,
    "pool": lambda value: re.fullmatch(r"[a-z0-9-]+", value),
    "academy": lambda value: re.fullmatch(r"\d{1,3}", value),
    "provider": lambda value: re.fullmatch(r"(ent/)?[a-z0-9-]+|FranceConnect", value),
    "peer": lambda value: re.fullmatch(r"((ent|sms)/)?[a-z0-9-]+|FranceConnect", value),
    "check": lambda value: value in described("contrôle"),
    "version": lambda value: re.fullmatch(r"[0-9.]+\S*", value),
}
QUERIES = set(re.findall(r"^-- :query (\w+)$", "\n".join(one.read_text() for one in (ROOT / "common/store").glob("*.sql")), re.M))


@each_daemon
def test_no_label_of_a_metric_is_unbounded_or_about_a_person(site, name):
    page = (ROOT / "docs/operators/metrics.md").read_text()
    for one in site.metrics(name):
        metric, _, labels = one.partition("{")
        row = re.search(rf"^\| `{re.sub('_(bucket|sum|count)$', '', metric)}` .*$|^\| `{metric}` .*$", page, re.M)
        assert row, f"{metric} is in no page"
        for label, value in re.findall(r'(\w+)="([^"]*)"', labels):
            listed = re.search(rf"`{label}` : ([^;|]*)", row.group())
            if label == "le" or value == "other":
                continue
            assert value in listed.group(1).split() if listed else OPEN_LABELS[label](value), one


# --- the page of /status ---


def described(kind):
    """{name: daemons} of the table whose first heading is that."""
    table = re.search(rf"^\| {kind} \|.*?\n\| ---.*?\n((?:\|.*\n)*)", PAGE.read_text(), re.M).group(1)
    rows = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
    return {row[0].strip("`| "): row[1].split() for row in rows}


def fields(what):
    return set(described(f"champ de `{what}`"))


@each_daemon
def test_what_a_daemon_answers_is_documented(site, name):
    short, status = name.removeprefix("preau-"), site.status(name)
    told = {"contrôle": [check["name"] for check in status["checks"]], "nombre": status["numbers"], "texte": status["texts"],
            "liste": status["lists"]}
    for kind, names in told.items():
        table = described(kind)
        for one in names:
            assert short in table[one] or table[one] == ["tous"], f"{kind} {one}"
    for what, rows in status["lists"].items():
        assert all(set(row) <= fields(what) for row in rows)
    page = PAGE.read_text()
    assert all(f"`{key}`" in page for key in [*status, *status["checks"][0]])


@pytest.mark.parametrize("kind", ["contrôle", "nombre", "texte", "liste", "champ de `runs`", "champ de `academies`"])
def test_nothing_documented_has_gone(kind):
    sources = "\n".join(file.read_text() for folder in ("common", "daemons") for file in (ROOT / folder).rglob("*.c"))
    for name in described(kind):
        literal = re.sub(r"^key_\w+_written$", "key_%s_written", name)
        assert f'"{literal}"' in sources, name


def test_preauctl_tells_all_five(site, academy):
    # what is counted on its own time comes a little after the start
    done = site.wait(lambda: (done := site.run_ctl("status")) and "dernier relevé il y a" in done.stdout
                     and "SMS en attente" in done.stdout and done, seconds=30, every=1, what="told")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    of_daemons = [line for line in lines if not line.startswith(" ")]
    assert [line.split()[0] for line in of_daemons] == list(DAEMONS)
    assert all(" prêt, version " in line for line in of_daemons)
    below = [line.strip() for line in lines if line.startswith(" ")]
    assert any(line.startswith(f"académie {academy.code} ") and "intégrée il y a" in line for line in below)
    for words in ("archives en attente : ", "courriels en attente : ", "SMS en attente : ", "dernier relevé il y a "):
        assert any(line.startswith(words) for line in below), words


@each_daemon
def test_preauctl_says_no_when_one_is_killed(site, name):
    site.kill(name)
    try:
        done = site.run_ctl("status")
        told = site.run_ctl("status", "--json")
    finally:
        site.restart(name)
    down = [line for line in done.stdout.splitlines() if " arrêté : " in line]
    assert done.returncode == 1
    assert [line.split()[0] for line in down] == [name]
    assert told.returncode == 1
    assert {one["name"] for one in json.loads(told.stdout)["daemons"] if one["state"] != "ready"} == {name}
    assert {one["state"] for one in json.loads(told.stdout)["daemons"] if one["name"] == name} == {"stopped"}
    assert site.run_ctl("status").returncode == 0


def test_a_daemon_without_its_database_is_alive_and_not_ready(fresh_site):
    site = fresh_site()
    name = "preau-statsd"
    site.postgres.stop()
    site.wait(lambda: site.http_status(name, "/readyz") == 503, what="told by /readyz")
    assert site.http_status(name, "/livez") == 200
    done = site.run_ctl("status")
    assert done.returncode == 1
    assert "pas prêt" in next(line for line in done.stdout.splitlines() if line.startswith(name))
    told = json.loads(site.run_ctl("status", "--json").stdout)
    assert not told["ready"] and "not_ready" in {one["state"] for one in told["daemons"] if one["name"] == name}
    site.postgres.start()
    for one in site.daemons:
        site.wait_ready(one)
    assert site.run_ctl("status").returncode == 0
