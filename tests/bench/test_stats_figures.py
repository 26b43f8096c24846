"""The bench of statistics runs and its figures fit together, on tiny numbers. How fast it is, is not tested here."""

import json
import pathlib
import subprocess
import sys

import pytest

from bench import stats_figures
from bench.stats_figures import Round

BENCH = pathlib.Path(__file__).with_name("stats")


def made(**changes):
    return Round(**{"bare": 10.0, "bare_cpu": 9.2, "parallel": 6.0, "snapshot": 12.0, "cpu": 11.5, "wal": 10**6, "alone": [0.1, 0.1, 0.3],
                    "beside": [0.1, 0.105, 0.9], **changes})


def test_what_is_promised_is_held_against_the_bare_group_by_of_the_same_round():
    snapshot, sign_in = stats_figures.targets([made(), made(snapshot=20.0)])
    assert snapshot.values == (1.2, 2.0) and not snapshot.is_met
    assert sign_in.values == (pytest.approx(1.05),) * 2 and sign_in.is_met


def test_without_sign_ins_nothing_is_promised_of_them():
    assert [one.name for one in stats_figures.targets([made(alone=[], beside=[])])] == ["snapshot"]
    assert not any("sign-in" in line for line in stats_figures.lines([made(alone=[], beside=[])]))


def test_where_others_work_too_cpu_is_told_against_cpu():
    assert any("in CPU a snapshot is 1.25 of it" in line for line in stats_figures.lines([made()]))


@pytest.mark.parametrize("cpu, who", [(11.5, "PostgreSQL"), (6.0, "waiting")])
def test_what_bounds_it_is_one_process_or_what_it_waits_for(cpu, who):
    assert stats_figures.bound(made(cpu=cpu)).startswith(who)


def test_a_small_store_is_measured_and_kept(tmp_path):
    report = tmp_path / "figures.json"
    command = [sys.executable, BENCH, "--accounts", "15000", "--rounds", "1", "--sign-ins", "3", "--keep", tmp_path, "--json", report]
    done = subprocess.run(command, text=True, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    (one,) = found["rounds"]
    assert {target["name"] for target in found["targets"]} == {"snapshot", "sign-in"}
    assert found["targets"][0]["median"] == pytest.approx(one["snapshot"] / one["bare"])
    assert len(one["alone"]) == 3 and one["beside"] and one["wal"] > 0 and one["cpu"] > 0
    assert "19,500 accounts" in done.stdout and "store: accounts" in done.stderr
    again = subprocess.run([*command, "--sign-ins", "1"], text=True, capture_output=True, timeout=600)
    assert again.returncode == 0 and "store: accounts" not in again.stderr, "made once"
