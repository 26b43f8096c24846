/* Undoing a merge, for the operator: on a thread, over a session of its own. */
#pragma once

#include "bus/service.h"
#include "crypto/key.h"
#include "import.pb-c.h"
#include "runtime/daemon.h"

struct merges;

/* keys: borrowed. */
NEVER_NULL MUST_USE struct merges *merges_new(const struct daemon_run *run, const struct key_ring *keys);
void merges_free(struct merges **merges);

/* Refusals: not_allowed, malformed, not_found, import_running, busy. */
void merge_undo(struct merges *merges, struct call *call, const Preau__Import__UndoMergeRequest *request);
