#include "portal/head_action.h"
#include "portal/list_view.h"
#include "portal/tabs.h"
#include "portal/wording.h"

/* The list as a document (guide 5.4): of those chosen, or of the class that is shown, for its teacher. */
static void documents_fill(const struct visit *visit, struct view *actions, const struct filter *filter)
{
    view_set(actions, "EXPORT_ACTION", filter_href_to(visit, filter, "liste"));
    if (filter->values[FILTER_CLASS][0] == '\0') {
        return;
    }
    struct filter class = {.profile = filter->profile, .rows = FILTER_ROWS_DEFAULT};
    for (int key = 0; key < FILTER_KEY_COUNT; key++) {
        class.values[key] = key == FILTER_CLASS ? filter->values[key] : "";
    }
    const char *place = arena_printf(visit_arena(visit), "%s/liste", tab_of(filter->profile));
    struct view *link = view_add(actions, "CLASS_LIST");
    view_print(link, "HREF", "%s&format=pdf", filter_href_to(visit, &class, place));
    view_set(link, "LABEL", filter->values[FILTER_CLASS]);
}

void list_actions_fill(const struct visit *visit, const struct list *list, size_t selected, int64_t total)
{
    char text[WORDING_SIZE];
    size_t elsewhere = list->selection->count - selected;
    if (total == 0 && list->selection->count == 0) {
        return;
    }
    struct view *actions = view_add(list->body, "ACTIONS");
    wording_count(total, "compte", "comptes", text);
    view_set(actions, "ALL_LABEL", text);
    view_set(actions, "HERE", filter_href(visit, &list->filter));
    view_number(actions, "ELSEWHERE_COUNT", (int64_t)elsewhere);
    if (list->selection->count > 0) {
        wording_number((int64_t)list->selection->count, text);
        view_set(actions, "SELECTED_COUNT", text);
        view_set(view_add(actions, "UNTICK"), "HERE", filter_href(visit, &list->filter));
    } else {
        view_set(actions, "SELECTED_COUNT", "aucun");
    }
    if (elsewhere > 0) {
        wording_number((int64_t)elsewhere, text);
        view_set(view_add(actions, "ELSEWHERE"), "ELSEWHERE_TEXT", text);
    }
    documents_fill(visit, actions, &list->filter);
    for (size_t i = 0; head_action_at(i); i++) {
        if (!head_action_at(i)->forgets) {
            list_choice_add(actions, "HEAD_ACTION", head_action_at(i)->code, head_action_at(i)->label, "");
        }
    }
}

static void step_add(
    const struct visit *visit, struct view *paging, const char *part, const struct filter *filter, int64_t page)
{
    struct filter there = *filter;
    there.page = page;
    view_set(view_add(paging, part), "HREF", filter_href(visit, &there));
}

void list_paging_fill(const struct visit *visit, const struct filter *filter, struct view *some, int64_t total)
{
    int64_t pages = (total + filter->rows - 1) / filter->rows;
    if (pages < 2) {
        return;
    }
    struct view *paging = view_add(some, "PAGING");
    view_number(paging, "PAGE", filter->page);
    view_number(paging, "PAGES", pages);
    if (filter->page > 1) {
        step_add(visit, paging, "FIRST", filter, 1);
        step_add(visit, paging, "PREVIOUS", filter, filter->page - 1);
    }
    if (filter->page < pages) {
        step_add(visit, paging, "NEXT", filter, filter->page + 1);
        step_add(visit, paging, "LAST", filter, pages);
    }
}
