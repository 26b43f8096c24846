#include "import/retention.h"

#include "domain/lifecycle.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/worker.h"
#include "store/configured.h"
#include "store/retention.h"

#include <stdatomic.h>

/* A tenth of a second each, about: nobody waits for their locks, a stop waits for one at most. A run may have a hundred
 * thousand lines of report. */
enum { ACCOUNTS_AT_ONCE = 500, PERSONS_AT_ONCE = 2000, RUNS_AT_ONCE = 5 };

#define FIRST_AFTER SECONDS(1)
#define EVERY DAYS(1)
#define LOOK_AGAIN MINUTES(1)
#define STOP_BOUND SECONDS(10)

struct pass {
    struct retention *retention;
    struct instant now;
    bool is_ours; /* false: another process is at it */
    int64_t accounts_closed, accounts_erased, persons_erased, runs_erased;
    bool done;
    struct fault fault;
};

struct retention {
    const struct daemon_run *daemon;
    struct workers *workers;
    struct status_check *check;
    struct timer *timer;
    struct instant last; /* that was done whole */
    bool is_running;
    atomic_bool is_stopping;
};

/* --- on the thread --- */

static struct instant ago(const struct pass *pass, enum config_key key)
{
    struct duration length = config_duration(pass->retention->daemon->config, key);
    return (struct instant){pass->now.us - length.us};
}

static bool is_stopping(const struct pass *pass)
{
    return atomic_load(&pass->retention->is_stopping);
}

/* The life cycle decides; it refuses none that is open. */
static size_t closing_decide(const struct pass *pass, const struct stored_account *accounts, size_t count,
    struct lifecycle_outcome *out_outcomes)
{
    size_t decided = 0;
    for (size_t i = 0; i < count; i++) {
        decided += lifecycle_decide(&accounts[i].account, ACTION_CLOSE, pass->now, NOTIFICATION_MONTHS_DEFAULT,
                       &out_outcomes[decided]) == REFUSAL_NONE;
    }
    return decided;
}

static bool accounts_close(struct pass *pass, struct session *session, struct fault *fault)
{
    struct stored_account *accounts = checked_calloc(ACCOUNTS_AT_ONCE, sizeof *accounts);
    struct lifecycle_outcome *outcomes = checked_calloc(ACCOUNTS_AT_ONCE, sizeof *outcomes);
    struct instant before = ago(pass, CONFIG_IMPORT_GRACE);
    int64_t closed = 1;
    bool done = true;
    while (done && closed > 0 && !is_stopping(pass)) {
        size_t count = 0;
        closed = 0;
        done = retention_load_detached(session, before, accounts, ACCOUNTS_AT_ONCE, &count, fault);
        size_t decided = done ? closing_decide(pass, accounts, count, outcomes) : 0;
        done = done &&
               (decided == 0 || retention_close(session, ACTION_CLOSE, pass->now, outcomes, decided, &closed, fault));
        pass->accounts_closed += closed;
    }
    memory_free(&accounts);
    memory_free(&outcomes);
    return done;
}

static bool accounts_erase(struct pass *pass, struct session *session, struct fault *fault)
{
    struct instant before = ago(pass, CONFIG_IMPORT_ERASE_AFTER);
    int64_t accounts = 1;
    int64_t persons = 0;
    while (accounts > 0 && !is_stopping(pass)) {
        if (!retention_erase_accounts(session, before, ACCOUNTS_AT_ONCE, &accounts, &persons, fault)) {
            return false;
        }
        pass->accounts_erased += accounts;
        pass->persons_erased += persons;
    }
    return true;
}

/* As long as an account would have been kept. */
static bool persons_erase(struct pass *pass, struct session *session, struct fault *fault)
{
    struct instant closed_before = ago(pass, CONFIG_IMPORT_ERASE_AFTER);
    struct duration grace = config_duration(pass->retention->daemon->config, CONFIG_IMPORT_GRACE);
    struct instant before = {closed_before.us - grace.us};
    int64_t persons = 1;
    while (persons > 0 && !is_stopping(pass)) {
        if (!retention_erase_persons(session, before, PERSONS_AT_ONCE, &persons, fault)) {
            return false;
        }
        pass->persons_erased += persons;
    }
    return true;
}

static bool runs_erase(struct pass *pass, struct session *session, struct fault *fault)
{
    struct instant before = ago(pass, CONFIG_IMPORT_REPORT_RETENTION);
    int64_t runs = 1;
    while (runs > 0 && !is_stopping(pass)) {
        if (!retention_erase_runs(session, before, RUNS_AT_ONCE, &runs, fault)) {
            return false;
        }
        pass->runs_erased += runs;
    }
    return true;
}

static void pass_run(void *job, void *context)
{
    (void)context;
    struct pass *pass = job;
    const struct daemon_run *daemon = pass->retention->daemon;
    struct fault *fault = &pass->fault;
    struct session *session = NULL;
    struct duration bound = config_duration(daemon->config, CONFIG_DATABASE_STATEMENT_TIMEOUT);
    pass->done = session_open_configured(daemon, bound, &session, fault) && session_check_schema(session, fault) &&
                 retention_lock(session, &pass->is_ours, fault) &&
                 (!pass->is_ours || (accounts_close(pass, session, fault) && accounts_erase(pass, session, fault) &&
                                        persons_erase(pass, session, fault) && runs_erase(pass, session, fault)));
    session_close(&session);
}

/* --- on the loop --- */

static void pass_tell(const struct pass *pass)
{
    metric_add(METRIC_RETENTION, pass->accounts_closed, "account_closed");
    metric_add(METRIC_RETENTION, pass->accounts_erased, "account_erased");
    metric_add(METRIC_RETENTION, pass->persons_erased, "person_erased");
    metric_add(METRIC_RETENTION, pass->runs_erased, "run_erased");
    if (pass->is_ours) {
        log_event(LOG_INFO, "retention_applied", F("accounts_closed", pass->accounts_closed),
            F("accounts_erased", pass->accounts_erased), F("persons_erased", pass->persons_erased),
            F("runs_erased", pass->runs_erased));
    }
}

static void pass_ended(void *job, bool was_run)
{
    struct pass *pass = job;
    struct retention *retention = pass->retention;
    retention->is_running = false;
    if (was_run) {
        pass_tell(pass);
    }
    if (was_run && pass->done) {
        retention->last = pass->now;
        status_check_set(retention->check, STATUS_OK, "");
    } else if (was_run) {
        log_fault("retention_failed", &pass->fault);
        status_check_set(retention->check, STATUS_DEGRADED, pass->fault.text);
    }
    memory_free(&pass);
}

static void retention_look(void *arg)
{
    struct retention *retention = arg;
    struct instant now = clock_now();
    timer_set(retention->timer, LOOK_AGAIN);
    bool is_recent = instant_before(now, instant_add(retention->last, EVERY)) && !instant_before(now, retention->last);
    if (retention->is_running || is_recent) {
        return;
    }
    struct pass *pass = checked_calloc(1, sizeof *pass);
    *pass = (struct pass){.retention = retention, .now = now};
    retention->is_running = worker_submit(retention->workers, pass_run, pass_ended, pass);
    if (!retention->is_running) {
        memory_free(&pass);
    }
}

struct retention *retention_new(const struct daemon_run *run)
{
    struct retention *retention = checked_calloc(1, sizeof *retention);
    const struct worker_options options = {.name = "import-keep", .threads = 1, .queue_limit = 1};
    retention->daemon = run;
    retention->workers = workers_new(run->loop, &options);
    retention->check = status_check_add(run->status, "retention", false);
    retention->timer = loop_timer(run->loop, retention_look, retention);
    timer_set(retention->timer, FIRST_AFTER);
    return retention;
}

void retention_drain(struct retention *retention)
{
    atomic_store(&retention->is_stopping, true);
    timer_clear(retention->timer);
}

bool retention_is_idle(const struct retention *retention)
{
    return !retention->is_running;
}

void retention_free(struct retention **retention)
{
    if (*retention) {
        retention_drain(*retention);
        bool is_ended = workers_stop(&(*retention)->workers, STOP_BOUND);
        timer_cancel(&(*retention)->timer);
        if (is_ended) {
            memory_free(retention);
        }
        *retention = NULL; /* a thread that outlived its bound still uses it */
    }
}
