/* Of the page of one account: its life so far, who did what and when. */
#include "portal/account_deed.h"
#include "portal/account_view.h"
#include "portal/sentence.h"
#include "portal/wording.h"
#include "runtime/cleanup.h"

#include <string.h>

static const char *actor_text(const struct account_happening *happening)
{
    if (strcmp(happening->actor, "administrator") == 0) {
        return happening->administrator[0] != '\0' ? happening->administrator : "l’administration";
    }
    if (strcmp(happening->actor, "person") == 0) {
        return "la personne";
    }
    if (strcmp(happening->actor, "guardian") == 0) {
        return "un responsable légal";
    }
    return strcmp(happening->actor, "import") == 0 ? "l’import" : "l’exploitant";
}

void account_life_fill(const struct visit *visit, const struct account_happening *happenings, size_t count)
{
    const struct account_view *page = visit->own;
    struct view *life = count > 0 ? view_add(page->body, "LIFE") : NULL;
    for (size_t i = 0; i < count; i++) {
        char moment[WORDING_SIZE];
        const char *deed = account_deed(happenings[i].action);
        struct view *row = view_add(life, "EVENT");
        wording_moment(happenings[i].at, moment);
        view_set(row, "AT", moment);
        sentence_set(row, "EVENT_TEXT", deed ? deed : happenings[i].action);
        view_set(row, "BY", actor_text(&happenings[i]));
        if (happenings[i].of_login[0] != '\0') {
            view_set(view_add(row, "OF_LOGIN"), "OTHER_LOGIN", happenings[i].of_login);
        }
        if (strcmp(happenings[i].channel, "mail") == 0) {
            view_show(row, "BY_MAIL");
        } else if (strcmp(happenings[i].channel, "sheet") == 0) {
            view_show(row, "BY_SHEET");
        }
    }
}
