"""The bench of registrations runs and its figures fit together, on tiny numbers. How fast it is, is not tested here."""

import json
import pathlib
import subprocess
import sys

import pytest

from bench import registrations_figures
from bench.registrations_command import ways_asked
from bench.registrations_figures import COUNTED, EXECUTED, MATCHING, WHO, Round, measured_of
from bench.registrations_load import FRANCECONNECT_STEPS, SMS_STEPS, address_of

BENCH = pathlib.Path(__file__).with_name("registrations")


def many(done=90, **cpu):
    took = {"pages": 0.1, "SMS": 0.3, "password": 0.6}
    return measured_of(32, 10.0, [(took, 1)] * done, {"Argon2id": 45.0}, {**dict.fromkeys(WHO, 1.0), **cpu}, took)


def made(done=90, **cpu):
    return Round(alone=0.1, beside=0.2, ways={"sms": (many(), many(done, **cpu))})


def test_what_is_promised_is_held_against_the_hash_on_each_core():
    (rate,) = registrations_figures.targets([made(), made(80)], 2)
    assert rate.values == (pytest.approx(0.9), pytest.approx(0.8)) and rate.is_met
    assert not list(registrations_figures.targets([Round(0.1, 0.2, {"franceconnect": (many(), many())})], 2))


def test_the_shares_of_the_steps_are_of_the_whole():
    measured = many()
    assert measured.done == 90 and measured.busy == 90 and measured.rate == 9.0 and measured.whole == pytest.approx(1.0)
    assert [measured.share(step) for step in measured.steps] == [pytest.approx(0.1), pytest.approx(0.3), pytest.approx(0.6)]
    assert measured.each("Argon2id") == 0.5 and measured.each(MATCHING) == 0.0


@pytest.mark.parametrize("done, cpu, who", [(90, {}, "Argon2id itself"), (50, {"linkd": 15.0}, "the cores, 50% of them Argon2id's"), (50, {}, "waiting")])
def test_what_bounds_it_is_who_has_the_cores(done, cpu, who):
    assert registrations_figures.bound(many(done, **cpu), 0.2, 2).startswith(who)


def test_everybody_has_an_address():
    found = {address_of(number) for number in range(130_000)}
    assert len(found) >= 125_000 and all(one.startswith(("198.18.", "198.19.")) and all(int(part) < 256 for part in one.split(".")) for one in found)


def test_a_way_that_there_is_not_is_said():
    with pytest.raises(ValueError, match="no way is called letter: sms, franceconnect"):
        ways_asked("sms,letter")


def test_a_few_guardians_register(tmp_path):
    report = tmp_path / "figures.json"
    done = subprocess.run([sys.executable, BENCH, "--accounts", "7000", "--clients", "2", "--seconds", "3", "--alone", "2", "--hashes", "1",
                           "--rounds", "1", "--keep", tmp_path, "--json", report], text=True, capture_output=True, timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(report.read_text())
    (one,), cores = found["rounds"], found["cores"]
    for way, steps in (("sms", SMS_STEPS), ("franceconnect", FRANCECONNECT_STEPS)):
        alone, together = one["ways"][way]
        assert len(alone["steps"]["SMS"]) == 2 and together["seconds"] >= 3 and set(together["cpu"]) == set(WHO)
        for measured in (alone, together):
            assert list(measured["steps"]) == list(steps) and all(seconds > 0 for took in measured["steps"].values() for seconds in took)
            assert set(measured["counted"]) == {EXECUTED, MATCHING, *(what for what, _, _ in COUNTED)}
            done_in_it = len(measured["steps"]["SMS"])
            assert done_in_it > 0 and all(seconds > 0 for what, seconds in measured["counted"].items() if what != "Argon2id")
        assert (alone["counted"]["Argon2id"] > 0) == (way == "sms")
        steps_of_portald = sum(sum(took) for step, took in alone["steps"].items() if step not in ("SMS", "FranceConnect"))
        assert alone["counted"]["portald's answers"] > 0.3 * steps_of_portald
    (target,) = found["targets"]
    together = one["ways"]["sms"][1]
    assert target["median"] == pytest.approx(len(together["steps"]["SMS"]) / together["seconds"] * one["beside"] / cores)
    assert "registrations by SMS" in done.stdout and "by FranceConnect, one after the other" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["figures.json"], "what it made is gone"
