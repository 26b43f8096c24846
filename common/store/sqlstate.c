#include "store/sqlstate.h"

#include <stddef.h>
#include <string.h>

/* By prefix, the first that fits; what is not here is FAULT_DATABASE. */
static const struct meaning {
    const char *sqlstate;
    enum fault_code code;
    bool is_retryable;
} meanings[] = {
    {SQLSTATE_STALE, FAULT_BUSY,        false}, /* the value changed meanwhile: decide again, do not just repeat */
    {"40001",        FAULT_BUSY,        true }, /* serialisation */
    {"40P01",        FAULT_BUSY,        true }, /* deadlock */
    {"55P03",        FAULT_BUSY,        true }, /* a lock was not to be had in time */
    {"57014",        FAULT_TIMEOUT,     false}, /* statement_timeout, or cancelled */
    {"57P",          FAULT_UNAVAILABLE, true }, /* the server stops or starts */
    {"53300",        FAULT_UNAVAILABLE, true }, /* too many connections */
    {"08",           FAULT_UNAVAILABLE, true },
};

static const struct meaning *meaning_of(const char *sqlstate)
{
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++) {
        if (strncmp(sqlstate, meanings[i].sqlstate, strlen(meanings[i].sqlstate)) == 0) {
            return &meanings[i];
        }
    }
    return NULL;
}

enum fault_code sqlstate_fault_code(const char *sqlstate)
{
    const struct meaning *meaning = meaning_of(sqlstate);
    return meaning ? meaning->code : FAULT_DATABASE;
}

bool fault_is_of_server(const struct fault *fault)
{
    static const char *const classes[] = {
        "53",    /* insufficient resources: disk full, out of memory */
        "58",    /* system error: a file cannot be read or written */
        "XX001", /* a damaged page */
        "XX002", /* a damaged index */
        "25006", /* a standby, or made read only */
    };
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strncmp(fault->sqlstate, classes[i], strlen(classes[i])) == 0) {
            return true;
        }
    }
    return false;
}

bool fault_is_stale(const struct fault *fault)
{
    return strcmp(fault->sqlstate, SQLSTATE_STALE) == 0;
}

bool fault_is_repeated(const struct fault *fault)
{
    return strcmp(fault->sqlstate, SQLSTATE_REPEATED) == 0;
}

bool fault_is_retryable(const struct fault *fault)
{
    if (fault->outcome_unknown) {
        return false;
    }
    if (fault->sqlstate[0] == '\0') {
        return fault->code == FAULT_BUSY || fault->code == FAULT_UNAVAILABLE;
    }
    const struct meaning *meaning = meaning_of(fault->sqlstate);
    return meaning && meaning->is_retryable;
}
