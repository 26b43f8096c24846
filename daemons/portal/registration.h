/* What the two files of the registration by SMS share: pages of its steps, and where each begins. */
#pragma once

#include "portal/visit.h"

/* Identifier or password forgotten: the steps of a registration, by the mobile that the account confirmed. */
#define FORGOTTEN "/aide/sms"
bool forgotten_is_it(const struct visit *visit);

/* The page of the step that linkd says is next, with a refusal of what was sent; leads there if the address is another's. */
void registration_go_on(struct visit *visit, enum refusal refusal);
/* Over, or none: the first page, which says so. */
void registration_begin_anew(struct visit *visit, enum refusal refusal);
