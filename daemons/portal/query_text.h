/* Texts within the query of an address. */
#pragma once

#include "runtime/arena.h"

/* Percent-encoded (RFC 3986 2.3: all but unreserved), in the arena; "" when there is no room. */
const char *query_encoded(struct arena *arena, const char *text);
