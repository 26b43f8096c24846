#include "domain/refusal.h"

#include <assert.h>
#include <string.h>

struct refusal_row {
    const char *code;
    int status;
    const char *sentence;
    const char *next;
};

/* clang-format off */ /* its version 14 crashes on a directive inside an aligned table */
static const struct refusal_row rows[REFUSAL_COUNT] = {
    [REFUSAL_NONE] = {"none", 200, "", ""},
#define REFUSAL(name, code, status, sentence, next) [REFUSAL_##name] = {code, status, sentence, next},
#include "domain/refusal.def"
#undef REFUSAL
};
/* clang-format on */

static const struct refusal_row *refusal_row(enum refusal refusal)
{
    assert((unsigned)refusal < REFUSAL_COUNT);
    return &rows[refusal];
}

const char *refusal_code(enum refusal refusal)
{
    return refusal_row(refusal)->code;
}

bool refusal_from_code(const char *code, enum refusal *out_refusal)
{
    for (unsigned i = 0; i < REFUSAL_COUNT; i++) {
        if (strcmp(rows[i].code, code) == 0) {
            *out_refusal = (enum refusal)i;
            return true;
        }
    }
    return false;
}

int refusal_status(enum refusal refusal)
{
    return refusal_row(refusal)->status;
}

const char *refusal_sentence(enum refusal refusal)
{
    return refusal_row(refusal)->sentence;
}

const char *refusal_next(enum refusal refusal)
{
    return refusal_row(refusal)->next;
}
