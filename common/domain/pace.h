/*
 * How fast something goes that is done piece by piece, and how long it takes yet: the same for whoever shows it.
 */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stdint.h>

/* What is seen of it. Pieces that come one by one are counted up to the last one, so that the time that is left goes down
 * while a long one lasts. */
struct pace_seen {
    int64_t done, total; /* pieces: bytes, steps */
    int64_t records;     /* what else is counted on the way */
    struct duration elapsed;
    struct duration moved; /* of it, until `done` was what it is */
};

struct pace {
    double rate, records_rate; /* a second; 0: not known */
    bool left_is_known;
    struct duration left;
};

/* Nothing of a first moment, which says nothing. */
struct pace pace_of(const struct pace_seen *seen);
