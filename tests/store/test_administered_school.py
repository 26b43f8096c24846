"""The view that says which school is whose, and of which profile: every role with every scope, and what was given with
every profile, time and giver, against the rule said once more here."""

import itertools

import pytest

ROLES = ("directeur", "delegue", "integrateur", "assistance", "exploitant")
PROFILES = ("responsable", "eleve")
HERE, BESIDE, FAR = (11, "0110001A"), (11, "0110002B"), (12, "0120001L")
SCOPES = {"nation": (None, None), "academy": (11, None), "school": HERE, "beside": BESIDE, "far": (12, None)}
TIMES = {"over": ("-2 days", "-1 second"), "now": ("-1 day", "1 day"), "later": ("1 second", "2 days")}


@pytest.fixture
def database(cluster, migrated):
    with cluster.connect(migrated) as connection:
        connection.execute("begin")
        connection.execute("insert into preau.academy values (11, 'Ici'), (12, 'Ailleurs') on conflict do nothing")
        for academy, uai in (HERE, BESIDE, FAR):
            connection.execute("insert into preau.school (academy, uai, degree, name, kind, city) values (%s, %s, 2, 'x', 'x', 'x')"
                               " on conflict do nothing", (academy, uai))
        yield connection
        connection.execute("rollback")


def add(database, role, *scopes, disabled=False):
    number = database.execute(
        "insert into preau.administrator (login, name, role, hash, disabled_at) values (gen_random_uuid()::text, 'x', %s, 'x', %s)"
        " returning id", (role, "2026-01-01" if disabled else None)).fetchone()[0]
    for scope in scopes:
        database.execute("insert into preau.administrator_scope (administrator_id, academy, uai) values (%s, %s, %s)",
                         (number, *SCOPES[scope]))
    return number


def give(database, giver, to, place, profile, time):
    database.execute("insert into preau.administrator_scope (administrator_id, academy, uai, profile, from_at, until_at, giver_id)"
                     " values (%s, %s, %s, %s, now() + %s, now() + %s, %s)", (to, *place, profile, *TIMES[time], giver))


def seen(database, number):
    return set(database.execute("select academy, uai, profile::text from preau.administered_school where administrator_id = %s",
                                (number,)).fetchall())


def holds(scope, place):
    academy, uai = SCOPES[scope]
    return academy is None or (academy == place[0] and uai in (None, place[1]))


def test_what_is_ones_own(database):
    for role, scope, disabled in itertools.product(ROLES, SCOPES, (False, True)):
        number = add(database, role, scope, disabled=disabled)
        expected = set() if disabled or role == "integrateur" else {
            (*place, profile) for place in (HERE, BESIDE, FAR) if holds(scope, place) for profile in PROFILES}
        assert seen(database, number) == expected, (role, scope, disabled)


def test_what_was_given(database):
    """The giver's role, scope and state, the receiver's role and state, the profile and the time: the whole product."""
    count = 0
    for giver_role, scope, giver_off in itertools.product(ROLES, SCOPES, (False, True)):
        giver = add(database, giver_role, scope, disabled=giver_off)
        for role, off, profile, time in itertools.product(ROLES, (False, True), (None, *PROFILES), TIMES):
            number = add(database, role, disabled=off)
            give(database, giver, number, HERE, profile, time)
            counts = (giver_role in ("directeur", "assistance", "exploitant") and not giver_off and holds(scope, HERE)
                      and role != "integrateur" and not off and time == "now")
            expected = {(*HERE, one) for one in PROFILES if counts and profile in (None, one)}
            assert seen(database, number) == expected, (giver_role, scope, giver_off, role, off, profile, time)
            count += 1
    assert count == 5 * 5 * 2 * 5 * 2 * 3 * 3


def test_what_was_given_is_not_given_on(database):
    head, middle, last = add(database, "directeur", "school"), add(database, "directeur"), add(database, "delegue")
    give(database, head, middle, HERE, None, "now")
    give(database, middle, last, HERE, None, "now")
    assert seen(database, middle) and not seen(database, last)


def test_two_gifts_add_up(database):
    head, clerk = add(database, "directeur", "school"), add(database, "delegue")
    for profile in PROFILES:
        give(database, head, clerk, HERE, profile, "now")
    assert seen(database, clerk) == {(*HERE, profile) for profile in PROFILES}


@pytest.mark.parametrize("columns", [
    "giver_id = administrator_id, from_at = now(), until_at = now() + interval '1 day'", "profile = 'eleve'", "from_at = now()",
    "giver_id = 0"])
def test_a_gift_is_whole_and_not_to_oneself(cluster, database, columns):
    import psycopg

    number = add(database, "directeur", "school")
    with pytest.raises(psycopg.errors.IntegrityError):
        database.execute(f"update preau.administrator_scope set {columns} where administrator_id = %s", (number,))
