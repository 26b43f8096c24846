/* An account was opened and waits for its address, which was typed wrong: the link goes to another one. */
#pragma once

#include "bus/call.h"
#include "link/link.h"
#include "store/opening.h"

/* Refusals: those of the life cycle, email_invalid, too_many_email_changes, stale (the account changed meanwhile, again and again, or is no longer to be corrected). A fault comes with
 * REFUSAL_NONE. email: as it is stored, lent for the call. */
typedef void email_corrected(void *arg, const char *email, enum refusal refusal, const struct fault *fault);

/* For whoever gave the password just now. Demands are counted with those of the desk. The call names the request: a repeat of it sends nothing
 * more, and is no try. typed: borrowed for the call. */
void email_correct(struct link *link, struct call *call, const struct opening_account *account, const char *typed,
    email_corrected *corrected, void *arg);
