#include "store/migrate_check.h"

#include "store/migration_table.h"
#include "store/pq_fault.h"

#include <stdlib.h>
#include <string.h>

bool migrate_version_fits(const PGresult *result, struct fault *fault)
{
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        fault_from_result(fault, result, "preau.migration");
        bool is_missing = strcmp(fault->sqlstate, "42P01") == 0 || strcmp(fault->sqlstate, "3F000") == 0;
        return is_missing ? fault_set(fault, FAULT_CONFIG, "the database holds no schema of ours") ||
                                fault_hint(fault, "Run preauctl migrate.")
                          : false;
    }
    int number = atoi(PQgetvalue(result, 0, 0)); // NOLINT(cert-err34-c): an integer column
    int serves = atoi(PQgetvalue(result, 0, 1)); // NOLINT(cert-err34-c): the same; 0: it does not say
    bool is_served = number > migration_count && serves > 0 && serves <= migration_count;
    if (number != migration_count && !is_served) {
        fault_set(fault, FAULT_CONFIG, "the schema is at migration %d, this program wants %d", number, migration_count);
        return fault_hint(fault, number < migration_count ? "Run preauctl migrate." : "Install the newer version.");
    }
    return true;
}
