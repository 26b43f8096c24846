#include "import/pause.h"

#include "runtime/memory.h"

#include <string.h>

#define LENGTH_FIRST SECONDS(1)
#define LENGTH_MAX MINUTES(10)

static struct pause *pause_of(struct pauses *pauses, const char *key)
{
    for (size_t i = 0; i < pauses->count; i++) {
        if (strcmp(pauses->list[i].key, key) == 0) {
            return &pauses->list[i];
        }
    }
    return NULL;
}

static void pause_drop(struct pauses *pauses, struct pause *pause)
{
    memory_free(&pause->key);
    *pause = pauses->list[--pauses->count];
}

/* With no room left the first one is forgotten: its archive is only tried sooner. */
static struct pause *pause_make(struct pauses *pauses, const char *key)
{
    struct pause *pause = pause_of(pauses, key);
    if (pause) {
        return pause;
    }
    if (pauses->count == PAUSES_MAX) {
        pause_drop(pauses, &pauses->list[0]);
    }
    pause = &pauses->list[pauses->count++];
    *pause = (struct pause){.key = checked_strdup(key)};
    return pause;
}

const struct pause *pause_find(const struct pauses *pauses, const char *key, struct instant now)
{
    for (size_t i = 0; i < pauses->count; i++) {
        const struct pause *pause = &pauses->list[i];
        /* no pause is that long: the clock was wrong when it began */
        bool is_mistaken = duration_longer(instant_since(pause->until, now), LENGTH_MAX);
        if (strcmp(pause->key, key) == 0 && instant_before(now, pause->until) && !is_mistaken) {
            return pause;
        }
    }
    return NULL;
}

bool pause_is_longest(const struct pause *pause)
{
    return !duration_longer(LENGTH_MAX, pause->length);
}

void pause_longer(struct pauses *pauses, const char *key, enum pause_kind kind, struct instant now)
{
    struct pause *pause = pause_make(pauses, key);
    bool is_first = pause->length.us == 0 || pause->kind != kind || kind == PAUSE_BUSY;
    pause->kind = kind;
    pause->is_kept = true;
    pause->length = is_first ? LENGTH_FIRST : (struct duration){pause->length.us * 2};
    if (duration_longer(pause->length, LENGTH_MAX)) {
        pause->length = LENGTH_MAX;
    }
    pause->until = instant_add(now, pause->length);
}

void pause_end(struct pauses *pauses, const char *key)
{
    struct pause *pause = pause_of(pauses, key);
    if (pause) {
        pause_drop(pauses, pause);
    }
}

bool pauses_any_failed(const struct pauses *pauses)
{
    for (size_t i = 0; i < pauses->count; i++) {
        if (pauses->list[i].kind == PAUSE_FAILED) {
            return true;
        }
    }
    return false;
}

void pauses_review_begin(struct pauses *pauses)
{
    for (size_t i = 0; i < pauses->count; i++) {
        pauses->list[i].is_kept = false;
    }
}

void pause_keep(struct pauses *pauses, const char *key)
{
    struct pause *pause = pause_of(pauses, key);
    if (pause) {
        pause->is_kept = true;
    }
}

void pauses_review_end(struct pauses *pauses)
{
    for (size_t i = pauses->count; i-- > 0;) {
        if (!pauses->list[i].is_kept) {
            pause_drop(pauses, &pauses->list[i]);
        }
    }
}

void pauses_clear(struct pauses *pauses)
{
    while (pauses->count > 0) {
        pause_drop(pauses, &pauses->list[0]);
    }
}
