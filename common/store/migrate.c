#include "store/migrate.h"

#include "runtime/cleanup.h"
#include "store/migrate_apply.h"
#include "store/migration_table.h"
#include "store/pq_cleanup.h"
#include "store/pq_fault.h"

#include <stdlib.h>
#include <string.h>

int migrate_wanted(void)
{
    return migration_count;
}

/* --- what is applied --- */

static bool applied_matches(const PGresult *applied, int row, struct fault *fault)
{
    int number = atoi(PQgetvalue(applied, row, 0)); // NOLINT(cert-err34-c): an integer column
    const char *name = PQgetvalue(applied, row, 1);
    if (number == row + 1 && number > migration_count) {
        fault_set(fault, FAULT_CONFIG, "the database is at migration %04d_%s, this program knows %d", number, name,
            migration_count);
        return fault_hint(fault, "Use the preauctl of the newer version.");
    }
    if (number != row + 1) {
        fault_set(fault, FAULT_CONFIG, "migration %04d is missing before %04d_%s", row + 1, number, name);
        return fault_hint(fault, "Somebody changed preau.migration by hand: restore it from a backup.");
    }
    const struct migration *ours = &migration_table[row];
    if (strcmp(name, ours->name) != 0 || strcmp(PQgetvalue(applied, row, 2), ours->checksum) != 0) {
        fault_set(fault, FAULT_CONFIG, "migration %04d_%s was applied with another text than ours, %04d_%s", number,
            name, ours->number, ours->name);
        return fault_hint(fault, "A migration that was delivered never changes: add another one.");
    }
    return true;
}

static bool applied_count(PGconn *pq, int *out_count, struct fault *fault)
{
    _cleanup_(result_clear) PGresult *applied =
        PQexec(pq, "select number, name, checksum from preau.migration order by number");
    if (PQresultStatus(applied) != PGRES_TUPLES_OK) {
        return fault_from_result(fault, applied, "preau.migration");
    }
    for (int row = 0; row < PQntuples(applied); row++) {
        if (!applied_matches(applied, row, fault)) {
            return false;
        }
    }
    *out_count = PQntuples(applied);
    return true;
}

bool migrate_current(const char *conninfo, int *out_number, struct fault *fault)
{
    _cleanup_(connection_close) PGconn *pq = migrate_open(conninfo, "preau migrate", "set search_path = ''", fault);
    if (!pq) {
        return false;
    }
    _cleanup_(result_clear) PGresult *result = PQexec(pq, "select to_regclass('preau.migration') is not null");
    if (PQresultStatus(result) != PGRES_TUPLES_OK) {
        return fault_from_result(fault, result, "preau.migration");
    }
    *out_number = 0;
    return PQgetvalue(result, 0, 0)[0] == 'f' || applied_count(pq, out_number, fault);
}

/* --- applying --- */

static bool migrate_from(struct migrate_application *application, int applied, struct fault *fault)
{
    const struct migrate_telling *telling = application->telling;
    for (int i = applied; i < migration_count; i++) {
        const struct migration *migration = &migration_table[i];
        if (telling->progress) {
            telling->progress(telling->arg, migration->number, migration->name, false);
        }
        if (!migrate_apply(application, migration, fault)) {
            return false;
        }
        if (telling->progress) {
            telling->progress(telling->arg, migration->number, migration->name, true);
        }
    }
    return true;
}

bool migrate_run(const char *conninfo, const struct migrate_telling *telling, int *out_applied, struct fault *fault)
{
    int applied = 0;
    _cleanup_(migrate_disconnect) struct migrate_connection connection = {0};
    struct migrate_application application = {.connection = &connection, .telling = telling};
    if (!migrate_connect(conninfo, &connection, fault) || !migrate_prepare(&application, fault) ||
        !applied_count(connection.pq, &applied, fault) || !migrate_from(&application, applied, fault)) {
        return false;
    }
    *out_applied = migration_count - applied;
    return true;
}
