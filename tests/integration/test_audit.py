"""preauctl audit: what tampering is found, and where. As a superuser who takes the triggers away, since nobody else could."""

import itertools
import json

import pytest

from peers.site import Site

ACADEMIES = itertools.count(1)
ENTRIES = 5
COPY = ("insert into preau.audit select chain, number + {by}, at, administrator_id, actor, action, uai, account_academy, account_id,"
        " detail, trace, previous, hash from preau.audit where chain = {chain} and number {which}")
# as an attacker who knows how it is made would: the entries from here on hashed anew, one after the other
ANEW = """do $$ declare e preau.audit; last bytea; begin
    select hash into last from preau.audit where chain = {chain} and number = {number} - 1;
    for e in select * from preau.audit where chain = {chain} and number >= {number} order by number loop
        e.previous := last;
        e.hash := preau.audit_hash(e);
        update preau.audit set previous = e.previous, hash = e.hash where (chain, number) = (e.chain, e.number);
        last := e.hash;
    end loop;
    update preau.audit_head set hash = last where chain = {chain};
end $$"""


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    """A site without any daemon."""
    with Site.of(tmp_path_factory.mktemp("site")) as site:
        yield site


@pytest.fixture
def admin(here):
    with here.psql() as connection:
        yield connection


@pytest.fixture
def chain(admin):
    """Of a few entries, of its own for each test."""
    number = next(ACADEMIES)
    admin.execute("insert into preau.academy (code, name) values (%s, 'Essai') on conflict do nothing", [number])
    for entry in range(ENTRIES):
        admin.execute("select preau.audit_write(%s, 0, 'root', 'import_asked', null, null, null, %s, 'trace')",
                      [number, f'{{"run": {entry}}}'])
    return number


def tamper(admin, *statements, **words):
    for table in ("audit", "audit_head"):
        admin.execute(f"alter table preau.{table} disable trigger audit_refuse")
    for statement in statements:
        admin.execute(statement.format(**words))
    for table in ("audit", "audit_head"):
        admin.execute(f"alter table preau.{table} enable always trigger audit_refuse")


def verify(here, *arguments):
    """(exit code, what it says as JSON)"""
    done = here.run_ctl("audit", "verify", *arguments, "--json")
    return done.returncode, json.loads(done.stdout)


def told(here, chain, *arguments):
    """(flaw, entry) of a chain; (None, None) when it is whole."""
    code, answer = verify(here, "--academy", chain, *arguments)
    (one,) = answer["chains"]
    assert one["academy"] == chain
    assert code == (0 if one["sound"] else 1) and answer["sound"] == one["sound"]
    return one["flaw"], one["flawed_number"]


def anchor(here, chain):
    return next(one["anchor"] for one in verify(here)[1]["chains"] if one["academy"] == chain)


def test_what_nobody_touched_is_whole(here, admin, chain):
    assert told(here, chain) == (None, None)
    number, head = admin.execute("select number, encode(hash, 'hex') from preau.audit_head where chain = %s", [chain]).fetchone()
    assert anchor(here, chain) == f"{chain}:{number}:{head}" and number == ENTRIES
    done = here.run_ctl("audit", "verify", "--academy", chain)
    assert done.returncode == 0 and "intacte" in done.stdout and f"{chain}:{number}:{head}" in done.stdout


CHANGES = ["at = at + interval '1 microsecond'", "administrator_id = 7", "actor = 'another'", "action = 'signed_in'", "uai = '0690001A'",
           "account_academy = 1, account_id = 1", """detail = '{{"run": 7}}'""", """detail = '{{"run":  2}}'""", "trace = ''",
           "previous = hash", "hash = previous", "hash = sha256('x')"]


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_of_any_field_is_found_at_its_entry(here, admin, chain, change):
    tamper(admin, f"update preau.audit set {change} where chain = {{chain}} and number = 3", chain=chain)
    assert told(here, chain) == ("changed", 3)
    done = here.run_ctl("audit", "verify", "--academy", chain)
    assert done.returncode == 1 and "ROMPUE à l’entrée 3" in done.stdout and "intacte jusqu’à l’entrée 2" in done.stdout


@pytest.mark.parametrize("name, statements, found", [
    ("one taken out", ["delete from preau.audit where chain = {chain} and number = 3"], ("missing", 4)),
    ("the first taken out", ["delete from preau.audit where chain = {chain} and number = 1"], ("missing", 2)),
    ("the last taken out", ["delete from preau.audit where chain = {chain} and number = 5"], ("cut", 4)),
    ("all taken out", ["delete from preau.audit where chain = {chain}"], ("cut", 0)),
    ("one taken out, the others moved up", [
        "delete from preau.audit where chain = {chain} and number = 3",
        "update preau.audit set number = 3 where chain = {chain} and number = 4",
        "update preau.audit set number = 4 where chain = {chain} and number = 5"], ("changed", 3)),
    ("one put in at the end", [COPY.format(by=1, chain="{chain}", which="= 5")], ("changed", 6)),
    ("one put in at the end, hashed right", [
        COPY.format(by=1, chain="{chain}", which="= 5"),
        "update preau.audit set previous = (select hash from preau.audit where (chain, number) = ({chain}, 5)) "
        "where (chain, number) = ({chain}, 6)",
        "update preau.audit e set hash = preau.audit_hash(e) where (chain, number) = ({chain}, 6)"], ("unwritten", 6)),
    ("two that changed places", [
        "update preau.audit set number = 99 where (chain, number) = ({chain}, 2)",
        "update preau.audit set number = 2 where (chain, number) = ({chain}, 3)",
        "update preau.audit set number = 3 where (chain, number) = ({chain}, 99)"], ("changed", 2)),
    ("one changed and hashed right", [
        "update preau.audit set actor = 'another' where (chain, number) = ({chain}, 3)",
        "update preau.audit e set hash = preau.audit_hash(e) where (chain, number) = ({chain}, 3)"], ("unlinked", 4)),
    ("the last changed and hashed right", [
        "update preau.audit set actor = 'another' where (chain, number) = ({chain}, 5)",
        "update preau.audit e set hash = preau.audit_hash(e) where (chain, number) = ({chain}, 5)"], ("head_other", 5)),
    ("an entry earlier than the one before", [
        "update preau.audit set at = at - interval '1 day' where (chain, number) = ({chain}, 3)", ANEW.replace("{number}", "3")],
     ("backdated", 3)),
    ("the head moved back", ["update preau.audit_head set number = 3 where chain = {chain}"], ("unwritten", 4)),
    ("the head moved on", ["update preau.audit_head set number = 9 where chain = {chain}"], ("cut", 5)),
    ("the head of another hash", ["update preau.audit_head set hash = sha256('x') where chain = {chain}"], ("head_other", 5)),
    ("no head", ["delete from preau.audit_head where chain = {chain}"], ("unwritten", 1)),
])
def test_every_other_kind_is_found_where_it_begins(here, admin, chain, name, statements, found):
    tamper(admin, *statements, chain=chain)
    assert told(here, chain) == found


def test_a_chain_written_anew_by_who_holds_the_database_is_found_by_an_anchor(here, admin, chain):
    kept = anchor(here, chain)
    tamper(admin, "update preau.audit set actor = 'another' where (chain, number) = ({chain}, 2)", ANEW.replace("{number}", "2"),
           chain=chain)
    assert told(here, chain) == (None, None), "of itself it is whole"
    assert told(here, chain, "--anchor", kept) == ("anchor_other", ENTRIES)


def test_an_end_cut_off_with_its_head_is_found_by_an_anchor(here, admin, chain):
    kept = anchor(here, chain)
    tamper(admin, "delete from preau.audit where chain = {chain} and number > 3",
           "update preau.audit_head h set number = e.number, at = e.at, hash = e.hash from preau.audit e"
           " where h.chain = {chain} and (e.chain, e.number) = ({chain}, 3)", chain=chain)
    assert told(here, chain) == (None, None)
    assert told(here, chain, "--anchor", kept) == ("anchor_gone", 3)


def test_a_chain_of_which_nothing_is_left_is_found_by_an_anchor(here, admin, chain):
    kept = anchor(here, chain)
    tamper(admin, "delete from preau.audit where chain = {chain}", "delete from preau.audit_head where chain = {chain}", chain=chain)
    assert told(here, chain, "--anchor", kept) == ("anchor_gone", 0)


def test_anchors_hold_while_the_chain_grows(here, admin, chain):
    kept = anchor(here, chain)
    admin.execute("select preau.audit_write(%s, 0, 'root', 'import_asked', null, null, null, '{}', '')", [chain])
    assert told(here, chain, "--anchor", kept, "--anchor", anchor(here, chain)) == (None, None)


def test_one_broken_chain_does_not_hide_the_others(here, admin, chain):
    tamper(admin, "update preau.audit set actor = 'another' where (chain, number) = ({chain}, 1)", chain=chain)
    code, answer = verify(here)
    assert code == 1 and not answer["sound"]
    assert len(answer["chains"]) > 1 and [one["academy"] for one in answer["chains"]] == sorted(one["academy"] for one in answer["chains"])


def test_a_long_chain_is_checked_by_pieces(here, admin, chain):
    admin.execute("select preau.audit_write(%s, 0, 'root', 'import_asked', null, null, null, '{}', '') from generate_series(1, 2500)",
                  [chain])
    assert told(here, chain) == (None, None)
    tamper(admin, "update preau.audit set trace = 'x' where (chain, number) = ({chain}, 2222)", chain=chain)
    assert told(here, chain) == ("changed", 2222)


@pytest.mark.parametrize("arguments", [
    ["verify", "--anchor", "10"], ["verify", "--academy", "lyon"], ["show", "--since", "hier"], ["show", "--action", "dance"],
    ["show", "--limit", "0"]])
def test_a_wrong_line_ends_with_2(here, arguments):
    done = here.run_ctl("audit", *arguments)
    assert done.returncode == 2 and done.stderr and not done.stdout


def test_without_a_database_nothing_is_known(here, tmp_path):
    elsewhere = tmp_path / "elsewhere.conf"
    elsewhere.write_text('database {\n    conninfo = "host=/nowhere dbname=x"\n}\n')
    for verb in ("verify", "show"):
        assert here.run_ctl("audit", verb, "--config", elsewhere).returncode == 3


def test_show_narrows_and_says_it_in_words(here, admin, chain):
    entries = here.ctl("audit", "show", "--academy", chain, json_answer=True)["entries"]
    assert [entry["number"] for entry in entries] == [5, 4, 3, 2, 1]
    assert entries[0]["detail"] == {"run": 4} and entries[0]["actor"] == "root" and entries[0]["administrator"] is None
    assert len(here.ctl("audit", "show", "--academy", chain, "--limit", 2, json_answer=True)["entries"]) == 2
    assert not here.ctl("audit", "show", "--academy", chain, "--action", "signed_in", json_answer=True)["entries"]
    assert not here.ctl("audit", "show", "--academy", chain, "--until", "2020-01-01", json_answer=True)["entries"]
    assert not here.ctl("audit", "show", "--academy", chain, "--administrator", "nobody", json_answer=True)["entries"]
    assert "exploitant root  Intégration demandée, intégration : 4" in here.ctl("audit", "show", "--academy", chain)
