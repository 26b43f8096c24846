/* Inside this room: how the subject files ask. Only the files of common/store include it (a test holds that). */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/parameters.h"
#include "store/query_table.h"
#include "store/rows.h"
#include "store/sqlstate.h"

struct store;

/* rows: the answer, lent for the call; NULL when *fault says why there is none. See sqlstate.h for faults that the
 * subject reads itself. outcome_unknown: the connection was lost while a statement that writes was running.
 * Reads that a lost connection cut are asked once more before that, on a connection that was made since. */
typedef void store_done(void *arg, const struct rows *rows, const struct fault *fault);

/* The values are copied: `parameters` may be cleared at once; NULL for a query without any. `done` is called exactly
 * once, never inside this call; NULL: nobody waits, faults are in the metrics. */
void store_run(struct store *store, enum query query, const struct parameters *parameters, store_done *done, void *arg);

/* The same with a bound for wait and run together, shorter than the options' statement_timeout: past it the statement
 * is cancelled, the fault is TIMEOUT, and the outcome of one that writes is unknown if it was running. */
void store_run_within(struct store *store, enum query query, const struct parameters *parameters, struct duration bound,
    store_done *done, void *arg);

/* "prepare name (types) as …": SQL's own form, because it takes the declared types of the parameters. Caller frees. */
FRESH_MEMORY char *query_prepare_statement(enum query query);
