/* What a PostgreSQL server needs before the first migration: the daemons' roles and the database. Run once by an operator, as
 * a role that may create both; a second time it changes nothing. It takes nothing away that it did not make. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>

/* LOGIN: a role that is there and may not connect; ENTRANCE: the right of a role to come in */
enum prepare_what { PREPARE_ROLE, PREPARE_LOGIN, PREPARE_DATABASE, PREPARE_ENTRANCE };
enum prepare_outcome { PREPARE_KEPT, PREPARE_DONE, PREPARE_WANTED }; /* the last: it would be done, but for a dry run */

/* name: of the role or the database. */
typedef void prepare_progress(void *arg, enum prepare_what what, const char *name, enum prepare_outcome outcome);

struct prepare_options {
    const char *conninfo;     /* whose dbname is the database to be */
    const char *maintenance;  /* the database that is there already: "postgres" */
    const char *const *roles; /* each may come in; the first makes temporary tables too */
    size_t role_count;
    bool is_dry_run;
    prepare_progress *progress;
    void *arg;
};

/* All is looked at before anything is changed. out_is_there: the database was there, or is now.
 * Faults: CONFIG, with nothing changed: the server is older than PREPARE_SERVER_LEAST or only reads, the role may not create,
 * a role of ours may do more than its work, the database has another encoding than UTF8; UNAVAILABLE; DATABASE. */
enum { PREPARE_SERVER_LEAST = 150000 };
MUST_USE bool prepare_server(const struct prepare_options *options, bool *out_is_there, struct fault *fault);
