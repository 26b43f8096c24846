/* The store as the configuration says (sections database): what every daemon opens at its start. */
#pragma once

#include "runtime/daemon.h"
#include "store/blocking.h"
#include "store/store.h"

/* The pool, under the daemon's own role, with the status checks "database" and "clock". */
NEVER_NULL MUST_USE struct store *store_open_configured(const struct daemon_run *run);

/* The same, for who cannot wait as long as database.statement_timeout allows. */
NEVER_NULL MUST_USE struct store *store_open_configured_within(const struct daemon_run *run, struct duration bound);

/* Beside the pool, one connection for statements that no page waits for and that may take so long. */
NEVER_NULL MUST_USE struct store *store_open_patient(const struct daemon_run *run, struct duration statement_timeout);

/* A straight-line connection under the same role; statement_timeout 0: none, for work in mass. */
MUST_USE bool session_open_configured(
    const struct daemon_run *run, struct duration statement_timeout, struct session **out_session, struct fault *fault);
