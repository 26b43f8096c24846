"""Which room may include what: the one table below is the rule (docs/developers/architecture.md)."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

PLAIN = {"stdbool.h", "stddef.h", "stdint.h", "limits.h", "string.h", "assert.h", "ctype.h"}
LOOP, ZMQ, PQ = ("event2/", "event.h"), ("zmq.h",), ("libpq-fe.h",)

# room: (our rooms it may include, outside headers it may not include)
ROOMS = {
    "common/domain": ({"domain"}, None),  # None: only PLAIN
    "common/crypto": ({"domain", "crypto"}, LOOP + ZMQ + PQ),
    "common/runtime": ({"domain", "runtime"}, ZMQ + PQ + ("sodium", "protobuf-c")),
    "common/template": ({"domain", "runtime", "template"}, LOOP + ZMQ + PQ + ("sodium", "protobuf-c")),
    "common/paper": ({"domain", "runtime", "paper"}, LOOP + ZMQ + PQ + ("sodium", "protobuf-c")),
    "common/store": ({"domain", "runtime", "crypto", "store"}, LOOP + ZMQ + ("protobuf-c",)),
    "common/bus": ({"domain", "runtime", "bus", "proto"}, LOOP + PQ),
}
DAEMONS = ("import", "notify", "link", "stats", "portal", "ctl")
for _daemon in DAEMONS:
    ROOMS[f"daemons/{_daemon}"] = (
        {"domain", "crypto", "runtime", "template", "paper", "store", "bus", "proto", _daemon},
        LOOP + ZMQ + PQ,
    )

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def includes(room):
    for path in sorted((ROOT / room).rglob("*.[ch]*")):
        if path.suffix not in (".c", ".h", ".cc"):
            continue
        text = path.read_text(encoding="utf-8")
        for match in INCLUDE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            yield f"{path.relative_to(ROOT)}:{line}", match[1] == '"', match[2]


def owner(header):
    """The room of ours that a quoted header belongs to."""
    if header.endswith(".pb-c.h"):
        return "proto"
    return header.split("/", 1)[0] if "/" in header else None


def violations(room):
    ours, forbidden = ROOMS[room]
    for place, quoted, header in includes(room):
        if quoted:
            # "x.h" without a folder is the room's own; generated headers of a room are its own too
            if owner(header) is not None and owner(header) not in ours:
                yield f"{place}: {room} may not include {header}"
        elif forbidden is None:
            if header not in PLAIN:
                yield f"{place}: {room} may include plain headers only, not <{header}>"
        elif header.startswith(forbidden):
            yield f"{place}: {room} may not include <{header}>"


def test_dependencies_point_one_way():
    assert [v for room in ROOMS for v in violations(room)] == []


def test_developers_are_told_the_same_rules():
    page = (ROOT / "docs/developers/architecture.md").read_text()
    told = {row[0]: set(row[1].split(", ")) for row in re.findall(r"^\| `(common/\w+)` \|[^|]*\| ([^|]*) \|", page, re.M) if "itself" not in row[1]}
    assert told == {room: ours - {room.removeprefix("common/")} for room, (ours, _) in ROOMS.items() if room.startswith("common/") and ours != {"domain"}}


def test_every_folder_of_c_files_has_its_rule():
    folders = {str(p.parent.relative_to(ROOT)) for top in ("common", "daemons") for p in (ROOT / top).rglob("*.c")}
    assert {f for f in folders if not any(f == r or f.startswith(r + "/") for r in ROOMS)} == set()


def test_only_the_clock_reads_the_clock():
    readers = re.compile(r"\b(clock_gettime|gettimeofday|time)\s*\((NULL|&|CLOCK)")
    found = {
        str(p.relative_to(ROOT))
        for top in ("common", "daemons")
        for p in (ROOT / top).rglob("*.c")
        if readers.search(p.read_text(encoding="utf-8"))
    }
    assert found <= {"common/runtime/clock.c"}


def test_only_the_store_speaks_to_libpq():
    """The general query function stays inside common/store: daemons see subjects."""
    users = {
        str(p.relative_to(ROOT))
        for p in (ROOT / "daemons").rglob("*.[ch]")
        if re.search(r"\bstore_run\s*\(|\"store/query\.h\"", p.read_text(encoding="utf-8"))
    }
    assert users == set()
