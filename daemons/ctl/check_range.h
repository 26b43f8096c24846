/* A threshold of the Monitoring Plugins (their Development Guidelines, "Threshold and Ranges"): when does a value alert?
 *
 *   10      below 0 or above 10          10:     below 10             ~:10    above 10
 *   10:20   below 10 or above 20         @10:20  from 10 to 20, both included */
#pragma once

#include "runtime/attributes.h"

#include <stdbool.h>

struct check_range {
    double start, end; /* -INFINITY for "~", INFINITY for nothing behind the colon */
    bool alerts_inside;
};

/* false: it is none, or its start is above its end. */
MUST_USE bool check_range_parse(const char *text, struct check_range *out_range);
bool check_range_alerts(const struct check_range *range, double value);
