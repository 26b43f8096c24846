"""From what was measured to what is promised, without measuring."""

import pytest

from bench import figures, table
from bench.figures import MIB, Cost, Measured


def cost(**changes):
    one = {"wall": 10.0, "importer": 6.0, "postgres": 2.0, "xml": 1_600_000_000, "wal": 5_000_000, "peak": 40 * MIB, "disk": 0.1}
    return Cost(**{**one, **changes})


def target(measured, name):
    return next(one for one in figures.targets(measured) if one.name == name)


def test_a_ratio_is_taken_within_its_round_and_the_median_counts():
    measured = Measured(people=1_000_000, nightly=[cost(), cost(importer=12.0), cost(importer=7.0)], xmllint=[8.0, 14.0, 12.0])
    nightly = target(measured, "nightly")
    assert nightly.values == (1.0, 1.0, 0.75)
    assert nightly.median == 1.0
    assert nightly.is_met


def test_a_first_load_is_measured_by_all_tables_and_the_commit():
    measured = Measured(first=[cost(wall=21.0)], copy=[{"person": 6.0, "account": 3.5, "commit": 0.5}])
    assert target(measured, "first load").values == (2.1,)
    assert not target(measured, "first load").is_met


def test_memory_is_the_largest_of_all_runs_and_growth_is_from_the_one_size_to_the_other():
    measured = Measured(people=10, first=[cost(peak=40 * MIB), cost(peak=41 * MIB)], nightly=[cost(peak=44 * MIB)],
                        double={"first": cost(peak=300 * MIB), "nightly": cost(peak=50 * MIB)})
    assert target(measured, "memory").values == (44.0,)
    assert target(measured, "memory").is_met
    assert target(measured, "memory, twice").values == (300.0,)
    assert not target(measured, "memory, twice").is_met
    assert target(measured, "memory, growth").values == (256.0,)


def test_two_academies_are_to_be_faster_together_by_as_much_as_is_promised():
    measured = Measured(people=1_000_000, nightly_in_turn=[20.0], nightly_together=[cost(wall=12.5)],
                        first_in_turn=[20.0], first_together=[cost(wall=13.0)])
    assert target(measured, "two academies, nightly").is_met
    assert not target(measured, "two academies, first").is_met


def test_a_national_night_follows_from_the_rate_of_two_academies():
    measured = Measured(people=1_000_000, nightly_in_turn=[20.0], nightly_together=[cost(wall=12.0, xml=3_200_000_000)])
    assert target(measured, "national night").values == pytest.approx((180.0,))
    assert any("= 180 s = 3.0 min" in line for line in table.night_lines(measured))


def test_what_was_not_asked_for_promises_nothing():
    assert list(figures.targets(Measured(nightly=[cost()]))) == []


@pytest.mark.parametrize(("importer", "postgres", "who"), [
    (9.5, 1.0, "importd"), (2.0, 9.0, "PostgreSQL"), (5.0, 4.5, "importd and PostgreSQL in turn"), (9.0, 9.0, "the cores"),
    (2.0, 2.0, "waiting")])
def test_what_bounds_a_run_is_who_works_all_the_time(importer, postgres, who):
    assert figures.bound(cost(importer=importer, postgres=postgres)).startswith(who)


def test_two_academies_have_two_of_each():
    assert figures.bound(cost(importer=2.0, postgres=9.0), academies=2).startswith("waiting")
    assert figures.bound(cost(importer=12.0, postgres=7.0), academies=2) == "the cores"


def test_the_table_says_what_is_missed():
    measured = Measured(people=1_000_000, nightly=[cost()], xmllint=[4.0], night_records={"read": 1000, "changed": 4, "added": 1})
    lines = list(table.lines(measured, list(figures.targets(measured)), {"machine": "any"}))
    line = next(line for line in lines if line.startswith("nightly "))
    assert "2.00" in line
    assert "MISSED" in line
    assert any("0.50%" in line for line in lines)
