/* When a mail that did not leave is tried again, and when it is given up. Pure. */
#pragma once

#include "domain/delivery_reason.h"
#include "domain/types.h"

#include <stdbool.h>

struct retry_bounds {
    struct duration first, max, give_up_after;
};

/* The point in time of the next try: the first pause, doubled at each try up to the longest. False: the mail is older
 * than give_up_after, or would be at that try. attempt: of the try that failed, from 1. */
bool retry_next(const struct retry_bounds *bounds, int64_t attempt, struct instant created_at, struct instant now,
    struct instant *out_due_at);
