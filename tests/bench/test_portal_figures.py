"""The figures of the portal's bench and the script that pgbench runs, without measuring."""

import pytest

from bench import portal_figures
from bench.portal_figures import Page, Rates
from bench.portal_load import pgbench_script


def test_a_percentile_is_one_of_the_values():
    values = [0.001 * number for number in range(1, 101)]
    assert portal_figures.percentile(values, 0.99) == pytest.approx(0.099)
    assert portal_figures.percentile(values, 0.5) == pytest.approx(0.050)
    assert portal_figures.percentile([7.0], 0.99) == 7.0


def test_a_ratio_is_taken_within_its_round():
    page = Page("all", "/", http=[[2.0, 3.0, 9.0], [4.0, 4.0, 4.0]], sql=[[2.0, 2.0, 2.0], [4.0, 1.0, 4.0]])
    target = next(iter(portal_figures.targets([page], Rates())))
    assert target.values == (1.5, 1.0) and target.is_met


def test_a_page_without_its_rates_promises_no_rate():
    assert list(portal_figures.targets([], Rates())) == []
    target = next(iter(portal_figures.targets([], Rates(portal=[300.0], nginx=[1000.0]))))
    assert target.values == (0.3,) and target.aim == 0.3


def test_every_parameter_becomes_a_variable_of_its_type():
    queries = {"a": {"types": "smallint, text", "text": "select $2\n  from x where y = $1 or $2 = ''"},
               "b": {"types": "timestamptz", "text": "select $1 is null"}}
    script, variables = pgbench_script(queries, [("a", (11, "it's")), ("b", (None,))])
    assert script == ("select substr(nullif(:q0p2, '-'), 2)::text from x where y = substr(nullif(:q0p1, '-'), 2)::smallint"
                      " or substr(nullif(:q0p2, '-'), 2)::text = '';\nselect substr(nullif(:q1p1, '-'), 2)::timestamptz is null;\n")
    assert variables == {"q0p1": "=11", "q0p2": "=it's", "q1p1": "-"}
