#include "stats/snapshot.h"

#include "event.pb-c.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/schedule.h"
#include "statistics.pb-c.h"
#include "store/configured.h"
#include "store/statistics.h"

enum { ASKERS_MAX = 64 /* calls that wait for the same snapshot */ };

/* A nation takes minutes, and nobody else asks for this connection. */
#define SNAPSHOT_MAX HOURS(2)
/* Between two looks at whether a night was missed; also the pause after a failure. */
#define LOOK_AGAIN MINUTES(1)
/* Further from PostgreSQL's clock none is taken (statistics.h). */
#define CLOCK_LEFT MINUTES(10)

struct snapshot {
    struct loop *loop;
    struct store *store, *patient; /* the second for the snapshot itself */
    struct publisher *publisher;
    struct status_check *check;
    struct status *status;
    struct day_time time;
    struct duration retention;
    struct timer *timer;
    struct call *askers[ASKERS_MAX];
    size_t asker_count;
    struct date day;
    struct tick begun;
    struct instant taken;       /* the last one of this process */
    struct instant computed_at; /* the last one there is, as far as is known */
    bool running;
};

static void snapshot_look(void *arg);

static void tell_askers(struct snapshot *snapshot, const struct statistics_totals *totals, const struct fault *fault)
{
    char day[DATE_TEXT_SIZE];
    date_write_iso(snapshot->day, day);
    size_t count = snapshot->asker_count;
    snapshot->asker_count = 0;
    for (size_t i = 0; i < count; i++) {
        if (!totals) {
            call_fail(snapshot->askers[i], fault);
            continue;
        }
        Preau__Statistics__ComputeReply reply = PREAU__STATISTICS__COMPUTE_REPLY__INIT;
        reply.day = day;
        reply.accounts = (uint64_t)totals->accounts;
        reply.schools = (uint32_t)totals->schools;
        call_answer(snapshot->askers[i], &reply.base);
    }
}

static void tell_listeners(struct snapshot *snapshot)
{
    char day[DATE_TEXT_SIZE];
    date_write_iso(snapshot->day, day);
    Preau__Event__StatisticsComputed event = PREAU__EVENT__STATISTICS_COMPUTED__INIT;
    event.day = day;
    publisher_tell(snapshot->publisher, "statistics.computed", &event.base);
}

static void freshness_tell(const struct snapshot *snapshot)
{
    if (instant_is_set(snapshot->computed_at)) {
        int64_t age = instant_since(clock_now(), snapshot->computed_at).us / 1000000;
        status_number_set(snapshot->status, "statistics_age_seconds", age);
        metric_set(METRIC_STATISTICS_LATEST, (double)snapshot->computed_at.us / 1e6);
    }
}

static void forgotten(void *arg, int64_t cells, const struct fault *fault)
{
    (void)arg;
    if (fault) {
        log_fault("statistics_forget_failed", fault); /* again after the next snapshot */
    } else if (cells > 0) {
        log_event(LOG_INFO, "statistics_forgotten", F("cells", cells));
    }
}

static void snapshot_forget(struct snapshot *snapshot)
{
    struct duration back = {-snapshot->retention.us};
    statistics_forget(snapshot->patient, clock_date(instant_add(clock_now(), back)), forgotten, snapshot);
}

static void snapshot_computed(void *arg, const struct statistics_totals *totals, const struct fault *fault)
{
    struct snapshot *snapshot = arg;
    snapshot->running = false;
    metric_count(METRIC_STATISTICS_RUNS, totals ? "ok" : "fault");
    if (totals) {
        metric_observe(METRIC_STATISTICS_SECONDS, clock_since(snapshot->begun));
        snapshot->computed_at = clock_now();
        freshness_tell(snapshot);
        log_event(LOG_INFO, "statistics_computed", F("accounts", totals->accounts), F("schools", totals->schools));
        snapshot->taken = clock_now();
        status_check_set(snapshot->check, STATUS_OK, "");
        tell_listeners(snapshot);
        snapshot_forget(snapshot);
    } else {
        log_fault("statistics_failed", fault);
        status_check_set(snapshot->check, STATUS_DEGRADED, fault->text);
    }
    tell_askers(snapshot, totals, fault);
}

/* asked_by: NULL: the house itself. Who asks while one is being taken changes nothing, and has no entry in the audit trail. */
static void snapshot_begin(struct snapshot *snapshot, const struct audit_author *asked_by)
{
    if (!snapshot->running) {
        snapshot->running = true;
        snapshot->begun = clock_tick();
        struct instant now = clock_now();
        snapshot->day = clock_date(now);
        statistics_compute(snapshot->patient, now, asked_by, snapshot_computed, snapshot);
    }
}

void snapshot_take(struct snapshot *snapshot, struct call *call, const char *by)
{
    if (!call_caller(call).is_operator) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (snapshot->asker_count == ASKERS_MAX) {
        call_refuse(call, REFUSAL_BUSY);
        return;
    }
    if (!store_is_ready(snapshot->store)) { /* the hour may wait for PostgreSQL, who asks is told */
        struct fault fault = {0};
        fault_set(&fault, FAULT_UNAVAILABLE, "statistics: no connection to PostgreSQL");
        call_fail(call, &fault);
        return;
    }
    snapshot->askers[snapshot->asker_count++] = call;
    const struct audit_author author = {.operator_name = by, .trace = call_trace(call)};
    snapshot_begin(snapshot, &author);
}

/* The last hour that should have had its snapshot: was it taken since? */
static void snapshot_judge(void *arg, const struct statistics_day *day, const struct fault *fault)
{
    struct snapshot *snapshot = arg;
    struct instant now = clock_now();
    timer_set(snapshot->timer, LOOK_AGAIN);
    if (!day) {
        log_event(LOG_NOTICE, "statistics_wait", F("fault", fault));
        freshness_tell(snapshot); /* its age goes on meanwhile */
        return;
    }
    snapshot->computed_at = day->computed_at;
    freshness_tell(snapshot);
    if (instant_before(instant_add(now, CLOCK_LEFT), day->computed_at)) {
        status_check_set(snapshot->check, STATUS_DEGRADED,
            "the last snapshot is of a moment to come: this host's clock is not PostgreSQL's");
        return;
    }
    struct instant due = schedule_previous(now, snapshot->time);
    /* by our own clock, if it is not PostgreSQL's: else one that is ahead would have a snapshot taken each minute */
    bool is_taken = !instant_before(snapshot->taken, due) && !instant_before(now, snapshot->taken);
    if (!is_taken && instant_before(day->computed_at, due)) {
        snapshot_begin(snapshot, NULL);
        return;
    }
    status_check_set(snapshot->check, STATUS_OK, "");
}

static void snapshot_look(void *arg)
{
    struct snapshot *snapshot = arg;
    if (snapshot->running) {
        timer_set(snapshot->timer, LOOK_AGAIN);
    } else {
        statistics_load_day(snapshot->store, snapshot_judge, snapshot);
    }
}

bool snapshot_new(const struct daemon_run *run, struct store *store, struct publisher *publisher,
    struct snapshot **out_snapshot, struct fault *fault)
{
    struct day_time time;
    if (!schedule_parse(config_text(run->config, CONFIG_STATISTICS_TIME), &time)) {
        return fault_set(fault, FAULT_CONFIG, "statistics.time: not a time of day");
    }
    struct snapshot *snapshot = checked_calloc(1, sizeof *snapshot);
    *snapshot = (struct snapshot){.loop = run->loop,
        .store = store,
        .patient = store_open_patient(run, SNAPSHOT_MAX),
        .publisher = publisher,
        .status = run->status,
        .time = time,
        .retention = config_duration(run->config, CONFIG_STATISTICS_RETENTION)};
    snapshot->check = status_check_add(run->status, "statistics", false);
    snapshot->timer = loop_timer(run->loop, snapshot_look, snapshot);
    timer_set(snapshot->timer, SECONDS(1));
    *out_snapshot = snapshot;
    return true;
}

void snapshot_free(struct snapshot **snapshot)
{
    if (*snapshot) {
        store_close(&(*snapshot)->patient);
        timer_cancel(&(*snapshot)->timer);
        memory_free(snapshot);
    }
}
