#include "store/migrate_apply.h"

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/pq_cleanup.h"
#include "store/pq_fault.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Any constant does, as long as it never changes: one migration at a time in a database. */
#define MIGRATE_LOCK "select pg_advisory_lock(7240501)"

#define MIGRATE_PREPARE                                                                                                \
    "begin;"                                                                                                           \
    "create schema if not exists preau;"                                                                               \
    "create table if not exists preau.migration ("                                                                     \
    " number integer primary key, name text not null, checksum text not null,"                                         \
    " applied_at timestamptz not null default now(), duration interval not null);"                                     \
    "create table if not exists preau.migration_step ("                                                                \
    " number integer not null, checksum text not null, step integer not null,"                                         \
    " applied_at timestamptz not null default now(), primary key (number, step));"                                     \
    "do $$ begin"                                                                                                      \
    " if not exists (select from pg_attribute where attrelid = 'preau.migration'::regclass and attname = 'serves') "   \
    "then"                                                                                                             \
    " alter table preau.migration add column serves integer; end if; "                                                 \
    "end $$;"                                                                                                          \
    "grant usage on schema preau to public; grant select on preau.migration to public;"                                \
    "commit"

/* An index that is made beside everybody's work waits for all transactions that go on: nobody waits for it meanwhile. */
#define OUTSIDE_BEGIN "set lock_timeout = 0"

/* The pause after a try: doubled each time. */
#define FIRST_PAUSE MILLISECONDS(250)
#define LONGEST_PAUSE MILLISECONDS(8000)

/* Each time that others have to wait disturbs them: what takes too long three times takes too long. */
enum { DISTURBING_TRIES = 3 };

/* --- trying again --- */

struct tries {
    int disturbing;
    struct tick begun;
    struct duration pause; /* the next */
};

static struct tries tries_begin(void)
{
    return (struct tries){.begun = clock_tick(), .pause = FIRST_PAUSE};
}

static void obstacle_hint(const struct migrate_obstacle *obstacle, struct fault *fault)
{
    if (obstacle->has_waited) {
        fault_hint(
            fault, "It takes too long under its locks for those who work: run it while the daemons are stopped.");
    } else if (obstacle->pid != 0) {
        fault_hint(fault, "PostgreSQL's process %d (%.60s) holds it: wait for its end, or end it.", obstacle->pid,
            obstacle->program);
    }
}

static void wait_told(const struct migrate_application *application, const struct migration *migration,
    const struct migrate_obstacle *obstacle, struct duration pause)
{
    const struct migrate_telling *telling = application->telling;
    struct timespec time = {.tv_sec = pause.us / 1000000, .tv_nsec = pause.us % 1000000 * 1000};
    if (telling->waits) {
        telling->waits(telling->arg, migration->number, migration->name, obstacle, pause);
    }
    nanosleep(&time, NULL);
}

/* Is it worth another try? Waits a while if so; else the fault says who stood in the way. */
static bool tries_again(struct tries *tries, const struct migrate_application *application,
    const struct migration *migration, struct fault *fault)
{
    const struct migrate_obstacle *obstacle = &application->connection->obstacle;
    if (fault->code != FAULT_BUSY) {
        return false;
    }
    tries->disturbing += obstacle->has_waited;
    if (tries->disturbing == DISTURBING_TRIES ||
        duration_longer(clock_since(tries->begun), application->telling->patience)) {
        obstacle_hint(obstacle, fault);
        return false;
    }
    wait_told(application, migration, obstacle, tries->pause);
    tries->pause.us *= 2;
    if (duration_longer(tries->pause, LONGEST_PAUSE)) {
        tries->pause = LONGEST_PAUSE;
    }
    return true;
}

bool migrate_prepare(struct migrate_application *application, struct fault *fault)
{
    static const struct migration itself = {.name = "preau.migration"};
    struct tries tries = tries_begin();
    while (!migrate_do_watched(application->connection, MIGRATE_LOCK, NULL, fault)) {
        if (!tries_again(&tries, application, &itself, fault)) {
            return fault_add(fault, "lock held by another run");
        }
    }
    tries = tries_begin();
    while (!migrate_do_watched(application->connection, MIGRATE_PREPARE, NULL, fault)) {
        PQclear(PQexec(application->connection->pq, "rollback"));
        if (!tries_again(&tries, application, &itself, fault)) {
            return fault_add(fault, "preau.migration");
        }
    }
    return true;
}

/* --- what is remembered --- */

static bool migration_remember(
    struct migrate_connection *connection, const struct migration *migration, struct fault *fault)
{
    char number[12];
    char served[12];
    (void)snprintf(number, sizeof number, "%d", migration->number);
    (void)snprintf(served, sizeof served, "%d", migration_serves);
    const char *const values[] = {number, migration->name, migration->checksum, served};
    return migrate_do_with(connection,
        "with steps as (delete from preau.migration_step where number = $1::integer returning applied_at)"
        " insert into preau.migration (number, name, checksum, duration, serves)"
        " select $1::integer, $2, $3, clock_timestamp() - least(now(), min(applied_at)), $4::integer from steps",
        values, 4, "preau.migration", fault);
}

/* The step that is done, or the whole migration with its last one. */
static bool step_remember(
    struct migrate_connection *connection, const struct migration *migration, int step, struct fault *fault)
{
    char number[12];
    char step_number[12];
    if (step == migration->step_count) {
        return migration_remember(connection, migration, fault);
    }
    (void)snprintf(number, sizeof number, "%d", migration->number);
    (void)snprintf(step_number, sizeof step_number, "%d", step);
    const char *const values[] = {number, migration->checksum, step_number};
    return migrate_do_with(connection,
        "insert into preau.migration_step (number, checksum, step) values ($1::integer, $2, $3::integer)", values, 3,
        "preau.migration_step", fault);
}

static bool steps_done(
    struct migrate_connection *connection, const struct migration *migration, int *out_steps, struct fault *fault)
{
    char number[12];
    (void)snprintf(number, sizeof number, "%d", migration->number);
    const char *const values[] = {number, migration->checksum};
    _cleanup_(result_clear) PGresult *result = PQexecParams(connection->pq,
        "select coalesce(max(step), 0), coalesce(bool_and(checksum = $2), true) from preau.migration_step where number "
        "= $1::integer",
        2, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return fault_from_result(fault, result, "preau.migration_step");
    }
    if (PQgetvalue(result, 0, 1)[0] == 'f') {
        fault_set(fault, FAULT_CONFIG, "half of it was applied with another text than ours");
        return fault_hint(
            fault, "A migration that was delivered never changes: go on with the preauctl that began it.");
    }
    *out_steps = atoi(PQgetvalue(result, 0, 0)); // NOLINT(cert-err34-c): an integer column
    return true;
}

/* --- the steps --- */

/* out_rows: changed by its last statement. remembers: when it is done, so is the step. */
static bool transaction_try(struct migrate_connection *connection, const struct migration *migration, int step,
    bool remembers, long *out_rows, struct fault *fault)
{
    bool done = migrate_do(connection, "begin", "begin", fault) &&
                migrate_do_watched(connection, migration->steps[step - 1].text, out_rows, fault) &&
                (!remembers || step_remember(connection, migration, step, fault));
    if (done && migrate_do(connection, "commit", "commit", fault)) {
        return true;
    }
    if (done) {
        fault->outcome_unknown = PQstatus(connection->pq) == CONNECTION_BAD;
    }
    PQclear(PQexec(connection->pq, "rollback"));
    return false;
}

static bool transaction_do(struct migrate_application *application, const struct migration *migration, int step,
    bool remembers, long *out_rows, struct fault *fault)
{
    struct tries tries = tries_begin();
    while (!transaction_try(application->connection, migration, step, remembers, out_rows, fault)) {
        if (!tries_again(&tries, application, migration, fault)) {
            return false;
        }
    }
    return true;
}

/* One that stopped in the middle left rows that are as they are to be: it goes on with those that are not. */
static bool repeated_do(
    struct migrate_application *application, const struct migration *migration, int step, struct fault *fault)
{
    long rows = 1;
    while (rows > 0) {
        if (!transaction_do(application, migration, step, false, &rows, fault)) {
            return false;
        }
    }
    return step_remember(application->connection, migration, step, fault);
}

/* What a try that stopped in the middle left: an index that is kept up to date and not used. */
static bool index_clear(struct migrate_connection *connection, const char *index, struct fault *fault)
{
    const char *const values[] = {index};
    _cleanup_(result_clear) PGresult *result = PQexecParams(connection->pq,
        "select from pg_catalog.pg_index where indexrelid = pg_catalog.to_regclass('preau.' || $1) and not indisvalid",
        1, NULL, values, NULL, NULL, 0);
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return fault_from_result(fault, result, index);
    }
    _cleanup_(memory_free) char *drop = checked_printf("drop index concurrently preau.%s", index);
    return PQntuples(result) == 0 || migrate_do_watched(connection, drop, NULL, fault);
}

static bool outside_try(struct migrate_connection *connection, const struct migration_step *step, struct fault *fault)
{
    bool done = migrate_do(connection, OUTSIDE_BEGIN, "settings", fault) &&
                (step->index[0] == '\0' || index_clear(connection, step->index, fault)) &&
                migrate_do_watched(connection, step->text, NULL, fault);
    struct fault ignored;
    return migrate_do(connection, MIGRATE_LOCK_TIMEOUT, "settings", done ? fault : &ignored) && done;
}

static bool outside_do(
    struct migrate_application *application, const struct migration *migration, int step, struct fault *fault)
{
    struct tries tries = tries_begin();
    while (!outside_try(application->connection, &migration->steps[step - 1], fault)) {
        if (!tries_again(&tries, application, migration, fault)) {
            return false;
        }
    }
    return step_remember(application->connection, migration, step, fault);
}

static bool step_do(
    struct migrate_application *application, const struct migration *migration, int step, struct fault *fault)
{
    switch (migration->steps[step - 1].kind) {
    case MIGRATION_TRANSACTION:
        return transaction_do(application, migration, step, true, NULL, fault);
    case MIGRATION_REPEATED:
        return repeated_do(application, migration, step, fault);
    case MIGRATION_OUTSIDE:
        return outside_do(application, migration, step, fault);
    }
    assert(false);
    return false;
}

bool migrate_apply(struct migrate_application *application, const struct migration *migration, struct fault *fault)
{
    int done = 0;
    bool goes_on = steps_done(application->connection, migration, &done, fault);
    while (goes_on && done < migration->step_count) {
        goes_on = step_do(application, migration, ++done, fault);
    }
    return goes_on || fault_add(fault, "migration %04d_%s", migration->number, migration->name);
}
