/* The preview's address: the list's filter, the action, and which accounts: those ticked on the list (`choix`), those
 * kept apart from its ticks (`apart`), or the one account (`compte`), for which nothing needs to be kept. */
#include "portal/chosen.h"
#include "portal/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *chosen_href(const struct visit *visit, const struct chosen *chosen, const char *place)
{
    const char *list = filter_href_to(visit, &chosen->filter, place);
    return arena_printf(
        visit_arena(visit), "%s%sprofil=%s", list, strchr(list, '?') ? "&" : "?", profile_code(chosen->filter.profile));
}

static void address_go(struct visit *visit, const struct chosen *chosen, const char *accounts)
{
    page_go(visit, arena_printf(visit_arena(visit), "%s&action=%s%s", chosen_href(visit, chosen, "apercu"),
                       chosen->action->code, accounts));
}

static void kept_apart(struct visit *visit, struct selection *selection)
{
    const struct chosen *chosen = visit->own;
    (void)selection;
    address_go(visit, chosen,
        arena_printf(
            visit_arena(visit), "&apart=%" PRId64 "%s", chosen->apart.selection, chosen->is_all ? "&portee=tous" : ""));
}

void chosen_go(struct visit *visit, struct chosen *chosen)
{
    struct selection *selection = chosen->selection;
    if (chosen->is_of_a_list && !chosen->is_all) {
        address_go(visit, chosen, "");
    } else if (!chosen->is_all && selection->count == 1) {
        address_go(visit, chosen, arena_printf(visit_arena(visit), "&compte=%s", chosen_text(visit, chosen)));
    } else {
        chosen->apart = chosen->filter;
        chosen->apart.selection = 0;
        kept_store(visit, &chosen->apart, selection, kept_apart);
    }
}

/* A number that is none is that of no selection. */
static int64_t number_read(const char *text)
{
    char *end = NULL;
    long long number = text ? strtoll(text, &end, 10) : 0;
    return text && *end == '\0' && number > 0 ? number : 0;
}

static struct chosen *asked(const struct visit *visit, const struct head_action *action, enum account_profile profile)
{
    struct arena *arena = visit_arena(visit);
    struct chosen *chosen = arena_alloc(arena, 1, sizeof *chosen);
    struct selection *selection = arena_alloc(arena, 1, sizeof *selection);
    const char *scope = http_query(visit->request, "portee");
    filter_from_query(visit, profile, &chosen->filter);
    chosen->apart = chosen->filter;
    chosen->apart.selection = number_read(http_query(visit->request, "apart"));
    chosen->action = action;
    chosen->selection = selection;
    chosen->is_all = scope && strcmp(scope, "tous") == 0;
    chosen->is_of_a_list = !http_query(visit->request, "compte") && chosen->apart.selection == 0;
    return chosen;
}

struct chosen *chosen_of_address(const struct visit *visit, enum refusal *out_refusal)
{
    const char *profile_text = http_query(visit->request, "profil");
    const char *account = http_query(visit->request, "compte");
    const struct head_action *action = head_action_find(http_query(visit->request, "action"));
    enum account_profile profile;
    *out_refusal = REFUSAL_MALFORMED;
    if (!action || !profile_text || !profile_from_code(profile_text, &profile)) {
        return NULL;
    }
    if (!visit->school.may[profile]) {
        *out_refusal = REFUSAL_NOT_FOUND;
        return NULL;
    }
    struct chosen *chosen = asked(visit, action, profile);
    *out_refusal = kept_refusal(selection_add(chosen->selection, account ? account : ""));
    return *out_refusal == REFUSAL_NONE ? chosen : NULL;
}

static void opened(struct visit *visit, struct selection *selection)
{
    struct chosen *chosen = visit->own;
    chosen->selection = selection;
    if (selection->count == 0) {
        chosen_nothing(visit, chosen);
    } else {
        chosen->loaded(visit, chosen);
    }
}

void chosen_open(struct visit *visit, struct chosen *chosen, chosen_loaded *loaded)
{
    visit->own = chosen;
    chosen->loaded = loaded;
    if (chosen->selection->count > 0) {
        loaded(visit, chosen);
    } else {
        kept_load(visit, chosen->apart.selection > 0 ? &chosen->apart : &chosen->filter, opened);
    }
}
