/* A straight-line connection for work that is not on the loop: importd's run on its thread, preauctl, migrations.
 * One thread at a time, but for session_cancel. Subject files of this room offer what may be asked with it. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct session;

struct session_options {
    const char *conninfo;  /* libpq's */
    const char *user;      /* NULL or "" leaves it to conninfo */
    const char *passfiles; /* database.passfile_directory (passfile.h); NULL or "": none */
    const char *program;   /* application_name, with the request in scope when it is opened (log_request()) */
    struct duration statement_timeout; /* of each statement; zero is none */
    struct duration connect_timeout;   /* zero: libpq's own */
};

/* Faults: UNAVAILABLE. The caller owns the session; an open transaction ends with it, undone. */
MUST_USE bool session_open(const struct session_options *options, struct session **out_session, struct fault *fault);
void session_close(struct session **session);

/* The database holds the schema that this program was built for. Fault CONFIG otherwise. */
MUST_USE bool session_check_schema(struct session *session, struct fault *fault);

MUST_USE bool session_begin(struct session *session, struct fault *fault);
/* A lost connection leaves the outcome unknown (fault->outcome_unknown). Fault DATABASE when a statement of the
 * transaction had failed: everything is undone. */
MUST_USE bool session_commit(struct session *session, struct fault *fault);
/* Also right when nothing is open, and in the middle of a COPY. */
void session_rollback(struct session *session);

/* From any thread, while the session is open: ends the statement that runs (fault TIMEOUT, sqlstate 57014). Blocks for
 * one round trip. Does nothing if none runs. */
void session_cancel(struct session *session);
