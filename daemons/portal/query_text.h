/* Texts within the query of an address, percent-encoded (RFC 3986 2.3: all but unreserved). */
#pragma once

#include "domain/text.h"
#include "runtime/arena.h"

void query_add(struct text_builder *text, const char *value);
/* In the arena; "" when there is no room. */
const char *query_encoded(struct arena *arena, const char *value);
