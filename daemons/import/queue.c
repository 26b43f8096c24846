#include "import/configured.h"
#include "import/queue_parts.h"

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <string.h>

#define STOP_BOUND SECONDS(10)

/* --- asking --- */

void queue_ask(struct queue *queue, struct call *call, const Preau__Import__RunImportsRequest *request)
{
    academy_code academy = {(int16_t)request->academy};
    if (request->academy != 0 && (request->academy > INT16_MAX || !academy_label(academy))) {
        call_refuse(call, REFUSAL_NOT_FOUND);
    } else if (queue->asker_count == ASKERS_MAX || queue->is_draining) {
        call_refuse(call, REFUSAL_BUSY);
    } else {
        struct asker *asker = &queue->askers[queue->asker_count++];
        *asker = (struct asker){.call = call, .academy = academy, .is_check = request->check, .by = request->by};
        file_name_show(request->archive, asker->archive);
        queue_look(queue);
    }
}

void queue_release(struct queue *queue, academy_code academy, const char *claim)
{
    if (turn_release(&queue->turn, academy, claim) && !queue->is_draining) {
        queue_look(queue);
    }
}

/* --- what is seen --- */

/* Of an archive something is read all the time, of writing only whole steps are seen. */
static struct pace run_pace(const struct run_job *job, const struct queue_progress *progress)
{
    struct pace_seen seen = {.elapsed = clock_since((struct tick){atomic_load(&job->phase_since)})};
    switch (progress->phase) {
    case RUN_PHASE_READING:
        seen.done = progress->bytes_done;
        seen.total = progress->bytes_total;
        seen.records = progress->records;
        seen.moved = seen.elapsed;
        break;
    case RUN_PHASE_APPLYING:
        seen.done = progress->steps_done;
        seen.total = progress->steps_total;
        seen.moved = (struct duration){atomic_load(&job->moved_at) - atomic_load(&job->phase_since)};
        break;
    default:
        break;
    }
    return pace_of(&seen);
}

static struct queue_progress progress_of(const struct take *take)
{
    const struct run_job *job = &take->job;
    struct queue_progress progress = {
        .run = {atomic_load(&job->run)},
        .academy = job->academy,
        .phase = atomic_load(&job->phase),
        .bytes_done = atomic_load(&job->bytes_done),
        .bytes_total = job->bytes_total,
        .steps_done = atomic_load(&job->steps_done),
        .steps_total = atomic_load(&job->steps_total),
        .records = atomic_load(&job->records),
    };
    progress.pace = run_pace(job, &progress);
    return progress;
}

bool queue_progress_of(const struct queue *queue, import_id run, struct queue_progress *out_progress)
{
    const struct take *take;
    LIST_FOREACH(take, &queue->running, link)
    {
        *out_progress = progress_of(take);
        if (take->archive.path && run.v != 0 && out_progress->run.v == run.v) {
            return true;
        }
    }
    *out_progress = (struct queue_progress){0};
    return false;
}

int64_t queue_seconds_left(const struct queue_progress *progress)
{
    return progress->pace.left_is_known ? (progress->pace.left.us + 999999) / 1000000 : 0;
}

size_t queue_running(const struct queue *queue, struct queue_progress *out_progress, size_t capacity)
{
    size_t count = 0;
    const struct take *take;
    LIST_FOREACH(take, &queue->running, link)
    {
        if (take->archive.path && count < capacity) {
            out_progress[count++] = progress_of(take);
        }
    }
    return count;
}

size_t queue_waiting(const struct queue *queue)
{
    return queue->waiting;
}

static const char *const run_list = "runs";

static void run_number(struct status *status, const char *name, int64_t value)
{
    status_row_number(status, run_list, name, value);
}

/* What is not known is not there. */
static void run_pace_show(struct status *status, const struct queue_progress *progress)
{
    const struct pace *pace = &progress->pace;
    if (progress->phase == RUN_PHASE_READING && pace->rate > 0) {
        run_number(status, "bytes_per_second", (int64_t)pace->rate);
        run_number(status, "records_per_second", (int64_t)pace->records_rate);
    }
    if (pace->left_is_known) {
        run_number(status, "seconds_left", queue_seconds_left(progress));
    }
}

static void run_show(struct status *status, const struct queue_progress *progress)
{
    static const char *const phases[] = {"preparing", "reading", "applying"};
    status_row_add(status, run_list);
    run_number(status, "run", progress->run.v);
    run_number(status, "academy", progress->academy.v);
    status_row_text(status, run_list, "phase", phases[progress->phase]);
    run_number(status, "steps_done", progress->steps_done);
    run_number(status, "steps_total", progress->steps_total);
    run_number(status, "bytes_done", progress->bytes_done);
    run_number(status, "bytes_total", progress->bytes_total);
    run_number(status, "records", progress->records);
    run_pace_show(status, progress);
}

static void archives_tell(const struct queue *queue)
{
    struct status *status = queue->daemon->status;
    bool is_known = queue->waiting > 0 && instant_is_set(queue->oldest);
    int64_t age = is_known ? instant_since(clock_now(), queue->oldest).us / 1000000 : 0;
    status_number_set(status, "archives_waiting", (int64_t)queue->waiting);
    status_number_set(status, "archives_oldest_seconds", age);
    status_number_set(status, "archives_held", (int64_t)queue->turn.held_count);
    metric_set(METRIC_IMPORT_WAITING, (double)queue->waiting);
    metric_set(METRIC_IMPORT_OLDEST, (double)age);
    metric_set(METRIC_IMPORT_HELD, (double)queue->turn.held_count);
}

static void numbers_refresh(void *arg)
{
    enum { RUNS_MAX = 30 }; /* of import.parallel */
    struct queue *queue = arg;
    struct status *status = queue->daemon->status;
    struct queue_progress running[RUNS_MAX];
    struct queue_progress sum = {0};
    size_t count = queue_running(queue, running, RUNS_MAX);
    status_list_clear(status, run_list);
    for (size_t i = 0; i < count; i++) {
        run_show(status, &running[i]);
        sum.bytes_done += running[i].bytes_done;
        sum.bytes_total += running[i].bytes_total;
        sum.records += running[i].records;
    }
    archives_tell(queue);
    status_number_set(status, "runs", (int64_t)count);
    metric_set(METRIC_IMPORT_RUNNING, (double)count);
    status_number_set(status, "run_bytes_done", sum.bytes_done);
    status_number_set(status, "run_bytes_total", sum.bytes_total);
    status_number_set(status, "run_records", sum.records);
    queue_late_look(queue);
    queue_academies_show(queue);
}

/* --- life --- */

static bool times_configure(struct queue *queue, const struct config *config, struct fault *fault)
{
    const char *const *times = config_list(config, CONFIG_IMPORT_TIMES);
    size_t count = 0;
    for (; times[count] && count < TIMES_MAX; count++) {
        if (!schedule_parse(times[count], &queue->times[count])) {
            return fault_set(fault, FAULT_CONFIG, "import.times: not a time of day");
        }
    }
    queue->inbox.times = queue->times;
    queue->inbox.time_count = count;
    return true;
}

static bool queue_configure(struct queue *queue, const struct config *config, struct fault *fault)
{
    queue->inbox = (struct inbox_options){
        .inbox_directory = config_text(config, CONFIG_IMPORT_INBOX_DIRECTORY),
        .archive_directory = config_text(config, CONFIG_IMPORT_ARCHIVE_DIRECTORY),
        .retention = config_duration(config, CONFIG_IMPORT_ARCHIVE_RETENTION),
        .work_directory = config_text(config, CONFIG_IMPORT_WORK_DIRECTORY),
        .settle = config_duration(config, CONFIG_IMPORT_SETTLE),
        .size_max = config_size(config, CONFIG_IMPORT_ARCHIVE_SIZE_MAX),
    };
    queue->running_max = (size_t)config_count(config, CONFIG_IMPORT_PARALLEL);
    struct import_hold_settings hold; /* a fault is told now, and not in the night */
    return season_configured(config, CONFIG_IMPORT_SUMMER_BEGINS, CONFIG_IMPORT_SUMMER_ENDS, &queue->summer, fault) &&
           hold_configured(config, &hold, fault) && times_configure(queue, config, fault);
}

/* An outcome that has never come is told as 0: what grows from nothing has not grown, to Prometheus, and its alert would
 * miss the first failure after each start. */
static void series_start(void)
{
    academy_code academy;
    for (size_t i = 0; academy_at(i, &academy); i++) {
        char label[8];
        academy_label_write(academy, label);
        metric_label_add(METRIC_IMPORT_LATEST, 1, label);
    }
    for (enum run_outcome outcome = 0; outcome < RUN_OUTCOME_COUNT; outcome++) {
        metric_add(METRIC_IMPORT_RUNS, 0, run_outcome_name(outcome));
    }
}

bool queue_new(const struct daemon_run *run, struct store *store, struct publisher *publisher,
    const struct key_ring *keys, struct queue **out_queue, struct fault *fault)
{
    struct queue *queue = checked_calloc(1, sizeof *queue);
    *queue = (struct queue){.daemon = run, .store = store, .publisher = publisher, .keys = keys};
    if (!queue_configure(queue, run->config, fault)) {
        memory_free(&queue);
        return false;
    }
    series_start();
    LIST_INIT(&queue->running);
    queue->check = status_check_add(run->status, "import", false);
    queue->overdue_check = status_check_add(run->status, "import_late", false);
    queue->disk_check = status_check_add(run->status, "disk", false);
    queue->inbox_check = status_check_add(run->status, "inbox", false);
    status_refresh(run->status, numbers_refresh, queue);
    const struct worker_options lookers = {.name = "import-look", .threads = 1, .queue_limit = 1};
    const struct worker_options runners = {
        .name = "import-run", .threads = (unsigned)queue->running_max, .queue_limit = queue->running_max};
    queue->lookers = workers_new(run->loop, &lookers);
    queue->runners = workers_new(run->loop, &runners);
    queue->timer = loop_timer(run->loop, queue_look, queue);
    timer_set(queue->timer, MILLISECONDS(200));
    *out_queue = queue;
    return true;
}

void queue_drain(struct queue *queue)
{
    struct take *take;
    queue->is_draining = true;
    timer_clear(queue->timer);
    LIST_FOREACH(take, &queue->running, link)
    {
        run_job_stop(&take->job);
    }
}

bool queue_is_idle(const struct queue *queue)
{
    return queue->running_count == 0 && !queue->looking;
}

void queue_free(struct queue **queue)
{
    if (*queue) {
        queue_drain(*queue);
        bool lookers_ended = workers_stop(&(*queue)->lookers, STOP_BOUND);
        bool runners_ended = workers_stop(&(*queue)->runners, STOP_BOUND);
        timer_cancel(&(*queue)->timer);
        pauses_clear(&(*queue)->pauses);
        turn_clear(&(*queue)->turn);
        if (lookers_ended && runners_ended) {
            inbox_memory_clear(&(*queue)->memory);
            memory_free(queue);
        }
        *queue = NULL; /* a thread that outlived its bound still uses it */
    }
}
