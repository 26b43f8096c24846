"""What systemd says of the units that we ship, without a systemd at work."""

import re
import subprocess

import pytest

from peers.sandbox import Unit
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


DAEMONS = [one for one in SERVICES if re.fullmatch(r"preau-\w+d\.service", one.name)]


@pytest.mark.parametrize("unit", DAEMONS, ids=lambda unit: unit.name)
def test_a_daemon_is_watched_restarted_and_bounded(unit):
    """Exit 78 is a wrong configuration (common/runtime/daemon.h), which no restart mends."""
    lines = unit.read_text().splitlines()
    for wanted in ("Type=notify", "Restart=on-failure", "RestartPreventExitStatus=78", "WatchdogSec=30s", "TimeoutStopSec=30s", "LimitCORE=0", "UMask=0007"):
        assert wanted in lines, wanted
    assert all(any(line.startswith(bound) for line in lines) for bound in ("MemoryMax=", "TasksMax=", "LimitNOFILE="))
    seals = unit.name in ("preau-importd.service", "preau-notifyd.service", "preau-linkd.service")
    assert ("LoadCredential=keys:/etc/preau/keys" in lines) == ("Environment=PREAU_KEYS_DIRECTORY=%d" in lines) == seals


def test_who_answers_a_page_goes_before_who_calculates():
    """Hashes of passwords, imports, sheets and counts keep every core busy, and can wait: systemd's weight of a unit that says none is 100."""
    weights = {unit.stem: re.findall(r"^CPUWeight=(\d+)$", unit.read_text(), re.M) for unit in DAEMONS}
    assert weights.pop("preau-portald") == []
    assert set(map(tuple, weights.values())) == {("5",)}


def test_daemons_are_shut_in_alike():
    """What follows the bounds, folders of their own aside."""
    shut = {tuple(line for line in unit.read_text().partition("NoNewPrivileges=")[2].splitlines()
                  if not re.match(r"#|ReadWritePaths=|StateDirectory|SystemCallFilter=|RestrictAddressFamilies=|$|\[|WantedBy=|Also=", line)) for unit in DAEMONS}
    assert len(DAEMONS) == 5 and len(shut) == 1, shut


def test_the_trail_is_verified_each_night():
    """As docs/operators/exploitation.md says; nothing but a failure of the unit tells of a chain that was cut."""
    unit, timer = (Unit(ROOT / f"deploy/systemd/preau-verification.{kind}") for kind in ("service", "timer"))
    assert (unit["Type"], unit["ExecStart"]) == ("oneshot", "/usr/bin/preauctl --config /etc/preau/preau.conf audit verify")
    assert (timer["OnCalendar"][:6], timer["Persistent"], timer["WantedBy"]) == ("*-*-* ", "yes", "timers.target")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_service_has_no_right_that_it_does_not_need(unit):
    code, said = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", unit)
    assert code == 0, said
