/* Bounds on failed tries: of a password, of a birth date. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum { ATTEMPT_SUBJECTS = 2, ATTEMPT_SUBJECT_SIZE = 160 };

/* What is counted, the person's own first: "sign-in:j.dupont:192.0.2.7", then "address:192.0.2.7", each with the tries
 * allowed in the window. */
struct attempt {
    char subjects[ATTEMPT_SUBJECTS][ATTEMPT_SUBJECT_SIZE];
    int64_t allowed[ATTEMPT_SUBJECTS];
    size_t count;
};

struct attempt_bounds {
    struct duration window, delay;
};

/* delayed: a subject must wait. fault: NULL when known. */
typedef void attempt_judged(void *arg, bool delayed, const struct fault *fault);
/* fault: NULL when it is counted. */
typedef void attempt_counted(void *arg, const struct fault *fault);

void attempt_judge(struct store *store, const struct attempt *attempt, attempt_judged *judged, void *arg);
/* Tell the person only afterwards: a try that is not counted is a free one. */
void attempt_count_failure(struct store *store, const struct attempt *attempt, const struct attempt_bounds *bounds,
    attempt_counted *counted, void *arg);
/* The person got it right: the first subject begins anew. That of the address does not, or whoever has one account
 * could try others for ever. Nobody is told: at worst the person waits after a later mistake. */
void attempt_forget(struct store *store, const struct attempt *attempt);
void attempt_erase_old(struct store *store);
