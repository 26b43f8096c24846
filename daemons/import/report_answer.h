/* Runs and what they tell, as values of the store, into the messages that answer; in the answer's arena. Pure. */
#pragma once

#include "import.pb-c.h"
#include "import/queue.h"
#include "runtime/arena.h"
#include "store/import_report.h"

/* progress: of a run that goes on; NULL: it does not, here. NULL when the arena is full. */
Preau__Import__Run *answer_run(
    struct arena *arena, const struct import_run *run, const struct queue_progress *progress);
void answer_refused(
    struct arena *arena, const struct import_refused *refused, size_t count, Preau__Import__GetReportReply *reply);
/* The total of `refused` is that of `code`, "": of all. */
void answer_codes(struct arena *arena, const struct import_code_count *codes, size_t count, const char *code,
    Preau__Import__GetReportReply *reply);
void answer_schools(struct arena *arena, const struct import_school_counter *counters, size_t count,
    Preau__Import__GetReportReply *reply);
