"""A store with many rows, at an earlier schema; and what a migration holds and reads in it.

Triggers and foreign keys are left aside while it is filled: the rows are right, and there are many."""

import hashlib
import importlib.util
import pathlib

ROOT = pathlib.Path(__file__).resolve().parents[2]
MIGRATIONS = sorted((ROOT / "common/store/migrations").glob("*.sql"))
LANDED = 36  # those up to here came before the rules of docs/developers/adding.md
ROWS = 20_000

FILL = """
set session_replication_role = replica;
insert into preau.academy (code, name) values (24, 'Essai');
insert into preau.account (academy, profile, state, origin, password, login, activated_at)
select 24, 'responsable', 'active', 'etablissement', 'chosen', 'p.nom' || n, now() from generate_series(1, {rows}) n;
insert into preau.person (academy, degree, aaf_id, profile, nom, prenom, search_name, mobile, digest, account_academy, account_id)
select 24, 2, a.id, 'responsable', 'NOM', 'PRENOM', 'NOM PRENOM', '+336' || lpad(a.id::text, 8, '0'), decode(md5(a.login), 'hex'), a.academy, a.id
  from preau.account a;
insert into preau.credential (academy, account_id, hash) select academy, id, '$argon2id$' || login from preau.account;
insert into preau.identifier (login, academy, account_id) select login, academy, id from preau.account;
insert into preau.delivery (academy, account_id, kind, channel, recipient, state, done_at)
select academy, id, 'notification', 'mail', login || '@example.net', 'sent', now() from preau.account;
insert into preau.account_event (academy, account_id, action, actor) select academy, id, 'notified', 'import' from preau.account;
insert into preau.session (digest, stage, academy, account_id, csrf, expires_at)
select decode(md5(login) || md5(login), 'hex'), 'open', academy, id, md5(login), now() + interval '1 day' from preau.account where id % 2 = 0;
insert into preau.account_merge (academy, degree, aaf_id, into_academy, into_account, evidence)
select academy, 2, id, academy, id, 'same_contact' from preau.account where id % 20 = 0;
reset session_replication_role;
analyze;
"""


def _generator():
    spec = importlib.util.spec_from_file_location("generate_migrations", ROOT / "common/store/generate-migrations.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


steps_of = _generator().steps_of  # (name, text) → [(kind, text, index)], as they are built in


def number_of(file):
    return int(file.name[:4])


def schema_at(cluster, name, number):
    """A new database with the migrations up to a number, remembered as preauctl does."""
    cluster.new_database(name)
    with cluster.connect(name) as connection:
        for file in MIGRATIONS:
            if number_of(file) <= number:
                for _, step, _ in steps_of(file.name, file.read_text()):
                    connection.execute(step)  # there are no rows: what is repeated has nothing to do
        connection.execute("create table preau.migration (number integer primary key, name text not null, checksum text not null,"
                           " applied_at timestamptz not null default now(), duration interval not null);"
                           "grant select on preau.migration to public")
        for file in MIGRATIONS:
            if number_of(file) <= number:
                connection.execute("insert into preau.migration (number, name, checksum, duration) values (%s, %s, %s, '1 s')",
                                   [number_of(file), file.stem[5:], hashlib.sha256(file.read_bytes()).hexdigest()])
    return name


def loaded_at(cluster, name, number, rows=ROWS):
    schema_at(cluster, name, number)
    with cluster.connect(name) as connection:
        connection.execute(FILL.format(rows=rows))
    return name


# --- what a migration does to those who work meanwhile

# of so many rows what is looked up by a key stays far below, whoever reads a table whole far above
MANY = 1_000
AT_ONCE = 10_000  # rows that one transaction may write of what is there: each is kept from everybody until it ends

TABLES = "select c.oid, c.oid::regclass::text, c.relfilenode from pg_class c where c.relnamespace = 'preau'::regnamespace and c.relkind in ('r', 'm')"
COUNTS = """select relid, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), n_tup_ins + n_tup_upd + n_tup_del
              from pg_stat_xact_all_tables where schemaname = 'preau'"""
# what keeps the desk from writing, or from reading, until the transaction ends
STRONG = """select relation, string_agg(mode, ', ') from pg_locks
             where pid = pg_backend_pid() and granted and relation is not null
               and mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock') group by 1"""


def _table(connection, query):
    return {row[0]: row[1:] for row in connection.execute(query)}


def step_complaints(connection, text):
    """Runs one transaction's statements, in a transaction that the caller ends: how many rows its statement changed, and what would
    keep the desk waiting. No clock is asked, but what is locked until the end, and how many rows are read and written meanwhile."""
    tables = _table(connection, TABLES)
    before = _table(connection, COUNTS)
    rows = connection.execute(text).rowcount
    after = _table(connection, COUNTS)
    strong = {tables[table][0]: mode for table, (mode,) in _table(connection, STRONG).items() if table in tables}
    found = []
    for table, (name, _) in tables.items():
        read, written = (now - then for now, then in zip(after.get(table, (0, 0)), before.get(table, (0, 0))))
        if strong and max(read, written) > MANY:
            found.append(f"{name}: {read} rows read and {written} written while it holds {strong}")
        elif written > AT_ONCE:
            found.append(f"{name}: {written} rows written in one transaction")
    now = _table(connection, TABLES)
    found += [f"{name}: written anew" for table, (name, file) in tables.items() if table in now and now[table][1] != file]
    return rows, found


def migration_complaints(connection, name, text):
    """Applies one migration step by step, as preauctl does. The connection commits by itself."""
    found = []
    for number, (kind, step, _) in enumerate(steps_of(name, text), 1):
        if kind == "MIGRATION_OUTSIDE":
            connection.execute(step)  # its form was looked at when it was built
            continue
        rows = 1
        while rows:
            with connection.transaction():
                rows, wrong = step_complaints(connection, step)
            found += [f"{name}, step {number}: {one}" for one in wrong]
            rows = rows if kind == "MIGRATION_REPEATED" else 0
    return found
