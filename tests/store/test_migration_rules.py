"""Migrations that come keep nobody from the desk (docs/developers/adding.md): each is applied to a store with many rows, and what it locks
until its end, reads and writes is counted. The clock is not asked."""

import pytest

from conftest import PREVIOUS
from loaded import LANDED, MIGRATIONS, migration_complaints, number_of, step_complaints


@pytest.fixture(scope="module")
def store(cluster, loaded):
    """A connection to a database with many rows, at the last schema before the rule; the tests go on from one another's."""
    name = cluster.new_database("preau_ruled", template=loaded)
    with cluster.connect(name) as connection:
        connection.execute("set client_min_messages = error")
        for file in MIGRATIONS:
            if PREVIOUS < number_of(file) <= LANDED:
                connection.execute(file.read_text())
        yield connection


def test_migrations_since_the_rule_keep_nobody_waiting(store):
    found = []
    for file in MIGRATIONS:
        if number_of(file) > max(LANDED, PREVIOUS):
            found += migration_complaints(store, file.name, file.read_text())
    assert not found, "\n".join(found)


@pytest.mark.parametrize("text, says", [
    ("alter table preau.account alter column version type integer", "preau.account: written anew"),
    ("alter table preau.account add column number bigint generated always as identity", "preau.account: written anew"),
    ("alter table preau.account add column drawn double precision not null default random()", "preau.account: written anew"),
    ("alter table preau.delivery add check (attempts < 100)", "preau.delivery: 20000 rows read"),
    ("alter table preau.delivery alter column recipient set not null", "preau.delivery: 20000 rows read"),
    ("alter table preau.delivery add constraint few check (attempts < 100) not valid;"
     "alter table preau.delivery validate constraint few", "preau.delivery: 20000 rows read"),
    ("create index session_by_csrf on preau.session (csrf)", "preau.session: 10000 rows read"),
    ("alter table preau.session add foreign key (academy) references preau.academy", "preau.session: 10000 rows read"),
    ("create table preau.copied (academy smallint, account_id bigint, foreign key (academy, account_id) references preau.account (academy, id));"
     "insert into preau.copied select academy, account_id from preau.delivery", "preau.delivery: 20000 rows read"),
    ("update preau.credential set last_sign_in_at = now()", "preau.credential: 20000 rows written"),
    ("update preau.credential set last_sign_in_at = now() where account_id in (select id from preau.account limit 15000)", "preau.credential: 15000 rows written"),
    ("truncate preau.session cascade", "preau.session: written anew"),
    ("lock table preau.academy; select count(*) from preau.account_event", "preau.account_event: 20000 rows read"),
])
def test_what_would_keep_the_desk_waiting_is_found(store, text, says):
    with store.transaction(force_rollback=True):
        _, found = step_complaints(store, text)
    with pytest.raises(AssertionError, match=says):
        assert not found, "\n".join(found)


@pytest.mark.parametrize("text", [
    "alter table preau.account add column seen boolean not null default false",
    "alter table preau.delivery add constraint few check (attempts < 100) not valid;\n-- step\nalter table preau.delivery validate constraint few",
    "alter table preau.session add foreign key (academy) references preau.academy not valid;\n-- step\n"
    "alter table preau.session validate constraint session_academy_fkey",
    "-- step: outside of a transaction\ncreate index concurrently if not exists session_by_csrf on preau.session (csrf)",
    "create table preau.further (academy smallint, account_id bigint, foreign key (academy, account_id) references preau.account (academy, id))",
    "alter table preau.credential add column told boolean;\n-- step: repeated\n"
    "update preau.credential set told = false where (academy, account_id) in"
    " (select academy, account_id from preau.credential where told is null limit 10000)",
    "drop index preau.account_by_confirmed_address; drop view preau.registration_record",
])
def test_what_keeps_nobody_waiting_is_let_through(store, text):
    assert migration_complaints(store, "0099_trial.sql", text) == []
