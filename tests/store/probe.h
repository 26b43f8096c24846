/* What the C tests of this folder share. Run by test_pool.py, which sets the environment:
 * PREAU_TEST_CONNINFO (a migrated database), PREAU_TEST_EMPTY (one without a schema), PREAU_TEST_RESTART (a command).
 */
#pragma once

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static inline const char *probe_setting(const char *name)
{
    const char *value = getenv(name);
    if (!value) {
        fail_msg("%s must be set", name);
    }
    return value;
}

/* As the administrator, on a connection of its own; gives the first value, "" when there is none. Caller frees. */
static inline char *probe_admin(const char *sql)
{
    PGconn *pq = PQconnectdb(probe_setting("PREAU_TEST_CONNINFO"));
    PGresult *result = PQexec(pq, sql);
    ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        fail_msg("%s: %s", sql, PQerrorMessage(pq));
    }
    char *value = strdup(PQntuples(result) ? PQgetvalue(result, 0, 0) : "");
    PQclear(result);
    PQfinish(pq);
    return value;
}

static inline long probe_admin_number(const char *sql)
{
    char *text = probe_admin(sql);
    long number = strtol(text, NULL, 10);
    free(text);
    return number;
}

static inline void probe_admin_do(const char *sql)
{
    free(probe_admin(sql));
}
