/* Looks at the inboxes, on their thread, and what follows from what was seen. */
#include "import/queue_parts.h"

#include "import/asked.h"
#include "import/disk.h"
#include "import/inbox_asked.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/import.h"

#include <string.h>

/* What has to rest is looked at again soon: it is taken when it has rested, not a scan later. */
#define REST_LOOK SECONDS(1)
#define RETAIN_EVERY DAYS(1)

/* One look; those who asked meanwhile wait for the next. */
struct look {
    struct queue *queue;
    struct inbox_options inbox;
    struct instant now;
    bool retains; /* what is old is removed this time */
    struct asker askers[ASKERS_MAX];
    size_t asker_count;
    struct inbox_list list;
    bool done;
    struct fault fault;
    char disk[DISK_TEXT_SIZE]; /* "": there is room */
    char exchange[INBOX_EXCHANGE_TEXT_SIZE];
};

/* --- on the thread --- */

static void retain(const struct look *look)
{
    size_t count, dropped;
    struct fault fault;
    if (!inbox_retain(&look->inbox, look->now, &count, &fault)) {
        log_fault("archives_not_removed", &fault);
    }
    if (!inbox_retain_dropped(&look->inbox, look->now, &look->queue->memory, &dropped, &fault)) {
        log_fault("archives_not_removed", &fault);
    }
    if (count + dropped > 0) {
        log_event(LOG_INFO, "archives_removed", F("count", count + dropped));
    }
}

static void look_run(void *arg, void *context)
{
    (void)context;
    struct look *look = arg;
    look->done = true;
    for (size_t i = 0; i < look->asker_count && look->done; i++) {
        const struct asker *asker = &look->askers[i];
        look->done = asker->is_check || inbox_ask(&look->inbox, asker->academy, asker->archive, &look->fault);
    }
    look->done = look->done && inbox_scan(&look->inbox, look->now, &look->queue->memory, &look->list, &look->fault);
    if (look->retains && look->done) {
        retain(look);
    }
    /* here and not where it is asked for: it may wait */
    disk_look(&look->inbox, config_size(look->queue->daemon->config, CONFIG_IMPORT_DISK_FREE_MIN), look->disk);
    inbox_exchange_look(&look->inbox, &look->queue->exchange, look->exchange);
}

/* --- answering --- */

static bool is_asked_for(const struct queue *queue, const struct asker *asker, const struct inbox_archive *archive)
{
    bool is_there =
        archive->claim ? !asker->is_check && !turn_is_held(&queue->turn, archive) : !archive->upload.has_partial;
    return is_there && (asker->academy.v == 0 || asker->academy.v == archive->academy.v) &&
           (!asker->archive[0] || strcmp(asker->archive, archive->name) == 0);
}

static void asker_answer(struct queue *queue, const struct asker *asker, const struct look *look)
{
    Preau__Import__RunImportsReply reply = PREAU__IMPORT__RUN_IMPORTS_REPLY__INIT;
    if (!look->done) {
        call_fail(asker->call, &look->fault);
        return;
    }
    for (size_t i = 0; i < look->list.count; i++) {
        const struct inbox_archive *archive = &look->list.archives[i];
        if (is_asked_for(queue, asker, archive)) {
            reply.archives += !asker->is_check || turn_check_add(&queue->turn, archive->academy, archive->name);
        }
    }
    if (asker->is_check) {
        call_answer(asker->call, &reply.base);
    } else {
        asked_remember(queue->store, asker->call, asker->academy, asker->by, reply.archives);
    }
}

/* --- judging --- */

static bool is_taken(const struct queue *queue, const struct inbox_archive *archive)
{
    const struct take *take;
    LIST_FOREACH(take, &queue->running, link)
    {
        const struct upload *upload = &take->archive.upload;
        if (take->archive.path && upload->inode == archive->upload.inode && upload->device == archive->upload.device) {
            return true;
        }
    }
    return false;
}

static void waiting_count(struct queue *queue, const struct inbox_list *list)
{
    struct instant now = clock_now();
    queue->waiting = queue->turn.check_count;
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        queue->waiting += turn_waits(&queue->turn, archive, &queue->pauses, now) && !is_taken(queue, archive);
    }
}

/* Of those that wait once as many run as may. */
static void oldest_find(struct queue *queue, const struct inbox_list *list)
{
    struct instant now = clock_now();
    queue->oldest = (struct instant){0};
    for (size_t i = 0; i < list->count; i++) {
        const struct inbox_archive *archive = &list->archives[i];
        bool is_older = !instant_is_set(queue->oldest) || instant_before(archive->arrived_at, queue->oldest);
        if (is_older && turn_waits(&queue->turn, archive, &queue->pauses, now) && !is_taken(queue, archive)) {
            queue->oldest = archive->arrived_at;
        }
    }
}

/* Those of archives that went say nothing any more. */
static void pauses_review(struct queue *queue, const struct inbox_list *list)
{
    if (turn_is_stale(&queue->turn)) {
        return;
    }
    pauses_review_begin(&queue->pauses);
    for (size_t i = 0; i < list->count; i++) {
        char *key = turn_key(&list->archives[i]);
        pause_keep(&queue->pauses, key);
        memory_free(&key);
    }
    pauses_review_end(&queue->pauses);
}

/* Those for which nobody gave a word in time are taken once more, for their run to end (run.c). */
static void held_end(struct queue *queue, const struct look *look)
{
    struct instant before = {look->now.us - inbox_patience(&look->inbox).us};
    for (size_t i = 0; i < look->list.count; i++) {
        const struct inbox_archive *archive = &look->list.archives[i];
        if (turn_is_held(&queue->turn, archive) && instant_before(archive->arrived_at, before)) {
            (void)turn_release(&queue->turn, archive->academy, archive->claim);
        }
    }
}

static void look_judge(struct queue *queue, const struct look *look)
{
    const struct inbox_list *list = &look->list;
    status_check_set(queue->disk_check, look->disk[0] ? STATUS_DEGRADED : STATUS_OK, look->disk);
    status_check_set(queue->inbox_check, look->exchange[0] ? STATUS_DEGRADED : STATUS_OK, look->exchange);
    if (!look->done) {
        log_fault("inbox_unreadable", &look->fault);
        status_check_set(queue->check, STATUS_DEGRADED, look->fault.text);
        return;
    }
    turn_look_end(&queue->turn, list);
    held_end(queue, look);
    pauses_review(queue, list);
    if (list->trouble.code != FAULT_NONE) {
        status_check_set(queue->check, STATUS_DEGRADED, list->trouble.text);
    } else if (!pauses_any_failed(&queue->pauses)) {
        status_check_set(queue->check, STATUS_OK, "");
    }
    for (size_t i = 0; i < list->academy_count; i++) {
        overdue_expect(&queue->overdue, list->academies[i], look->now);
    }
    queue_late_look(queue);
    waiting_count(queue, list);
    queue_begin(queue, list);
    oldest_find(queue, list);
}

static void next_look_set(struct queue *queue, const struct inbox_list *list)
{
    struct duration interval = config_duration(queue->daemon->config, CONFIG_IMPORT_SCAN_INTERVAL);
    bool is_soon = list->is_resting || queue->turn.check_count > 0;
    timer_set(queue->timer, is_soon && duration_longer(interval, REST_LOOK) ? REST_LOOK : interval);
    if (queue->asker_count > 0 || turn_is_stale(&queue->turn)) {
        queue_look(queue);
    }
}

static void look_ended(void *arg, bool was_run)
{
    struct look *look = arg;
    struct queue *queue = look->queue;
    queue->looking = NULL;
    for (size_t i = 0; was_run && i < look->asker_count; i++) {
        asker_answer(queue, &look->askers[i], look);
    }
    if (was_run) {
        look_judge(queue, look);
    }
    if (!queue->is_draining) {
        next_look_set(queue, &look->list);
    }
    inbox_list_clear(&look->list);
    memory_free(&look);
}

void queue_look(void *arg)
{
    struct queue *queue = arg;
    if (queue->looking) {
        return;
    }
    struct look *look = checked_calloc(1, sizeof *look);
    look->queue = queue;
    look->inbox = queue->inbox;
    look->now = clock_now();
    struct duration since = instant_since(look->now, queue->retained_at);
    look->retains = !duration_longer(RETAIN_EVERY, since) || since.us < 0; /* or the clock was wrong then */
    memcpy(look->askers, queue->askers, sizeof look->askers);
    look->asker_count = queue->asker_count;
    if (!worker_submit(queue->lookers, look_run, look_ended, look)) {
        memory_free(&look);
        timer_set(queue->timer, SECONDS(1));
        return;
    }
    queue->retained_at = look->retains ? look->now : queue->retained_at;
    queue->asker_count = 0;
    queue->looking = look;
    turn_look_begin(&queue->turn);
    if (!queue->dates_are_known) {
        queue_dates_load(queue);
    }
}

/* --- who is late --- */

/* Nobody is late in summer. */
static struct duration patience(const struct queue *queue, struct instant now)
{
    return season_contains(&queue->summer, clock_date(now))
               ? DAYS(366)
               : config_duration(queue->daemon->config, CONFIG_IMPORT_LATE_AFTER);
}

void queue_late_look(struct queue *queue)
{
    char text[OVERDUE_TEXT_SIZE];
    struct instant now = clock_now();
    if (!queue->dates_are_known) {
        return;
    }
    size_t count = overdue_tell(&queue->overdue, now, patience(queue, now), text);
    status_check_set(queue->overdue_check, count > 0 ? STATUS_DEGRADED : STATUS_OK, count > 0 ? text : "");
}

struct instant queue_latest(void *arg)
{
    const struct queue *queue = arg;
    struct instant latest = {0};
    for (size_t i = 0; i < queue->overdue.count; i++) {
        struct instant one = queue->overdue.list[i].success;
        latest = instant_before(latest, one) ? one : latest;
    }
    return latest;
}

static void academy_show(const struct queue *queue, const struct overdue_academy *one, struct instant now)
{
    static const char list[] = "academies";
    struct status *status = queue->daemon->status;
    const char *label = academy_label(one->academy);
    char text[CLOCK_TEXT_SIZE] = "";
    status_row_add(status, list);
    status_row_number(status, list, "academy", one->academy.v);
    status_row_text(status, list, "name", label ? label : "");
    if (instant_is_set(one->success)) {
        clock_format(one->success, text);
        status_row_number(status, list, "age_seconds", instant_since(now, one->success).us / 1000000);
    }
    status_row_text(status, list, "last_success", text);
    status_row_number(status, list, "late", overdue_is_late(one, now, patience(queue, now)));
}

void queue_academies_show(const struct queue *queue)
{
    struct instant now = clock_now();
    status_list_clear(queue->daemon->status, "academies");
    for (size_t i = 0; queue->dates_are_known && i < queue->overdue.count; i++) {
        academy_show(queue, &queue->overdue.list[i], now);
    }
}

static void dates_loaded(void *arg, const struct import_date *dates, size_t count, const struct fault *fault)
{
    struct queue *queue = arg;
    if (!dates) {
        log_event(LOG_NOTICE, "import_dates_unknown", F("fault", fault));
        return;
    }
    queue->dates_are_known = true;
    for (size_t i = 0; i < count; i++) {
        char label[8];
        academy_label_write(dates[i].academy, label);
        metric_set(METRIC_IMPORT_LATEST, (double)dates[i].at.us / 1e6, label);
        overdue_succeed(&queue->overdue, dates[i].academy, dates[i].at);
    }
    queue_late_look(queue);
}

void queue_dates_load(struct queue *queue)
{
    if (store_is_ready(queue->store)) {
        import_load_latest(queue->store, dates_loaded, queue);
    }
}
