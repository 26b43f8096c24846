"""The entries of the audit trail that a test causes.

    with written(site, 1) as new:
        …
    new[0]["action"], ["actor"], ["detail"] …
"""

import contextlib
import re

COLUMNS = ("chain", "administrator", "actor", "action", "uai", "academy", "account", "detail", "trace")


def all_entries(site):
    with site.psql() as database:
        rows = database.execute("select chain, administrator_id, actor, action, uai, account_academy, account_id, detail, trace"
                                " from preau.audit order by at, chain, number").fetchall()
        assert database.execute("select count(*) from preau.audit_wanted").fetchone() == (0,)
    return [dict(zip(COLUMNS, row)) for row in rows]


def is_impersonal(entry):
    """Of the people of the tests: Clotilde Durand and her family."""
    return not re.search("durand|clotilde|léa|@", str(entry["detail"]), re.I)


@contextlib.contextmanager
def written(site, due=0):
    """The entries that come meanwhile. due: how many are waited for, as nobody waits for those of what was refused."""
    before = len(all_entries(site))
    new = []
    yield new
    if due:
        site.wait(lambda: len(all_entries(site)) >= before + due, what=f"written: {due} entries")
    new += all_entries(site)[before:]
    assert all(is_impersonal(entry) for entry in new)


@contextlib.contextmanager
def full(site):
    """The trail takes no entry meanwhile."""
    with site.psql() as database:
        database.execute("alter table preau.audit add constraint full_of_it check (false) not valid")
        try:
            yield
        finally:
            database.execute("alter table preau.audit drop constraint full_of_it")
