/* The help page's question that a refusal to a family belongs to: pages/aide.html has a part of this id. */
#pragma once

#include "domain/refusal.h"

/* Pure. NULL: the refusal says all, or administrators may get it too. */
const char *help_topic_of(enum refusal refusal);
