/* Reports that come back: taken from the Maildir of notify.return_maildir, matched to their mail by what its envelope
 * says, recorded, then put away. */
#pragma once

#include "notify/notify.h"

#include <stdbool.h>

struct returns;

/* Begins to look; nothing is looked at where no Maildir is configured. Faults: CONFIG, IO. */
MUST_USE bool returns_new(struct notify *notify, struct returns **out_returns, struct fault *fault);
/* Takes no further reports; those in hand go on. */
void returns_drain(struct returns *returns);
bool returns_is_idle(const struct returns *returns);
/* The store must still be open. */
void returns_stop(struct returns *returns);
/* After the store was closed. */
void returns_free(struct returns **returns);
