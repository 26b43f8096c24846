/* A word that one visit leaves for the page that it leads to, which tells it once: in a cookie, for what an address says
 * would be told again by every reload, and by every link that somebody else makes. */
#pragma once

#include "portal/visit.h"

/* word: of letters and hyphens. location: where the browser is led; the word is for this path alone. */
void note_leave(const struct visit *visit, const char *word, const char *location);
/* The word left for the page at hand, in the visit's arena; "" without one. It is taken: a reload has none. */
const char *note_take(const struct visit *visit);
