/* Archives on their way through the threads that run them, and what becomes of them. */
#include "import/queue_parts.h"

#include "event.pb-c.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

/* --- telling of the end --- */

static void tell_listeners(struct queue *queue, const struct run_job *job, int64_t run)
{
    Preau__Event__ImportFinished event = PREAU__EVENT__IMPORT_FINISHED__INIT;
    event.academy = (uint32_t)job->academy.v;
    event.run = run;
    event.applied = job->outcome == RUN_APPLIED;
    publisher_tell(queue->publisher, "import.finished", &event.base);
}

void academy_label_write(academy_code academy, char out_label[8])
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

static void measure(struct queue *queue, const struct run_job *job)
{
    metric_count(METRIC_IMPORT_RUNS, run_outcome_name(job->outcome));
    if (job->outcome == RUN_APPLIED) {
        char label[8];
        academy_label_write(job->academy, label);
        metric_observe(METRIC_IMPORT_SECONDS, job->duration);
        metric_set(METRIC_IMPORT_LATEST, (double)clock_now().us / 1e6, label);
        overdue_succeed(&queue->overdue, job->academy, clock_now());
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
    bool is_for_people = job->outcome == RUN_REFUSED || job->outcome == RUN_HELD;
    log_event(is_for_people ? LOG_WARNING : LOG_INFO, "import_ended", F("academy", job->academy.v), F("run", run),
        F("archive", job->name), F("outcome", run_outcome_name(job->outcome)), F("refusal", refusal_code(job->refusal)),
        F("duration", job->duration), F("pupils", counted(job, "Eleve", "read")),
        F("guardians", counted(job, "PersRelEleve", "read")), F("accounts", counted(job, "account", "added")),
        F("departed", counted(job, "Eleve", "departed") + counted(job, "PersRelEleve", "departed")));
}

/* --- what it means for the next turns --- */

static void pause_set(struct queue *queue, const struct take *take)
{
    struct instant now = clock_now();
    const struct run_job *job = &take->job;
    /* a claimed one is known by where it is now; one that was given back, by what it was in the inbox */
    const char *key = job->claim && job->outcome != RUN_UNFINISHED ? job->path : take->key;
    switch (job->outcome) {
    case RUN_BUSY:
        pause_longer(&queue->pauses, key, PAUSE_BUSY, now);
        break;
    case RUN_FAILED:
        pause_longer(&queue->pauses, key, PAUSE_FAILED, now);
        break;
    case RUN_UNFINISHED:
        pause_longer(&queue->pauses, key, PAUSE_UPLOAD, now);
        break;
    case RUN_HELD:
        assert(job->claim); /* a check holds nothing */
        turn_hold(&queue->turn, job->academy, job->claim);
        pause_end(&queue->pauses, key);
        break;
    case RUN_APPLIED:
    case RUN_REFUSED:
    case RUN_REPEATED:
    case RUN_CHECKED:
        pause_end(&queue->pauses, key);
        break;
    case RUN_OUTCOME_COUNT:
        break;
    }
}

/* What a run replaced waits for nobody any more. Also of one that failed after all: what it did not replace is held again
 * as soon as it is looked at. */
static void replaced_release(struct queue *queue, const struct run_job *job)
{
    for (size_t i = 0; i < job->replaced.count; i++) {
        (void)turn_release(&queue->turn, job->academy, job->replaced.list[i]);
    }
}

static void run_judge(struct queue *queue, const struct take *take)
{
    const struct run_job *job = &take->job;
    int64_t run = atomic_load(&job->run);
    measure(queue, job);
    pause_set(queue, take);
    replaced_release(queue, job);
    if (job->outcome == RUN_BUSY) {
        return;
    }
    run_log(job, run);
    if (take->is_check) {
        turn_check_end(&queue->turn, job->academy, take->archive.name); /* asked for again if it failed */
    }
    if (job->outcome == RUN_FAILED) {
        status_check_set(queue->check, STATUS_DEGRADED, job->fault.text);
    } else if (!pauses_any_failed(&queue->pauses)) {
        status_check_set(queue->check, STATUS_OK, "");
    }
    if (run != 0) {
        tell_listeners(queue, job, run);
    }
}

/* --- one take --- */

static void take_free(struct take **take)
{
    (void)pthread_mutex_destroy(&(*take)->job.lock);
    memory_free(&(*take)->job.path);
    import_claims_clear(&(*take)->job.replaced);
    memory_free(&(*take)->archive.path);
    memory_free(&(*take)->archive.name);
    memory_free(&(*take)->key);
    memory_free(take);
}

/* Out of the inbox, unless it is there already or stays. false: it is not to be run now. */
static bool claimed(struct take *take)
{
    struct run_job *job = &take->job;
    struct inbox_archive *archive = &take->archive;
    if (take->is_check || archive->claim) {
        job->path = checked_strdup(archive->path);
        job->claim = archive->claim ? inbox_claim_of(job->path) : NULL;
        return true;
    }
    job->outcome = RUN_BUSY;
    if (!inbox_claim(job->inbox, archive, &job->path, &job->fault)) {
        job->outcome = RUN_FAILED;
    }
    job->claim = job->path ? inbox_claim_of(job->path) : NULL;
    return job->path != NULL;
}

static void take_run(void *arg, void *context)
{
    struct take *take = arg;
    if (!take->archive.path || claimed(take)) {
        run_job_run(&take->job, context);
    }
}

static void take_ended(void *arg, bool was_run)
{
    struct take *take = arg;
    struct queue *queue = take->queue;
    bool is_failed = take->job.outcome == RUN_FAILED; /* then the timer looks again, and not at once */
    LIST_REMOVE(take, link);
    queue->running_count--;
    if (take->archive.path) {
        turn_end(&queue->turn, take->job.academy);
        if (was_run) {
            run_judge(queue, take);
        }
    } else if (was_run && is_failed) {
        log_fault("import_dead_runs_untold", &take->job.fault);
    } else {
        queue->dead_are_told = was_run;
    }
    take_free(&take);
    if (!queue->is_draining && !is_failed) {
        /* what comes next is not the work of who asked for this one */
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("");
        queue_look(queue);
    }
}

static void archive_copy(const struct inbox_archive *archive, struct inbox_archive *out_copy)
{
    *out_copy = *archive;
    out_copy->path = checked_strdup(archive->path);
    out_copy->name = checked_strdup(archive->name);
    out_copy->claim = archive->claim ? inbox_claim_of(out_copy->path) : NULL;
}

/* archive: NULL for the runs of a dead process. */
static bool take_begin(struct queue *queue, const struct inbox_archive *archive, bool is_check)
{
    struct take *take = checked_calloc(1, sizeof *take);
    take->queue = queue;
    take->is_check = is_check;
    take->job.owner = take;
    take->job.daemon = queue->daemon;
    take->job.inbox = &queue->inbox;
    take->job.keys = queue->keys;
    (void)pthread_mutex_init(&take->job.lock, NULL);
    if (archive) {
        archive_copy(archive, &take->archive);
        take->key = turn_key(archive);
        take->job.academy = archive->academy;
        take->job.name = take->archive.name;
        take->job.bytes_total = archive->upload.size;
    }
    if (!worker_submit(queue->runners, take_run, take_ended, take)) {
        take_free(&take);
        return false;
    }
    if (archive) {
        turn_begin(&queue->turn, archive->academy);
    }
    LIST_INSERT_HEAD(&queue->running, take, link);
    queue->running_count++;
    return true;
}

void queue_begin(struct queue *queue, const struct inbox_list *list)
{
    struct instant now = clock_now();
    if (queue->is_draining || !store_is_ready(queue->store)) {
        return;
    }
    if (!queue->dead_are_told) {
        if (queue->running_count == 0) {
            (void)take_begin(queue, NULL, false);
        }
        return;
    }
    const struct inbox_archive *next;
    bool is_check;
    while (queue->running_count < queue->running_max &&
           (next = turn_next(&queue->turn, list, &queue->pauses, now, &is_check)) != NULL &&
           take_begin(queue, next, is_check)) {
        queue->waiting -= queue->waiting > 0;
    }
}
