/* The head's header: the school at hand and its tabs. */
#pragma once

#include "portal/visit.h"

/* "responsables" or "eleves": of the list of these accounts, in addresses too. */
const char *tab_of(enum account_profile profile);
/* The school has a list of these accounts that is to be seen: pupils have some in second degree only. */
bool tab_is_open(const struct listed_school *school, enum account_profile profile);

void tabs_fill(const struct visit *visit, struct view *layout);
