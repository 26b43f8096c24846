/* The schema's numbered migrations: compiled in, applied in order under an advisory lock, each in one transaction, and
 * remembered with their checksums in preau.migration. Forward only. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

/* The number of the last migration that this program knows. */
int migrate_wanted(void);

/* Called before (done = false) and after each migration. */
typedef void migrate_progress(void *arg, int number, const char *name, bool done);

/* Applies what is missing, as the owner of the schema (conninfo's user; it may create roles). `progress` may be NULL.
 * out_applied: how many were applied now.
 * Faults: CONFIG when the applied ones are not the beginning of ours (another text, a gap, a newer database): nothing
 * is done then; BUSY when another run, or a lock on a table, was waited for too long; DATABASE when a migration failed:
 * it is undone whole, those before it stay. */
MUST_USE bool migrate_run(
    const char *conninfo, migrate_progress *progress, void *arg, int *out_applied, struct fault *fault);

/* What is applied now; 0 for an empty database. Faults as above. Changes nothing. */
MUST_USE bool migrate_current(const char *conninfo, int *out_number, struct fault *fault);
