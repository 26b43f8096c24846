/* The pages that a long table is cut into. */
#pragma once

#include "portal/visit.h"

/* {{>PAGING}}: where one is, and the way to the page before and the one behind, as far as they are there; nothing where
 * all is on one page. label: of the navigation, for who reads it out. before, after: their addresses, or what would be. */
void paging_show(
    struct view *part, const char *label, int64_t page, int64_t pages, const char *before, const char *after);
