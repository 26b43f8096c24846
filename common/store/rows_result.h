/* Inside this room: rows over libpq's result. */
#pragma once

#include "store/rows.h"

#include <libpq-fe.h>

struct rows {
    PGresult *result;
};

struct rows *rows_take(PGresult *result);
