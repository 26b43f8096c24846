"""The list of fault points and the sources name the same points."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = ROOT / "common/runtime/fault_points.txt"
POINT = re.compile(r'\bFAULT_POINT\("([^"]+)"\)')


def test_every_fault_point_is_listed_and_every_listed_one_exists():
    sources = [p for folder in ("common", "daemons") for p in (ROOT / folder).rglob("*.c")]
    used = {name for path in sources for name in POINT.findall(path.read_text())}
    rows = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    listed = {row.split()[0] for row in rows}
    assert used == listed
    assert all(len(row.split()) > 1 for row in rows), "a point without its sentence"
