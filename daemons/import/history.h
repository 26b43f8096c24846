/* What is answered of runs: their list, their report; to whom may see their academy. */
#pragma once

#include "bus/service.h"
#include "import.pb-c.h"
#include "import/queue.h"
#include "store/store.h"

struct history;

/* queue: asked for the progress of the runs that go on. */
NEVER_NULL MUST_USE struct history *history_new(struct store *store, const struct queue *queue);
void history_free(struct history **history);

/* Refusals: malformed, not_found (the caller sees no such academy, or none). */
void history_list(struct history *history, struct call *call, const Preau__Import__ListRunsRequest *request);
/* Refusals: not_found. */
void history_report(struct history *history, struct call *call, const Preau__Import__GetReportRequest *request);
