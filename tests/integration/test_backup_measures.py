"""deploy/pgbackrest/mesures.jq: what is told of the backups that pgBackRest names. A real repository is test_restore.py's."""

import json
import subprocess

import pytest

from peers.backup import SHIPPED

LAST = "preau_backup_last_success_timestamp_seconds"


def backup(kind, stop, *, error=False):
    return {"type": kind, "error": error, "timestamp": {"start": stop - 5, "stop": stop}}


def told(code, *backups, archive=None):
    """{series: text of its value}"""
    words = ["jq", "--null-input", "--raw-output", "--argjson", "info", json.dumps([{"status": {"code": code}, "backup": backups}]), "--argjson", "archive",
             json.dumps(archive), "--from-file", SHIPPED / "mesures.jq"]
    text = subprocess.run(words, text=True, capture_output=True, check=True).stdout
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def last(found):
    return found.get(f'{LAST}{{type="any"}}'), found.get(f'{LAST}{{type="full"}}')


def test_the_last_of_all_and_the_last_full_one_are_told():
    assert last(told(0, backup("full", 100), backup("diff", 200), backup("incr", 150))) == ("200", "100")


@pytest.mark.parametrize("error", [True, False, None])
def test_a_backup_of_damaged_pages_is_no_good_one(error):
    """Null without checksums of pages: nothing was looked for."""
    assert last(told(0, backup("full", 100), backup("full", 200, error=error))) == (("100", "100") if error else ("200", "200"))


def test_a_repository_that_one_cannot_read_says_nothing_of_its_backups():
    found = told(99)
    assert found["preau_backup_repository_readable"] == "0" and last(found) == (None, None)


def test_one_repository_of_two_that_fails_hides_no_backup_of_the_other():
    found = told(4, backup("full", 100))
    assert found["preau_backup_repository_readable"] == "0" and last(found) == ("100", "100")


def test_a_database_that_is_silent_is_not_said_to_archive():
    assert not [series for series in told(0, backup("full", 100)) if "_wal_" in series]
    found = told(0, archive={"archiving": False, "archived": None, "waiting": None})
    assert {value for series, value in found.items() if "_wal_" in series} == {"0"}
