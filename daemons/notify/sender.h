/* The mails that are owed: claimed from the outbox, composed and handed to the SMTP server by threads, recorded. */
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
