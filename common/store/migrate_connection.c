#include "store/migrate_connection.h"

#include "runtime/cleanup.h"
#include "store/pq_cleanup.h"
#include "store/pq_fault.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTINGS                                                                                                       \
    "set client_min_messages = warning; set search_path = ''; set statement_timeout = 0;" MIGRATE_LOCK_TIMEOUT ";"     \
    "set idle_in_transaction_session_timeout = '10s'"
/* A vacuum that PostgreSQL began by itself gives way to whoever waits for deadlock_timeout: sooner than we give up. An
 * owner who is no superuser may not say so. */
#define SETTINGS_OF_SUPERUSER                                                                                          \
    "select pg_catalog.set_config('deadlock_timeout', '100ms', false)"                                                 \
    " where pg_catalog.has_parameter_privilege('deadlock_timeout', 'set')"

enum { LOOK_MS = 100 };

/* Who waits for $1 since so long that the promise of a second would be broken soon, first; and whom $1 waits for. Behind a
 * lock that $1 only waits for others wait too: these count. */
#define WHO_WAITS                                                                                                      \
    "(select true, l.pid, coalesce(nullif(a.application_name, ''), a.backend_type, ''),"                               \
    " coalesce(l.relation::pg_catalog.regclass::text, l.locktype),"                                                    \
    " coalesce((extract(epoch from pg_catalog.clock_timestamp() - a.xact_start) * 1000000)::bigint, 0)"                \
    " from pg_catalog.pg_locks l left join pg_catalog.pg_stat_activity a on a.pid = l.pid"                             \
    " where not l.granted and l.locktype <> 'advisory' and l.waitstart < pg_catalog.clock_timestamp() - interval "     \
    "'500 ms'"                                                                                                         \
    " and $1::integer = any (pg_catalog.pg_blocking_pids(l.pid))"                                                      \
    " order by l.waitstart limit 1)"                                                                                   \
    " union all "                                                                                                      \
    "(select false, b.pid, coalesce(nullif(a.application_name, ''), a.backend_type, ''),"                              \
    " coalesce(l.relation::pg_catalog.regclass::text, l.locktype, ''),"                                                \
    " coalesce((extract(epoch from pg_catalog.clock_timestamp() - a.xact_start) * 1000000)::bigint, 0)"                \
    " from unnest(pg_catalog.pg_blocking_pids($1::integer)) b(pid)"                                                    \
    " left join pg_catalog.pg_stat_activity a on a.pid = b.pid"                                                        \
    " left join pg_catalog.pg_locks l on l.pid = $1::integer and not l.granted limit 1)"

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

PGconn *migrate_open(const char *conninfo, const char *program, const char *settings, struct fault *fault)
{
    const char *const names[] = {"dbname", "fallback_application_name", "client_encoding", NULL};
    const char *const values[] = {conninfo, program, "UTF8", NULL};
    PGconn *pq = PQconnectdbParams(names, values, 1);
    if (PQstatus(pq) != CONNECTION_OK) {
        fault_from_connection(fault, pq);
    } else if (is_done(pq, PQexec(pq, settings), "settings", fault)) {
        return pq;
    }
    PQfinish(pq);
    return NULL;
}

bool migrate_connect(const char *conninfo, struct migrate_connection *out_connection, struct fault *fault)
{
    *out_connection = (struct migrate_connection){.pq = migrate_open(conninfo, "preau migrate", SETTINGS, fault)};
    if (!out_connection->pq || !migrate_do(out_connection, SETTINGS_OF_SUPERUSER, "settings", fault)) {
        return false;
    }
    (void)snprintf(out_connection->pid, sizeof out_connection->pid, "%d", PQbackendPID(out_connection->pq));
    out_connection->looking =
        migrate_open(conninfo, "preau migrate, looking", "set search_path = ''; set statement_timeout = '5s'", fault);
    return out_connection->looking;
}

void migrate_disconnect(struct migrate_connection *connection)
{
    PQfinish(connection->pq);
    PQfinish(connection->looking);
}

bool migrate_do(struct migrate_connection *connection, const char *sql, const char *what, struct fault *fault)
{
    return is_done(connection->pq, PQexec(connection->pq, sql), what, fault);
}

bool migrate_do_with(struct migrate_connection *connection, const char *sql, const char *const *values, int count,
    const char *what, struct fault *fault)
{
    return is_done(connection->pq, PQexecParams(connection->pq, sql, count, NULL, values, NULL, NULL, 0), what, fault);
}

/* --- watching --- */

static void obstacle_read(const PGresult *row, struct migrate_obstacle *out_obstacle)
{
    *out_obstacle = (struct migrate_obstacle){
        .has_waited = PQgetvalue(row, 0, 0)[0] == 't',
        .pid = (int)strtol(PQgetvalue(row, 0, 1), NULL, 10),
        .in_transaction = {strtoll(PQgetvalue(row, 0, 4), NULL, 10)},
    };
    (void)snprintf(out_obstacle->program, sizeof out_obstacle->program, "%s", PQgetvalue(row, 0, 2));
    (void)snprintf(out_obstacle->table, sizeof out_obstacle->table, "%s", PQgetvalue(row, 0, 3));
}

/* False when the work is to be given up: someone has waited, or nobody can tell any more whether someone does. */
static bool look(struct migrate_connection *connection)
{
    const char *const values[] = {connection->pid};
    _cleanup_(result_clear) PGresult *result =
        PQexecParams(connection->looking, WHO_WAITS, 1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return false;
    }
    if (PQntuples(result) > 0) {
        obstacle_read(result, &connection->obstacle);
    }
    return !connection->obstacle.has_waited;
}

static void cancel(PGconn *pq)
{
    char why[256];
    PGcancel *cancel = PQgetCancel(pq);
    if (cancel) {
        (void)PQcancel(cancel, why, sizeof why); /* not cancelled: it is asked again at the next look */
    }
    PQfreeCancel(cancel);
}

/* The last result, as PQexec has it. The caller clears it. */
static PGresult *result_take(PGconn *pq)
{
    PGresult *last = NULL;
    for (PGresult *result; (result = PQgetResult(pq));) {
        PQclear(last);
        last = result;
    }
    return last;
}

/* Until the answer has come. False: it was given up. */
static bool watch(struct migrate_connection *connection)
{
    bool goes_on = true;
    while (PQisBusy(connection->pq)) {
        struct pollfd answer = {.fd = PQsocket(connection->pq), .events = POLLIN};
        if (poll(&answer, 1, LOOK_MS) > 0) {
            if (!PQconsumeInput(connection->pq)) {
                break;
            }
        } else if (!goes_on || !look(connection)) { /* why it was given up is known: what is seen later is not */
            goes_on = false;
            cancel(connection->pq);
        }
    }
    return goes_on;
}

bool migrate_do_watched(struct migrate_connection *connection, const char *sql, long *out_rows, struct fault *fault)
{
    connection->obstacle = (struct migrate_obstacle){0};
    if (!PQsendQuery(connection->pq, sql)) {
        return fault_from_connection(fault, connection->pq);
    }
    bool goes_on = watch(connection);
    PGresult *result = result_take(connection->pq);
    if (out_rows) {
        *out_rows = strtol(PQcmdTuples(result), NULL, 10);
    }
    if (is_done(connection->pq, result, "its statements", fault)) {
        return true;
    }
    if (!goes_on) {
        fault_set(fault, connection->obstacle.has_waited ? FAULT_BUSY : FAULT_UNAVAILABLE, "%s",
            connection->obstacle.has_waited ? "others waited for it too long"
                                            : "who waits for it could not be looked at any more");
    }
    return false;
}
