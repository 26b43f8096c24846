/* The snapshots of the figures (guide 7): taken, kept, let go of. What they say: figures.h. */
#pragma once

#include "domain/date.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdint.h>

struct store;

struct statistics_day {
    struct date day; /* not valid: no snapshot was ever taken */
    struct instant computed_at;
};

struct statistics_totals {
    int64_t accounts, schools; /* each account once */
};

/* NULL pointers with the fault; what is pointed to is lent for the call. */
typedef void statistics_computed(void *arg, const struct statistics_totals *totals, const struct fault *fault);
typedef void statistics_day_loaded(void *arg, const struct statistics_day *day, const struct fault *fault);
/* cells: how many numbers of schools are gone; 0 with the fault. */
typedef void statistics_forgotten(void *arg, int64_t cells, const struct fault *fault);

/* Takes the snapshot of the day that it is, in place of one taken earlier that day: one consistent statement. asked_by: who asked for
 * it, for the audit trail; NULL: the hour came. Fault UNAVAILABLE: PostgreSQL's clock says another time than `now`, so that history
 * would be written over, or a day to come shown until it comes. */
void statistics_compute(struct store *store, struct instant now, const struct audit_author *asked_by,
    statistics_computed *computed, void *arg);
void statistics_load_day(struct store *store, statistics_day_loaded *loaded, void *arg);
/* Lets go of what schools had before `before`; academies and the nation keep theirs. */
void statistics_forget(struct store *store, struct date before, statistics_forgotten *forgotten, void *arg);
