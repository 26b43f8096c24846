/* Who left, let go of after its time (guide 1.1; docs/operators/conservation.md): once a day, on a thread, in many small
 * transactions. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/daemon.h"

struct retention;

/* The first time soon after the start. */
NEVER_NULL MUST_USE struct retention *retention_new(const struct daemon_run *run);
void retention_free(struct retention **retention);

/* What goes on is ended after the transaction it is in; the rest is for the next start. */
void retention_drain(struct retention *retention);
bool retention_is_idle(const struct retention *retention);
