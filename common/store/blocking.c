#include "store/blocking_query.h"

#include "runtime/cleanup.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "store/blocking_connection.h"
#include "store/migrate_check.h"
#include "store/passfile.h"
#include "store/pq_fault.h"
#include "store/rows_result.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

bool session_open(const struct session_options *options, struct session **out_session, struct fault *fault)
{
    char settings[200];
    char seconds[24] = ""; /* empty is libpq's default */
    (void)snprintf(settings, sizeof settings,
        /* statements over sets are few and large: compiling each costs more than it gains (measured), and so do helpers, who
           may not read temporary tables */
        "-c statement_timeout=%lld -c search_path= -c datestyle=ISO -c timezone=UTC -c client_min_messages=warning "
        "-c jit=off -c max_parallel_workers_per_gather=0",
        (long long)(options->statement_timeout.us / 1000));
    if (options->connect_timeout.us > 0) {
        (void)snprintf(seconds, sizeof seconds, "%lld", (long long)((options->connect_timeout.us + 999999) / 1000000));
    }
    _cleanup_(memory_free) char *passfile = passfile_of(options->passfiles, options->user);
    const char *const names[] = {
        "dbname", "user", "passfile", "application_name", "connect_timeout", "client_encoding", "options", NULL};
    char name[64]; /* as PostgreSQL cuts it */
    (void)snprintf(name, sizeof name, "%s%s%s", options->program, log_request()[0] ? " " : "", log_request());
    const char *const values[] = {options->conninfo, options->user, passfile, name, seconds, "UTF8", settings, NULL};
    PGconn *pq = PQconnectdbParams(names, values, 1);
    if (PQstatus(pq) != CONNECTION_OK) {
        fault_from_connection(fault, pq);
        PQfinish(pq);
        return false;
    }
    struct session *session = checked_calloc(1, sizeof *session);
    session->pq = pq;
    session->cancel = PQgetCancel(pq);
    *out_session = session;
    return true;
}

void session_close(struct session **session)
{
    if (*session) {
        PQfreeCancel((*session)->cancel);
        PQfinish((*session)->pq);
        memory_free(&(*session)->copy.text);
        memory_free(session);
    }
}

void session_cancel(struct session *session)
{
    char why[256];
    if (session->cancel) {
        (void)PQcancel(session->cancel, why, sizeof why); /* not cancelled: the statement ends by itself */
    }
}

bool session_answer(
    struct session *session, PGresult *result, const char *what, struct rows **out_rows, struct fault *fault)
{
    ExecStatusType status = PQresultStatus(result);
    bool done = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
    if (done && out_rows) {
        *out_rows = rows_take(result);
        return true;
    }
    if (!done && PQstatus(session->pq) == CONNECTION_BAD) {
        fault_from_connection(fault, session->pq);
    } else if (!done) {
        fault_from_result(fault, result, what);
    }
    PQclear(result);
    return done;
}

static bool session_command(struct session *session, const char *sql, const char *what, struct fault *fault)
{
    return session_answer(session, PQexec(session->pq, sql), what, NULL, fault);
}

bool session_begin(struct session *session, struct fault *fault)
{
    return session_command(session, "begin", "begin", fault);
}

bool session_commit(struct session *session, struct fault *fault)
{
    PGresult *result = PQexec(session->pq, "commit");
    if (strcmp(PQcmdStatus(result), "ROLLBACK") == 0) {
        PQclear(result);
        return fault_set(fault, FAULT_DATABASE, "commit: a statement of the transaction had failed");
    }
    bool done = session_answer(session, result, "commit", NULL, fault);
    if (!done) {
        fault->outcome_unknown = PQstatus(session->pq) == CONNECTION_BAD;
    }
    return done;
}

void session_rollback(struct session *session)
{
    if (PQtransactionStatus(session->pq) != PQTRANS_IDLE) {
        /* libpq ends a COPY that is open before it sends this */
        PQclear(PQexec(session->pq, "rollback"));
    }
    session->copy.used = 0;
    session->copy.is_in_row = false;
}

bool session_check_schema(struct session *session, struct fault *fault)
{
    PGresult *result = PQexec(session->pq, MIGRATE_VERSION_QUERY);
    bool fits = migrate_version_fits(result, fault);
    PQclear(result);
    return fits;
}

bool session_run(struct session *session, enum query query, const struct parameters *parameters, struct rows **out_rows,
    struct fault *fault)
{
    const struct query_row *row = &query_table[query];
    assert(!row->plain && row->parameters == (parameters ? parameters->count : 0));
    if (!session->prepared[query]) {
        _cleanup_(memory_free) char *statement = query_prepare_statement(query);
        if (!session_command(session, statement, row->name, fault)) {
            return false;
        }
        session->prepared[query] = true;
    }
    bool is_alone = PQtransactionStatus(session->pq) == PQTRANS_IDLE;
    PGresult *result =
        PQexecPrepared(session->pq, row->name, row->parameters, parameters ? parameters->values : NULL, NULL, NULL, 0);
    bool done = session_answer(session, result, row->name, out_rows, fault);
    if (!done) {
        fault->outcome_unknown = is_alone && row->changes && PQstatus(session->pq) == CONNECTION_BAD;
    }
    return done;
}

bool session_ask(struct session *session, enum query query, struct parameters *parameters, struct rows **out_rows,
    struct fault *fault)
{
    bool done = session_run(session, query, parameters, out_rows, fault);
    parameters_clear(parameters);
    return done;
}

bool session_run_plain(struct session *session, enum query query, struct fault *fault)
{
    assert(query_table[query].plain);
    return session_command(session, query_table[query].text, query_table[query].name, fault);
}
