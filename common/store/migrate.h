/* The schema's numbered migrations: compiled in, applied in order under an advisory lock, each in one transaction or in a
 * few steps, and remembered with their checksums in preau.migration. Forward only.
 *
 * They are made while everybody works. A lock is asked for a moment, given up, and asked for again; and who waits for the
 * migration is looked at all the time: before anyone has waited for a second, it is undone and tried again. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

/* The number of the last migration that this program knows. */
int migrate_wanted(void);

/* Who stands in the way, or was kept waiting: one of them. */
struct migrate_obstacle {
    bool has_waited;                /* someone waited for the migration, else it waited for someone */
    int pid;                        /* of PostgreSQL; 0: not known any more */
    char program[64];               /* application_name, else what kind of process: "autovacuum worker" */
    char table[128];                /* which the lock is of, with its schema; or the lock's kind */
    struct duration in_transaction; /* how long that one's has lasted; 0: not known, which the owner may not be told */
};

/* Called before (done = false) and after each migration. */
typedef void migrate_progress(void *arg, int number, const char *name, bool done);
/* Called when a try was given up, before the pause. */
typedef void migrate_waits(
    void *arg, int number, const char *name, const struct migrate_obstacle *obstacle, struct duration pause);

struct migrate_telling {
    migrate_progress *progress; /* may be NULL */
    migrate_waits *waits;       /* may be NULL */
    void *arg;
    struct duration patience; /* how long one step is tried while a lock is not to be had */
};

#define MIGRATE_PATIENCE MINUTES(1)

/* Applies what is missing, as the owner of the schema (conninfo's user; it may create roles). out_applied: how many were
 * applied now.
 * Faults: CONFIG when the applied ones are not the beginning of ours (another text, a gap, a newer database): nothing
 * is done then; BUSY when another run, or a lock on a table, was waited for too long, or when others had to wait too long
 * for it each time; DATABASE when a migration failed: its step is undone whole, what was before it stays, and the next
 * run goes on there. */
MUST_USE bool migrate_run(
    const char *conninfo, const struct migrate_telling *telling, int *out_applied, struct fault *fault);

/* What is applied now; 0 for an empty database. Faults as above. Changes nothing. */
MUST_USE bool migrate_current(const char *conninfo, int *out_number, struct fault *fault);
