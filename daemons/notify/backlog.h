/* How much is owed and since when, for who watches; and what is too old to be kept, erased. */
#pragma once

#include "notify/notify.h"

struct backlog;

NEVER_NULL MUST_USE struct backlog *backlog_new(struct notify *notify);
void backlog_free(struct backlog **backlog);
