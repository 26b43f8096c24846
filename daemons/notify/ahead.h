/* How many mails are set aside at once. Pure. */
#pragma once

#include "domain/types.h"

/* begun: mails since the last time, and in how long. A quick server is fed in large pieces; with a slow one the others who
 * share the work find mails too, and nothing stays aside for longer than its lease. connections: at least as many. */
unsigned ahead_of(unsigned begun, struct duration since, unsigned connections, unsigned most);
