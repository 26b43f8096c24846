/* Inside queue, queue_look and queue_take: the queue itself. */
#pragma once

#include "domain/season.h"
#include "import/inbox.h"
#include "import/inbox_exchange.h"
#include "import/overdue.h"
#include "import/pause.h"
#include "import/queue.h"
#include "import/run.h"
#include "import/turn.h"
#include "runtime/worker.h"

#include <sys/queue.h>

enum { ASKERS_MAX = 64, TIMES_MAX = 24 };

struct asker {
    struct call *call;
    academy_code academy;               /* 0: all */
    char archive[FILE_NAME_SHOWN_SIZE]; /* "": all */
    bool is_check;
    const char *by; /* the request's */
};

/* One archive under way. What is not in `job` is the loop's alone. */
struct take {
    struct run_job job;
    struct queue *queue;
    struct inbox_archive archive; /* as the look saw it */
    char *key;                    /* turn_key */
    bool is_check;
    LIST_ENTRY(take) link;
};

struct queue {
    const struct daemon_run *daemon;
    struct store *store;
    struct publisher *publisher;
    const struct key_ring *keys;
    struct status_check *check, *overdue_check, *disk_check, *inbox_check;
    struct inbox_options inbox;
    struct day_time times[TIMES_MAX];
    struct season summer;
    struct workers *lookers, *runners;
    struct timer *timer;
    struct look *looking;       /* NULL: nobody looks */
    struct inbox_memory memory; /* the looking thread's alone, as the next */
    struct inbox_exchange exchange;
    LIST_HEAD(, take) running;
    size_t running_count, running_max;
    struct asker askers[ASKERS_MAX];
    size_t asker_count;
    struct turn turn;
    struct pauses pauses;
    struct overdue overdue;
    struct instant retained_at;
    size_t waiting;
    struct instant oldest; /* of those that wait, when it came; not set: none */
    bool is_draining, dead_are_told, dates_are_known;
};

/* queue_look.c */
void queue_look(void *queue); /* a loop_callback */
void queue_late_look(struct queue *queue);
/* The list "academies" of /status: those that were integrated once, or are waited for. */
void queue_academies_show(const struct queue *queue);
void queue_dates_load(struct queue *queue);

/* queue_take.c */
/* As many archives as may run at a time. */
void queue_begin(struct queue *queue, const struct inbox_list *list);
void academy_label_write(academy_code academy, char out_label[8]);
