#include "store/import.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const state_codes[] = {"running", "applied", "refused", "failed"};

const char *import_state_code(enum import_state state)
{
    return state_codes[state];
}

static enum import_state state_of(const char *code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(state_codes); i++) {
        if (strcmp(state_codes[i], code) == 0) {
            return (enum import_state)i;
        }
    }
    assert(false && "a state of import_run that its constraint does not allow");
    return IMPORT_FAILED;
}

size_t import_counters_read(const char *text, struct import_counter *counters)
{
    size_t count = 0;
    for (const char *line = text; line[0] && count < IMPORT_COUNTERS_MAX;) {
        struct import_counter *counter = &counters[count];
        if (sscanf(line, "%23s %15s %" SCNd64, counter->category, counter->what, &counter->count) == 3) {
            count++;
        }
        const char *end = strchr(line, '\n');
        line = end ? end + 1 : line + strlen(line);
    }
    return count;
}

static void run_of(const struct rows *rows, int row, struct import_run *out_run)
{
    *out_run = (struct import_run){
        .id.v = row_int64(rows, row, "id"),
        .academy.v = (int16_t)row_int64(rows, row, "academy"),
        .degree = (int)row_int64(rows, row, "degree"),
        .state = state_of(row_text(rows, row, "state")),
        .started_at = row_instant(rows, row, "started_at"),
        .finished_at = row_instant(rows, row, "finished_at"),
        .archive = row_text(rows, row, "archive"),
        .refusal = row_text(rows, row, "refusal"),
        .explanation = row_text(rows, row, "explanation"),
    };
    out_run->counter_count = import_counters_read(row_text(rows, row, "counters"), out_run->counters);
}

/* --- on the loop --- */

/* Whom to tell: one of the three. */
struct asking {
    import_runs_loaded *runs;
    import_refused_loaded *refused;
    import_dates_loaded *dates;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void runs_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct import_run *runs = checked_calloc(count + 1, sizeof *runs);
    for (size_t i = 0; i < count; i++) {
        run_of(rows, (int)i, &runs[i]);
    }
    asking->runs(asking->arg, rows ? runs : NULL, count, fault);
    memory_free(&runs);
    memory_free(&asking);
}

void import_list_runs(struct store *store, academy_code academy, int64_t limit, import_runs_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, limit);
    store_run(
        store, QUERY_IMPORT_RUN_LIST, &parameters, runs_rows, asking_new((struct asking){.runs = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void import_load_run(struct store *store, import_id run, import_runs_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    store_run(
        store, QUERY_IMPORT_RUN_LOAD, &parameters, runs_rows, asking_new((struct asking){.runs = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static const char *text_or_null(const struct rows *rows, int row, const char *column)
{
    return row_is_null(rows, row, column) ? NULL : row_text(rows, row, column);
}

static void refused_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    int count = rows ? rows_count(rows) : 0;
    struct import_refused *refused = checked_calloc((size_t)count + 1, sizeof *refused);
    for (int row = 0; row < count; row++) {
        refused[row] = (struct import_refused){
            .file = row_text(rows, row, "file"),
            .line = row_int64(rows, row, "line"),
            .category = row_text(rows, row, "category"),
            .aaf_id = text_or_null(rows, row, "aaf_id"),
            .attribute = text_or_null(rows, row, "attribute"),
            .code = row_text(rows, row, "code"),
            .value = text_or_null(rows, row, "value"),
        };
    }
    int64_t total = count > 0 ? row_int64(rows, 0, "total") : 0;
    asking->refused(asking->arg, rows ? refused : NULL, (size_t)count, total, fault);
    memory_free(&refused);
    memory_free(&asking);
}

void import_list_refused(struct store *store, import_id run, int64_t limit, import_refused_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    parameters_int64(&parameters, limit);
    store_run(store, QUERY_IMPORT_REFUSAL_LIST, &parameters, refused_rows,
        asking_new((struct asking){.refused = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void dates_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct import_date *dates = checked_calloc(count + 1, sizeof *dates);
    for (size_t i = 0; i < count; i++) {
        dates[i].academy.v = (int16_t)row_int64(rows, (int)i, "academy");
        dates[i].at = row_instant(rows, (int)i, "finished_at");
    }
    asking->dates(asking->arg, rows ? dates : NULL, count, fault);
    memory_free(&dates);
    memory_free(&asking);
}

void import_load_latest(struct store *store, import_dates_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    store_run(
        store, QUERY_IMPORT_LATEST, &parameters, dates_rows, asking_new((struct asking){.dates = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
