/* The daemons' way to PostgreSQL: a pool of connections on the loop, seen from outside this room.
 *
 * What may be asked is what the subject files of this room offer (account.h, batch.h, …); there is no general query
 * function for others. Each statement is one transaction: nothing is held across the loop. Connections come back by
 * themselves, with growing pauses, when PostgreSQL restarts; what was asked meanwhile waits for its bound.
 *
 * A completion is called exactly once for what was asked, on a later turn of the loop, never inside the call that
 * asked, and within the log's scope of who asked. PostgreSQL knows it too: application_name is "preau-notifyd REQUEST".
 * What a fault means for who asked is told by sqlstate.h. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/loop.h"
#include "runtime/status.h"

#include <stdbool.h>

struct store;

enum { STORE_POOL_MAX = 100 }; /* config database.pool_size */

struct store_options {
    const char *conninfo;              /* libpq's, without user */
    const char *user;                  /* the daemon's role, "preau_notify"; "" leaves it to conninfo */
    const char *passfiles;             /* database.passfile_directory (passfile.h); NULL or "": none */
    const char *program;               /* application_name, "preau-notifyd"; behind it the request that is worked for */
    unsigned pool_size;                /* 1 to STORE_POOL_MAX */
    unsigned queue_limit;              /* statements that wait for a connection; beyond: FAULT_BUSY */
    struct duration statement_timeout; /* held by the server, and here for wait and run together */
    struct duration connect_timeout;   /* for one try to connect */
    struct duration retry_max;         /* longest pause between two tries to connect */
    struct status *status;             /* gets the checks "database", required, and "clock"; may be NULL */
};

/* Gives the pool at once; it connects by itself and, if need be, waits for the schema to be migrated. The caller owns
 * it; strings of the options are copied. */
NEVER_NULL MUST_USE struct store *store_open(struct loop *loop, const struct store_options *options);

/* Tells all that waits or runs that it failed (UNAVAILABLE), inside this call, and closes the connections; the server
 * is asked to cancel what ran. Not from within a completion. */
void store_close(struct store **store);

/* No statement waits or runs, and every completion has returned. */
bool store_is_idle(const struct store *store);

/* A connection is up, its database holds the schema that this program was built for, and PostgreSQL answers. */
bool store_is_ready(const struct store *store);

/* For /status: statements that wait, connections that are up. */
unsigned store_waiting(const struct store *store);
unsigned store_connections(const struct store *store);
