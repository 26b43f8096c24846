"""generate-queries.py refuses what would be found out late."""

import pathlib
import subprocess
import sys

import pytest

GENERATOR = pathlib.Path(__file__).resolve().parents[2] / "common" / "store" / "generate-queries.py"
GOOD = """\
-- :query school_name
-- The name of a school.
-- :role portal
-- $1 uai text
select name from preau.school where uai = $1;
"""


def generate(folder, *texts):
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"subject{number}.sql")
        files[-1].write_text(text, encoding="utf-8")
    header, source = folder / "queries.h", folder / "queries.c"
    done = subprocess.run([sys.executable, GENERATOR, header, source, *files], text=True, capture_output=True)
    return done, header, source


def test_a_good_block_becomes_a_member_of_the_enum_and_a_row(tmp_path):
    done, header, source = generate(tmp_path, GOOD)
    assert done.returncode == 0, done.stderr
    assert "QUERY_SCHOOL_NAME" in header.read_text(encoding="utf-8")
    assert "select name from preau.school where uai = $1" in source.read_text(encoding="utf-8")


@pytest.mark.parametrize("change, says", [
    (("-- The name of a school.\n", ""), "say what it answers"),
    (("-- :role portal\n", ""), "roles"),
    (("-- :role portal\n", "-- :role visitor\n"), "roles"),
    (("-- $1 uai text\n", ""), "parameters"),
    (("-- $1 uai text\n", "-- $2 uai text\n"), "parameters"),
    (("-- $1 uai text\n", "-- $1 uai text\n-- $2 unused text\n"), "parameters"),
    (("-- :role portal\n", "-- :role portal\n-- :fast\n"), "not understood"),
    ((";\n", "\n"), "semicolon"),
    ((";\n", "; select 1;\n"), "one statement"),
])
def test_a_bad_block_is_refused_with_its_place(tmp_path, change, says):
    done, *_ = generate(tmp_path, GOOD.replace(*change))
    assert done.returncode != 0
    assert "subject0.sql:1: query school_name" in done.stderr
    assert says in done.stderr


def test_a_name_given_twice_is_refused_with_both_places(tmp_path):
    done, *_ = generate(tmp_path, GOOD, GOOD)
    assert done.returncode != 0
    assert "subject1.sql:1" in done.stderr and "subject0.sql:1" in done.stderr
