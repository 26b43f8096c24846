"""The database knows the states, the origins and the moves of the code's table, and no others: whatever migrations made them."""

import subprocess

import pytest

from conftest import BUILD
from loaded import MIGRATIONS, number_of

# Moves, as the code prints them, that the release before makes and this one does not: its daemons work on our schema. The next release's
# migration takes them away.
ONLY_BEFORE = set()


@pytest.fixture(scope="module")
def code():
    """{"state": […], "origin": […], "move": […]}"""
    said = subprocess.run([BUILD / "common/store/lifecycle-moves"], check=True, capture_output=True, text=True).stdout
    known = {"state": [], "origin": [], "move": []}
    for line in said.splitlines():
        kind, _, rest = line.partition(" ")
        known[kind].append(rest)
    return known


@pytest.fixture(scope="module")
def held(cluster, migrated):
    """The same, of the database."""
    with cluster.connect(migrated) as connection:
        def column(query):
            return [one for one, in connection.execute(query)]

        yield {"state": column("select unnest(enum_range(null::preau.account_state))::text"),
               "origin": column("select unnest(enum_range(null::preau.account_origin))::text"),
               "move": column("select concat_ws(' ', profile, from_state, from_origin, to_state, to_origin) from preau.lifecycle_move")}


def migration(code, held):
    """What is missing in the database, as the next migration would add it."""
    values = [f"alter type preau.account_{kind} add value '{one}';" for kind in ("state", "origin") for one in code[kind] if one not in held[kind]]
    missing = [move for move in code["move"] if move not in held["move"]]
    moves = ",\n".join("    ('" + "', '".join(move.split()) + "')" for move in missing)
    rows = [f"insert into preau.lifecycle_move (profile, from_state, from_origin, to_state, to_origin) values\n{moves};"] if missing else []
    # a value is of no use in the transaction that adds it
    return "\n".join(values + (["-- step"] if values and rows else []) + rows)


def test_what_a_migration_must_add_is_printed():
    """As adding.md says: a value first, in a step of its own."""
    before = {"state": ["a", "b"], "origin": ["o"], "move": ["eleve a o b o"]}
    after = {"state": ["a", "b", "c"], "origin": ["o"], "move": ["eleve a o b o", "eleve b o c o"]}
    assert migration(after, before) == """alter type preau.account_state add value 'c';
-- step
insert into preau.lifecycle_move (profile, from_state, from_origin, to_state, to_origin) values
    ('eleve', 'b', 'o', 'c', 'o');"""
    assert migration(before, before) == ""


def test_the_database_knows_what_the_code_knows(code, held):
    missing = migration(code, held)
    assert not missing, f"migration {number_of(MIGRATIONS[-1]) + 1:04} must hold:\n{missing}"


def test_the_database_lets_through_nothing_else(code, held):
    """Of states and origins the order too: lists are sorted by it, and by that of the code."""
    assert (held["state"], held["origin"]) == (code["state"], code["origin"])
    assert set(held["move"]) - set(code["move"]) == ONLY_BEFORE


def test_a_home_page_counts_the_accounts_of_each_state(cluster, migrated, queries, code):
    """common/store/school_home.c asks for a column named like each."""
    query = next(query for query in queries if query["name"] == "school_home")
    with cluster.connect(migrated) as connection:
        connection.execute(f"prepare home ({query['types']}) as {query['text']}")
        columns = [column.name for column in connection.execute("execute home (10::smallint, '0690001A', 2::smallint, '1 day')").description]
    assert set(code["state"]) <= set(columns)
