/* The last number and hash of each chain of the audit trail, told to the log once an hour when it grew: a copy that does not
 * lie in the database, against which preauctl audit verify --anchor finds a chain that was written anew. */
#pragma once

#include "runtime/loop.h"
#include "store/store.h"

struct audit_anchoring;

NEVER_NULL MUST_USE struct audit_anchoring *audit_anchoring_new(struct loop *loop, struct store *store);
void audit_anchoring_free(struct audit_anchoring **anchoring);
