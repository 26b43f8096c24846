/* The event batch.progress: told for each batch that moved, at most twice a second. */
#pragma once

#include "domain/types.h"
#include "notify/notify.h"

struct progress;

NEVER_NULL MUST_USE struct progress *progress_new(struct notify *notify);
void progress_free(struct progress **progress);
/* This batch moved. */
void progress_mark(struct progress *progress, academy_code academy, batch_id batch);
