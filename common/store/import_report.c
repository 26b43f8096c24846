#include "store/import_report.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Whom to tell: one of the three. */
struct asking {
    import_refused_loaded *refused;
    import_codes_loaded *codes;
    import_schools_loaded *schools;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static const char *text_or_null(const struct rows *rows, int row, const char *column)
{
    return row_is_null(rows, row, column) ? NULL : row_text(rows, row, column);
}

/* --- what was refused --- */

static void refused_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct import_refused *refused = checked_calloc(count + 1, sizeof *refused);
    for (int row = 0; row < (int)count; row++) {
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
    asking->refused(asking->arg, rows ? refused : NULL, count, fault);
    memory_free(&refused);
    memory_free(&asking);
}

void import_list_refused(
    struct store *store, const struct import_refused_choice *choice, import_refused_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, choice->run.v);
    parameters_text(&parameters, choice->code);
    parameters_int64(&parameters, choice->offset);
    parameters_int64(&parameters, choice->limit);
    store_run(store, QUERY_IMPORT_REFUSAL_LIST, &parameters, refused_rows,
        asking_new((struct asking){.refused = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

/* --- codes --- */

static void codes_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct import_code_count *codes = checked_calloc(count + 1, sizeof *codes);
    for (int row = 0; row < (int)count; row++) {
        codes[row] = (struct import_code_count){row_text(rows, row, "code"), row_int64(rows, row, "count")};
    }
    asking->codes(asking->arg, rows ? codes : NULL, count, fault);
    memory_free(&codes);
    memory_free(&asking);
}

void import_list_codes(struct store *store, import_id run, import_codes_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    store_run(store, QUERY_IMPORT_CODE_LIST, &parameters, codes_rows,
        asking_new((struct asking){.codes = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

/* --- schools --- */

static void schools_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct import_school_counter *counters = checked_calloc(count + 1, sizeof *counters);
    for (int row = 0; row < (int)count; row++) {
        counters[row] = (struct import_school_counter){
            .uai = row_text(rows, row, "uai"),
            .name = row_text(rows, row, "name"),
            .category = row_text(rows, row, "category"),
            .what = row_text(rows, row, "what"),
            .count = row_int64(rows, row, "count"),
        };
    }
    asking->schools(asking->arg, rows ? counters : NULL, count, fault);
    memory_free(&counters);
    memory_free(&asking);
}

void import_list_schools(struct store *store, import_id run, int64_t limit, import_schools_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, run.v);
    parameters_int64(&parameters, limit);
    store_run(store, QUERY_IMPORT_SCHOOL_COUNTER_LIST, &parameters, schools_rows,
        asking_new((struct asking){.schools = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
