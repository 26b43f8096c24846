/* The event that wakes notifyd. */
#pragma once

#include "link/link.h"

/* A mail is owed: notifyd need not wait for its next look. */
void delivery_wanted_tell(const struct link *link, academy_code academy);
