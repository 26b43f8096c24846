/* Whose accounts a run attached or detached (import_attach.sql), in the session's open transaction. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct session;

/* Makes pg_temp.import_touched_account, for the statements of the run to fill. */
MUST_USE bool import_attach_open(struct session *session, struct fault *fault);
/* One account of it. */
MUST_USE bool import_attach_touch(
    struct session *session, academy_code academy, account_id account, struct fault *fault);
/* Once the records, the enrolments and the guardianships are as they shall be. */
MUST_USE bool import_attach_apply(struct session *session, struct fault *fault);
