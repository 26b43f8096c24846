"""Integrators are told of every code that an import may refuse with, and of every attribute that it reads."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs/integrators/depot.md"
# answers to people who ask, not codes of a report
ANSWERS = {"not_found", "not_allowed", "busy", "malformed", "import_running", "import_not_held", "merge_of_join", "none"}


def codes_by_name():
    text = (ROOT / "common/domain/refusal.def").read_text(encoding="utf-8")
    return dict(re.findall(r'REFUSAL\((\w+), "(\w+)"', text))


def used():
    codes = codes_by_name()
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "daemons/import").glob("*.c")]
    in_c = {codes[name] for text in sources for name in re.findall(r"\bREFUSAL_(?!NONE\b)(\w+)", text)}
    in_sql = {word for path in (ROOT / "common/store").glob("import_*.sql")
              for word in re.findall(r"'(\w+)'", path.read_text(encoding="utf-8"))} & set(codes.values())
    return (in_c | in_sql) - ANSWERS


def test_every_code_of_an_import_is_on_the_integrators_page():
    page = PAGE.read_text(encoding="utf-8")
    counters = {"read", "refused", "ignored", "departed", "reported", "merged"}
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.M)) - counters
    assert documented == used()


def test_every_code_of_an_import_is_produced_by_a_test():
    folders = ("integration", "unit/import")
    tests = "\n".join(path.read_text(encoding="utf-8") for folder in folders for path in (ROOT / "tests" / folder).glob("test_*.*"))
    assert not {code for code in used() if not re.search(rf"\b({code}|REFUSAL_{code.upper()})\b", tests)}


def test_the_integrators_page_has_each_attribute_that_is_read_and_no_other():
    read = set(re.findall(r'^ATTRIBUTE\(\w+, "(\w+)"\)', (ROOT / "daemons/import/attributes.def").read_text(), re.M))
    chapter = re.search(r"^## Les attributs lus\n(.*?)^## ", PAGE.read_text(encoding="utf-8"), re.M | re.S)[1]
    named = [name for row in re.findall(r"^\| [^|]*\|([^|]*\|[^|]*)\|", chapter, re.M) for name in re.findall(r"`(\w+)`", row)]
    assert set(named) == read
