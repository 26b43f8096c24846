/* What the house lets go of after its time (retention.sql). Over a session that is in no transaction: each call is one of
 * bounded size, and gives how many it dealt with, 0 when nothing is left to do. */
#pragma once

#include "domain/lifecycle.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct session;

/* For this session alone, until it closes; *out_taken false: another process is at it. */
MUST_USE bool retention_lock(struct session *session, bool *out_taken, struct fault *fault);

/* Open accounts that nothing has attached since `before` or longer, the oldest first; at most `capacity`. */
MUST_USE bool retention_load_detached(struct session *session, struct instant before,
    struct stored_account *out_accounts, size_t capacity, size_t *out_count, struct fault *fault);
/* Stores what `action`, which closes, made of these at `at`, but for those that changed since they were loaded. */
MUST_USE bool retention_close(struct session *session, enum account_action action, struct instant at,
    const struct lifecycle_outcome *outcomes, size_t count, int64_t *out_closed, struct fault *fault);

/* Accounts closed since `before` or longer, and all that is the person's but the identifier. */
MUST_USE bool retention_erase_accounts(struct session *session, struct instant before, size_t limit,
    int64_t *out_accounts, int64_t *out_persons, struct fault *fault);
/* Records departed since `before` or longer that no account needs. */
MUST_USE bool retention_erase_persons(
    struct session *session, struct instant before, size_t limit, int64_t *out_persons, struct fault *fault);
/* Runs begun at `before` or earlier, and their reports. */
MUST_USE bool retention_erase_runs(
    struct session *session, struct instant before, size_t limit, int64_t *out_runs, struct fault *fault);
