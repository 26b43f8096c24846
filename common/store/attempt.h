/* Bounds on tries: of a password, of a birth date. A try is counted before it is judged: many at once are not more than
 * many in a row. */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum { ATTEMPT_SUBJECTS = 3, ATTEMPT_SUBJECT_SIZE = 160 };

/* What is counted, the person's own first: "sign-in:j.dupont:192.0.2.7", then "sign-in:192.0.2.7". */
struct attempt {
    char subjects[ATTEMPT_SUBJECTS][ATTEMPT_SUBJECT_SIZE];
    int64_t allowed[ATTEMPT_SUBJECTS];         /* tries in the window */
    struct duration longest[ATTEMPT_SUBJECTS]; /* that a delay may become */
    size_t count;
    /* A try is counted of no subject behind one that must wait: its flood is nothing to whoever is around. */
    bool is_in_turn;
};

struct attempt_bounds {
    struct duration window, delay; /* delay: the first; each is twice the one before, within a day */
};

/* granted: the try may be judged; else a subject must wait. */
typedef void attempt_begun(void *arg, bool granted, const struct fault *fault);

void attempt_begin(struct store *store, const struct attempt *attempt, const struct attempt_bounds *bounds,
    attempt_begun *begun, void *arg);
/* The three below tell nobody: at worst the person waits after a later mistake. */

/* The try was right: the first subject begins anew; the others get the try back, for whoever has one account could
 * otherwise try others for ever. */
void attempt_succeed(struct store *store, const struct attempt *attempt);
/* It came to no judgement. */
void attempt_give_back(struct store *store, const struct attempt *attempt);
void attempt_erase_old(struct store *store);
