/* Time. The only caller of clock_gettime: rules get `now` as a parameter.
 *
 * In a test build the civil clock can be moved: PREAU_CLOCK="+86400" shifts it by seconds; PREAU_CLOCK_FILE=/path names
 * a file that holds such a shift and is looked at again at most every 100 ms. The monotonic clock is never moved. */
#pragma once

#include "domain/date.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <time.h>

struct instant clock_now(void);
/* What the kernel dates by: a file's st_ctim, for one. */
struct instant clock_instant(struct timespec time);

/* Monotonic: only differences mean something. For timers, deadlines and latencies. */
struct tick {
    int64_t us;
};
struct tick clock_tick(void);
struct duration clock_since(struct tick then);

/* The house has one civil time zone (config time.zone). Called once, before threads start. Faults: CONFIG when the
 * system does not know the zone. */
MUST_USE bool clock_zone_set(const char *zone, struct fault *fault);

struct civil_time {
    int year, month, day; /* month 1-12, day 1-31 */
    int hour, minute, second;
    int offset_seconds; /* east of UTC */
};
/* Local in the house's zone. */
struct civil_time clock_local(struct instant instant);
struct date clock_date(struct instant instant);
/* The first instant of a day in the house's zone; of the day so many days later. */
struct instant clock_day_start(struct date date, int days_later);

/* "2026-09-01T08:20:00.123Z" */
enum { CLOCK_TEXT_SIZE = 32 };
void clock_format(struct instant instant, char out_text[static CLOCK_TEXT_SIZE]);
/* "2026-09-01 10:20:00", in the house's zone, as spreadsheets read it. */
void clock_format_local(struct instant instant, char out_text[static CLOCK_TEXT_SIZE]);
