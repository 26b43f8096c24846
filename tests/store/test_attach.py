"""Whose accounts an import attaches and detaches: the statements of import_attach.sql, under the role that runs them."""

import concurrent.futures
import itertools
import time

import psycopg
import pytest

DIGEST = "\\x00112233445566778899aabbccddeeff"
NUMBERS = itertools.count(1)
# (academy, degree) of a record
LYON_1, LYON_2, NANTES_2 = (10, 1), (10, 2), (17, 2)


@pytest.fixture(scope="module")
def database(cluster, migrated):
    name = cluster.new_database("preau_attach", template=migrated)
    with cluster.connect(name) as admin:
        admin.execute("insert into preau.academy (code, name) values (10, 'Lyon'), (17, 'Nantes')")
    return name


@pytest.fixture
def statements(queries):
    return {query["name"]: query["text"] for query in queries if query["name"].startswith("import_attach_")}


@pytest.fixture
def admin(cluster, database):
    with cluster.connect(database) as admin:
        yield admin


def run(connection, statements, *accounts):
    """The accounts were touched: what that leads to is done, in the transaction that is open."""
    connection.execute("set search_path = ''")
    connection.execute(statements["import_attach_table"])
    with connection.cursor().copy(statements["import_attach_copy"]) as copy:
        for one in accounts:
            copy.write_row(one)
    for step in ("analyze", "lock", "apply"):
        connection.execute(statements[f"import_attach_{step}"])


@pytest.fixture
def apply(cluster, database, statements):
    def done(*accounts):
        with cluster.connect(database, "preau_import") as connection, connection.transaction():
            run(connection, statements, *accounts)

    return done


def account(admin, profile="responsable", academy=10):
    number = next(NUMBERS)
    return admin.execute("insert into preau.account (academy, profile, login) values (%s, %s, %s) returning academy, id",
                         (academy, profile, f"essai{number}x")).fetchone()


def record(admin, place, profile, of=None, is_here=True):
    """Its key."""
    key = (*place, next(NUMBERS))
    admin.execute("insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, birth_date, digest,"
                  " account_academy, account_id, departed_at) values (%s, %s, %s, %s, 'N', 'P', 'n p', %s, %s, %s, %s, %s)",
                  (*key, profile, "2012-01-01" if profile == "eleve" else None, DIGEST, *(of or (None, None)),
                   None if is_here else "2026-01-01"))
    return key


def care(admin, guardian, pupil):
    admin.execute("insert into preau.guardianship (academy, degree, pupil_id, guardian_id, lien) values (%s, %s, %s, %s, 1)",
                  (*pupil, guardian[2]))


def leave(admin, key):
    admin.execute("update preau.person set departed_at = now() where (academy, degree, aaf_id) = (%s, %s, %s)", key)


def come_back(admin, key):
    admin.execute("update preau.person set departed_at = null where (academy, degree, aaf_id) = (%s, %s, %s)", key)


def is_attached(admin, of):
    (detached_at,) = admin.execute("select detached_at from preau.account where (academy, id) = (%s, %s)", of).fetchone()
    return detached_at is None


def version(admin, of):
    return admin.execute("select version from preau.account where (academy, id) = (%s, %s)", of).fetchone()[0]


def events(admin, of):
    return admin.execute("select action, actor from preau.account_event where (academy, account_id) = (%s, %s) order by id",
                         of).fetchall()


def test_a_pupil_is_attached_while_the_record_is_here(admin, apply):
    own = account(admin, "eleve")
    key = record(admin, LYON_2, "eleve", own)
    apply(own)
    assert is_attached(admin, own) and version(admin, own) == 1, "nothing to write"
    leave(admin, key)
    apply(own)
    assert not is_attached(admin, own)
    come_back(admin, key)
    apply(own)
    assert is_attached(admin, own) and not events(admin, own)


@pytest.mark.parametrize("place", [LYON_1, LYON_2])
def test_a_guardian_is_attached_by_a_pupil_who_is_here(admin, apply, place):
    own = account(admin)
    guardian, pupil = record(admin, place, "responsable", own), record(admin, place, "eleve")
    apply(own)
    assert not is_attached(admin, own), "nobody's legal guardian"
    care(admin, guardian, pupil)
    apply(own)
    assert is_attached(admin, own)
    leave(admin, pupil)
    apply(own)
    assert not is_attached(admin, own)


def test_a_guardian_who_left_is_detached_though_the_pupil_is_here(admin, apply):
    own = account(admin)
    guardian, pupil = record(admin, LYON_2, "responsable", own), record(admin, LYON_2, "eleve")
    care(admin, guardian, pupil)
    leave(admin, guardian)
    apply(own)
    assert not is_attached(admin, own)


def test_one_record_of_several_is_enough_wherever_it_is(admin, apply):
    own = account(admin)
    families = [(record(admin, place, "responsable", own), record(admin, place, "eleve")) for place in (LYON_1, LYON_2, NANTES_2)]
    for guardian, pupil in families:
        care(admin, guardian, pupil)
    for guardian, _ in families:
        apply(own)
        assert is_attached(admin, own)
        leave(admin, guardian)
    apply(own)
    assert not is_attached(admin, own)


def test_a_pupil_of_the_first_degree_attaches_no_account_of_its_own_but_its_guardian(admin, apply):
    own, other = account(admin), account(admin)
    guardian, pupil = record(admin, LYON_1, "responsable", own), record(admin, LYON_1, "eleve")
    care(admin, guardian, pupil)
    apply(own, other)
    assert is_attached(admin, own) and not is_attached(admin, other)


def test_since_when_stays_and_what_is_not_touched_stays(admin, apply):
    own, untouched = account(admin, "eleve"), account(admin, "eleve")
    record(admin, LYON_2, "eleve", own, is_here=False)
    apply(own)
    before = admin.execute("select detached_at, version from preau.account where (academy, id) = (%s, %s)", own).fetchone()
    apply(own, own)
    assert admin.execute("select detached_at, version from preau.account where (academy, id) = (%s, %s)", own).fetchone() == before
    assert is_attached(admin, untouched)


def test_who_comes_back_finds_a_closed_account_as_it_was(admin, apply):
    own = account(admin, "eleve")
    key = record(admin, LYON_2, "eleve", own, is_here=False)
    admin.execute("update preau.account set state = 'distribue', origin = 'etablissement', notified_at = now(),"
                  " notification_expires_at = now(), detached_at = '2026-01-01', closed_at = '2026-02-01'"
                  " where (academy, id) = (%s, %s)", own)
    apply(own)
    columns = "state::text, origin::text, password::text, notified_at, closed_at, detached_at"
    stored = admin.execute(f"select {columns} from preau.account where (academy, id) = (%s, %s)", own).fetchone()
    assert stored[-1] and stored[-2], "still gone: still closed, since then"
    come_back(admin, key)
    apply(own)
    now = admin.execute(f"select {columns} from preau.account where (academy, id) = (%s, %s)", own).fetchone()
    assert now == (*stored[:-2], None, None)
    assert events(admin, own) == [("reopen", "import")]


def test_two_academies_that_let_go_of_one_account_at_once_leave_it_detached(cluster, database, statements, admin):
    """Each sees the other's record in place until the other has committed: the second waits for the first."""
    own = account(admin)
    keys = [record(admin, place, "responsable", own) for place in (LYON_2, NANTES_2)]
    for key in keys:
        care(admin, key, record(admin, key[:2], "eleve"))
    with cluster.connect(database, "preau_import") as second, second.transaction():
        leave(second, keys[1])
        with cluster.connect(database, "preau_import") as first, first.transaction():
            leave(first, keys[0])
            run(first, statements, own)
            second.execute("set local lock_timeout = '200ms'")
            with pytest.raises(psycopg.errors.LockNotAvailable), second.transaction():
                run(second, statements, own)
        run(second, statements, own)
    assert not is_attached(admin, own)


def shared(admin):
    """The account of a guardian who is known, with the care of a pupil, in two academies."""
    own = account(admin)
    for place in (LYON_2, NANTES_2):
        care(admin, record(admin, place, "responsable", own), record(admin, place, "eleve"))
    return own


def waits(admin, connection):
    (waiting,) = admin.execute("select wait_event_type is not distinct from 'Lock' from pg_stat_activity where pid = %s",
                               [connection.info.backend_pid]).fetchone()
    return waiting


HOLD = "select from preau.account where (academy, id) = (%s, %s) for no key update nowait"


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_accounts_are_locked_in_one_order_whatever_order_they_were_touched_in(cluster, database, statements, admin, order):
    """Else two runs that each hold what the other wants would never end."""
    owns = [shared(admin), shared(admin)]
    with cluster.connect(database, "preau_import") as run_one, cluster.connect(database) as other:
        def work():
            with run_one.transaction():
                run(run_one, statements, *(owns[i] for i in order))

        with concurrent.futures.ThreadPoolExecutor(1) as pool:
            with other.transaction():
                other.execute(HOLD, owns[0])
                done = pool.submit(work)
                end = time.monotonic() + 20
                while not waits(admin, run_one):
                    assert not done.done() and time.monotonic() < end, "it did not wait for the first account"
                    time.sleep(0.01)
                other.execute(HOLD, owns[1])  # it waits for the first and has taken nothing yet
            done.result(20)


def test_who_refers_to_an_account_is_not_waited_for_and_does_not_wait(cluster, database, statements, admin):
    """A foreign key holds the account's key: were that in the way, a run and whoever writes an account's history would wait
    for each other."""
    owns = [shared(admin), shared(admin)]
    history = "insert into preau.account_event (academy, account_id, action, actor) values (%s, %s, 'reopen', 'import')"
    with cluster.connect(database, "preau_import") as run_one, cluster.connect(database) as other:
        for connection in (run_one, other):
            connection.execute("set lock_timeout = '2s'")
        admin.execute("update preau.account set detached_at = now() where (academy, id) = (%s, %s)", owns[0])
        with other.transaction(), run_one.transaction():
            other.execute(history, owns[0])
            run(run_one, statements, *owns)
            other.execute(history, owns[1])
    assert is_attached(admin, owns[0])


def test_no_plan_reads_all_persons_for_a_few_accounts(cluster, database, statements, admin):
    """Nor the accounts, nor the guardianships: a night touches thousands among millions."""
    with cluster.connect(database, "preau_import") as connection, connection.transaction():
        connection.execute("set local enable_seqscan = off; set local enable_hashjoin = off; set local enable_mergejoin = off")
        connection.execute(statements["import_attach_table"])
        for step in ("lock", "apply"):
            plan = "\n".join(row for row, in connection.execute(f"explain {statements[f'import_attach_{step}']}"))
            for table in ("account", "person", "guardianship"):
                assert f"Seq Scan on {table} " not in plan, plan
