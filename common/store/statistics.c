#include "store/statistics.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Whom to tell: one of the three. */
struct asking {
    statistics_computed *computed;
    statistics_day_loaded *day_loaded;
    statistics_forgotten *forgotten;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void compute_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct statistics_totals totals = {0};
    if (rows) {
        totals.accounts = row_int64(rows, 0, "accounts");
        totals.schools = row_int64(rows, 0, "schools");
    }
    asking->computed(asking->arg, rows ? &totals : NULL, fault);
    memory_free(&asking);
}

void statistics_compute(
    struct store *store, struct date day, const struct audit_author *asked_by, statistics_computed *computed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_date(&parameters, &day);
    parameters_int64(&parameters, asked_by ? asked_by->administrator.v : 0);
    parameters_text(&parameters, asked_by ? asked_by->operator_name : NULL);
    parameters_text(&parameters, asked_by ? audit_action_code(AUDIT_STATISTICS_COMPUTED) : NULL);
    parameters_text(&parameters, asked_by ? asked_by->trace : NULL);
    store_run(store, QUERY_STATISTICS_COMPUTE, &parameters, compute_rows,
        asking_new((struct asking){.computed = computed, .arg = arg}));
    parameters_clear(&parameters);
}

static struct statistics_day day_of(const struct rows *rows)
{
    if (rows_count(rows) == 0) {
        return (struct statistics_day){0};
    }
    return (struct statistics_day){row_date(rows, 0, "day"), row_instant(rows, 0, "computed_at")};
}

static void day_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct statistics_day day = rows ? day_of(rows) : (struct statistics_day){0};
    asking->day_loaded(asking->arg, rows ? &day : NULL, fault);
    memory_free(&asking);
}

void statistics_load_day(struct store *store, statistics_day_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    store_run(store, QUERY_STATISTICS_LATEST_DAY, &parameters, day_rows,
        asking_new((struct asking){.day_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void forget_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->forgotten(asking->arg, rows ? row_int64(rows, 0, "cells") : 0, fault);
    memory_free(&asking);
}

void statistics_forget(struct store *store, struct date before, statistics_forgotten *forgotten, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_date(&parameters, &before);
    store_run(store, QUERY_STATISTICS_FORGET, &parameters, forget_rows,
        asking_new((struct asking){.forgotten = forgotten, .arg = arg}));
    parameters_clear(&parameters);
}
