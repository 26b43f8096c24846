/* The pool. A job waits in one queue, runs on one lane (a connection), and is told on a later turn of the loop. */
#include "store/store.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/connection.h"
#include "store/migrate.h"
#include "store/pq_fault.h"
#include "store/rows_result.h"
#include "store/server_trouble.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>
#include <sys/queue.h>

/* How often bounds are looked at, while there is anything to look at. */
#define SWEEP MILLISECONDS(100)
/* PostgreSQL is asked whether it is there on each connection that nobody used for as long, and has nearly as long to answer:
 * what hangs is told within twice this; while statements run on some connections, a little later. */
#define PROBE_PERIOD SECONDS(5)
#define PROBE_TICK SECONDS(1)
#define PROBE_BOUND SECONDS(4)
/* Longer than any connection is left alone and waited for: when nothing was heard on any, nobody is there. */
#define SILENCE SECONDS(10)
/* Clocks that differ by more are told: deadlines between hosts, codes and links depend on them. */
#define CLOCKS_DIFFER SECONDS(2)
/* What the server's own statement_timeout gets to speak first: its answer leaves no doubt about the outcome. */
#define GRACE MILLISECONDS(500)

struct job {
    TAILQ_ENTRY(job) link;
    enum query query;
    struct parameters parameters;
    char request[LOG_REQUEST_SIZE]; /* whoever asked works for it, and goes on to */
    store_done *done;
    void *arg;
    struct tick asked;
    struct duration bound;
    bool asked_again; /* a connection broke under it once */
    struct tick broke;
    struct rows *rows;
    struct fault fault; /* when rows is NULL */
};
TAILQ_HEAD(jobs, job);

struct lane {
    struct connection *connection;
    struct job *job;
    bool is_up;
    struct tick up_since;
    struct tick heard; /* of PostgreSQL */
};

struct store {
    struct loop *loop;
    char *conninfo, *user, *passfiles, *program;
    struct lane lanes[STORE_POOL_MAX];
    unsigned lane_count, up_count, queue_limit, waiting_count;
    struct jobs waiting, finished;
    struct duration statement_timeout;
    struct timer *tell, *pump, *sweep, *probe;
    struct status *status;
    struct status_check *check, *clock_check;
    struct server_trouble trouble;
    struct tick clock_measured; /* on any connection */
    bool is_told_down;
};

static const struct query_row *job_row(const struct job *job)
{
    return &query_table[job->query];
}

static void job_free(struct job *job)
{
    rows_free(&job->rows);
    parameters_clear(&job->parameters);
    memory_free(&job);
}

static void job_finish(struct store *store, struct job *job)
{
    metric_count(METRIC_STORE_STATEMENTS, job_row(job)->name, job->rows ? "ok" : fault_code_name(job->fault.code));
    metric_observe(METRIC_STORE_SECONDS, clock_since(job->asked));
    TAILQ_INSERT_TAIL(&store->finished, job, link);
    if (!timer_is_set(store->tell)) {
        timer_set(store->tell, MILLISECONDS(0));
    }
}

static void store_tell(void *arg)
{
    struct store *store = arg;
    struct jobs finished = TAILQ_HEAD_INITIALIZER(finished);
    TAILQ_CONCAT(&finished, &store->finished, link);
    while (!TAILQ_EMPTY(&finished)) {
        struct job *job = TAILQ_FIRST(&finished);
        TAILQ_REMOVE(&finished, job, link);
        if (job->done) {
            _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(job->request);
            job->done(job->arg, job->rows, job->rows ? NULL : &job->fault);
        }
        job_free(job);
    }
}

/* --- the queue --- */

static void store_pump_soon(struct store *store)
{
    if (!timer_is_set(store->pump)) {
        timer_set(store->pump, MILLISECONDS(0));
    }
    if (!timer_is_set(store->sweep)) {
        timer_set(store->sweep, SWEEP);
    }
}

static void job_enqueue(struct store *store, struct job *job)
{
    if (job->asked_again) {
        TAILQ_INSERT_HEAD(&store->waiting, job, link);
    } else {
        TAILQ_INSERT_TAIL(&store->waiting, job, link);
    }
    store->waiting_count++;
    store_pump_soon(store);
}

static void job_dequeue(struct store *store, struct job *job)
{
    TAILQ_REMOVE(&store->waiting, job, link);
    store->waiting_count--;
}

static void job_ask_again(struct store *store, struct job *job)
{
    job->asked_again = true;
    job->broke = clock_tick();
    job_enqueue(store, job);
}

/* What ended one connection (the server stops, a plan is outdated) has often ended its sisters, and they are told a
 * moment later: the second and last try is made on a connection that is younger than that. */
static bool is_fit(const struct lane *lane, const struct job *job)
{
    return !job->asked_again || lane->up_since.us > job->broke.us;
}

static struct job *store_next_for(struct store *store, const struct lane *lane)
{
    struct job *job = TAILQ_FIRST(&store->waiting);
    while (job && !is_fit(lane, job)) {
        job = TAILQ_NEXT(job, link);
    }
    return job;
}

static void store_pump(void *arg)
{
    struct store *store = arg;
    for (unsigned i = 0; i < store->lane_count; i++) {
        struct lane *lane = &store->lanes[i];
        bool is_free = !lane->job && connection_is_idle(lane->connection);
        struct job *job = is_free ? store_next_for(store, lane) : NULL;
        if (job) {
            lane->job = job;
            job_dequeue(store, job);
            connection_send(lane->connection, job->query, &job->parameters, job->request);
        }
    }
}

/* --- what connections tell --- */

static struct lane *lane_of(struct store *store, const struct connection *connection)
{
    unsigned i = 0;
    while (store->lanes[i].connection != connection) {
        i++;
        assert(i < store->lane_count);
    }
    return &store->lanes[i];
}

static void store_tell_up(struct store *store)
{
    if (store->is_told_down) {
        store->is_told_down = false;
        log_event(LOG_NOTICE, "database_back", F("program", store->program));
        for (unsigned i = 0; i < store->lane_count; i++) {
            connection_hurry(store->lanes[i].connection);
        }
    }
    if (store->check) {
        status_check_set(store->check, STATUS_OK, "");
        status_schema_set(store->status, migrate_wanted());
    }
}

/* Gauges are of the pool that the status is about: a second one of the daemon would write over them. */
static void store_gauge_up(const struct store *store)
{
    if (store->status) {
        metric_set(METRIC_STORE_CONNECTIONS, store->up_count, "up");
    }
}

static void store_lane_is_up(struct store *store, struct lane *lane)
{
    lane->is_up = true;
    lane->up_since = clock_tick();
    store->up_count++;
    store_gauge_up(store);
    store_tell_up(store);
}

/* Against what all hosts of the house have in common. The last measure counts, whichever connection made it. */
static void store_judge_clock(void *arg, struct duration ahead)
{
    struct store *store = arg;
    double seconds = (double)ahead.us / 1e6;
    double differ = (double)CLOCKS_DIFFER.us / 1e6;
    store->clock_measured = clock_tick();
    if (!store->clock_check) {
        return;
    }
    if (seconds > differ || seconds < -differ) {
        char cause[120];
        (void)snprintf(cause, sizeof cause, "this host's clock is %.0f s %s PostgreSQL's",
            seconds < 0 ? -seconds : seconds, seconds < 0 ? "ahead of" : "behind");
        status_check_set(store->clock_check, STATUS_DEGRADED, cause);
    } else {
        status_check_set(store->clock_check, STATUS_OK, "");
    }
}

static void store_connection_idle(void *arg, struct connection *connection)
{
    struct store *store = arg;
    struct lane *lane = lane_of(store, connection);
    lane->heard = clock_tick();
    if (!lane->is_up) {
        store_lane_is_up(store, lane);
    } else if (store->is_told_down) {
        store_tell_up(store);
    }
    if (!TAILQ_EMPTY(&store->waiting)) {
        store_pump_soon(store);
    }
}

static void store_tell_down(struct store *store, const struct fault *fault)
{
    if (!store->is_told_down) {
        store->is_told_down = true;
        log_event(LOG_WARNING, "database_lost", F("fault", fault));
    }
    if (store->check) {
        char cause[sizeof fault->text + sizeof fault->hint + 4];
        (void)snprintf(cause, sizeof cause, "%s%s%s", fault->text, fault->hint[0] ? ". " : "", fault->hint);
        status_check_set(store->check, STATUS_FAILED, cause);
    }
}

static bool is_silent(const struct store *store)
{
    bool heard = false;
    for (unsigned i = 0; i < store->lane_count; i++) {
        heard = heard || !duration_longer(clock_since(store->lanes[i].heard), SILENCE);
    }
    return !heard;
}

/* While nobody is there, one knocks for all: a server that hangs, or is about to start, is not met by a crowd. */
static bool store_may_connect(void *arg, struct connection *connection)
{
    const struct store *store = arg;
    return !store->is_told_down || store->lanes[0].connection == connection;
}

/* A server that hangs answers no probe either: what runs on other connections is not waited for, to say so. */
static void store_connection_down(void *arg, struct connection *connection, const struct fault *fault)
{
    struct store *store = arg;
    struct lane *lane = lane_of(store, connection);
    bool is_unanswered = !lane->job;
    if (lane->is_up) {
        lane->is_up = false;
        store->up_count--;
        store_gauge_up(store);
    }
    if (store->up_count == 0 || (is_unanswered && is_silent(store))) {
        store_tell_down(store, fault);
    }
}

static bool is_late(const struct job *job, struct duration grace)
{
    return clock_since(job->asked).us > job->bound.us + grace.us;
}

/* A read that was cut is asked once more; a write is told as unknown: the asker knows how to find out. */
static void job_is_cut(struct store *store, struct job *job)
{
    bool late = is_late(job, MILLISECONDS(0));
    if (!job_row(job)->changes && !job->asked_again && !late) {
        job_ask_again(store, job);
        return;
    }
    fault_set(&job->fault, late ? FAULT_TIMEOUT : FAULT_UNAVAILABLE, "%s: %s", job_row(job)->name,
        late ? "no answer in time" : "the connection was lost");
    job->fault.outcome_unknown = job_row(job)->changes;
    job_finish(store, job);
}

/* "cached plan must not change result type": the schema moved under a prepared statement, which then did nothing. */
static bool is_plan_outdated(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state && strcmp(state, "0A000") == 0;
}

static void store_connection_done(void *arg, struct connection *connection, PGresult *result)
{
    struct store *store = arg;
    struct lane *lane = lane_of(store, connection);
    struct job *job = lane->job;
    assert(job);
    lane->job = NULL;
    if (!result) {
        job_is_cut(store, job);
        return;
    }
    ExecStatusType status = PQresultStatus(result);
    if (status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK) {
        job->rows = rows_take(result);
        job_finish(store, job);
        return;
    }
    fault_from_result(&job->fault, result, job_row(job)->name);
    server_trouble_note(&store->trouble, &job->fault);
    bool is_outdated = is_plan_outdated(result);
    PQclear(result);
    if (is_outdated && !job->asked_again) {
        job_ask_again(store, job);
        connection_abandon(connection, "the schema has changed");
        return;
    }
    job_finish(store, job);
}

/* --- bounds --- */

static void store_sweep_waiting(struct store *store)
{
    struct job *next = NULL;
    for (struct job *job = TAILQ_FIRST(&store->waiting); job; job = next) {
        next = TAILQ_NEXT(job, link);
        if (is_late(job, MILLISECONDS(0))) {
            job_dequeue(store, job);
            fault_set(&job->fault, FAULT_TIMEOUT, "%s: no connection to PostgreSQL in time", job_row(job)->name);
            job_finish(store, job);
        }
    }
}

static void store_sweep(void *arg)
{
    struct store *store = arg;
    unsigned busy = 0;
    store_sweep_waiting(store);
    for (unsigned i = 0; i < store->lane_count; i++) {
        struct lane *lane = &store->lanes[i];
        struct duration grace =
            lane->job && lane->job->bound.us < store->statement_timeout.us ? MILLISECONDS(0) : GRACE;
        if (lane->job && is_late(lane->job, grace)) {
            connection_abandon(lane->connection, "no answer in time");
        }
        busy += lane->job != NULL;
    }
    if (store->status) {
        metric_set(METRIC_STORE_WAITING, store->waiting_count);
        metric_set(METRIC_STORE_CONNECTIONS, busy, "busy");
    }
    if (busy > 0 || store->waiting_count > 0) {
        timer_set(store->sweep, SWEEP);
    }
}

/* --- open, close, ask --- */

/* A connection that is used tells by itself that somebody is there, and not what time it is: when all are used, one of
 * them is asked all the same. */
static void store_probe(void *arg)
{
    struct store *store = arg;
    bool is_clock_due = !duration_longer(PROBE_PERIOD, clock_since(store->clock_measured));
    server_trouble_look(&store->trouble);
    for (unsigned i = 0; i < store->lane_count; i++) {
        struct lane *lane = &store->lanes[i];
        bool is_silent = !duration_longer(PROBE_PERIOD, clock_since(lane->heard));
        if (!lane->job && connection_is_idle(lane->connection) && (is_silent || is_clock_due)) {
            is_clock_due = false;
            connection_probe(lane->connection, PROBE_BOUND);
        }
    }
}

/* Only what may be asked here gets a series of its own, of the role's own queries: there are more in the house than one
 * metric may hold. Plain ones are a session's (blocking_query.h). */
static void store_name_metrics(const struct store *store)
{
    const char *role = strncmp(store->user, "preau_", 6) == 0 ? store->user + 6 : "";
    for (int i = 0; i < QUERY_COUNT; i++) {
        if (*role && !query_table[i].plain && strstr(query_table[i].roles, role)) {
            metric_label_add(METRIC_STORE_STATEMENTS, 1, query_table[i].name);
        }
    }
}

static const struct connection_events store_events = {.may_connect = store_may_connect,
    .idle = store_connection_idle,
    .clock = store_judge_clock,
    .down = store_connection_down,
    .done = store_connection_done};

static void store_connect(struct store *store, const struct store_options *options)
{
    const struct connection_options each = {.conninfo = store->conninfo,
        .user = store->user,
        .passfiles = store->passfiles,
        .program = store->program,
        .statement_timeout = options->statement_timeout,
        .connect_timeout = options->connect_timeout,
        .retry_max = options->retry_max};
    store->lane_count = options->pool_size;
    for (unsigned i = 0; i < store->lane_count; i++) {
        store->lanes[i].connection = connection_new(store->loop, &each, &store_events, store);
    }
}

struct store *store_open(struct loop *loop, const struct store_options *options)
{
    assert(options->pool_size >= 1 && options->pool_size <= STORE_POOL_MAX && options->queue_limit >= 1);
    assert(options->statement_timeout.us > 0 && options->connect_timeout.us > 0 && options->retry_max.us > 0);
    struct store *store = checked_calloc(1, sizeof *store);
    store->loop = loop;
    store->conninfo = checked_strdup(options->conninfo);
    store->user = checked_strdup(options->user);
    store->passfiles = checked_strdup(options->passfiles ? options->passfiles : "");
    store->program = checked_strdup(options->program);
    store->queue_limit = options->queue_limit;
    store->statement_timeout = options->statement_timeout;
    store->status = options->status;
    TAILQ_INIT(&store->waiting);
    TAILQ_INIT(&store->finished);
    store->tell = loop_timer(loop, store_tell, store);
    store->pump = loop_timer(loop, store_pump, store);
    store->sweep = loop_timer(loop, store_sweep, store);
    store->probe = loop_every(loop, PROBE_TICK, store_probe, store);
    if (options->status) {
        store->check = status_check_add(options->status, "database", true);
        store->clock_check = status_check_add(options->status, "clock", false);
        server_trouble_watch(&store->trouble, options->status);
    }
    store_name_metrics(store);
    store_connect(store, options);
    return store;
}

static void store_fail_all(struct store *store)
{
    for (unsigned i = 0; i < store->lane_count; i++) {
        struct job *job = store->lanes[i].job;
        if (job) {
            fault_set(&job->fault, FAULT_UNAVAILABLE, "%s: the program stops", job_row(job)->name);
            job->fault.outcome_unknown = job_row(job)->changes;
            TAILQ_INSERT_TAIL(&store->finished, job, link);
            store->lanes[i].job = NULL;
        }
    }
    while (!TAILQ_EMPTY(&store->waiting)) {
        struct job *job = TAILQ_FIRST(&store->waiting);
        job_dequeue(store, job);
        fault_set(&job->fault, FAULT_UNAVAILABLE, "%s: the program stops", job_row(job)->name);
        TAILQ_INSERT_TAIL(&store->finished, job, link);
    }
}

void store_close(struct store **address)
{
    struct store *store = *address;
    if (!store) {
        return;
    }
    for (unsigned i = 0; i < store->lane_count; i++) {
        connection_free(&store->lanes[i].connection);
    }
    /* a completion may ask again: that fails too, until none does */
    while (!store_is_idle(store)) {
        store_fail_all(store);
        store_tell(store);
        timer_clear(store->tell);
    }
    *address = NULL;
    timer_cancel(&store->tell);
    timer_cancel(&store->pump);
    timer_cancel(&store->sweep);
    timer_cancel(&store->probe);
    memory_free(&store->conninfo);
    memory_free(&store->user);
    memory_free(&store->passfiles);
    memory_free(&store->program);
    memory_free(&store);
}

bool store_is_idle(const struct store *store)
{
    bool busy = !TAILQ_EMPTY(&store->finished) || !TAILQ_EMPTY(&store->waiting);
    for (unsigned i = 0; i < store->lane_count; i++) {
        busy = busy || store->lanes[i].job;
    }
    return !busy;
}

bool store_is_ready(const struct store *store)
{
    return store->up_count > 0 && !store->is_told_down;
}

unsigned store_waiting(const struct store *store)
{
    return store->waiting_count;
}

unsigned store_connections(const struct store *store)
{
    return store->up_count;
}

void store_run_within(struct store *store, enum query query, const struct parameters *parameters, struct duration bound,
    store_done *done, void *arg)
{
    const struct query_row *row = &query_table[query];
    assert(!row->plain && row->parameters == (parameters ? parameters->count : 0));
    struct job *job = checked_calloc(1, sizeof *job);
    job->query = query;
    job->done = done;
    job->arg = arg;
    job->asked = clock_tick();
    job->bound = bound;
    (void)snprintf(job->request, sizeof job->request, "%s", log_request());
    if (store->waiting_count >= store->queue_limit) {
        fault_set(&job->fault, FAULT_BUSY, "%s: too many statements wait", row->name);
        job_finish(store, job);
        return;
    }
    if (parameters) {
        parameters_copy(&job->parameters, parameters);
    }
    job_enqueue(store, job);
}

void store_run(struct store *store, enum query query, const struct parameters *parameters, store_done *done, void *arg)
{
    store_run_within(store, query, parameters, store->statement_timeout, done, arg);
}
