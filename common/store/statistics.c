#include "store/statistics.h"

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "store/query.h"

struct asking {
    /* whom to tell: one of the three */
    statistics_computed *computed;
    statistics_day_loaded *day_loaded;
    statistics_forgotten *forgotten;
    void *arg;
    /* of a snapshot, until the clock is known to be right */
    struct store *store;
    struct parameters parameters;
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

static void clock_judged(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct fault of_another_time = {0};
    struct parameters parameters = asking->parameters;
    if (rows && !row_bool(rows, 0, "is_right")) {
        fault_set(
            &of_another_time, FAULT_UNAVAILABLE, "statistics: no snapshot, this host's clock is not PostgreSQL's");
        fault_hint(&of_another_time, "Set the clock of this host right.");
        fault = &of_another_time;
    }
    if (fault) {
        asking->computed(asking->arg, NULL, fault);
        memory_free(&asking);
    } else {
        store_run(asking->store, QUERY_STATISTICS_COMPUTE, &parameters, compute_rows, asking);
    }
    parameters_clear(&parameters);
}

void statistics_compute(struct store *store, struct instant now, const struct audit_author *asked_by,
    statistics_computed *computed, void *arg)
{
    struct asking *asking = asking_new((struct asking){.computed = computed, .arg = arg, .store = store});
    struct parameters parameters;
    struct date day = clock_date(now);
    parameters_init(&asking->parameters);
    parameters_date(&asking->parameters, &day);
    parameters_int64(&asking->parameters, asked_by ? asked_by->administrator.v : 0);
    parameters_text(&asking->parameters, asked_by ? asked_by->operator_name : NULL);
    parameters_text(&asking->parameters, asked_by ? audit_action_code(AUDIT_STATISTICS_COMPUTED) : NULL);
    parameters_text(&asking->parameters, asked_by ? asked_by->trace : NULL);
    parameters_init(&parameters);
    parameters_instant(&parameters, now);
    store_run(store, QUERY_STATISTICS_CLOCK_IS_RIGHT, &parameters, clock_judged, asking);
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
