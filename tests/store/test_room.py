"""What is inside the room stays there: daemons get domain values, never rows, queries or handles."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOM = ROOT / "common" / "store"
INCLUDE = re.compile(r'^\s*#\s*include\s+"store/([^"]+)"', re.M)
STATEMENT = re.compile(r'"\s*(select|insert into|update|delete from|with\s+\w+\s+as|copy)\s', re.I)
# what runs before there is a table of queries, or a database, and what prints a migration
OWN_STATEMENTS = {"migrate.c", "migrate_apply.c", "migrate_connection.c", "migrate_check.h", "lifecycle_moves.c", "prepare.c"}


def inside_headers():
    return {path.name for path in ROOM.glob("*.h")
            if path.read_text(encoding="utf-8").startswith("/* Inside this room")}


def sources(*folders):
    return [path for folder in folders for path in (ROOT / folder).rglob("*.[ch]")]


def test_the_headers_that_daemons_must_not_see_say_so():
    assert {"query.h", "rows.h", "parameters.h", "connection.h", "blocking_query.h", "query_table.h"} <= inside_headers()


def test_nobody_outside_includes_what_is_inside():
    inside = inside_headers()
    found = [f"{path.relative_to(ROOT)} includes store/{name}"
             for path in sources("common", "daemons") if path.parent != ROOM
             for name in INCLUDE.findall(path.read_text(encoding="utf-8")) if name in inside]
    assert not found, "\n".join(found)


def test_headers_that_daemons_see_show_nothing_from_inside():
    inside = inside_headers()
    found = [f"{path.name} includes {name}"
             for path in ROOM.glob("*.h") if path.name not in inside
             for name in INCLUDE.findall(path.read_text(encoding="utf-8")) if name in inside]
    assert not found, "\n".join(found)


def test_no_statement_is_written_in_c():
    found = [f"{path.relative_to(ROOT)}: {match[0]}"
             for path in sources("common", "daemons") if path.name not in OWN_STATEMENTS
             for match in STATEMENT.finditer(path.read_text(encoding="utf-8"))]
    assert not found, "\n".join(found)


def test_every_migration_and_every_subject_is_built():
    build = (ROOM / "meson.build").read_text(encoding="utf-8")
    missing = [path.name for path in [*ROOM.glob("*.sql"), *ROOM.glob("*.c")] if f"'{path.name}'" not in build]
    missing += [path.name for path in ROOM.glob("migrations/*.sql") if f"'migrations/{path.name}'" not in build]
    assert not missing
