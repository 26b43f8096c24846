/* The snapshot of the figures: at its hour, after an outage, or when asked for. */
#pragma once

#include "bus/event.h"
#include "bus/service.h"
#include "runtime/daemon.h"
#include "store/store.h"

struct snapshot;

MUST_USE bool snapshot_new(const struct daemon_run *run, struct store *store, struct publisher *publisher,
    struct snapshot **out_snapshot, struct fault *fault);
/* Breaks off what runs: its askers are told, so before the service is closed. */
void snapshot_free(struct snapshot **snapshot);

/* Answers the call when the snapshot is there. by: who asks, as the operator names themselves. */
void snapshot_take(struct snapshot *snapshot, struct call *call, const char *by);
