/* A server that answers and yet cannot: its disk is full, its memory spent, its files unreadable, or it only reads (a standby). Who asks is
 * refused a statement at a time; the status says it of the whole, by the check "database_server". */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"
#include "runtime/status.h"

struct server_trouble {
    struct status_check *check; /* NULL: nobody is told */
    struct tick noted;          /* when a statement failed so last */
    bool is_told;
};

void server_trouble_watch(struct server_trouble *trouble, struct status *status);
/* Of a statement that failed. */
void server_trouble_note(struct server_trouble *trouble, const struct fault *fault);
/* Now and then: over when none failed so for half a minute. That others are well says nothing: a full disk refuses only what grows. */
void server_trouble_look(struct server_trouble *trouble);
