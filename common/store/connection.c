#include "store/connection.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/migrate_check.h"
#include "store/passfile.h"
#include "store/pq_fault.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum connection_state { DOWN, CONNECTING, CHECKING, IDLE, FORGETTING, PREPARING, RUNNING };

/* A plan is kept for as many statements: one that was made while a table was small reads it whole, and PostgreSQL itself
 * looks again only when it has gathered statistics. */
enum { PLANS_KEPT = 256 };

/* Names whom a connection works for, in the same round trip as the statement itself. A comment in the statement would say
 * it too, and make of each request another statement, planned anew. */
#define NAMER "preau_request"

/* application_name, which PostgreSQL cuts at 63 bytes. */
enum { NAME_SIZE = 64 };

struct connection {
    struct loop *loop;
    struct connection_options options;
    const struct connection_events *events;
    void *arg;
    enum connection_state state;
    PGconn *pq;
    struct watch *watch;
    struct timer *retry; /* while down */
    struct timer *limit; /* of a try to connect */
    struct duration pause;
    bool prepared[QUERY_COUNT]; /* on this connection */
    unsigned sent;              /* statements since the plans were made */
    enum query query;           /* that is prepared or runs */
    const struct parameters *parameters;
    const char *request;       /* it is for */
    char name[NAME_SIZE];      /* that PostgreSQL knows the connection by; "" when that is not sure */
    char next_name[NAME_SIZE]; /* that it is told */
    bool is_naming;            /* and its answer to that has not come */
    struct tick asked;         /* what is asked while CHECKING */
    bool is_new;               /* the schema has not been seen */
    PGresult *result;          /* last one of what runs */
};

static void connection_ready(void *arg, unsigned ready);

/* The first pause; it doubles up to options.retry_max. */
#define FIRST_PAUSE MILLISECONDS(100)

static bool is_working(const struct connection *connection)
{
    return connection->state == FORGETTING || connection->state == PREPARING || connection->state == RUNNING;
}

/* PQcancel opens a connection of its own and waits for it: not on the loop. The connection that ran the statement is
 * never used again, so that a late cancel cannot hit the next statement. */
static void *cancel_run(void *arg)
{
    char why[256];
    (void)PQcancel(arg, why, sizeof why); /* not cancelled: statement_timeout ends it */
    PQfreeCancel(arg);
    return NULL;
}

static void connection_cancel(const struct connection *connection)
{
    PGcancel *cancel = PQgetCancel(connection->pq);
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_t thread;
    if (cancel && pthread_create(&thread, &attributes, cancel_run, cancel) != 0) {
        PQfreeCancel(cancel);
    }
    pthread_attr_destroy(&attributes);
}

static void connection_end(struct connection *connection)
{
    watch_cancel(&connection->watch);
    timer_clear(connection->limit);
    PQclear(connection->result);
    connection->result = NULL;
    PQfinish(connection->pq);
    connection->pq = NULL;
    memset(connection->prepared, 0, sizeof connection->prepared);
    connection->sent = 0;
    connection->is_naming = false;
}

/* Pauses differ by chance, so that the pools of a whole house do not come back in the same instant. */
static struct duration with_jitter(struct duration pause)
{
    return (struct duration){pause.us / 2 + random() % (pause.us / 2 + 1)};
}

static void connection_lost_after(struct connection *connection, struct duration pause, const struct fault *fault)
{
    bool was_working = is_working(connection);
    connection_end(connection);
    connection->state = DOWN;
    timer_set(connection->retry, pause);
    metric_count(METRIC_STORE_RECONNECTS);
    connection->events->down(connection->arg, connection, fault);
    if (was_working) {
        connection->events->done(connection->arg, connection, NULL);
    }
}

static void connection_lost(struct connection *connection, const struct fault *fault)
{
    struct duration pause = with_jitter(connection->pause);
    connection->pause.us *= 2;
    if (duration_longer(connection->pause, connection->options.retry_max)) {
        connection->pause = connection->options.retry_max;
    }
    connection_lost_after(connection, pause, fault);
}

static void connection_lost_by_peer(struct connection *connection)
{
    struct fault fault;
    fault_from_connection(&fault, connection->pq);
    connection_lost(connection, &fault);
}

static void connection_limit(void *arg)
{
    struct fault fault;
    fault_set(&fault, FAULT_TIMEOUT, "PostgreSQL does not answer");
    connection_lost(arg, &fault);
}

void connection_abandon(struct connection *connection, const char *why)
{
    assert(connection->pq);
    struct fault fault;
    fault_set(&fault, FAULT_TIMEOUT, "PostgreSQL: %s", why);
    if (is_working(connection)) {
        connection_cancel(connection);
    }
    connection_lost_after(connection, MILLISECONDS(0), &fault);
}

static void connection_flush(struct connection *connection)
{
    int left = PQflush(connection->pq);
    if (left < 0) {
        connection_lost_by_peer(connection);
    } else {
        watch_change(connection->watch, LOOP_READ | (left ? (unsigned)LOOP_WRITE : 0U));
    }
}

/* Names in the queries are qualified: an empty search path lets nobody slip another table or function in. A lock is
 * waited for half as long as a statement may last, so that the message names the lock. */
static void connection_settings(const struct connection *connection, char *out_text, size_t size)
{
    long long ms = connection->options.statement_timeout.us / 1000;
    (void)snprintf(out_text, size,
        "-c statement_timeout=%lld -c lock_timeout=%lld -c idle_in_transaction_session_timeout=10000 "
        "-c search_path= -c datestyle=ISO -c timezone=UTC -c client_min_messages=warning",
        ms, ms / 2);
}

static void connection_start(void *arg)
{
    struct connection *connection = arg;
    char settings[256];
    if (!connection->events->may_connect(connection->arg, connection)) {
        timer_set(connection->retry, connection->options.retry_max);
        return;
    }
    connection_settings(connection, settings, sizeof settings);
    const struct connection_options *options = &connection->options;
    _cleanup_(memory_free) char *passfile = passfile_of(options->passfiles, options->user);
    const char *const names[] = {"dbname", "user", "passfile", "application_name", "client_encoding", "options", NULL};
    const char *const values[] = {options->conninfo, options->user, passfile, options->program, "UTF8", settings, NULL};
    connection->pq = PQconnectStartParams(names, values, 1);
    if (!connection->pq || PQstatus(connection->pq) == CONNECTION_BAD || PQsocket(connection->pq) < 0) {
        connection_lost_by_peer(connection);
        return;
    }
    connection->state = CONNECTING;
    connection->watch =
        loop_watch(connection->loop, PQsocket(connection->pq), LOOP_WRITE, connection_ready, connection);
    timer_set(connection->limit, connection->options.connect_timeout);
}

static void connection_check(struct connection *connection, const char *query)
{
    connection->state = CHECKING;
    connection->asked = clock_tick();
    if (!PQsendQuery(connection->pq, query)) {
        connection_lost_by_peer(connection);
        return;
    }
    connection_flush(connection);
}

static void connection_check_new(struct connection *connection)
{
    (void)snprintf(connection->name, sizeof connection->name, "%s", connection->options.program);
    connection->is_new = true;
    if (PQsetnonblocking(connection->pq, 1) != 0) {
        connection_lost_by_peer(connection);
        return;
    }
    connection_check(connection,
        "prepare " NAMER
        " (text) as select pg_catalog.set_config('application_name', $1, false); " MIGRATE_VERSION_AND_CLOCK_QUERY);
}

void connection_probe(struct connection *connection, struct duration bound)
{
    assert(connection->state == IDLE);
    timer_set(connection->limit, bound);
    connection_check(connection, MIGRATE_VERSION_AND_CLOCK_QUERY);
}

static void connection_go_on_connecting(struct connection *connection)
{
    /* libpq may close its socket and open another on its way through several addresses */
    watch_cancel(&connection->watch);
    PostgresPollingStatusType polled = PQconnectPoll(connection->pq);
    if (polled == PGRES_POLLING_FAILED || PQsocket(connection->pq) < 0) {
        connection_lost_by_peer(connection);
        return;
    }
    unsigned want = polled == PGRES_POLLING_WRITING ? LOOP_WRITE : LOOP_READ;
    connection->watch = loop_watch(connection->loop, PQsocket(connection->pq), want, connection_ready, connection);
    if (polled == PGRES_POLLING_OK) {
        connection_check_new(connection);
    }
}

static bool is_good(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
}

/* Of an answer that was long in coming, halfway is the best guess of when it was given. */
static struct duration connection_clock_ahead(const struct connection *connection, const PGresult *result)
{
    struct duration took = clock_since(connection->asked);
    int64_t there = strtoll(PQgetvalue(result, 0, MIGRATE_CLOCK_COLUMN), NULL, 10);
    return (struct duration){there - (clock_now().us - took.us / 2)};
}

static void connection_checked(struct connection *connection, PGresult *result)
{
    struct fault fault;
    bool fits = migrate_version_fits(result, &fault) || (!connection->is_new && is_good(result));
    struct duration ahead = fits ? connection_clock_ahead(connection, result) : MILLISECONDS(0);
    PQclear(result);
    if (!fits) {
        connection_lost(connection, &fault);
        return;
    }
    connection->is_new = false;
    timer_clear(connection->limit);
    connection->pause = FIRST_PAUSE;
    connection->state = IDLE;
    connection->events->clock(connection->arg, ahead);
    connection->events->idle(connection->arg, connection);
}

/* True when it stands there already. */
static bool connection_name(struct connection *connection)
{
    const char *const values[] = {connection->next_name};
    (void)snprintf(connection->next_name, sizeof connection->next_name, "%s%s%s", connection->options.program,
        connection->request[0] ? " " : "", connection->request);
    if (strcmp(connection->name, connection->next_name) == 0) {
        return true;
    }
    connection->is_naming = true;
    return PQsendQueryPrepared(connection->pq, NAMER, 1, values, NULL, NULL, 0);
}

/* One round trip, and one transaction: a statement that fails takes the name back with it. */
static void connection_execute(struct connection *connection)
{
    const struct query_row *row = &query_table[connection->query];
    connection->state = RUNNING;
    if (!PQenterPipelineMode(connection->pq) || !connection_name(connection) ||
        !PQsendQueryPrepared(connection->pq, row->name, row->parameters,
            connection->parameters ? connection->parameters->values : NULL, NULL, NULL, 0) ||
        !PQpipelineSync(connection->pq)) {
        connection_lost_by_peer(connection);
        return;
    }
    connection_flush(connection);
}

static void connection_prepare(struct connection *connection)
{
    connection->state = PREPARING;
    _cleanup_(memory_free) char *statement = query_prepare_statement(connection->query);
    if (!PQsendQuery(connection->pq, statement)) {
        connection_lost_by_peer(connection);
        return;
    }
    connection_flush(connection);
}

static void connection_begin(struct connection *connection)
{
    if (connection->prepared[connection->query]) {
        connection_execute(connection);
    } else {
        connection_prepare(connection);
    }
}

static void connection_forget_plans(struct connection *connection)
{
    connection->state = FORGETTING;
    connection->sent = 0;
    if (!PQsendQuery(connection->pq, "discard plans")) {
        connection_lost_by_peer(connection);
        return;
    }
    connection_flush(connection);
}

static void connection_finished(struct connection *connection, PGresult *result)
{
    if (connection->state == FORGETTING && PQresultStatus(result) == PGRES_COMMAND_OK) {
        PQclear(result);
        connection_begin(connection);
        return;
    }
    if (connection->state == PREPARING && PQresultStatus(result) == PGRES_COMMAND_OK) {
        PQclear(result);
        connection->prepared[connection->query] = true;
        connection_execute(connection);
        return;
    }
    connection->state = IDLE;
    connection->events->done(connection->arg, connection, result);
    if (connection->state == IDLE) {
        connection->events->idle(connection->arg, connection);
    }
}

/* The last result of a statement counts, and it is handed over when the statement is over. */
static void connection_take_result(struct connection *connection)
{
    PGresult *result = PQgetResult(connection->pq);
    if (result) {
        PQclear(connection->result);
        connection->result = result;
        return;
    }
    result = connection->result;
    connection->result = NULL;
    if (connection->state == CHECKING) {
        connection_checked(connection, result);
    } else {
        connection_finished(connection, result);
    }
}

/* The answers have come, to the name and to the statement. */
static void connection_executed(struct connection *connection)
{
    PGresult *result = connection->result;
    connection->result = NULL;
    (void)snprintf(connection->name, sizeof connection->name, "%s", is_good(result) ? connection->next_name : "");
    if (!PQexitPipelineMode(connection->pq)) {
        PQclear(result);
        connection_lost_by_peer(connection);
        return;
    }
    connection_finished(connection, result);
}

/* In a pipeline each statement's results end with a NULL, and all of them with a result of their own. What failed is
 * the answer, and not that the rest was left out; what fails last is the end of the transaction. */
static void connection_take_of_pipeline(struct connection *connection)
{
    PGresult *result = PQgetResult(connection->pq);
    if (!result) {
        if (PQstatus(connection->pq) == CONNECTION_BAD) {
            connection_lost_by_peer(connection);
        }
        return;
    }
    bool is_of_name = connection->is_naming;
    connection->is_naming = false;
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        PQclear(result);
        connection_executed(connection);
    } else if (PQresultStatus(result) == PGRES_PIPELINE_ABORTED || (is_of_name && is_good(result))) {
        PQclear(result);
    } else {
        PQclear(connection->result);
        connection->result = result;
    }
}

static bool is_awaiting(const struct connection *connection)
{
    return connection->pq && (connection->state == CHECKING || is_working(connection));
}

static void connection_ready(void *arg, unsigned ready)
{
    struct connection *connection = arg;
    if (connection->state == CONNECTING) {
        connection_go_on_connecting(connection);
        return;
    }
    if ((ready & LOOP_READ) && !PQconsumeInput(connection->pq)) {
        connection_lost_by_peer(connection);
        return;
    }
    while (is_awaiting(connection) && !PQisBusy(connection->pq)) {
        if (connection->state == RUNNING) {
            connection_take_of_pipeline(connection);
        } else {
            connection_take_result(connection);
        }
    }
    if (connection->pq && (ready & LOOP_WRITE)) {
        connection_flush(connection);
    }
}

struct connection *connection_new(
    struct loop *loop, const struct connection_options *options, const struct connection_events *events, void *arg)
{
    struct connection *connection = checked_calloc(1, sizeof *connection);
    connection->loop = loop;
    connection->options = *options;
    connection->events = events;
    connection->arg = arg;
    connection->pause = FIRST_PAUSE;
    connection->retry = loop_timer(loop, connection_start, connection);
    connection->limit = loop_timer(loop, connection_limit, connection);
    timer_set(connection->retry, MILLISECONDS(0));
    return connection;
}

void connection_free(struct connection **connection)
{
    if (!*connection) {
        return;
    }
    if (is_working(*connection)) {
        connection_cancel(*connection);
    }
    connection_end(*connection);
    timer_cancel(&(*connection)->retry);
    timer_cancel(&(*connection)->limit);
    memory_free(connection);
}

void connection_hurry(struct connection *connection)
{
    if (connection->state == DOWN) {
        connection->pause = FIRST_PAUSE;
        timer_set(connection->retry, MILLISECONDS(0));
    }
}

bool connection_is_idle(const struct connection *connection)
{
    return connection->state == IDLE;
}

void connection_send(
    struct connection *connection, enum query query, const struct parameters *parameters, const char *request)
{
    assert(connection->state == IDLE);
    connection->query = query;
    connection->parameters = parameters;
    connection->request = request;
    if (++connection->sent > PLANS_KEPT) {
        connection_forget_plans(connection);
    } else {
        connection_begin(connection);
    }
}
