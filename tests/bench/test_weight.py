"""The weight of a daemon's unit is what the kernel is given."""

import pathlib
import re
import subprocess

import pytest

from bench import weight


@pytest.mark.parametrize("of_unit, nice", [(100, 0), (80, 1), (50, 3), (5, 13), (1, 19), (125, -1)])
def test_a_weight_is_a_nice_value_of_a_group(of_unit, nice):
    assert weight.nice_of(of_unit) == nice


def test_a_daemon_has_its_units_weight():
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as process:
        try:
            file = pathlib.Path(f"/proc/{process.pid}/autogroup")
            assert weight.give(process.pid, "preau-linkd") == file.exists()
            if file.exists():
                assert re.search(r" nice (-?\d+)$", file.read_text())[1] == str(weight.nice_of(weight.of_unit("preau-linkd")))
        finally:
            process.kill()
    assert weight.of_unit("preau-linkd") < weight.of_unit("preau-portald") == weight.USUAL
