/* The runs that go on, a line each at the foot of a terminal; nothing where standard error is none. */
#pragma once

#include "ctl/command.h"
#include "import.pb-c.h"

#include <stdbool.h>

enum { IMPORT_PROGRESS_RUNS = 10 };

struct import_progress {
    bool is_shown;
    unsigned lines; /* on the screen */
};

struct import_progress import_progress_begin(const struct ctl *ctl);
void import_progress_show(struct import_progress *progress, const Preau__Import__ListRunsReply *runs);
/* The lines are taken away. */
void import_progress_end(struct import_progress *progress);
