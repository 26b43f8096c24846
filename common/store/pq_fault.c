#include "store/pq_fault.h"

#include "store/sqlstate.h"

#include <stdio.h>
#include <string.h>

/* A row that says "this request was answered": PostgreSQL's own code for it is that of any repeated key. */
static const char *const answer_constraints[] = {"request_answer_pkey", "batch_request_id_key"};

/* libpq ends its messages with a line feed, and writes several lines; the first says it. */
static int first_line(const char *text)
{
    return (int)strcspn(text, "\n");
}

static const char *state_of(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    const char *constraint = PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME);
    for (size_t i = 0; constraint && i < sizeof answer_constraints / sizeof answer_constraints[0]; i++) {
        if (state && strcmp(state, "23505") == 0 && strcmp(constraint, answer_constraints[i]) == 0) {
            return SQLSTATE_REPEATED;
        }
    }
    return state ? state : "";
}

bool fault_from_result(struct fault *fault, const PGresult *result, const char *query)
{
    const char *state = state_of(result);
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    const char *hint = PQresultErrorField(result, PG_DIAG_MESSAGE_HINT);
    fault_set(fault, sqlstate_fault_code(state), "%s: %s", query, text ? text : PQresStatus(PQresultStatus(result)));
    if (hint) {
        fault_hint(fault, "%s", hint);
    }
    (void)snprintf(fault->sqlstate, sizeof fault->sqlstate, "%s", state);
    return false;
}

bool fault_from_connection(struct fault *fault, const PGconn *connection)
{
    const char *text = connection ? PQerrorMessage(connection) : "out of memory";
    return fault_set(fault, FAULT_UNAVAILABLE, "PostgreSQL: %.*s", first_line(text), text);
}
