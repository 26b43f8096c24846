/* Inside this room: what the .sql files became, one row a query. */
#pragma once

#include "queries.h"

#include <stdbool.h>

struct query_row {
    const char *name;
    const char *roles; /* daemons that may run it, apart by blanks */
    const char *types; /* of its parameters, as declared */
    int parameters;
    bool changes; /* writes; else it may be asked again when the connection broke */
    bool plain;   /* not prepared */
    bool scans;   /* its plan may read a whole large table */
    const char *text;
};

extern const struct query_row query_table[QUERY_COUNT];
