#include "store/delivery_return.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>

struct asking {
    delivery_returns_recorded *recorded;
    void *arg;
};

static void recorded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct delivery_returned returned[DELIVERY_RETURNS_MAX];
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    assert(count <= DELIVERY_RETURNS_MAX); /* each row was asked for */
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        returned[i] = (struct delivery_returned){
            .academy = {(int16_t)row_int64(rows, row, "academy")},
            .id = {row_int64(rows, row, "id")},
            .batch_academy = {(int16_t)row_int64(rows, row, "batch_academy")},
            .batch = {row_int64(rows, row, "batch_id")},
        };
    }
    asking->recorded(asking->arg, rows ? returned : NULL, count, fault);
    memory_free(&asking);
}

void delivery_record_returns(struct store *store, const struct returned_mail *mails, size_t count, unsigned tries,
    delivery_returns_recorded *recorded, void *arg)
{
    int64_t academies[DELIVERY_RETURNS_MAX], numbers[DELIVERY_RETURNS_MAX], attempts[DELIVERY_RETURNS_MAX];
    const char *reasons[DELIVERY_RETURNS_MAX];
    assert(count <= DELIVERY_RETURNS_MAX);
    for (size_t i = 0; i < count; i++) {
        academies[i] = mails[i].academy.v;
        numbers[i] = mails[i].id.v;
        attempts[i] = mails[i].attempt;
        reasons[i] = delivery_reason_code(mails[i].reason);
    }
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = (struct asking){recorded, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64_array(&parameters, academies, count);
    parameters_int64_array(&parameters, numbers, count);
    parameters_int64_array(&parameters, attempts, count);
    parameters_int64(&parameters, tries);
    parameters_text_array(&parameters, reasons, count);
    store_run(store, QUERY_DELIVERY_RETURNED, &parameters, recorded_rows, asking);
    parameters_clear(&parameters);
}
