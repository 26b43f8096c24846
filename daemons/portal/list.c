/* The list of a school's guardians or pupils (guide 5.1): shown by GET; its buttons post what is ticked, which is kept,
 * and lead back to a GET, so that a reload or a step back asks nothing and does nothing. */
#include "portal/chosen.h"
#include "portal/handlers.h"
#include "portal/list_view.h"
#include "portal/note.h"
#include "portal/page.h"
#include "portal/tabs.h"
#include "portal/wording.h"

#include <string.h>

/* ---- shown */

static void notice_fill(struct visit *visit)
{
    if (strcmp(note_take(visit), CHOSEN_NOTHING) == 0) {
        page_notice(visit, "error", "Cochez au moins un compte",
            "Aucun compte n’est coché : cochez ceux que votre demande concerne, ou choisissez toute la liste.");
    }
}

static void list_send(struct visit *visit, const struct roster_row *rows, size_t count, int64_t total)
{
    const struct list *list = visit->own;
    char text[WORDING_SIZE];
    size_t selected = 0;
    wording_count(total, "compte", "comptes", text);
    view_set(list->body, "COUNT", text);
    if (count > 0) {
        struct view *some = view_add(list->body, "SOME");
        selected = list_rows_fill(visit, list, some, rows, count);
        list_paging_fill(visit, &list->filter, some, total);
    } else if (!filter_is_understood(&list->filter)) {
        view_show(list->body, "NOT_UNDERSTOOD");
    } else {
        view_show(list->body, filter_narrows(&list->filter) ? "NONE" : "EMPTY");
    }
    list_actions_fill(visit, list, selected, total);
    notice_fill(visit);
    page_send(visit, 200);
}

static void rows_loaded(
    void *arg, const struct roster_row *rows, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct list *list = visit->own;
    if (!rows) {
        page_fail(visit, fault);
    } else if (count == 0 && list->filter.page > 1) {
        struct filter first = list->filter;
        first.page = 1;
        page_go(visit, filter_href(visit, &first));
    } else {
        list_send(visit, rows, count, total);
    }
}

static void selection_loaded(struct visit *visit, struct selection *selection)
{
    struct list *list = visit->own;
    list->selection = selection;
    if (!filter_is_understood(&list->filter)) {
        list_send(visit, NULL, 0, 0);
        return;
    }
    struct roster_filter filter = filter_roster(visit, &list->filter);
    roster_load(visit->portal->store, &visit->school, &filter, rows_loaded, visit);
}

static void choices_loaded(void *arg, const struct roster_choice *choices, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct list *list = visit->own;
    bool is_of_guardians = list->filter.profile == PROFILE_RESPONSABLE;
    if (!choices) {
        page_fail(visit, fault);
        return;
    }
    const char *heading = is_of_guardians ? "Responsables" : "Élèves";
    list->body = page_begin(visit, heading, "comptes.html");
    view_set(list->body, "HEADING", heading);
    view_set(list->body, "SOURCE", degree_source(visit->school.degree));
    view_set(list->body, "RELATED_HEADING", is_of_guardians ? "Élèves rattachés" : "Responsables");
    view_set(list->body, "PROFILE", profile_code(list->filter.profile));
    view_set(list->body, "PREVIEW_ACTION", filter_href_to(visit, &list->filter, "apercu"));
    list_filters_fill(visit, list, choices, count);
    kept_load(visit, &list->filter, selection_loaded);
}

static void list_show(struct visit *visit, enum account_profile profile)
{
    if (!tab_is_open(&visit->school, profile)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct list *list = arena_alloc(visit_arena(visit), 1, sizeof *list);
    filter_from_query(visit, profile, &list->filter);
    visit->own = list;
    roster_load_choices(visit->portal->store, &visit->school, choices_loaded, visit);
}

/* ---- its buttons */

static void list_go(struct visit *visit, struct selection *selection)
{
    const struct list *list = visit->own;
    (void)selection;
    page_go(visit, filter_href(visit, &list->filter));
}

static void list_keep(struct visit *visit, struct selection *selection)
{
    struct list *list = visit->own;
    kept_store(visit, &list->filter, selection, list_go);
}

/* `faire`: the whole page, all pages, or nothing is ticked. */
static void before_loaded(struct visit *visit, struct selection *selection)
{
    struct list *list = visit->own;
    const char *button = http_form(visit->request, "faire");
    const char *shown = http_form(visit->request, "montres");
    list->selection = selection;
    enum refusal refusal = kept_tick(visit, selection);
    if (refusal == REFUSAL_NONE && button && strcmp(button, "page") == 0) {
        refusal = kept_refusal(selection_add(selection, shown ? shown : ""));
    }
    if (button && strcmp(button, "rien") == 0) {
        selection->count = 0;
    }
    if (refusal != REFUSAL_NONE) {
        page_refuse(visit, refusal);
    } else if (button && strcmp(button, "liste") == 0) {
        kept_add_all(visit, &list->filter, selection, list_keep);
    } else {
        list_keep(visit, selection);
    }
}

static void list_move(struct visit *visit, enum account_profile profile)
{
    if (!tab_is_open(&visit->school, profile)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct list *list = arena_alloc(visit_arena(visit), 1, sizeof *list);
    if (http_form(visit->request, "filtrer")) {
        filter_from_form(visit, profile, &list->filter);
    } else {
        filter_from_query(visit, profile, &list->filter);
    }
    visit->own = list;
    kept_load(visit, &list->filter, before_loaded);
}

/* ---- of whom */

void list_guardians(struct visit *visit)
{
    list_show(visit, PROFILE_RESPONSABLE);
}

void list_guardians_move(struct visit *visit)
{
    list_move(visit, PROFILE_RESPONSABLE);
}

void list_pupils(struct visit *visit)
{
    list_show(visit, PROFILE_ELEVE);
}

void list_pupils_move(struct visit *visit)
{
    list_move(visit, PROFILE_ELEVE);
}
