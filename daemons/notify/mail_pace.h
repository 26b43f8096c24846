/* How fast mails go to each domain, so that none is flooded and a slow one does not hold the others up. One process's
 * own: several notifyd have each its pace. Pure: the time is a parameter. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"

#include <stdbool.h>

struct mail_pace;

struct mail_pace_limits {
    unsigned at_once, a_minute; /* 0: no bound */
};

/* connections: all that there are. standard: of a domain that has no limits of its own. */
NEVER_NULL MUST_USE struct mail_pace *mail_pace_new(unsigned connections, struct mail_pace_limits standard);
void mail_pace_free(struct mail_pace **pace);
void mail_pace_limit(struct mail_pace *pace, const char *domain, struct mail_pace_limits limits);

/* True: it may go, and is counted until mail_pace_end. False: it is to be looked at again at out_due_at; those that are
 * told to wait are told different times, as many as may go. */
MUST_USE bool mail_pace_begin(
    struct mail_pace *pace, const char *recipient, struct instant now, struct instant *out_due_at);
/* took: the conversation, 0 if there was none. */
void mail_pace_end(struct mail_pace *pace, const char *recipient, struct duration took);
