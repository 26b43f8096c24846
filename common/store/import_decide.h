/* A person's word on a run that is held. On the loop. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>

struct store;

/* What was found; NULL with the fault. */
struct import_decided {
    bool is_known;    /* there is such a run */
    bool is_done;     /* it was held, and nobody had decided: the word is taken */
    bool is_replaced; /* it was held, until a better delivery came */
    academy_code academy;
    const char *claim; /* lent for the call; "" none */
};
typedef void import_run_decided(void *arg, const struct import_decided *decided, const struct fault *fault);

/* author: the operator, by name. */
void import_decide(struct store *store, import_id run, bool approve, const struct audit_author *author,
    import_run_decided *decided, void *arg);
