/* Inside this room: does the database that a connection came to hold the schema that this program was built for? */
#pragma once

#include "runtime/fault.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* Its number, and the oldest whose programs it serves too: as JSON, since a schema of before does not say it. */
#define MIGRATE_VERSION_COLUMNS                                                                                        \
    "select coalesce(max(number), 0), (array_agg(to_jsonb(m) ->> 'serves' order by number desc))[1]"
#define MIGRATE_VERSION_QUERY MIGRATE_VERSION_COLUMNS " from preau.migration m"
/* The same, and what time it is there: microseconds since the Unix epoch. */
#define MIGRATE_VERSION_AND_CLOCK_QUERY                                                                                \
    MIGRATE_VERSION_COLUMNS ", (extract(epoch from clock_timestamp()) * 1000000)::bigint from preau.migration m"
enum { MIGRATE_CLOCK_COLUMN = 2 };

/* Of the answer to either query: ours, or a newer one that serves us. Faults: CONFIG when the schema is missing, older, or too
 * new; else what PostgreSQL says. */
bool migrate_version_fits(const PGresult *result, struct fault *fault);
