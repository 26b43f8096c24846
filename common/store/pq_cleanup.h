/* Inside this room: what libpq gave, for _cleanup_ (runtime/cleanup.h). */
#pragma once

#include <libpq-fe.h>

static inline void result_clear(PGresult **result)
{
    PQclear(*result);
}

static inline void connection_close(PGconn **connection)
{
    PQfinish(*connection);
}
