#include "store/import.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const state_codes[] = {"running", "applied", "refused", "failed", "held", "checked", "repeated"};

const char *import_state_code(enum import_state state)
{
    return state_codes[state];
}

enum import_state import_state_from_code(const char *code)
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
        .kind = row_text(rows, row, "kind"),
        .generated_on = row_text(rows, row, "generated_on"),
        .checks = row_bool(rows, row, "checks"),
        .state = import_state_from_code(row_text(rows, row, "state")),
        .started_at = row_instant(rows, row, "started_at"),
        .finished_at = row_instant(rows, row, "finished_at"),
        .archive = row_text(rows, row, "archive"),
        .refusal = row_text(rows, row, "refusal"),
        .explanation = row_text(rows, row, "explanation"),
        .records = row_int64(rows, row, "records"),
        .previous.v = row_int64(rows, row, "previous_id"),
        .decision = row_text(rows, row, "decision"),
        .decided_by = row_text(rows, row, "decided_by"),
        .decided_at = row_instant(rows, row, "decided_at"),
    };
    out_run->counter_count = import_counters_read(row_text(rows, row, "counters"), out_run->counters);
}

/* --- on the loop --- */

/* Whom to tell: one of the two. */
struct asking {
    import_runs_loaded *runs;
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

void import_list_runs(struct store *store, const struct import_choice *choice, import_runs_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, choice->academy.v);
    if (choice->among) {
        parameters_int64_array(&parameters, choice->among, choice->among_count);
    } else {
        parameters_null(&parameters);
    }
    parameters_int64(&parameters, choice->limit);
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
