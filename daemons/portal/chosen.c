#include "portal/chosen.h"

#include <string.h>

static enum refusal refusal_of(enum selection_read read)
{
    switch (read) {
    case SELECTION_WRONG:
        return REFUSAL_MALFORMED;
    case SELECTION_FULL:
        return REFUSAL_TOO_MANY_SELECTED;
    case SELECTION_READ:
        break;
    }
    return REFUSAL_NONE;
}

/* Boxes that are ticked, and the one field of a confirmed preview. */
static enum refusal selection_from_form(const struct visit *visit, struct selection *selection)
{
    const char *list = http_form(visit->request, "comptes");
    enum refusal refusal = refusal_of(list ? selection_add(selection, list) : SELECTION_READ);
    const char *one;
    for (size_t i = 0; refusal == REFUSAL_NONE && (one = http_form_at(visit->request, "compte", i)); i++) {
        refusal = refusal_of(selection_add(selection, one));
    }
    return refusal;
}

struct chosen *chosen_read(const struct visit *visit, bool *out_all, enum refusal *out_refusal)
{
    struct chosen *chosen = arena_alloc(visit_arena(visit), 1, sizeof *chosen);
    const char *scope = http_form(visit->request, "portee");
    *out_refusal = REFUSAL_MALFORMED;
    if (!chosen || !filter_from_form(visit, &chosen->filter)) {
        return NULL;
    }
    if (!visit->school.may[chosen->filter.profile]) {
        *out_refusal = REFUSAL_NOT_FOUND;
        return NULL;
    }
    chosen->action = head_action_find(http_form(visit->request, "action"));
    *out_all = scope && strcmp(scope, "tous") == 0;
    if (!chosen->action) {
        return NULL;
    }
    *out_refusal = *out_all ? REFUSAL_NONE : selection_from_form(visit, &chosen->selection);
    if (*out_refusal == REFUSAL_NONE && !*out_all && chosen->selection.count == 0) {
        *out_refusal = REFUSAL_NOTHING_SELECTED;
    }
    return *out_refusal == REFUSAL_NONE ? chosen : NULL;
}

Preau__AccountRef **chosen_refs(const struct visit *visit, const struct chosen *chosen)
{
    struct arena *arena = visit_arena(visit);
    size_t count = chosen->selection.count;
    Preau__AccountRef *refs = arena_alloc(arena, count, sizeof *refs);
    Preau__AccountRef **list = arena_alloc(arena, count, sizeof(Preau__AccountRef *));
    for (size_t i = 0; i < count; i++) {
        preau__account_ref__init(&refs[i]);
        refs[i].academy = (uint32_t)chosen->selection.academies[i];
        refs[i].id = chosen->selection.ids[i];
        list[i] = &refs[i];
    }
    return list;
}

const char *chosen_text(const struct visit *visit, const struct chosen *chosen)
{
    char *text = arena_alloc(visit_arena(visit), chosen->selection.count + 1, SELECTION_TEXT_SIZE);
    selection_write(&chosen->selection, text);
    return text;
}
