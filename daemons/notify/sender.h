/* The mails that are owed: set aside in the outbox, begun, composed and handed to the SMTP server by threads, written down.
 *
 * A connection has one mail at a time, and gets its next by the statement that writes the one before down: so a crash leaves
 * at most one for each connection of which nobody knows whether it left. What is set aside, so that connections need not wait,
 * is as it was in the outbox but for its due time: cancelled like what waits, and due again after the lease of a dead sender. */
#pragma once

#include "notify/notify.h"

#include <stdbool.h>

struct sender;

/* Loads the templates and checks them; begins to look at the outbox. Faults: CONFIG, IO, FORMAT. */
MUST_USE bool sender_new(struct notify *notify, struct sender **out_sender, struct fault *fault);
/* Something may be owed: looks now. */
void sender_wake(struct sender *sender);
/* Takes no further mail; those under way go on. */
void sender_drain(struct sender *sender);
bool sender_is_idle(const struct sender *sender);
/* Gives conversations a moment to end; the store must still be open. */
void sender_stop(struct sender *sender);
/* After the store was closed. */
void sender_free(struct sender **sender);
