#include "portal/chosen.h"
#include "portal/page.h"

static void load_end(struct visit *visit, struct selection *selection)
{
    struct chosen *chosen = visit->own;
    chosen->selection = selection;
    if (selection->count == 0) {
        page_refuse(visit, REFUSAL_NOTHING_SELECTED);
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
        page_refuse(visit, REFUSAL_NOTHING_SELECTED);
    }
}
