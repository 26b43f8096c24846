/* Once a day, mails to the heads who want to be reminded of provisional passwords that are about to end. */
#pragma once

#include "notify/notify.h"
#include "runtime/fault.h"

/* The caller owns it, also when it fails. Faults: CONFIG. */
MUST_USE bool reminder_night_new(struct notify *notify, struct reminder_watch **out_watch, struct fault *fault);
void reminder_night_free(struct reminder_watch **watch);
