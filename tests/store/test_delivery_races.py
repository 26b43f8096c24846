"""Two who are at one mail at the same time: what is written of it is what the one who came first left."""

import threading
import time

import psycopg
import pytest

WHO = 7


@pytest.fixture
def races(cluster, migrate):
    """The name of a database in which a mail of a batch is on its way."""
    name = cluster.new_database("preau_races")
    done = migrate(name)
    assert done.returncode == 0, done.stderr
    with connect(cluster, name) as connection:
        connection.execute("insert into preau.batch (academy, uai, request_id, administrator_id, channel, reset, total)"
                           " values (1, '0010001A', gen_random_uuid(), 1, 'mail', false, 1)")
        connection.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient, state, attempts, taken_until, batch_academy, batch_id)"
                           " select 1, 1, 'notification', 'mail', 'a@example.org', 'taken', 1, now() + '5 min', academy, id from preau.batch")
    return name


def connect(cluster, name):
    """A connection for which what refers to a row wants none there."""
    connection = cluster.connect(name)
    connection.execute("set session_replication_role = replica")
    return connection


def waits(connection, other):
    """Whether the connection other waits for a lock."""
    return connection.execute("select wait_event_type = 'Lock' from pg_stat_activity where pid = %s", (other.info.backend_pid,)).fetchone()[0]


def test_a_mail_put_off_while_its_batch_is_cancelled_says_who_cancelled(cluster, races, queries):
    (put_off,) = (query for query in queries if query["name"] == "delivery_put_off")
    with connect(cluster, races) as head, connect(cluster, races) as sender, connect(cluster, races) as witness:
        head.autocommit = False
        head.execute("update preau.delivery set unwanted = true")
        head.execute("update preau.batch set cancelled_by = %s", (WHO,))
        sender.execute(psycopg.sql.SQL("prepare put_off ({}) as {}").format(psycopg.sql.SQL(put_off["types"]), psycopg.sql.SQL(put_off["text"])))
        mail = sender.execute("select id from preau.delivery").fetchone()[0]
        said = []
        sending = threading.Thread(target=lambda: said.append(
            sender.execute(f"execute put_off (1, {mail}, 1, '5 min', 'greylisted', false, 'unwanted', 'notification_cancelled')").fetchone()[0]))
        sending.start()
        until = time.monotonic() + 30
        while not waits(witness, sender) and time.monotonic() < until:
            time.sleep(0.01)
        assert waits(witness, sender)
        head.commit()
        sending.join(30)
        assert said == [True]
        assert witness.execute("select action, administrator_id from preau.account_event").fetchall() == [("notification_cancelled", WHO)]
