#include "store/migrate.h"

#include "runtime/cleanup.h"
#include "store/migrate_check.h"
#include "store/migration_table.h"
#include "store/pq_fault.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Any constant does, as long as it never changes: one migration at a time in a database. */
#define MIGRATE_LOCK "select pg_advisory_lock(7240501)"

/* A lock that is not had at once makes all who come after wait behind it: give up soon, let them pass, try again. */
#define MIGRATE_SETTINGS                                                                                               \
    "set client_min_messages = warning; set search_path = ''; set lock_timeout = '1s'; set statement_timeout = 0"
enum { LOCK_TRIES = 10 };

#define MIGRATE_PREPARE                                                                                                \
    "begin;"                                                                                                           \
    "create schema if not exists preau;"                                                                               \
    "create table if not exists preau.migration ("                                                                     \
    " number integer primary key, name text not null, checksum text not null,"                                         \
    " applied_at timestamptz not null default now(), duration interval not null);"                                     \
    "grant usage on schema preau to public; grant select on preau.migration to public;"                                \
    "commit"

static void connection_close(PGconn **connection)
{
    PQfinish(*connection);
}

static void result_clear(PGresult **result)
{
    PQclear(*result);
}

int migrate_wanted(void)
{
    return migration_count;
}

static PGconn *connect_as_owner(const char *conninfo, struct fault *fault)
{
    const char *const names[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {conninfo, "preau migrate", "UTF8", NULL};
    PGconn *pq = PQconnectdbParams(names, values, 1);
    if (PQstatus(pq) != CONNECTION_OK) {
        fault_from_connection(fault, pq);
        PQfinish(pq);
        return NULL;
    }
    return pq;
}

/* Takes the result over. */
static bool is_done(PGconn *pq, PGresult *result, const char *what, struct fault *fault)
{
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
    if (!done && PQstatus(pq) == CONNECTION_BAD) {
        fault_from_connection(fault, pq);
    } else if (!done) {
        fault_from_result(fault, result, what);
    }
    PQclear(result);
    return done;
}

static bool command(PGconn *pq, const char *sql, const char *what, struct fault *fault)
{
    return is_done(pq, PQexec(pq, sql), what, fault);
}

/* Is it worth another try? Waits a while if so. */
static bool may_try_again(int try, const struct fault *fault)
{
    static const struct timespec pause = {.tv_sec = 0, .tv_nsec = 500000000};
    if (fault->code != FAULT_BUSY || try == LOCK_TRIES) {
        return false;
    }
    nanosleep(&pause, NULL);
    return true;
}

/* --- what is applied --- */

static bool applied_matches(const PGresult *applied, int row, struct fault *fault)
{
    int number = atoi(PQgetvalue(applied, row, 0)); // NOLINT(cert-err34-c): an integer column
    const char *name = PQgetvalue(applied, row, 1);
    if (number == row + 1 && number > migration_count) {
        fault_set(fault, FAULT_CONFIG, "the database is at migration %04d_%s, this program knows %d", number, name,
            migration_count);
        return fault_hint(fault, "Use the preauctl of the newer version.");
    }
    if (number != row + 1) {
        fault_set(fault, FAULT_CONFIG, "migration %04d is missing before %04d_%s", row + 1, number, name);
        return fault_hint(fault, "Somebody changed preau.migration by hand: restore it from a backup.");
    }
    const struct migration *ours = &migration_table[row];
    if (strcmp(name, ours->name) != 0 || strcmp(PQgetvalue(applied, row, 2), ours->checksum) != 0) {
        fault_set(fault, FAULT_CONFIG, "migration %04d_%s was applied with another text than ours, %04d_%s", number,
            name, ours->number, ours->name);
        return fault_hint(fault, "A migration that was delivered never changes: add another one.");
    }
    return true;
}

static bool applied_count(PGconn *pq, int *out_count, struct fault *fault)
{
    _cleanup_(result_clear) PGresult *applied =
        PQexec(pq, "select number, name, checksum from preau.migration order by number");
    if (PQresultStatus(applied) != PGRES_TUPLES_OK) {
        return fault_from_result(fault, applied, "preau.migration");
    }
    for (int row = 0; row < PQntuples(applied); row++) {
        if (!applied_matches(applied, row, fault)) {
            return false;
        }
    }
    *out_count = PQntuples(applied);
    return true;
}

bool migrate_current(const char *conninfo, int *out_number, struct fault *fault)
{
    _cleanup_(connection_close) PGconn *pq = connect_as_owner(conninfo, fault);
    if (!pq) {
        return false;
    }
    _cleanup_(result_clear) PGresult *result = PQexec(pq, "select to_regclass('preau.migration') is not null");
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return fault_from_result(fault, result, "preau.migration");
    }
    *out_number = 0;
    return PQgetvalue(result, 0, 0)[0] == 'f' || applied_count(pq, out_number, fault);
}

/* --- applying --- */

static bool migration_remember(PGconn *pq, const struct migration *migration, struct fault *fault)
{
    char number[12];
    (void)snprintf(number, sizeof number, "%d", migration->number);
    const char *const values[] = {number, migration->name, migration->checksum};
    PGresult *result = PQexecParams(pq,
        "insert into preau.migration (number, name, checksum, duration)"
        " values ($1::integer, $2, $3, clock_timestamp() - now())",
        3, NULL, values, NULL, NULL, 0);
    return is_done(pq, result, "preau.migration", fault);
}

static bool migration_apply(PGconn *pq, const struct migration *migration, struct fault *fault)
{
    for (int try = 1;; try++) {
        bool done = command(pq, "begin", "begin", fault) && command(pq, migration->text, "its statements", fault) &&
                    migration_remember(pq, migration, fault);
        if (done && command(pq, "commit", "commit", fault)) {
            return true;
        }
        if (done) {
            fault->outcome_unknown = PQstatus(pq) == CONNECTION_BAD;
        }
        PQclear(PQexec(pq, "rollback"));
        if (!may_try_again(try, fault)) {
            return fault_add(fault, "migration %04d_%s", migration->number, migration->name);
        }
    }
}

static bool lock_and_prepare(PGconn *pq, struct fault *fault)
{
    if (!command(pq, MIGRATE_SETTINGS, "settings", fault)) {
        return false;
    }
    int try = 1;
    while (!command(pq, MIGRATE_LOCK, "lock held by another run", fault)) {
        if (!may_try_again(try++, fault)) {
            return false;
        }
    }
    return command(pq, MIGRATE_PREPARE, "preau.migration", fault);
}

static bool migrate_from(PGconn *pq, int applied, migrate_progress *progress, void *arg, struct fault *fault)
{
    for (int i = applied; i < migration_count; i++) {
        const struct migration *migration = &migration_table[i];
        if (progress) {
            progress(arg, migration->number, migration->name, false);
        }
        if (!migration_apply(pq, migration, fault)) {
            return false;
        }
        if (progress) {
            progress(arg, migration->number, migration->name, true);
        }
    }
    return true;
}

bool migrate_run(const char *conninfo, migrate_progress *progress, void *arg, int *out_applied, struct fault *fault)
{
    int applied = 0;
    _cleanup_(connection_close) PGconn *pq = connect_as_owner(conninfo, fault);
    if (!pq || !lock_and_prepare(pq, fault) || !applied_count(pq, &applied, fault) ||
        !migrate_from(pq, applied, progress, arg, fault)) {
        return false;
    }
    *out_applied = migration_count - applied;
    return true;
}

/* --- for those who only look --- */

bool migrate_version_fits(const PGresult *result, struct fault *fault)
{
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        fault_from_result(fault, result, "preau.migration");
        bool is_missing = strcmp(fault->sqlstate, "42P01") == 0 || strcmp(fault->sqlstate, "3F000") == 0;
        return is_missing ? fault_set(fault, FAULT_CONFIG, "the database holds no schema of ours") ||
                                fault_hint(fault, "Run preauctl migrate.")
                          : false;
    }
    int number = atoi(PQgetvalue(result, 0, 0)); // NOLINT(cert-err34-c): an integer column
    if (number != migration_count) {
        fault_set(fault, FAULT_CONFIG, "the schema is at migration %d, this program wants %d", number, migration_count);
        return fault_hint(fault, number < migration_count ? "Run preauctl migrate." : "Install the newer version.");
    }
    return true;
}
