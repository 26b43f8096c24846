/* Threads for what may not run on the loop: Argon2, PDF, SMTP conversations, files.
 *
 * A job is a function and its data; while it runs, nobody else touches the data. Its completion is called on the loop.
 * The queue is bounded: worker_submit says false when it is full, and the caller answers "busy". */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct workers;

/* On a thread. `context` is what the thread's start hook gave (NULL without one). */
typedef void worker_run(void *job, void *context);
/* On the loop, exactly once for each accepted job, never inside worker_submit. was_run is false if the pool was stopped
 * before the job began. */
typedef void worker_done(void *job, bool was_run);

struct worker_options {
    const char *name;            /* of the threads, at most 15 bytes; static */
    unsigned threads;            /* at least 1 */
    size_t queue_limit;          /* jobs that wait, at least 1 */
    void *(*start)(void *arg);   /* on each thread before its first job (e.g. a curl handle); may be NULL */
    void (*stop)(void *context); /* on each thread after its last job; may be NULL */
    void *arg;                   /* of start */
};

NEVER_NULL MUST_USE struct workers *workers_new(struct loop *loop, const struct worker_options *options);

/* false: the queue is full or the pool is stopping; nothing was taken. `done` may be NULL. */
MUST_USE bool worker_submit(struct workers *workers, worker_run *run, worker_done *done, void *job);

/* Jobs that wait, and jobs that run. */
size_t workers_waiting(const struct workers *workers);
size_t workers_running(const struct workers *workers);

/* Takes no further jobs, hands waiting ones back by done(job, false), waits for running ones at most `bound` and calls
 * their done, all inside this call. false: a job still runs; its thread and the pool are left to the end of the
 * process. Sets *workers to NULL either way. */
bool workers_stop(struct workers **workers, struct duration bound);
