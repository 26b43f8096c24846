#include "portal/sentence.h"

#include "portal/language.h"
#include "portal/wording.h"
#include "runtime/clock.h"

#include <stdio.h>

void sentence_set(struct view *view, const char *name, const char *text)
{
    char spaced[WORDING_TEXT_SIZE];
    const char *said = view_said(view, text);
    if (said != text) { /* a catalogue's sentences are spaced already */
        view_set(view, name, said);
        return;
    }
    wording_text(text, spaced);
    view_set(view, name, spaced);
}

void sentence_moment(struct view *view, const char *name, struct instant at)
{
    char moment[WORDING_SIZE] = "";
    if (view_language(view) == LANGUAGE_FRENCH) {
        wording_moment(at, moment);
    } else if (instant_is_set(at)) {
        struct civil_time time = clock_local(at);
        snprintf(
            moment, sizeof moment, "%02d/%02d/%04d %02d:%02d", time.day, time.month, time.year, time.hour, time.minute);
    }
    view_set(view, name, moment);
}

void sentence_count(struct view *view, const char *name, int64_t count, const struct counted *words)
{
    char text[WORDING_SIZE];
    if (view_language(view) == LANGUAGE_FRENCH) {
        wording_count(count, words->one, words->several, text);
    } else {
        snprintf(text, sizeof text, "%s: %lld", view_said(view, words->label), (long long)count);
    }
    view_set(view, name, text);
}
