/* Inside this room: one migration is applied, step by step, while others work. */
#pragma once

#include "store/migrate_connection.h"
#include "store/migration_table.h"

struct migrate_application {
    struct migrate_connection *connection;
    const struct migrate_telling *telling;
};

/* No other run from here on, and the tables that remember what was applied. Faults: BUSY when another run goes on. */
MUST_USE bool migrate_prepare(struct migrate_application *application, struct fault *fault);

/* Those of its steps that were not done before. Faults: migrate_run. */
MUST_USE bool migrate_apply(
    struct migrate_application *application, const struct migration *migration, struct fault *fault);
