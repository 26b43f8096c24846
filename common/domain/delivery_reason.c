#include "domain/delivery_reason.h"

#include <assert.h>
#include <string.h>

struct reason_row {
    const char *code;
    const char *sentence;
};

/* clang-format off */ /* its version 14 crashes on a directive inside an aligned table */
static const struct reason_row rows[DELIVERY_REASON_COUNT] = {
    [DELIVERY_REASON_NONE] = {"none", ""},
#define DELIVERY_REASON(name, code, sentence) [DELIVERY_REASON_##name] = {code, sentence},
#include "domain/delivery_reason.def"
#undef DELIVERY_REASON
};
/* clang-format on */

static const struct reason_row *reason_row(enum delivery_reason reason)
{
    assert((unsigned)reason < DELIVERY_REASON_COUNT);
    return &rows[reason];
}

const char *delivery_reason_code(enum delivery_reason reason)
{
    return reason_row(reason)->code;
}

bool delivery_reason_from_code(const char *code, enum delivery_reason *out_reason)
{
    for (unsigned i = 0; i < DELIVERY_REASON_COUNT; i++) {
        if (strcmp(rows[i].code, code) == 0) {
            *out_reason = (enum delivery_reason)i;
            return true;
        }
    }
    return false;
}

const char *delivery_reason_sentence(enum delivery_reason reason)
{
    return reason_row(reason)->sentence;
}
