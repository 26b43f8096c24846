#include "import/pause.h"

#include "runtime/memory.h"

#include <string.h>

#define LENGTH_FIRST SECONDS(1)
#define LENGTH_MAX MINUTES(10)

static struct pause *pause_find(struct pauses *pauses, const char *path)
{
    for (size_t i = 0; i < pauses->count; i++) {
        if (strcmp(pauses->list[i].path, path) == 0) {
            return &pauses->list[i];
        }
    }
    return NULL;
}

static void pause_drop(struct pauses *pauses, struct pause *pause)
{
    memory_free(&pause->path);
    *pause = pauses->list[--pauses->count];
}

/* With no room left the first one is forgotten: its archive is only tried sooner. */
static struct pause *pause_make(struct pauses *pauses, const char *path)
{
    struct pause *pause = pause_find(pauses, path);
    if (pause) {
        return pause;
    }
    if (pauses->count == PAUSES_MAX) {
        pause_drop(pauses, &pauses->list[0]);
    }
    pause = &pauses->list[pauses->count++];
    *pause = (struct pause){.path = checked_strdup(path)};
    return pause;
}

bool pause_holds(const struct pauses *pauses, const char *path, struct instant now)
{
    for (size_t i = 0; i < pauses->count; i++) {
        if (strcmp(pauses->list[i].path, path) == 0) {
            return instant_before(now, pauses->list[i].until);
        }
    }
    return false;
}

void pause_until(struct pauses *pauses, const char *path, struct instant until)
{
    pause_make(pauses, path)->until = until;
}

void pause_longer(struct pauses *pauses, const char *path, struct instant now)
{
    struct pause *pause = pause_make(pauses, path);
    pause->length = pause->length.us == 0 ? LENGTH_FIRST : (struct duration){pause->length.us * 2};
    if (duration_longer(pause->length, LENGTH_MAX)) {
        pause->length = LENGTH_MAX;
    }
    pause->until = instant_add(now, pause->length);
}

void pause_end(struct pauses *pauses, const char *path)
{
    struct pause *pause = pause_find(pauses, path);
    if (pause) {
        pause_drop(pauses, pause);
    }
}

void pauses_clear(struct pauses *pauses)
{
    while (pauses->count > 0) {
        pause_drop(pauses, &pauses->list[0]);
    }
}
