/* Inside this room: entries of the audit trail as rows, and what is asked of them as parameters. */
#pragma once

#include "store/audit.h"
#include "store/parameters.h"
#include "store/rows.h"

/* The parameters of query audit_page; initialises them. */
void audit_asked_give(struct parameters *out_parameters, const struct audit_asked *asked);
/* A row of it; texts live as long as the rows. */
struct audit_listed audit_listed_from_row(const struct rows *rows, int row);
