/* Archives that are left alone for a while, because what was needed to take them failed. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAUSES_MAX = 64 };

struct pauses {
    struct pause {
        char *path;
        struct instant until;
        struct duration length;
    } list[PAUSES_MAX];
    size_t count;
};

bool pause_holds(const struct pauses *pauses, const char *path, struct instant now);
void pause_until(struct pauses *pauses, const char *path, struct instant until);
/* Twice as long as the last time, from one second to ten minutes. */
void pause_longer(struct pauses *pauses, const char *path, struct instant now);
void pause_end(struct pauses *pauses, const char *path);
void pauses_clear(struct pauses *pauses);
