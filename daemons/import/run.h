/* One archive, from where it was claimed to the archive folder, on a thread. See run.c for its transactions and for what a
 * crash leaves at each instant. */
#pragma once

#include "crypto/key.h"
#include "import/inbox.h"
#include "runtime/daemon.h"
#include "store/import.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>

struct session;

enum run_outcome {
    RUN_APPLIED,
    RUN_REFUSED,
    RUN_FAILED,     /* the archive stays claimed, and is taken again later */
    RUN_REPEATED,   /* dealt with before: only put away */
    RUN_BUSY,       /* another process works on this academy */
    RUN_HELD,       /* waits, claimed, for a person's word */
    RUN_CHECKED,    /* read and judged without any change; the archive stays where it is */
    RUN_UNFINISHED, /* cut off, and young: given back to the inbox, where its upload may go on */
    RUN_OUTCOME_COUNT
};

const char *run_outcome_name(enum run_outcome outcome);

enum run_phase { RUN_PHASE_NOTHING, RUN_PHASE_READING, RUN_PHASE_APPLYING };

struct run_job {
    /* given */
    void *owner; /* for the completion */
    const struct daemon_run *daemon;
    const struct inbox_options *inbox;
    const struct key_ring *keys;
    academy_code academy;
    char *path;        /* a file or a folder; NULL: only runs whose process died are told so */
    const char *name;  /* as it was dropped, in `path` or apart */
    const char *claim; /* NULL: it was not claimed, it is only checked */

    /* while it runs: the archive, opened once, so that what is digested and what is read are one and the same */
    int file;

    /* seen while it runs, from any thread */
    _Atomic int64_t run, bytes_done, records;
    _Atomic int phase, steps_done, steps_total; /* enum run_phase */
    _Atomic int64_t phase_since, moved_at;      /* ticks: the phase began, its last step was made */
    int64_t bytes_total;
    atomic_bool is_stopping;
    pthread_mutex_t lock;
    struct session *session; /* under the lock: for run_job_stop */

    /* given back */
    enum run_outcome outcome;
    enum refusal refusal;
    struct fault fault; /* of RUN_FAILED */
    struct import_counter counters[IMPORT_COUNTERS_MAX];
    size_t counter_count;
    struct import_claims replaced; /* held ones that it put an end to, if it committed; the receiver's to clear */
    struct duration duration;
};

/* For worker_submit: takes a struct run_job. */
void run_job_run(void *job, void *context);
/* From any thread: ends it soon, with nothing changed. */
void run_job_stop(struct run_job *job);
