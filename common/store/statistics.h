/* Figures by school (guide 7): a snapshot a day, kept. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "domain/school.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stddef.h>
#include <stdint.h>

struct store;

struct statistics_day {
    struct date day; /* not valid: no snapshot was ever taken */
    struct instant computed_at;
};

struct statistics_totals {
    int64_t accounts, schools;
};

struct statistics_cell {
    enum account_profile profile;
    enum account_state state;
    enum account_origin origin;
    int64_t accounts;
};

/* NULL pointers with the fault; what is pointed to is lent for the call. */
typedef void statistics_computed(void *arg, const struct statistics_totals *totals, const struct fault *fault);
typedef void statistics_day_loaded(void *arg, const struct statistics_day *day, const struct fault *fault);
typedef void statistics_school_loaded(void *arg, const struct statistics_day *day, const struct statistics_cell *cells,
    size_t count, const struct fault *fault);

/* Takes the snapshot of `day`, in place of one taken earlier that day: one consistent statement. asked_by: who asked for it,
 * for the audit trail; NULL: the hour came. */
void statistics_compute(struct store *store, struct date day, const struct audit_author *asked_by,
    statistics_computed *computed, void *arg);
void statistics_load_day(struct store *store, statistics_day_loaded *loaded, void *arg);
/* The figures of a school on the last day that has a snapshot, as far as the administrator may see them: a day that is
 * not valid when there is none, or when the school is not the administrator's. */
void statistics_load_school(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    statistics_school_loaded *loaded, void *arg);
