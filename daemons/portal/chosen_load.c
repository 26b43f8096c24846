#include "portal/chosen.h"
#include "portal/page.h"
#include "store/roster.h"

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

static void all_loaded(void *arg, const struct roster_row *rows, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct chosen *chosen = visit->own;
    if (!rows) {
        page_fail(visit, fault);
        return;
    }
    if (total > SELECTION_MAX) {
        page_refuse(visit, REFUSAL_TOO_MANY_SELECTED);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        (void)selection_add_account(chosen->selection, rows[i].academy, rows[i].id);
    }
    load_end(visit, chosen->selection);
}

static void all_load(struct visit *visit)
{
    const struct chosen *chosen = visit->own;
    struct roster_filter filter = filter_roster(visit, &chosen->filter);
    filter.limit = SELECTION_MAX;
    filter.offset = 0;
    filter.without_details = true;
    roster_load(visit->portal->store, &visit->school, &filter, all_loaded, visit);
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
        all_load(visit);
    } else {
        page_refuse(visit, REFUSAL_NOTHING_SELECTED);
    }
}
