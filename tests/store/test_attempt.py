"""Tries that are counted at the same moment: nobody waits who was not made to."""

SUBJECTS = ("'{sign-in:j.dupont:192.0.2.7}'", "'{6}'", "'{86400000000}'", "'15 min'", "'15 min'", "false")
TWO = ("'{sms:j.dupont,sms-around}'", "'{2,3}'", "'{86400000000,86400000000}'", "'15 min'", "'15 min'")


def ask(connection, name, arguments):
    return connection.execute(f"execute {name} ({', '.join(arguments)})").fetchone()


def prepared(cluster, migrated, queries):
    connection = cluster.connect(migrated)
    connection.autocommit = False
    for name in ("attempt_begin", "attempt_give_back"):
        (query,) = (query for query in queries if query["name"] == name)
        connection.execute(f"prepare {name} ({query['types']}) as {query['text']}")
    connection.commit()
    return connection


def test_who_began_first_and_comes_second_does_not_wait(cluster, migrated, queries):
    """A double click: the transaction that is older meets the row that the younger one wrote."""
    with prepared(cluster, migrated, queries) as older, prepared(cluster, migrated, queries) as younger:
        older.execute("select now()")
        assert ask(younger, "attempt_begin", SUBJECTS) == (True,)
        younger.commit()
        assert ask(older, "attempt_begin", SUBJECTS) == (True,)
        older.commit()
        older.execute("select now()")
        younger.execute("update preau.attempt set failures = 6, delays = 2, not_before = now() + interval '1 hour'")
        younger.execute(f"execute attempt_give_back ({', '.join(SUBJECTS[:2])})")
        younger.commit()
        assert ask(older, "attempt_begin", SUBJECTS) == (True,), "nor where the last try was given back"
        older.rollback()
        younger.execute("delete from preau.attempt")
        younger.commit()


def test_who_was_made_to_wait_waits(cluster, migrated, queries):
    with prepared(cluster, migrated, queries) as connection:
        told = [ask(connection, "attempt_begin", SUBJECTS) for _ in range(8)]
        assert told == [(True,)] * 6 + [(False,)] * 2
        connection.rollback()


def failures(connection):
    return dict(connection.execute("select subject, failures from preau.attempt where subject like 'sms%'").fetchall())


def test_in_turn_the_tries_of_who_waits_are_nothing_to_who_is_around(cluster, migrated, queries):
    with prepared(cluster, migrated, queries) as connection:
        told = [ask(connection, "attempt_begin", (*TWO, "true")) for _ in range(5)]
        assert told == [(True,)] * 2 + [(False,)] * 3 and failures(connection) == {"sms:j.dupont": 2, "sms-around": 2}
        assert ask(connection, "attempt_begin", (*TWO, "false")) == (False,) and failures(connection)["sms-around"] == 3
        connection.execute("delete from preau.attempt where subject = 'sms:j.dupont'")
        assert ask(connection, "attempt_begin", (*TWO, "true")) == (False,), "and who is around waits for its own"
        connection.rollback()
