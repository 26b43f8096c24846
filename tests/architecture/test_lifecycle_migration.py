"""The database's trigger knows exactly the moves of the code's table."""

import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("PREAU_BUILD", ROOT / "build"))


def test_the_migration_is_what_the_code_prints():
    printed = subprocess.run([BUILD / "common/store/lifecycle-moves"], check=True, capture_output=True, text=True).stdout
    assert (ROOT / "common/store/migrations/0002_lifecycle.sql").read_text(encoding="utf-8") == printed
