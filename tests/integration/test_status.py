"""Each daemon tells how it is on its own address; preauctl tells all five at once."""

import pytest
import requests

from peers.site import DAEMONS

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


def test_preauctl_tells_all_five(site):
    done = site.run_ctl("status")
    lines = done.stdout.splitlines()
    assert done.returncode == 0
    assert [line.split()[0] for line in lines] == list(DAEMONS)
    assert all(" prêt, version " in line for line in lines)


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
    site.postgres.start()
    for one in site.daemons:
        site.wait_ready(one)
    assert site.run_ctl("status").returncode == 0
