"""The bench of sign-ins runs and its figures fit together, on tiny numbers. How fast it is, is not tested here."""

import json
import pathlib
import subprocess
import sys

import pytest

from bench import signin_figures
from bench.signin_figures import WHO, Round

BENCH = pathlib.Path(__file__).with_name("signin")
PAGES = {"sign-in form", "desk"}


def made(**changes):
    pages = {"desk": [0.001] * 98 + [0.002] * 2}
    return Round(**{"alone": 0.1, "beside": 0.2, "seconds": 10.0, "signed_in": 90, "cpu": dict.fromkeys(WHO, 1.0), "idle": pages, "bare": pages,
                    "saturated": {"desk": [0.001] * 98 + [0.006] * 2}, **changes})


def test_what_is_promised_is_held_against_the_hash_on_each_core():
    rate, desk = signin_figures.targets([made(), made(signed_in=80)], 2)
    assert rate.values == (0.9, 0.8) and not rate.is_met
    assert desk.values == (pytest.approx(3.0),) * 2


@pytest.mark.parametrize("changes, who", [
    ({}, "Argon2id itself"), ({"signed_in": 50, "cpu": dict.fromkeys(WHO, 4.5)}, "the cores"), ({"signed_in": 50}, "waiting")])
def test_what_bounds_it_is_who_has_the_cores(changes, who):
    assert signin_figures.bound(made(**changes), 2).startswith(who)


def test_a_few_families_sign_in(tmp_path):
    report = tmp_path / "figures.json"
    done = subprocess.run([sys.executable, BENCH, "--accounts", "7000", "--clients", "2", "--seconds", "2", "--requests", "5", "--hashes", "1",
                           "--rounds", "1", "--keep", tmp_path, "--json", report], text=True, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    (one,), cores = found["rounds"], found["cores"]
    assert {target["name"] for target in found["targets"]} == {"sign-ins", *(f"{page}, p99" for page in PAGES)}
    assert found["targets"][0]["median"] == pytest.approx(one["signed_in"] / one["seconds"] * one["beside"] / cores)
    assert one["alone"] > 0 and one["seconds"] >= 2 and one["busy"] == 0 and set(one["cpu"]) == set(WHO)
    for measured in (one["idle"], one["bare"], one["saturated"]):
        assert {page: len(took) for page, took in measured.items()} == dict.fromkeys(PAGES, 5)
    assert "sign-ins" in done.stdout and "desk, p99" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"], "what it made is gone"
