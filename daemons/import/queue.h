/* What is to be taken, and when: looks at the inboxes, runs one archive at a time, tells of the end. On the loop; the
 * work itself is on two threads, one that looks and one that runs. */
#pragma once

#include "bus/event.h"
#include "bus/service.h"
#include "crypto/key.h"
#include "import.pb-c.h"
#include "runtime/daemon.h"
#include "store/store.h"

struct queue;

MUST_USE bool queue_new(const struct daemon_run *run, struct store *store, struct publisher *publisher,
    const struct key_ring *keys, struct queue **out_queue, struct fault *fault);
/* A run under way is ended first, with nothing changed. */
void queue_free(struct queue **queue);

/* Answers once what lies in the inboxes is known to be wanted. Refusals: not_found (academy). */
void queue_ask(struct queue *queue, struct call *call, const Preau__Import__RunImportsRequest *request);

/* Takes nothing new; what runs is ended, and done again after the next start. */
void queue_drain(struct queue *queue);
bool queue_is_idle(const struct queue *queue);

struct queue_progress {
    import_id run; /* 0: none */
    int64_t bytes_done, bytes_total;
    size_t waiting; /* archives queued and not begun */
};
struct queue_progress queue_progress(const struct queue *queue);
