#include "store/batch_change.h"

#include "domain/delivery_reason.h"
#include "runtime/memory.h"
#include "store/delivery.h"
#include "store/query.h"

#include <string.h>

struct asking {
    batch_cancel_done *done;
    batch_rest_loaded *loaded;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void batch_of(struct parameters *parameters, const struct selection_asked *asked, batch_id batch)
{
    parameters_init(parameters);
    parameters_int64(parameters, asked->administrator.v);
    parameters_int64(parameters, asked->academy.v);
    parameters_text(parameters, asked->uai);
    parameters_int64(parameters, batch.v);
}

static bool is_mail(const struct rows *rows)
{
    return strcmp(row_text(rows, 0, "channel"), "mail") == 0;
}

static void cancel_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    if (rows && rows_count(rows) > 0) {
        const struct batch_cancelled cancelled = {
            .is_repeat = row_bool(rows, 0, "is_repeat"),
            .is_mail = is_mail(rows),
            .stopped = row_int64(rows, 0, "stopped"),
            .cancelled = row_int64(rows, 0, "cancelled"),
        };
        asking->done(asking->arg, &cancelled, fault);
    } else {
        asking->done(asking->arg, NULL, fault);
    }
    memory_free(&asking);
}

void batch_cancel(
    struct store *store, const struct selection_asked *asked, batch_id batch, batch_cancel_done *done, void *arg)
{
    struct parameters parameters;
    batch_of(&parameters, asked, batch);
    parameters_text(&parameters, delivery_reason_code(DELIVERY_REASON_CANCELLED));
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    parameters_text(&parameters, audit_action_code(AUDIT_BATCH_CANCELLED));
    parameters_text(&parameters, asked->trace);
    parameters_text(&parameters, DELIVERY_CANCELLED_EVENT);
    store_run(
        store, QUERY_BATCH_CANCEL, &parameters, cancel_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static unsigned char *answer_copy(const struct rows *rows, struct batch_rest *rest)
{
    if (row_is_null(rows, 0, "stored_answer")) {
        return NULL;
    }
    rest->stored_answer_length = row_bytes(rows, 0, "stored_answer", NULL, 0);
    unsigned char *answer = checked_calloc(rest->stored_answer_length + 1, 1);
    row_bytes(rows, 0, "stored_answer", answer, rest->stored_answer_length);
    return answer;
}

static void rest_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t size = rows ? (size_t)rows_count(rows) : 0;
    if (size == 0) {
        asking->loaded(asking->arg, NULL, fault);
        memory_free(&asking);
        return;
    }
    int64_t *numbers = checked_calloc(2 * size, sizeof *numbers);
    struct batch_rest rest = {.is_mail = is_mail(rows), .academies = numbers, .ids = numbers + size};
    unsigned char *answer = answer_copy(rows, &rest);
    rest.stored_answer = answer;
    for (int row = 0; row < (int)size; row++) {
        if (!row_is_null(rows, row, "account_id")) { /* a batch without any has one row of nulls */
            numbers[rest.count] = row_int64(rows, row, "academy");
            numbers[size + rest.count++] = row_int64(rows, row, "account_id");
        }
    }
    asking->loaded(asking->arg, &rest, fault);
    memory_free(&numbers);
    memory_free(&answer);
    memory_free(&asking);
}

void batch_load_rest(struct store *store, const struct selection_asked *asked, batch_id batch, bool is_cancelled,
    batch_rest_loaded *loaded, void *arg)
{
    struct parameters parameters;
    batch_of(&parameters, asked, batch);
    parameters_text(&parameters, is_cancelled ? "cancelled" : "failed");
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    store_run(
        store, QUERY_BATCH_REST, &parameters, rest_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}
