"""Integrators are told of every code that an import may refuse with."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/integrators/depot.md"
# answers to people who ask, not codes of a report
ANSWERS = {"not_found", "not_allowed", "busy", "malformed", "none"}


def codes_by_name():
    text = (ROOT / "common/domain/refusal.def").read_text(encoding="utf-8")
    return dict(re.findall(r'REFUSAL\((\w+), "(\w+)"', text))


def used():
    codes = codes_by_name()
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "daemons/import").glob("*.c")]
    in_c = {codes[name] for text in sources for name in re.findall(r"\bREFUSAL_(?!NONE\b)(\w+)", text)}
    sql = (ROOT / "common/store/import_apply.sql").read_text(encoding="utf-8")
    in_sql = set(re.findall(r"'(\w+_(?:unknown|repeated))'", sql))
    assert in_sql <= set(codes.values()), "a code of import_apply.sql that refusal.def does not have"
    return (in_c | in_sql) - ANSWERS


def test_every_code_of_an_import_is_on_the_integrators_page():
    page = PAGE.read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `(\w+)` \|", page, re.M)) - {"read", "refused", "ignored", "departed", "reported"}
    assert documented == used()
