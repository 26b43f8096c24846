"""The bench of the import runs and its figures fit together, on a few thousand people. How fast it is, is not tested here."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

BENCH = pathlib.Path(__file__).with_name("import")
PEOPLE = 3000
PROMISES = {"nightly", "first load", "memory", "memory, twice", "memory, growth", "two academies, first",
            "two academies, nightly", "national night"}


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    """(how it ended, what it found)"""
    keep = tmp_path_factory.mktemp("bench")
    report = keep / "figures.json"
    done = subprocess.run([sys.executable, BENCH, "--people", str(PEOPLE), "--rounds", "1", "--keep", keep, "--json", report,
                           "--require"], text=True, capture_output=True, timeout=600, env={**os.environ})
    assert report.exists(), done.stderr
    return done, json.loads(report.read_text()), keep


def costs(measured):
    for name in ("first", "nightly", "first_together", "nightly_together"):
        yield from measured[name]
    yield from measured["double"].values()


def test_everything_promised_is_told_with_its_ratio(bench):
    done, found, _ = bench
    assert {one["name"] for one in found["targets"]} == PROMISES
    for one in found["targets"]:
        line = next(line for line in done.stdout.splitlines() if line.startswith(f"{one['name']} "))
        assert f"{one['median']:.1f} {one['unit']}" in line if one["unit"] else f"{one['median']:.2f}" in line
        assert ("met" if one["is_met"] else "MISSED") in line.split()


def test_it_ends_with_1_when_a_promise_is_missed_and_all_are_required(bench):
    done, found, _ = bench
    assert done.returncode == (0 if all(one["is_met"] for one in found["targets"]) else 1), done.stderr


def test_ratios_are_those_of_what_was_measured(bench):
    _, found, _ = bench
    measured, ratio = found["measured"], {one["name"]: one["median"] for one in found["targets"]}
    nightly, first = measured["nightly"][0], measured["first"][0]
    assert ratio["nightly"] == pytest.approx((nightly["importer"] + nightly["postgres"]) / measured["xmllint"][0])
    assert ratio["first load"] == pytest.approx(first["wall"] / sum(measured["copy"][0].values()))


def test_every_cost_is_positive_and_no_more_than_two_cores_can_do(bench):
    _, found, _ = bench
    for one in costs(found["measured"]):
        assert min(one["wall"], one["importer"], one["postgres"], one["xml"], one["wal"], one["peak"]) > 0, one
        assert one["importer"] + one["postgres"] < 2 * one["wall"] + 1, one  # the checkpoint after it is no wall time of it


def test_it_imports_what_it_says(bench):
    _, found, _ = bench
    measured = found["measured"]
    assert measured["people"] == PEOPLE
    assert PEOPLE * 0.9 < measured["records"] < PEOPLE * 1.3
    night = measured["night_records"]
    assert 0.001 < sum(night.get(what, 0) for what in ("added", "changed", "departed")) / night["read"] < 0.02
    rows = measured["copy_rows"]
    assert PEOPLE * 0.9 < rows["person"] < PEOPLE * 1.1
    assert {"school", "account", "identifier", "credential", "enrolment", "guardianship"} <= set(rows)
    assert set(measured["copy"][0]) == {*rows, "commit"}
    assert measured["double"]["first"]["xml"] > 1.5 * measured["first"][0]["xml"]


def test_it_keeps_its_sets_and_nothing_else(bench):
    *_, keep = bench
    assert {path.name.partition("-")[0] for path in keep.iterdir()} == {"aaf", "figures.json"}
