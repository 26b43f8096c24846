/* Names and values as forms and addresses write them (application/x-www-form-urlencoded). Pure. */
#pragma once

#include "runtime/attributes.h"

#include <stddef.h>
#include <stdio.h>

struct oidc_query {
    char *text;
    size_t length;
    FILE *out;
    char before; /* the next pair */
};

/* start: what the pairs are put behind: "" for a form, an address. */
void oidc_query_begin(struct oidc_query *query, const char *start);
void oidc_query_add(struct oidc_query *query, const char *name, const char *value);
/* The caller frees, and wipes where it holds secrets. */
NEVER_NULL MUST_USE char *oidc_query_end(struct oidc_query *query);

/* One value. The caller frees. */
NEVER_NULL MUST_USE char *oidc_query_escape(const char *value);
