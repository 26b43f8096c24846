"""Who says something else of each state of an account than common/domain does: the pages' colours, and messages."""

import os
import pathlib
import re
import subprocess

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))


@pytest.fixture(scope="module")
def codes():
    """codes("state"), codes("origin"): in the order of the code."""
    said = subprocess.run([BUILD / "common/store/lifecycle-moves"], check=True, capture_output=True, text=True).stdout
    return lambda kind: re.findall(rf"^{kind} (\w+)$", said, re.M)


@pytest.mark.parametrize("name", ["preau-etat--", "preau-chart__bar--"])
def test_each_state_has_its_colours(codes, name):
    style = (ROOT / "daemons/portal/assets/preau.css").read_text()
    assert codes("state") == re.findall(rf"^\.{name}(\w+) {{", style, re.M)


@pytest.mark.parametrize("kind", ["state", "origin"])
def test_messages_number_them_as_the_code_does(codes, kind):
    """One more, where 0 stands for none: daemons cast from one to the other."""
    proto = (ROOT / "proto/values.proto").read_text()
    values = re.findall(rf"^  {kind.upper()}_(\w+) = (\d+);", proto, re.M)
    assert [(name.lower(), int(number)) for name, number in values] == [("unspecified", 0), *((code, number) for number, code in enumerate(codes(kind), 1))]
