/* Inside this room: does the database that a connection came to hold the schema that this program was built for? */
#pragma once

#include "runtime/fault.h"

#include <libpq-fe.h>
#include <stdbool.h>

#define MIGRATE_VERSION_QUERY "select coalesce(max(number), 0) from preau.migration"
/* The same, and what time it is there: microseconds since the Unix epoch. */
#define MIGRATE_VERSION_AND_CLOCK_QUERY                                                                                \
    "select coalesce(max(number), 0), (extract(epoch from clock_timestamp()) * 1000000)::bigint from preau.migration"

/* Of the answer to either query. Faults: CONFIG when the schema is missing, older or newer; else what PostgreSQL says. */
bool migrate_version_fits(const PGresult *result, struct fault *fault);
