#include "store/school_home.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct asking {
    school_home_loaded *home;
    refused_dates_loaded *dates;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void counts_from_row(const struct rows *rows, int row, struct home_counts *out_counts)
{
    *out_counts = (struct home_counts){
        .to_notify_by_mail = row_int64(rows, row, "to_notify_by_mail"),
        .to_notify_by_sheet = row_int64(rows, row, "to_notify_by_sheet"),
        .runs_out = row_int64(rows, row, "runs_out"),
        .has_run_out = row_int64(rows, row, "has_run_out"),
        .came_back = row_int64(rows, row, "came_back"),
        .without_contact = row_int64(rows, row, "without_contact"),
    };
    for (int state = 0; state < STATE_COUNT; state++) {
        out_counts->by_state[state] = row_int64(rows, row, state_code((enum account_state)state));
    }
}

static void home_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct school_home home = {0};
    for (int row = 0; rows && row < rows_count(rows); row++) {
        enum account_profile profile;
        bool known = profile_from_code(row_text(rows, row, "profile"), &profile);
        assert(known);
        counts_from_row(rows, row, &home.counts[profile]);
        home.integrated_at = row_instant(rows, row, "integrated_at");
    }
    asking->home(asking->arg, rows ? &home : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

void school_home_load(struct store *store, const struct listed_school *school, struct duration soon,
    school_home_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, school->academy.v);
    parameters_text(&parameters, school->uai.text);
    parameters_int64(&parameters, school->degree);
    parameters_duration(&parameters, soon);
    store_run_within(store, QUERY_SCHOOL_HOME, &parameters, PATIENCE, home_rows,
        asking_new((struct asking){.home = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void dates_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    /* one more than needed, so that an empty list is a list all the same */
    struct refused_date *dates = rows ? checked_calloc(count + 1, sizeof *dates) : NULL;
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        dates[i] = (struct refused_date){{(int16_t)row_int64(rows, row, "academy")}, {row_int64(rows, row, "id")},
            row_text(rows, row, "nom"), row_text(rows, row, "prenom"), row_instant(rows, row, "at"),
            row_instant(rows, row, "changed_at"), row_bool(rows, row, "is_over")};
    }
    int64_t total = count > 0 ? row_int64(rows, 0, "total") : 0;
    asking->dates(asking->arg, dates, count, total, rows ? NULL : fault);
    memory_free(&dates);
    memory_free(&asking);
}

void school_home_load_dates(struct store *store, const struct listed_school *school, struct instant since,
    int64_t limit, int64_t refusals, refused_dates_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, school->academy.v);
    parameters_text(&parameters, school->uai.text);
    parameters_instant(&parameters, since);
    parameters_int64(&parameters, limit);
    parameters_bool(&parameters, school->may[PROFILE_RESPONSABLE]);
    parameters_bool(&parameters, school->may[PROFILE_ELEVE]);
    parameters_int64(&parameters, refusals);
    store_run_within(store, QUERY_SCHOOL_HOME_DATES, &parameters, PATIENCE, dates_rows,
        asking_new((struct asking){.dates = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
