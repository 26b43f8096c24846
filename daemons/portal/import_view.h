/* An import as the pages show it: the parts that the list and the report have in common. */
#pragma once

#include "domain/import_figures.h"
#include "import.pb-c.h"
#include "template/template.h"

#include <stdbool.h>

bool import_goes_on(const Preau__Import__Run *run);
/* Of a run, or of none: NULL. At most IMPORT_FIGURES_MAX; how many. */
size_t import_counts_of(const Preau__Import__Run *run, struct import_count counts[IMPORT_FIGURES_MAX]);
uint64_t import_counted(const Preau__Import__Run *run, const char *category, const char *what);

/* ID, HREF, STARTED, DURATION, ACADEMY, DEGREE, ARCHIVE, STATE_LABEL, STATE_KIND (of the design system's badges). */
void import_view_run(struct view *view, const Preau__Import__Run *run);
/* PERCENT and PROGRESS, in words: how far, how fast, how long yet. */
void import_view_progress(struct view *view, const Preau__Import__Run *run);
