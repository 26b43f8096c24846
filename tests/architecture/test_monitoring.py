"""What is given to those who watch: alert rules that are tried, each with its paragraph; a dashboard that asks for what exists."""

import json
import pathlib
import re

import pytest
import yaml

from peers.promtool import promtool

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "deploy/monitoring"
PAGE = ROOT / "docs/operators/alertes.md"
TRIALS = ("alertes.test.yml", "alertes.ete.test.yml")
RULES = [rule for group in yaml.safe_load((FOLDER / "alertes.yml").read_text())["groups"] for rule in group["rules"]]
NAMES = [rule["alert"] for rule in RULES]
DASHBOARD = json.loads((FOLDER / "grafana.json").read_text())

# of each metric of ours: its labels with their values; None: made known at start
METRIC = re.compile(r'^METRIC\((\w+), "(\w+)", (COUNTER|GAUGE|SECONDS|LONG_SECONDS),\s*"(\w*)",\s*"([^)]*?)",\s*"(\w*)",\s*"([^"]*)",', re.M)
# of each measure of the backup, which node_exporter hands over: a label with its values
MEASURES = (ROOT / "deploy/pgbackrest/mesures.jq").read_text()
# what Prometheus adds to a series, and our scrape configuration
TARGET = {"job", "instance", "daemon"}


def metrics():
    """{series: {label: values}} of metrics.def; of a histogram its three kinds of series."""
    known = {"up": {}}
    for _, name, kind, label, values, label2, values2 in METRIC.findall((ROOT / "common/runtime/metrics.def").read_text()):
        words = re.sub(r'"\s*"', "", values)
        labels = {one: None if of == "*" else set(of.split()) | {"other"}
                  for one, of in ((label, words), (label2, values2)) if one}
        is_histogram = kind in ("SECONDS", "LONG_SECONDS")
        if not is_histogram:
            known[name] = labels
        for suffix in ("_bucket", "_sum", "_count") if is_histogram else ():
            known[name + suffix] = {**labels, **({"le": None} if suffix == "_bucket" else {})}
    for name in re.findall(r'measure\("(\w+)"', MEASURES):
        types = set(re.findall(rf'{name}{{type=\\"(\w+)\\"}}', MEASURES))
        known[name] = {"type": types} if types else {}
    return known


KNOWN = metrics()
# a word of PromQL that is no metric
WORDS = {"sum", "count", "by", "on", "or", "and", "unless", "time", "rate", "increase", "vector", "month", "day_of_month", "absent",
         "min_over_time", "histogram_quantile"}
TOKEN = re.compile(r'\s+|"(?:[^"\\]|\\.)*"|\$?[A-Za-z_]\w*|\d[\w.]*|[=!]~|[=!<>]=|[-+*/<>=(){}\[\],:]')


def tokens(expression):
    at, found = 0, []
    while at < len(expression):
        match = TOKEN.match(expression, at)
        assert match, f"what is this in an expression: {expression[at:]}"
        at = match.end()
        if match.group().strip():
            found.append(match.group())
    return found


def judge_labels(metric, inside):
    """{label op "value", …} of one metric."""
    for label, operator, value in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', " ".join(inside)):
        assert label in TARGET or label in KNOWN[metric], f"{metric} has no label {label}"
        values = KNOWN[metric].get(label)
        for one in re.split(r"\|", value) if "~" in operator else [value]:
            assert values is None or one in values, f'{metric} is never {label}="{one}"'


def judge(expression):
    """Each metric of an expression exists, with these labels and values; each `by` names labels of them."""
    found, used, labels = tokens(expression), set(), set(TARGET)
    grouped = []
    index = 0
    while index < len(found):
        word = found[index]
        if word in ("by", "on"):
            end = found.index(")", index)
            grouped += [one for one in found[index + 2:end] if one != ","]
            index = end
        elif word == "[":
            index = found.index("]", index)
        elif re.fullmatch(r"[A-Za-z_]\w*", word) and word not in WORDS:
            assert word in KNOWN, f"no metric is called {word}"
            used.add(word)
            labels |= set(KNOWN[word])
            if found[index + 1:index + 2] == ["{"]:
                end = found.index("}", index)
                judge_labels(word, found[index + 2:end])
                index = end
        index += 1
    assert used, f"no metric in {expression}"
    assert set(grouped) <= labels, f"no such labels: {set(grouped) - labels}"
    return labels


def test_the_table_of_metrics_was_read_whole():
    table = (ROOT / "common/runtime/metrics.def").read_text()
    assert len(METRIC.findall(table)) == len(re.findall(r"^METRIC\(", table, re.M)) > 50
    assert KNOWN["preau_backup_last_success_timestamp_seconds"] == {"type": {"any", "full"}} and KNOWN["preau_backup_repository_readable"] == {}


@pytest.mark.parametrize("expression", ["preau_nothing > 1", 'preau_ready{colour="red"}', 'preau_sms_total{outcome="lost"}',
                                        "sum by (colour) (preau_ready)", "sum(1)"])
def test_an_expression_about_nothing_is_found(expression):
    with pytest.raises(AssertionError):
        judge(expression)


# --- alerts ---


def test_promtool_finds_nothing_wrong_with_the_rules():
    assert f"{len(RULES)} rules found" in promtool("check", "rules", FOLDER / "alertes.yml")
    promtool("check", "config", FOLDER / "prometheus.yml")


@pytest.mark.parametrize("trials", TRIALS)
def test_alerts_speak_and_are_silent_as_they_should(trials):
    promtool("test", "rules", trials, folder=FOLDER)


def test_each_alert_is_tried_both_ways():
    seen = {}
    for trials in TRIALS:
        for trial in yaml.safe_load((FOLDER / trials).read_text())["tests"]:
            for one in trial.get("promql_expr_test", []):
                name = re.search(r'alertname="(\w+)"', one["expr"]).group(1)
                seen.setdefault(name, set()).add(one["exp_samples"][0]["value"] > 0)
    assert seen == {name: {True, False} for name in NAMES}


@pytest.mark.parametrize("rule", RULES, ids=NAMES)
def test_an_alert_is_about_metrics_that_exist_and_says_what_to_do(rule):
    labels = judge(rule["expr"])
    told = rule["annotations"]
    assert rule["labels"]["severity"] in ("critical", "warning", "info")
    assert set(re.findall(r"\$labels\.(\w+)", str(told))) <= labels
    assert told["runbook"] == f"docs/operators/alertes.md#{rule['alert'].lower()}"
    assert told["description"].endswith(".") and not told["summary"].endswith(".")
    paragraph = re.search(rf"^### {rule['alert']}\n\n(.*?)(?=^##|\Z)", PAGE.read_text(), re.M | re.S)
    assert paragraph and "**Que" in paragraph.group(1), "its paragraph says what it means, then what to do"


def test_no_paragraph_is_about_an_alert_that_has_gone():
    assert sorted(re.findall(r"^### (Preau\w+)$", PAGE.read_text(), re.M)) == sorted(NAMES)


# --- the dashboard ---

PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]


def test_the_dashboard_has_what_grafana_reads():
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time", "refresh"} <= set(DASHBOARD)
    assert isinstance(DASHBOARD["schemaVersion"], int) and 30 <= DASHBOARD["schemaVersion"] <= 39
    assert "id" not in DASHBOARD, "it would overwrite another on the host that loads it"
    assert [one["type"] for one in DASHBOARD["templating"]["list"]] == ["datasource"]
    ids = [panel["id"] for panel in DASHBOARD["panels"]]
    assert len(ids) == len(set(ids))
    taken = {}
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] >= 0 and place["x"] + place["w"] <= 24 and place["h"] > 0
        for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])):
            assert taken.setdefault(cell, panel["id"]) == panel["id"], f"{panel['title']} lies over another"


@pytest.mark.parametrize("panel", PANELS, ids=[panel["title"] for panel in PANELS])
def test_a_panel_shows_metrics_that_exist(panel):
    assert panel["type"] in ("timeseries", "stat") and panel["title"]
    assert panel["datasource"] == {"type": "prometheus", "uid": "${source}"}
    letters = [target["refId"] for target in panel["targets"]]
    assert letters and len(letters) == len(set(letters))
    for target in panel["targets"]:
        labels = judge(target["expr"])
        assert set(re.findall(r"{{(\w+)}}", target["legendFormat"])) <= labels


def test_promtool_reads_each_expression_of_the_dashboard(tmp_path):
    expressions = [target["expr"].replace("$__rate_interval", "1m") for panel in PANELS for target in panel["targets"]]
    rules = [{"record": f"panel:{index}", "expr": expression} for index, expression in enumerate(expressions)]
    (tmp_path / "panels.yml").write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
    promtool("check", "rules", tmp_path / "panels.yml")
