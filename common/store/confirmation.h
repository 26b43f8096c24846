/* Links that were mailed to prove that an address is the person's (guide 1.1, step 5). */
#pragma once

#include "domain/account.h"
#include "domain/lifecycle.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

struct confirmation {
    struct account account; /* whose it is */
    bool is_expired, is_used, is_superseded;
};

/* confirmation: lent for the call; NULL without a fault: there is none. */
typedef void confirmation_loaded(void *arg, const struct confirmation *confirmation, const struct fault *fault);
typedef void confirmation_applied(void *arg, const struct fault *fault);

void confirmation_load(
    struct store *store, academy_code academy, int64_t number, confirmation_loaded *loaded, void *arg);

/* The link was followed: the account as decided is stored, the address counts, the link is used up. Stale when the
 * account or the link changed since they were loaded (sqlstate.h). */
void confirmation_apply(struct store *store, const struct lifecycle_outcome *outcome, int64_t number,
    confirmation_applied *applied, void *arg);
