#include "portal/chosen.h"

#include <string.h>

struct chosen *chosen_read(const struct visit *visit, enum refusal *out_refusal)
{
    struct arena *arena = visit_arena(visit);
    struct chosen *chosen = arena_alloc(arena, 1, sizeof *chosen);
    struct selection *selection = arena_alloc(arena, 1, sizeof *selection);
    const char *profile_text = http_form(visit->request, "profil");
    const char *scope = http_form(visit->request, "portee");
    const char *accounts = http_form(visit->request, "comptes");
    enum account_profile profile;
    *out_refusal = REFUSAL_MALFORMED;
    if (!chosen || !selection || !profile_text || !profile_from_code(profile_text, &profile)) {
        return NULL;
    }
    if (!visit->school.may[profile]) {
        *out_refusal = REFUSAL_NOT_FOUND;
        return NULL;
    }
    filter_from_query(visit, profile, &chosen->filter);
    chosen->action = head_action_find(http_form(visit->request, "action"));
    chosen->selection = selection;
    chosen->is_all = scope && strcmp(scope, "tous") == 0;
    chosen->is_of_a_list = http_form(visit->request, "montres") != NULL;
    if (!chosen->action) {
        return NULL;
    }
    *out_refusal = kept_refusal(selection_add(selection, accounts ? accounts : ""));
    return *out_refusal == REFUSAL_NONE ? chosen : NULL;
}

Preau__AccountRef **chosen_refs(const struct visit *visit, const struct chosen *chosen)
{
    struct arena *arena = visit_arena(visit);
    size_t count = chosen->selection->count;
    Preau__AccountRef *refs = arena_alloc(arena, count, sizeof *refs);
    Preau__AccountRef **list = arena_alloc(arena, count, sizeof(Preau__AccountRef *));
    for (size_t i = 0; i < count; i++) {
        preau__account_ref__init(&refs[i]);
        refs[i].academy = (uint32_t)chosen->selection->academies[i];
        refs[i].id = chosen->selection->ids[i];
        list[i] = &refs[i];
    }
    return list;
}

const char *chosen_text(const struct visit *visit, const struct chosen *chosen)
{
    char *text = arena_alloc(visit_arena(visit), chosen->selection->count + 1, SELECTION_TEXT_SIZE);
    selection_write(chosen->selection, text);
    return text;
}
