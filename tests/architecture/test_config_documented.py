"""The configuration's file and the operators' pages are what the tables of keys, metrics and refusals print."""

import os
import pathlib
import re
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))
KEYS = ROOT / "common/runtime/config_keys.def"


def printed(what):
    tool = BUILD / "config" / "print_config"
    assert tool.exists(), f"{tool}: build it first, or set PREAU_BUILD"
    return subprocess.run([tool, what], capture_output=True, check=True).stdout.decode()


def test_the_default_file_is_fresh():
    assert (ROOT / "config/preau.conf").read_text() == printed("reference"), "run: ninja -C BUILD write-config"


def test_the_operators_page_is_fresh():
    assert (ROOT / "docs/operators/configuration.md").read_text() == printed("manual"), "run: ninja -C BUILD write-config"


def test_the_page_of_metrics_is_fresh():
    assert (ROOT / "docs/operators/metrics.md").read_text() == printed("metrics"), "run: ninja -C BUILD write-config"


def test_the_page_of_refusals_is_fresh():
    assert (ROOT / "docs/operators/codes.md").read_text() == printed("refusals"), "run: ninja -C BUILD write-config"


def test_every_key_explains_itself_in_a_sentence():
    rows = re.findall(r'^KEY\((\w+), (\w+),.*?"([^"]*)"\)$', KEYS.read_text(), re.M | re.S)
    assert len(rows) > 80
    for section, name, explanation in rows:
        assert explanation.endswith("."), f"{section}.{name}: no sentence"
