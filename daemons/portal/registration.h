/* What the two files of the registration by SMS share: pages of its steps, and where each begins. */
#pragma once

#include "portal/visit.h"

/* The page of the step that linkd says is next, with a refusal of what was sent; leads there if the address is another's. */
void registration_go_on(struct visit *visit, enum refusal refusal);
/* Over, or none: the first page, which says so. */
void registration_begin_anew(struct visit *visit, enum refusal refusal);
