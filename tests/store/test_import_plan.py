"""How the first load of a house is planned, when nothing is known of its tables yet: the statements of import_apply.sql,
on invented families that no transaction ended with."""

import pytest

FAMILIES = 15_000  # of two guardians and two pupils: with as many, one index looks as good as the other, and is not
FILLED = f"""
    insert into preau.academy (code, name) values (10, 'Lyon');
    insert into preau.account (academy, id, profile, login)
    select 10, 900000000 + n, 'responsable', 'essai' || n from generate_series(1, 4) n;
    insert into preau.person (academy, degree, aaf_id, profile, civilite, nom, prenom, search_name, adresse, code_postal,
                              ville, pays, digest, birth_date, changed_at)
    select 10, 2, n, p.profile::preau.profile, 'M', 'NOM' || n, 'Lou', 'nom' || n, '', '', '', '', decode(md5(n::text), 'hex'),
           case p.profile when 'eleve' then date '2012-01-01' end, now()
      from generate_series(1, {4 * FAMILIES}) n,
           lateral (select case when n % 2 = 0 then 'eleve' else 'responsable' end) p(profile);
    insert into preau.enrolment (academy, degree, pupil_id, uai, structure, class, niveau)
    select 10, 2, n, '0690001A', 1, '', '' from generate_series(2, {4 * FAMILIES}, 2) n;
    insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien)
    select 10, 2, n + pupil, n + guardian, 1
      from generate_series(0, {4 * (FAMILIES - 1)}, 4) n, (values (2), (4)) p(pupil), (values (1), (3)) g(guardian);
"""
STAGED = """
    insert into pg_temp.import_now values (1, 10, 2, 'complete', null, 1, 1);
    create temporary table import_outcome as select profile, aaf_id, 'added' as outcome from preau.person;
    create temporary table import_place (structure bigint, uai text);
    create temporary table import_again (profile preau.profile, aaf_id bigint);
    create temporary table import_near as select aaf_id from preau.person where profile = 'responsable';
    analyze pg_temp.import_now, pg_temp.import_outcome, pg_temp.import_absent, pg_temp.import_near;
"""


@pytest.fixture(scope="module")
def database(cluster, migrated):
    return cluster.new_database("preau_import_plan", template=migrated)


@pytest.fixture
def statements(queries):
    return {query["name"]: query["text"] for query in queries if query["name"].startswith("import_")}


@pytest.fixture
def filling(cluster, database, statements):
    """A connection with an open transaction that filled the house, and the tables of a run."""
    with cluster.connect(database) as connection:
        connection.autocommit = False
        connection.execute("set local session_replication_role = replica")  # nothing here is about constraints
        for name, text in statements.items():
            if name.startswith("import_stage_"):
                connection.execute(text)
        connection.execute(FILLED)
        connection.execute(STAGED)
        connection.execute(statements["import_guardians_places"])
        yield connection
        connection.rollback()


def forbidden(connection):
    return connection.execute("select current_setting('enable_nestloop')").fetchone() == ("off",)


def nodes(plan):
    yield plan
    for child in plan.get("Plans", ()):
        yield from nodes(child)


def plan_of(connection, statement):
    return list(nodes(connection.execute(f"explain (format json) {statement}").fetchone()[0][0]["Plan"]))


@pytest.mark.parametrize("statement", ["import_apply_school_counters", "import_guardians_after"])
def test_nobody_is_looked_for_among_all_the_others(filling, statements, statement):
    filling.execute("set local role preau_import")
    filling.execute(statements["import_apply_plan"])
    filling.execute("reset role")
    plan = plan_of(filling, statements[statement])
    assert "guardianship" in {node.get("Relation Name") for node in plan}
    assert not [node for node in plan if node["Node Type"] == "Nested Loop" and any(
        one.get("Relation Name") in ("enrolment", "guardianship") for one in nodes(node["Plans"][1]))]


def test_a_house_that_is_known_is_planned_as_usual(filling, cluster, database, statements):
    filling.execute("analyze preau.person, preau.enrolment, preau.guardianship, preau.account")
    filling.execute("set local role preau_import")
    filling.execute(statements["import_apply_plan"])
    assert not forbidden(filling)


def test_it_holds_for_one_transaction(cluster, database, statements):
    with cluster.connect(database, "preau_import") as connection:
        connection.autocommit = False
        connection.execute(statements["import_apply_plan"])
        assert forbidden(connection)
        connection.rollback()
        assert not forbidden(connection)
