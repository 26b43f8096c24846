"""Prometheus' own tool, which `./dev` unpacks from Debian's package: PREAU_PROMETHEUS."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
TOOL = pathlib.Path(os.environ.get("PREAU_PROMETHEUS", ROOT / ".dev/prometheus")) / "usr/bin/promtool"


def promtool(*words, typed=None, folder=None):
    """What it says, to whatever end; AssertionError when it found something."""
    done = subprocess.run([TOOL, *map(str, words)], input=typed, text=True, capture_output=True, cwd=folder, timeout=300)
    said = done.stdout + done.stderr
    assert done.returncode == 0, said
    return said
