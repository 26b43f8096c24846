/* What linkd writes into the audit trail of its own accord. */
#pragma once

#include "store/audit.h"
#include "store/store.h"

/* A wrong password or code of an administrator who exists (else, with the number 0, nothing). reason: of
 * domain/audit_detail.def. Nobody waits for it: an answer that took longer for who is known would tell so. */
void sign_in_audit_refused(
    struct store *store, enum audit_action action, const struct audit_author *author, const char *reason);
