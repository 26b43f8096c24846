/* When next? Local times of the day in the house's zone (clock_zone_set), right on the days when the clock changes. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"

#include <stdbool.h>
#include <stddef.h>

struct day_time {
    int hour, minute;
};

/* "08:20" or "8:20"; false if it is not a time of day. */
MUST_USE bool schedule_parse(const char *text, struct day_time *out_time);

/* The first occurrence strictly after `after`. A local time that the spring change skips happens when the clock jumps
 * (02:30 becomes 03:30 summer time); one that autumn repeats happens once, the first time. */
struct instant schedule_next(struct instant after, struct day_time time);
/* The earliest of several; count >= 1. */
struct instant schedule_next_of(struct instant after, const struct day_time *times, size_t count);
/* The latest occurrence at or before `instant`: to catch up after an outage. */
struct instant schedule_previous(struct instant instant, struct day_time time);
