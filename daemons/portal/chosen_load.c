#include "portal/chosen.h"
#include "portal/note.h"
#include "portal/page.h"

/* The list says itself when it is empty. */
void chosen_nothing(struct visit *visit, const struct chosen *chosen)
{
    const char *list = filter_href(visit, &chosen->filter);
    if (!chosen->is_all) {
        note_leave(visit, CHOSEN_NOTHING, list);
    }
    page_go(visit, arena_printf(visit_arena(visit), "%s#message", list)); /* where reading goes on */
}

static void load_end(struct visit *visit, struct selection *selection)
{
    struct chosen *chosen = visit->own;
    chosen->selection = selection;
    if (selection->count == 0) {
        chosen_nothing(visit, chosen);
    } else {
        chosen->loaded(visit, chosen);
    }
}

/* Kept, for who then goes back to the list. */
static void before_loaded(struct visit *visit, struct selection *before)
{
    struct chosen *chosen = visit->own;
    for (size_t i = 0; i < chosen->selection->count; i++) {
        (void)selection_add_account(
            before, (academy_code){(int16_t)chosen->selection->academies[i]}, (account_id){chosen->selection->ids[i]});
    }
    enum refusal refusal = kept_tick(visit, before);
    if (refusal != REFUSAL_NONE) {
        page_refuse(visit, refusal);
    } else if (chosen->is_of_a_list) {
        kept_store(visit, &chosen->filter, before, load_end);
    } else {
        load_end(visit, before);
    }
}

void chosen_load(struct visit *visit, struct chosen *chosen, chosen_loaded *loaded)
{
    visit->own = chosen;
    chosen->loaded = loaded;
    if (!chosen->is_all) {
        kept_load(visit, &chosen->filter, before_loaded);
    } else if (filter_is_understood(&chosen->filter)) {
        kept_add_all(visit, &chosen->filter, chosen->selection, load_end);
    } else {
        chosen_nothing(visit, chosen);
    }
}
