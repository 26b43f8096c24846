/* What linkd writes into the audit trail of its own accord. */
#pragma once

#include "bus/service.h"
#include "store/store.h"

/* A wrong password for an administrator who exists (id not 0, else nothing). Nobody waits for it: an answer that took longer
 * for who is known would tell so. */
void sign_in_audit_refused(struct store *store, const struct call *call, administrator_id id);
