#include "store/blocking_connection.h"
#include "store/rows_result.h"

#include <assert.h>
#include <stdio.h>

enum { COMMAND_MAX = 2000 /* no statement of a cursor is as long */ };

bool session_cursor_open(struct session *session, enum query query, const char *name,
    const struct parameters *parameters, struct fault *fault)
{
    const struct query_row *row = &query_table[query];
    char command[COMMAND_MAX];
    int length = snprintf(command, sizeof command, "declare %s no scroll cursor for %s", name, row->text);
    assert(length < COMMAND_MAX && !row->plain && row->parameters == parameters->count);
    PGresult *result = PQexecParams(session->pq, command, row->parameters, NULL, parameters->values, NULL, NULL, 0);
    return session_answer(session, result, row->name, NULL, fault);
}

bool session_cursor_fetch(
    struct session *session, const char *name, int count, struct rows **out_rows, struct fault *fault)
{
    char command[100];
    (void)snprintf(command, sizeof command, "fetch forward %d from %s", count, name);
    PGresult *result = PQexecParams(session->pq, command, 0, NULL, NULL, NULL, NULL, 1);
    return session_answer(session, result, "fetch", out_rows, fault);
}

bool session_cursor_close(struct session *session, const char *name, struct fault *fault)
{
    char command[100];
    (void)snprintf(command, sizeof command, "close %s", name);
    return session_answer(session, PQexec(session->pq, command), "close", NULL, fault);
}
