"""The first load of a house of which PostgreSQL knows nothing yet: what it reads grows with the people, not with their
square. A plan that looks for everybody among all others is no slower on a handful; so rows are counted, not seconds."""

import pytest

from peers.academy import APPLIED, IMPORTD, check_is_truth, generate, rows, take
from peers.site import Site

PEOPLE = 6000
TOUCHES = 40  # of a row, by all the statements of both runs and by the constraints; one bad plan alone makes hundreds
READ = """
select relname, seq_tup_read + coalesce(idx_tup_fetch, 0) as read
  from pg_stat_user_tables where schemaname = 'preau' and seq_tup_read + coalesce(idx_tup_fetch, 0) > %s"""


@pytest.fixture
def site(tmp_path):
    """Without anybody to analyse the tables before the run does."""
    with Site.of(tmp_path / "site", IMPORTD, postgres_settings={"autovacuum": "off"}) as started:
        yield started


def test_each_row_is_read_a_few_times(site, tmp_path):
    made = generate(tmp_path / "aaf", "--people", str(PEOPLE), "--schools", "20,6,3")
    assert [run["state"] for run in take(site, *made.archives.values())] == [APPLIED, APPLIED]
    site.stop_daemon(IMPORTD)  # its sessions tell their figures as they end
    assert rows(site, READ, TOUCHES * PEOPLE) == []
    check_is_truth(site, made.truth)
