/* Inside this room, for blocking*.c: what a session is made of. */
#pragma once

#include "store/blocking_query.h"

#include <libpq-fe.h>

struct copy_buffer {
    char *text;
    size_t used, size;
    bool is_in_row;
};

struct session {
    PGconn *pq;
    PGcancel *cancel; /* its own copy of what a cancel needs: safe from any thread */
    bool prepared[QUERY_COUNT];
    struct copy_buffer copy;
};

/* Takes the result over: into *out_rows if asked for, else freed. */
MUST_USE bool session_answer(
    struct session *session, PGresult *result, const char *what, struct rows **out_rows, struct fault *fault);
