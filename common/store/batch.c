#include "store/batch.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <stdio.h>
#include <string.h>

struct asking {
    batches_loaded *loaded;
    batch_failures_loaded *failures_loaded;
    batch_parts_loaded *parts_loaded;
    batch_answer_loaded *answer_loaded;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static struct batch progress_from_row(const struct rows *rows, int row)
{
    struct batch batch = {
        .academy = {(int16_t)row_int64(rows, row, "academy")},
        .id = {row_int64(rows, row, "id")},
        .total = row_int64(rows, row, "total"),
        .waiting = row_int64(rows, row, "waiting"),
        .sent = row_int64(rows, row, "sent"),
        .failed = row_int64(rows, row, "failed"),
        .cancelled = row_int64(rows, row, "cancelled"),
    };
    snprintf(batch.uai.text, sizeof batch.uai.text, "%s", row_text(rows, row, "uai"));
    return batch;
}

static struct batch batch_from_row(const struct rows *rows, int row)
{
    struct batch batch = progress_from_row(rows, row);
    batch.is_mail = strcmp(row_text(rows, row, "channel"), "mail") == 0;
    batch.reset = row_bool(rows, row, "reset");
    batch.created_at = row_instant(rows, row, "created_at");
    batch.leaving = row_int64(rows, row, "leaving");
    return batch;
}

static void tell_batches(struct asking *asking, const struct rows *rows, const struct fault *fault,
    struct batch (*from_row)(const struct rows *, int))
{
    int row_count = rows ? rows_count(rows) : 0;
    struct batch *batches = checked_calloc((size_t)row_count + 1, sizeof *batches);
    size_t count = 0;
    for (int row = 0; row < row_count; row++) {
        if (!row_is_null(rows, row, "id")) { /* a school without any batch has one row of nulls */
            batches[count++] = from_row(rows, row);
        }
    }
    asking->loaded(asking->arg, row_count > 0, rows ? batches : NULL, count, fault);
    memory_free(&batches);
    memory_free(&asking);
}

static void batch_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    tell_batches(arg, rows, fault, batch_from_row);
}

static void progress_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    tell_batches(arg, rows, fault, progress_from_row);
}

static void run_for_school(struct store *store, enum query query, administrator_id administrator, academy_code academy,
    const char *uai, int64_t number, struct asking *asking)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, administrator.v);
    parameters_int64(&parameters, academy.v);
    parameters_text(&parameters, uai);
    parameters_int64(&parameters, number);
    store_run(store, query, &parameters, batch_rows, asking);
    parameters_clear(&parameters);
}

void batch_load(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    batch_id batch, batches_loaded *loaded, void *arg)
{
    run_for_school(store, QUERY_BATCH_LOAD, administrator, academy, uai, batch.v,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
}

void batch_list(struct store *store, administrator_id administrator, academy_code academy, const char *uai,
    int64_t limit, batches_loaded *loaded, void *arg)
{
    run_for_school(store, QUERY_BATCH_LIST, administrator, academy, uai, limit,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
}

static void failure_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct batch_failure *failures = checked_calloc(count + 1, sizeof *failures);
    for (int row = 0; row < (int)count; row++) {
        struct batch_failure *failure = &failures[row];
        failure->academy.v = (int16_t)row_int64(rows, row, "academy");
        failure->account.v = row_int64(rows, row, "account_id");
        snprintf(failure->nom, sizeof failure->nom, "%s", row_text(rows, row, "nom"));
        snprintf(failure->prenom, sizeof failure->prenom, "%s", row_text(rows, row, "prenom"));
        snprintf(failure->reason, sizeof failure->reason, "%s", row_text(rows, row, "reason"));
    }
    asking->failures_loaded(asking->arg, rows ? failures : NULL, count, fault);
    memory_free(&failures);
    memory_free(&asking);
}

void batch_load_failures(
    struct store *store, academy_code academy, batch_id batch, int64_t limit, batch_failures_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, batch.v);
    parameters_int64(&parameters, limit);
    store_run(store, QUERY_BATCH_FAILURES, &parameters, failure_rows,
        asking_new((struct asking){.failures_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void part_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    uint32_t *parts = checked_calloc(count + 1, sizeof *parts);
    for (size_t i = 0; i < count; i++) {
        parts[i] = (uint32_t)row_int64(rows, (int)i, "part");
    }
    asking->parts_loaded(asking->arg, rows ? parts : NULL, count, fault);
    memory_free(&parts);
    memory_free(&asking);
}

void batch_load_parts(struct store *store, academy_code academy, batch_id batch, batch_parts_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, batch.v);
    store_run(store, QUERY_BATCH_PARTS, &parameters, part_rows,
        asking_new((struct asking){.parts_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void answer_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_kept = rows && rows_count(rows) > 0;
    size_t length = is_kept ? row_bytes(rows, 0, "answer", NULL, 0) : 0;
    unsigned char *bytes = checked_calloc(length + 1, 1);
    if (is_kept) {
        row_bytes(rows, 0, "answer", bytes, length);
    }
    asking->answer_loaded(asking->arg, is_kept ? bytes : NULL, length, rows ? NULL : fault);
    memory_free(&bytes);
    memory_free(&asking);
}

void batch_load_answer(struct store *store, academy_code academy, batch_id batch, const char *method,
    batch_answer_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, batch.v);
    parameters_text(&parameters, method);
    store_run(store, QUERY_BATCH_ANSWER, &parameters, answer_rows,
        asking_new((struct asking){.answer_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void batch_load_progress(struct store *store, const int64_t *academies, const int64_t *batches, size_t count,
    batches_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64_array(&parameters, academies, count);
    parameters_int64_array(&parameters, batches, count);
    store_run(store, QUERY_BATCH_PROGRESS, &parameters, progress_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
