/* That somebody asked for archives, as files in the work folder: it outlives this process. Blocks: for a thread. */
#pragma once

#include "import/inbox.h"

/* What lies in the inbox of an academy (0: all) is to be taken now; name: only what is shown under it, "" everything. */
MUST_USE bool inbox_ask(
    const struct inbox_options *options, academy_code academy, const char *name, struct fault *fault);

/* Who asked for everything of an academy, when last; never: nobody. */
struct instant inbox_asked_for_all(const struct inbox_options *options, academy_code academy);
struct instant inbox_asked_for(const struct inbox_options *options, academy_code academy, const char *name);

/* Forgets what was asked for and is no more there. list: of a whole look. */
void inbox_asked_tidy(const struct inbox_options *options, academy_code academy, const struct inbox_list *list);
