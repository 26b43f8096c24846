/* What is to be taken, and when: looks at the inboxes, runs archives of several academies at a time, tells of the end. On
 * the loop; the work itself is on threads, one that looks and import.parallel that run. Whose turn it is: turn.h. */
#pragma once

#include "bus/event.h"
#include "bus/service.h"
#include "crypto/key.h"
#include "domain/pace.h"
#include "import.pb-c.h"
#include "runtime/daemon.h"
#include "store/store.h"

struct queue;

/* Faults: CONFIG. */
MUST_USE bool queue_new(const struct daemon_run *run, struct store *store, struct publisher *publisher,
    const struct key_ring *keys, struct queue **out_queue, struct fault *fault);
/* Runs under way are ended first, with nothing changed. */
void queue_free(struct queue **queue);

/* Answers once what lies in the inboxes is known to be wanted, or queued to be checked. That archives are wanted outlives
 * this process, that they are to be checked does not. Refusals: not_found (academy), busy. */
void queue_ask(struct queue *queue, struct call *call, const Preau__Import__RunImportsRequest *request);

/* A held archive is taken again: its run's row says what was decided. */
void queue_release(struct queue *queue, academy_code academy, const char *claim);

/* Takes nothing new; what runs is ended, and done again after the next start. */
void queue_drain(struct queue *queue);
bool queue_is_idle(const struct queue *queue);

/* --- what is seen of it --- */

struct queue_progress {
    import_id run; /* 0: begun, and without its row yet */
    academy_code academy;
    int phase; /* enum run_phase */
    int64_t bytes_done, bytes_total;
    int steps_done, steps_total;
    int64_t records;
    struct pace pace; /* of bytes or steps, by the phase */
};

/* false: that run does not go on here. */
bool queue_progress_of(const struct queue *queue, import_id run, struct queue_progress *out_progress);
/* Of its phase, begun seconds as whole ones; 0: not known. */
int64_t queue_seconds_left(const struct queue_progress *progress);
/* Those that go on, at most `capacity`; how many that is. */
size_t queue_running(const struct queue *queue, struct queue_progress *out_progress, size_t capacity);
/* Archives whose turn has come and that are not begun, and those to be checked. */
size_t queue_waiting(const struct queue *queue);
/* When an archive of any academy was last integrated; not set: never, or not known yet. */
struct instant queue_latest(void *queue);
