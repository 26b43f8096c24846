/* When the academies' data are taken in (guide 1.3), as the pages tell it. Pure, but for the zone of clock.h. */
#pragma once

#include "domain/season.h"
#include "runtime/config.h"
#include "runtime/fault.h"
#include "runtime/schedule.h"

#include <stdbool.h>
#include <stddef.h>

enum { IMPORT_CLOCK_TIMES_MAX = 24 };

struct import_clock {
    struct day_time times[IMPORT_CLOCK_TIMES_MAX];
    size_t count; /* at least 1 */
    struct duration late_after;
    struct season summer; /* academies deliver nothing, and nobody is late */
};

/* importd's own settings, which a host of pages only has as well. Faults: CONFIG. */
MUST_USE bool import_clock_configure(const struct config *config, struct import_clock *out_clock, struct fault *fault);

struct instant import_clock_next(const struct import_clock *clock, struct instant now);
/* The first that can hold what is corrected now in ONDE or SIECLE: the academies' exports are made at night. */
struct instant import_clock_correction(const struct import_clock *clock, struct instant now);
/* Is what was integrated then too old now? */
bool import_clock_is_overdue(const struct import_clock *clock, struct instant integrated_at, struct instant now);
