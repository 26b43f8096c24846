/* The runs that go on, a line each at the foot of a terminal; nothing where standard error is none. */
#pragma once

#include "ctl/command.h"
#include "import.pb-c.h"
#include "runtime/clock.h"

enum { IMPORT_PROGRESS_RUNS = 10 };

/* What a run had done when it was first seen in its phase, and when it was last seen to move: rates are counted from the
 * one to the other, so that the time that is left does not grow while a long step lasts. */
struct import_progress_run {
    int64_t run;
    Preau__Import__RunPhase phase;
    struct tick since, moved;
    uint64_t done, records; /* at first */
    uint64_t latest;
};

struct import_progress {
    bool is_shown;
    unsigned lines; /* on the screen */
    struct import_progress_run runs[IMPORT_PROGRESS_RUNS];
};

struct import_progress import_progress_begin(const struct ctl *ctl);
void import_progress_show(struct import_progress *progress, const Preau__Import__ListRunsReply *runs);
/* The lines are taken away. */
void import_progress_end(struct import_progress *progress);
