"""What systemd says of the units that we ship, without a systemd at work."""

import re
import subprocess

import pytest

from peers.site import ROOT

UNITS = sorted([*(ROOT / "deploy/systemd").iterdir(), *(ROOT / "deploy/pgbackrest").glob("*.service"), *(ROOT / "deploy/pgbackrest").glob("*.timer")])
SERVICES = [one for one in UNITS if one.suffix == ".service"]
EXPOSURE_MAX = 20  # in tenths


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *map(str, arguments)], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout


def test_every_unit_is_understood(tmp_path):
    """As they are, their programs aside, which are on no machine that builds."""
    for unit in UNITS:
        (tmp_path / unit.name).write_text(re.sub(r"^(Exec\w+=)/\S+", r"\1/bin/true", unit.read_text(), flags=re.M))
    code, said = analyze("verify", "--man=no", *sorted(tmp_path.iterdir()))
    assert (code, said) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_has_no_right_that_it_does_not_need(unit):
    code, said = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
    assert code == 0, said
