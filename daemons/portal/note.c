#include "portal/note.h"

#include "portal/cookie.h"

#include <string.h>

/* A browser that does not follow at once is not told later. */
enum { NOTE_SECONDS = 60 };

void note_leave(const struct visit *visit, const char *word, const char *location)
{
    const char *text = arena_printf(visit_arena(visit), "%s%.*s", word, (int)strcspn(location, "?#"), location);
    if (strlen(text) <= COOKIE_TEXT_MAX) {
        cookie_set_text(visit, COOKIE_NOTE, text, NOTE_SECONDS);
    }
}

const char *note_take(const struct visit *visit)
{
    const char *text = cookie_text(visit, COOKIE_NOTE);
    size_t length = text ? strcspn(text, "/") : 0;
    if (!text || strcmp(text + length, http_path(visit->request)) != 0) {
        return "";
    }
    cookie_clear(visit, COOKIE_NOTE);
    return arena_copy_bytes(visit_arena(visit), text, length);
}
