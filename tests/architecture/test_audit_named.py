"""Whatever is done on an administrator's or the operator's behalf names the entry of the audit trail that it leaves, or why it
leaves none (tests/peers/deeds.py); and each entry is tried by a test. Read from the code, so that what is new fails here."""

import pathlib
import re

import pytest

from peers.deeds import COMMANDS, DEEDS, ROUTES
from peers.routes import routes

ROOT = pathlib.Path(__file__).resolve().parents[2]
ACTION = re.compile(r'^AUDIT_ACTION\((\w+), "(\w+)", ', re.M)
# @tries("Link/GiveCode", "signed_in"), and rows of a table of tests
TRIED = re.compile(r'"(\w+/\w+)", "([a-z_]+)"')
WRITES = re.compile(r"\b(?:insert\s+into|update|delete\s+from)\s+preau\.|preau\.audit_write", re.I)


def text_of(*patterns):
    return "\n".join(file.read_text() for pattern in patterns for file in sorted(ROOT.glob(pattern)))


def rpcs():
    found = set()
    for file in ROOT.glob("proto/*.proto"):
        for service, body in re.findall(r"^service (\w+) \{(.*?)^\}", file.read_text(), re.M | re.S):
            found |= {f"{service}/{method}" for method in re.findall(r"^  rpc (\w+)\(", body, re.M)}
    return found


def portal_statements():
    """The queries by which the portal changes something."""
    found = set()
    for file in ROOT.glob("common/store/*.sql"):
        for block in re.split(r"^-- :query ", file.read_text(), flags=re.M)[1:]:
            name, _, rest = block.partition("\n")
            role = re.search(r"^-- :role (.*)$", rest, re.M)
            statement = re.sub(r"^--.*$", "", rest, flags=re.M)
            if role and "portal" in role[1].split() and WRITES.search(statement):
                found.add(f"query/{name}")
    return found


def commands():
    table = re.search(r"commands\[\] = \{(.*?)\n\};", (ROOT / "daemons/ctl/ctl.c").read_text(), re.S)[1]
    rows = re.findall(r'\.group = "(\w+)",\s*(?:\.name = "([\w-]+)",)?', table)
    assert len(rows) == len(re.findall(r'\.group = "', table)) > 20, "a row of the table is not understood"
    return {" ".join(filter(None, row)) for row in rows}


def asked_by_portal():
    """The rpcs that the portal's code names."""
    methods = set(re.findall(r'"([A-Z][A-Za-z]+)"', text_of("daemons/portal/*.c")))
    return {rpc for rpc in rpcs() if rpc.partition("/")[2] in methods}


def leave_entries(table):
    return {deed for deeds in table.values() if isinstance(deeds, tuple) for deed in deeds}


def test_every_rpc_and_statement_of_the_portal_is_known():
    known = set(DEEDS)
    assert known == rpcs() | portal_statements(), "say in tests/peers/deeds.py what entry it leaves, or why it leaves none"


def test_every_form_and_document_of_the_portal_is_known():
    must = {route.name for route in routes() if route.method == "POST" or route.kind == "document"}
    assert not must - set(ROUTES), "say in tests/peers/deeds.py which deed it is, or why it leaves no entry"
    assert not set(ROUTES) - {route.name for route in routes()}, "no such route any more"


def test_every_command_is_known():
    assert set(COMMANDS) == commands(), "say in tests/peers/deeds.py which deed it is, or why it leaves no entry"


@pytest.mark.parametrize("table", [DEEDS, ROUTES, COMMANDS], ids=["deeds", "routes", "commands"])
def test_what_is_exempt_says_why(table):
    for name, value in table.items():
        assert value and isinstance(value, (tuple, str)), name
        assert isinstance(value, tuple) or len(value.split()) > 1, f"{name}: a reason, or (action,)"


def test_the_portal_asks_for_no_deed_that_none_of_its_addresses_names():
    leaving = {deed for deed, actions in DEEDS.items() if isinstance(actions, tuple)}
    named = leave_entries(ROUTES)
    assert named <= leaving
    assert named == (asked_by_portal() | portal_statements()) & leaving


def test_commands_and_addresses_name_every_deed():
    leaving = {deed for deed, actions in DEEDS.items() if isinstance(actions, tuple)}
    assert leave_entries(ROUTES) | leave_entries(COMMANDS) == leaving


def test_every_action_is_left_by_a_deed_and_written_by_the_code():
    actions = dict(ACTION.findall((ROOT / "common/domain/audit_action.def").read_text()))
    left = {action for value in DEEDS.values() if isinstance(value, tuple) for action in value}
    assert left == set(actions.values())
    code = text_of("common/store/*.c", "daemons/*/*.c")
    assert not [name for name in actions if not re.search(rf"\bAUDIT_{name}\b", code)]


def test_every_entry_is_tried():
    tried = set(TRIED.findall(text_of("tests/integration/test_*.py")))
    wanted = {(deed, action) for deed, value in DEEDS.items() if isinstance(value, tuple) for action in value}
    assert not wanted - tried, "a test that fails without the entry, with @tries(deed, action), is wanted"
    assert not {pair for pair in tried - wanted if pair[0] in DEEDS}


def test_keys_of_details_are_said_in_words():
    """Each key that a statement or a daemon puts into an entry has its words in audit_detail.def."""
    said = set(re.findall(r'^AUDIT_DETAIL\("(\w+)"', (ROOT / "common/domain/audit_detail.def").read_text(), re.M))
    statements = text_of("common/store/*.sql")
    used = set()
    for call in re.findall(r"preau\.audit_write(?:_session)?\((.*?)\)\s*(?:as audited|end as|;)", statements, re.S):
        for build in re.findall(r"jsonb_build_object\((.*)", call, re.S):
            used |= set(re.findall(r"(?:^|,\s*)'(\w+)',", build))
    for details in re.findall(r"\.details = \{(.*?)\}\s*,\s*\.detail_count", text_of("daemons/*/*.c", "common/store/*.c"), re.S):
        used |= set(re.findall(r'\{\s*"(\w+)"', details))
    assert len(used) > 15 and not used - said
