/* What happened on a family's account, for whom it belongs to. */
#include "portal/family.h"
#include "portal/handlers.h"
#include "portal/life_words.h"
#include "portal/page.h"
#include "portal/sentence.h"

#include <string.h>

enum { HAPPENINGS_MAX = 200 };

/* Of what the school did: which one, and how. */
static void happening_fill(struct view *view, const struct desk_happening *happening, const char *words)
{
    struct view *row = view_add(view, "EVENT");
    sentence_moment(row, "AT", happening->at);
    sentence_set(row, "EVENT_TEXT", words);
    if (happening->of_login[0] != '\0') {
        view_set(view_add(row, "OF_LOGIN"), "OTHER_LOGIN", happening->of_login);
    }
    if (strcmp(happening->channel, "mail") == 0) {
        view_show(row, "BY_MAIL");
    } else if (strcmp(happening->channel, "sheet") == 0) {
        view_show(row, "BY_SHEET");
    }
    if (happening->school[0] != '\0' && strcmp(happening->actor, "administrator") == 0) {
        view_set(view_add(row, "BY_SCHOOL"), "EVENT_SCHOOL", happening->school);
    }
}

void family_life_fill(struct view *view, const struct desk_happening *happenings, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const char *words = life_words(happenings[i].action);
        if (words) { /* of a later version: nothing is better than a code */
            happening_fill(view, &happenings[i], words);
        }
    }
}

static void life_loaded(void *arg, const struct desk_happening *happenings, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    if (!happenings) {
        page_fail(visit, fault);
        return;
    }
    struct view *body = page_begin(visit, "Ce qui s’est passé sur mon compte", "historique.html");
    if (count > 0) {
        family_life_fill(view_add(body, "LIFE"), happenings, count);
    } else {
        view_show(body, "NOTHING");
    }
    page_send(visit, 200);
}

void family_life_show(struct visit *visit)
{
    desk_load_life(visit->portal->store, family_owner(visit), HAPPENINGS_MAX, life_loaded, visit);
}
