/* Inside this room: what libpq says, as a fault. */
#pragma once

#include "runtime/fault.h"

#include <libpq-fe.h>
#include <stdbool.h>

/* Fills *fault from a failed result and gives false. `query` is its name. Values of rows are left out: what PostgreSQL
 * calls the detail may hold personal data. */
bool fault_from_result(struct fault *fault, const PGresult *result, const char *query);
/* The same from a connection that could not be made or was lost. */
bool fault_from_connection(struct fault *fault, const PGconn *connection);
