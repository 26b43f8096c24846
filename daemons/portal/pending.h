#pragma once

#include "domain/refusal.h"
#include "portal/visit.h"

/* The page of an account whose password was chosen and whose address is not confirmed (guide 1.1, step 5): what was sent is asked for again,
 * the address is corrected, or given where there is none. For who has just proved to know the password. login: "" from a linkd of the
 * release before, which changes no address: the page then says how to come back. email: "": none is known. is_new: it was given right now. */
void pending_show(struct visit *visit, const char *login, const char *email, bool is_new);

/* The same, when the address that was typed beside the right password could not be taken. */
void pending_refuse(struct visit *visit, enum refusal refusal);
