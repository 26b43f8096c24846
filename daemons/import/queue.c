#include "import/queue.h"

#include "event.pb-c.h"
#include "import/pause.h"
#include "import/run.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/worker.h"
#include "store/import.h"

#include <stdio.h>
#include <string.h>

enum { ASKERS_MAX = 64, TIMES_MAX = 24 };

#define STOP_BOUND SECONDS(10)

struct asker {
    struct call *call;
    academy_code academy; /* 0: all */
};

struct queue {
    const struct daemon_run *daemon;
    struct store *store;
    struct publisher *publisher;
    const struct key_ring *keys;
    struct status_check *check;
    struct inbox_options inbox;
    struct day_time times[TIMES_MAX];
    struct workers *lookers, *runners;
    struct timer *timer;
    struct look *looking;    /* NULL: nobody looks */
    struct run_job *running; /* NULL: none */
    struct asker askers[ASKERS_MAX];
    size_t asker_count;
    struct pauses pauses;
    size_t waiting;
    bool is_draining, dead_are_told;
};

/* One look at the inboxes, on its thread; those who asked meanwhile wait for the next. */
struct look {
    struct queue *queue;
    struct inbox_options inbox;
    struct asker askers[ASKERS_MAX];
    size_t asker_count;
    struct inbox_list list;
    bool done;
    struct fault fault;
};

static void queue_look(void *arg);

/* --- running --- */

static void tell_listeners(struct queue *queue, const struct run_job *job, int64_t run)
{
    Preau__Event__ImportFinished event = PREAU__EVENT__IMPORT_FINISHED__INIT;
    event.academy = (uint32_t)job->academy.v;
    event.run = run;
    event.applied = job->outcome == RUN_APPLIED;
    publisher_tell(queue->publisher, "import.finished", &event.base);
}

static void academy_label_write(academy_code academy, char out_label[8])
{
    (void)snprintf(out_label, 8, "%d", academy.v);
}

static int64_t counted(const struct run_job *job, const char *category, const char *what)
{
    for (size_t i = 0; i < job->counter_count; i++) {
        if (strcmp(job->counters[i].category, category) == 0 && strcmp(job->counters[i].what, what) == 0) {
            return job->counters[i].count;
        }
    }
    return 0;
}

static void measure(const struct run_job *job)
{
    metric_count(METRIC_IMPORT_RUNS, run_outcome_name(job->outcome));
    if (job->outcome == RUN_APPLIED) {
        char label[8];
        academy_label_write(job->academy, label);
        metric_observe(METRIC_IMPORT_SECONDS, job->duration);
        metric_set(METRIC_IMPORT_LATEST, (double)clock_now().us / 1e6, label);
        for (size_t i = 0; i < job->counter_count; i++) {
            const struct import_counter *counter = &job->counters[i];
            metric_add(METRIC_IMPORT_RECORDS, counter->count, counter->category, counter->what);
        }
    }
}

static void run_log(const struct run_job *job, int64_t run)
{
    if (job->outcome == RUN_FAILED) {
        log_event(LOG_ERR, "import_failed", F("academy", job->academy.v), F("run", run), F("archive", job->name),
            F("fault", &job->fault));
        return;
    }
    int level = job->outcome == RUN_REFUSED ? LOG_WARNING : LOG_INFO;
    log_event(level, "import_ended", F("academy", job->academy.v), F("run", run), F("archive", job->name),
        F("outcome", run_outcome_name(job->outcome)), F("refusal", refusal_code(job->refusal)),
        F("duration", job->duration), F("pupils", counted(job, "Eleve", "read")),
        F("guardians", counted(job, "PersRelEleve", "read")), F("accounts", counted(job, "account", "added")),
        F("departed", counted(job, "Eleve", "departed") + counted(job, "PersRelEleve", "departed")));
}

static void run_judge(struct queue *queue, const struct run_job *job, int64_t run)
{
    measure(job);
    if (job->outcome == RUN_BUSY) {
        pause_until(&queue->pauses, job->path, instant_add(clock_now(), SECONDS(1)));
        return;
    }
    run_log(job, run);
    if (job->outcome == RUN_FAILED) {
        pause_longer(&queue->pauses, job->path, clock_now());
        status_check_set(queue->check, STATUS_DEGRADED, job->fault.text);
    } else {
        pause_end(&queue->pauses, job->path);
        status_check_set(queue->check, STATUS_OK, "");
    }
    if (run != 0) {
        tell_listeners(queue, job, run);
    }
}

static void job_free(struct run_job **job)
{
    (void)pthread_mutex_destroy(&(*job)->lock);
    memory_free(&(*job)->path);
    memory_free(job);
}

static void run_ended(void *arg, bool was_run)
{
    struct run_job *job = arg;
    struct queue *queue = job->owner;
    if (was_run && job->path) {
        run_judge(queue, job, atomic_load(&job->run));
    } else if (was_run && job->outcome == RUN_FAILED) {
        log_fault("import_dead_runs_untold", &job->fault);
    } else {
        queue->dead_are_told = was_run;
    }
    queue->running = NULL;
    bool is_failed = job->outcome == RUN_FAILED; /* then the timer looks again, and not at once */
    job_free(&job);
    if (!queue->is_draining && !is_failed) {
        queue_look(queue);
    }
}

static bool run_begin(struct queue *queue, const struct inbox_archive *archive)
{
    struct run_job *job = checked_calloc(1, sizeof *job);
    job->owner = queue;
    job->daemon = queue->daemon;
    job->inbox = &queue->inbox;
    job->keys = queue->keys;
    job->size_max = config_size(queue->daemon->config, CONFIG_IMPORT_ARCHIVE_SIZE_MAX);
    (void)pthread_mutex_init(&job->lock, NULL);
    if (archive) {
        job->academy = archive->academy;
        job->path = checked_strdup(archive->path);
        job->name = strrchr(job->path, '/') + 1;
        job->bytes_total = archive->size;
    }
    if (!worker_submit(queue->runners, run_job_run, run_ended, job)) {
        job_free(&job);
        return false;
    }
    queue->running = job;
    return true;
}

/* The first archive whose turn it is, if nothing runs. */
static void next_begin(struct queue *queue, const struct inbox_list *list)
{
    struct instant now = clock_now();
    if (queue->running || queue->is_draining || !store_is_ready(queue->store)) {
        return;
    }
    if (!queue->dead_are_told) {
        (void)run_begin(queue, NULL);
        return;
    }
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        if (archive->is_due && !pause_holds(&queue->pauses, archive->path, now) && run_begin(queue, archive)) {
            queue->waiting--;
            return;
        }
    }
}

/* --- looking --- */

static void look_run(void *arg, void *context)
{
    (void)context;
    struct look *look = arg;
    look->done = true;
    for (size_t i = 0; i < look->asker_count && look->done; i++) {
        look->done = inbox_ask(&look->inbox, look->askers[i].academy, &look->fault);
    }
    look->done = look->done && inbox_scan(&look->inbox, &look->list, &look->fault);
}

static void asker_answer(const struct asker *asker, const struct look *look)
{
    if (!look->done) {
        call_fail(asker->call, &look->fault);
        return;
    }
    Preau__Import__RunImportsReply reply = PREAU__IMPORT__RUN_IMPORTS_REPLY__INIT;
    for (size_t i = 0; i < look->list.count; i++) {
        reply.archives += asker->academy.v == 0 || asker->academy.v == look->list.archives[i].academy.v;
    }
    call_answer(asker->call, &reply.base);
}

static void look_judge(struct queue *queue, const struct look *look)
{
    if (!look->done) {
        log_fault("inbox_unreadable", &look->fault);
        status_check_set(queue->check, STATUS_DEGRADED, look->fault.text);
        return;
    }
    const char *running = queue->running ? queue->running->path : NULL;
    queue->waiting = 0;
    for (size_t i = 0; i < look->list.count; i++) {
        const struct inbox_archive *archive = &look->list.archives[i];
        queue->waiting += archive->is_wanted && !(running && strcmp(running, archive->path) == 0);
    }
    if (queue->pauses.count == 0) {
        status_check_set(queue->check, STATUS_OK, "");
    }
    next_begin(queue, &look->list);
    metric_set(METRIC_IMPORT_WAITING, (double)queue->waiting);
}

static void look_ended(void *arg, bool was_run)
{
    struct look *look = arg;
    struct queue *queue = look->queue;
    queue->looking = NULL;
    for (size_t i = 0; was_run && i < look->asker_count; i++) {
        asker_answer(&look->askers[i], look);
    }
    if (was_run) {
        look_judge(queue, look);
    }
    inbox_list_clear(&look->list);
    memory_free(&look);
    if (!queue->is_draining) {
        timer_set(queue->timer, config_duration(queue->daemon->config, CONFIG_IMPORT_SCAN_INTERVAL));
        if (queue->asker_count > 0) {
            queue_look(queue);
        }
    }
}

static void queue_look(void *arg)
{
    struct queue *queue = arg;
    if (queue->looking) {
        return;
    }
    struct look *look = checked_calloc(1, sizeof *look);
    look->queue = queue;
    look->inbox = queue->inbox;
    memcpy(look->askers, queue->askers, sizeof look->askers);
    look->asker_count = queue->asker_count;
    if (!worker_submit(queue->lookers, look_run, look_ended, look)) {
        memory_free(&look);
        timer_set(queue->timer, SECONDS(1));
        return;
    }
    queue->asker_count = 0;
    queue->looking = look;
}

void queue_ask(struct queue *queue, struct call *call, const Preau__Import__RunImportsRequest *request)
{
    academy_code academy = {(int16_t)request->academy};
    if (request->academy != 0 && (request->academy > INT16_MAX || !academy_label(academy))) {
        call_refuse(call, REFUSAL_NOT_FOUND);
    } else if (queue->asker_count == ASKERS_MAX || queue->is_draining) {
        call_refuse(call, REFUSAL_BUSY);
    } else {
        queue->askers[queue->asker_count++] = (struct asker){call, academy};
        queue_look(queue);
    }
}

struct queue_progress queue_progress(const struct queue *queue)
{
    struct queue_progress progress = {.waiting = queue->waiting};
    struct run_job *job = queue->running;
    if (job && job->path) {
        progress.run.v = atomic_load(&job->run);
        progress.bytes_done = atomic_load(&job->bytes_done);
        progress.bytes_total = job->bytes_total;
    }
    return progress;
}

/* --- the metric of the last success, after a start --- */

static void dates_loaded(void *arg, const struct import_date *dates, size_t count, const struct fault *fault)
{
    (void)arg;
    if (!dates) {
        log_event(LOG_NOTICE, "import_dates_unknown", F("fault", fault));
        return;
    }
    for (size_t i = 0; i < count; i++) {
        char label[8];
        academy_label_write(dates[i].academy, label);
        metric_set(METRIC_IMPORT_LATEST, (double)dates[i].at.us / 1e6, label);
    }
}

static void labels_know(void)
{
    academy_code academy;
    for (size_t i = 0; academy_at(i, &academy); i++) {
        char label[8];
        academy_label_write(academy, label);
        metric_label_add(METRIC_IMPORT_LATEST, 1, label);
    }
}

/* --- life --- */

static void numbers_refresh(void *arg)
{
    const struct queue *queue = arg;
    struct queue_progress progress = queue_progress(queue);
    struct status *status = queue->daemon->status;
    status_number_set(status, "archives_waiting", (int64_t)progress.waiting);
    status_number_set(status, "run", progress.run.v);
    status_number_set(status, "run_bytes_done", progress.bytes_done);
    status_number_set(status, "run_bytes_total", progress.bytes_total);
}

static bool inbox_configure(struct queue *queue, const struct config *config, struct fault *fault)
{
    const char *const *times = config_list(config, CONFIG_IMPORT_TIMES);
    size_t count = 0;
    for (; times[count] && count < TIMES_MAX; count++) {
        if (!schedule_parse(times[count], &queue->times[count])) {
            return fault_set(fault, FAULT_CONFIG, "import.times: not a time of day");
        }
    }
    queue->inbox = (struct inbox_options){
        .inbox_directory = config_text(config, CONFIG_IMPORT_INBOX_DIRECTORY),
        .archive_directory = config_text(config, CONFIG_IMPORT_ARCHIVE_DIRECTORY),
        .work_directory = config_text(config, CONFIG_IMPORT_WORK_DIRECTORY),
        .times = queue->times,
        .time_count = count,
        .settle = config_duration(config, CONFIG_IMPORT_SETTLE),
    };
    return true;
}

bool queue_new(const struct daemon_run *run, struct store *store, struct publisher *publisher,
    const struct key_ring *keys, struct queue **out_queue, struct fault *fault)
{
    struct queue *queue = checked_calloc(1, sizeof *queue);
    *queue = (struct queue){.daemon = run, .store = store, .publisher = publisher, .keys = keys};
    if (!inbox_configure(queue, run->config, fault)) {
        memory_free(&queue);
        return false;
    }
    labels_know();
    queue->check = status_check_add(run->status, "import", false);
    status_refresh(run->status, numbers_refresh, queue);
    const struct worker_options lookers = {.name = "import-look", .threads = 1, .queue_limit = 1};
    const struct worker_options runners = {.name = "import-run", .threads = 1, .queue_limit = 1};
    queue->lookers = workers_new(run->loop, &lookers);
    queue->runners = workers_new(run->loop, &runners);
    queue->timer = loop_timer(run->loop, queue_look, queue);
    timer_set(queue->timer, MILLISECONDS(200));
    import_load_latest(store, dates_loaded, queue);
    *out_queue = queue;
    return true;
}

void queue_drain(struct queue *queue)
{
    queue->is_draining = true;
    timer_clear(queue->timer);
    if (queue->running) {
        run_job_stop(queue->running);
    }
}

bool queue_is_idle(const struct queue *queue)
{
    return !queue->running && !queue->looking;
}

void queue_free(struct queue **queue)
{
    if (*queue) {
        queue_drain(*queue);
        (void)workers_stop(&(*queue)->lookers, STOP_BOUND);
        bool is_ended = workers_stop(&(*queue)->runners, STOP_BOUND);
        timer_cancel(&(*queue)->timer);
        pauses_clear(&(*queue)->pauses);
        if (is_ended) {
            memory_free(queue);
        }
        *queue = NULL; /* a thread that outlived its bound still uses it */
    }
}
