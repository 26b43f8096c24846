/* Archives that are left alone for a while, because what was needed to take them failed or is not there yet. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAUSES_MAX = 256 };

enum pause_kind {
    PAUSE_BUSY,   /* another works on its academy, or on it: a second */
    PAUSE_UPLOAD, /* it is cut off: more of it may come */
    PAUSE_FAILED,
};

struct pauses {
    struct pause {
        char *key;
        enum pause_kind kind;
        struct instant until;
        struct duration length;
        bool is_kept;
    } list[PAUSES_MAX];
    size_t count;
};

/* NULL: it does not rest now. */
const struct pause *pause_find(const struct pauses *pauses, const char *key, struct instant now);
/* It failed so often that it is left alone for as long as ever. */
bool pause_is_longest(const struct pause *pause);
/* Twice as long as the last time for that reason, from one second to ten minutes. */
void pause_longer(struct pauses *pauses, const char *key, enum pause_kind kind, struct instant now);
void pause_end(struct pauses *pauses, const char *key);
/* Something failed, and was not taken since. */
bool pauses_any_failed(const struct pauses *pauses);

/* Those that nobody kept since pauses_review_begin are of archives that went: forgotten. */
void pauses_review_begin(struct pauses *pauses);
void pause_keep(struct pauses *pauses, const char *key);
void pauses_review_end(struct pauses *pauses);
void pauses_clear(struct pauses *pauses);
