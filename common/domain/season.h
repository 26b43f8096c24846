/*
 * Windows of the year, whatever the year: the summer in which nobody delivers, the upheaval of September. Both ends are
 * within; a window may pass over the new year.
 */
#pragma once

#include "domain/date.h"

#include <stdbool.h>

struct year_day {
    int8_t month, day;
};

struct season {
    struct year_day begins, ends;
};

/* `JJ/MM`, strictly; 29/02 is a day. False leaves `out_day` untouched. */
bool year_day_parse(const char *text, struct year_day *out_day);

bool season_contains(const struct season *season, struct date date);
