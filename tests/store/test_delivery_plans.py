"""A September morning's batches come when nothing was owed at the time of the last ANALYZE, and the planner believes that."""

import psycopg
import pytest

WAITING = 3000
BY_NUMBER = {
    "delivery_step": "'{1,1}', '{7,8}', '{0,0}', '{t,f}', '5 min'",
    "delivery_put_off": "1, 7, 1, '5 min', 'x', false, 'x', 'x'",
    "delivery_ended": "1, 7, 1, 'failed', 'x', false",
    "delivery_held": "'{1,1}', '{7,8}', '{0,0}', '{now,now}'",
    "document_claim": "1, 1, '{1,1}', '{7,8}', '5 min'",
    "document_store": "1, 1, 1, '', 2, '1 day', '{1,1}', '{7,8}', '{1,1}', '{1,2}'",
}


@pytest.fixture(scope="module")
def own(cluster, migrate):
    """A database of this test's own: what its planner was told is nobody else's."""
    name = cluster.new_database("preau_september")
    done = migrate(name)
    assert done.returncode == 0, done.stderr
    return name


@pytest.fixture
def september(cluster, own):
    """A connection with an open transaction in which much is owed, unknown to the planner."""
    with cluster.connect(own) as connection:
        connection.autocommit = False
        connection.execute("set local session_replication_role = replica; set local plan_cache_mode = force_generic_plan")
        connection.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient, state, done_at)"
                           " select 1, n, 'notification', 'mail', 'a@example.org', 'sent', now() from generate_series(1, %s) n", (WAITING,))
        connection.execute("analyze preau.delivery")
        connection.execute("insert into preau.delivery (academy, account_id, kind, channel, recipient)"
                           " select 1, n, 'notification', 'mail', 'a@example.org' from generate_series(1, %s) n", (WAITING,))
        yield connection
        connection.rollback()


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


@pytest.mark.parametrize("name", BY_NUMBER)
def test_who_is_named_by_number_is_not_looked_for_among_all_that_waits(september, queries, name):
    (query,) = (query for query in queries if query["name"] == name)
    september.execute(psycopg.sql.SQL("prepare probe ({}) as {}").format(
        psycopg.sql.SQL(query["types"]), psycopg.sql.SQL(query["text"])))
    plan = september.execute(f"explain (format json) execute probe ({BY_NUMBER[name]})").fetchone()[0][0]["Plan"]
    ways = {node.get("Index Name", node["Node Type"]) for node in nodes(plan)
            if node.get("Relation Name") == "delivery" and node["Node Type"] != "ModifyTable"}
    assert ways and ways <= {"delivery_pkey", "delivery_once_a_batch"}
