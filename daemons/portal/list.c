/* The list of a school's guardians or pupils (guide 5.1). */
#include "portal/filter.h"
#include "portal/handlers.h"
#include "portal/head_action.h"
#include "portal/page.h"
#include "portal/wording.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 50, PAGE_LAST = 10000, RELATED_SIZE = 600 };

struct list {
    struct filter filter;
    int64_t page;
    struct view *body;
};

static void choice_add(struct view *view, const char *part, const char *value, const char *label, const char *chosen)
{
    struct view *choice = view_add(view, part);
    view_set(choice, "VALUE", value);
    view_set(choice, "LABEL", label);
    if (strcmp(value, chosen) == 0) {
        view_show(choice, "SELECTED");
    }
}

static void choices_fill(struct view *body, const struct filter *filter)
{
    for (int state = 0; state < STATE_COUNT; state++) {
        if (filter->profile == PROFILE_RESPONSABLE || state != STATE_EN_COURS) { /* a pupil is never half open */
            choice_add(body, "STATE", state_code((enum account_state)state), state_label((enum account_state)state),
                filter->state);
        }
    }
    for (int origin = 0; origin < ORIGIN_COUNT; origin++) {
        choice_add(body, "ORIGIN", origin_code((enum account_origin)origin), origin_label((enum account_origin)origin),
            filter->origin);
    }
    choice_add(body, "MAIL", "avec", "Avec", filter->mail);
    choice_add(body, "MAIL", "sans", "Sans", filter->mail);
    view_set(body, "QUERY", filter->name);
}

static void row_fill(const struct visit *visit, struct view *row, const struct listed_account *account)
{
    char name[WORDING_NAME_SIZE];
    char related[RELATED_SIZE];
    char day[WORDING_SIZE];
    wording_sorted_name(account->prenom, account->nom, name);
    wording_related(account->related, related, sizeof related);
    view_print(row, "ID", "%d-%" PRId64, account->academy.v, account->id.v);
    view_print(row, "HREF", "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text, account->academy.v,
        account->id.v);
    view_set(row, "NAME", name);
    view_set(row, "RELATED", related);
    view_set(row, "CLASSES", account->classes);
    view_set(row, "LOGIN", account->login);
    view_set(row, "STATE_CODE", state_code(account->state));
    view_set(row, "STATE_LABEL", state_label(account->state));
    view_set(row, "ORIGIN_LABEL", account->origin == ORIGIN_NON_RENSEIGNE ? "–" : origin_label(account->origin));
    if (account->unconfirmed_email[0] != '\0') {
        view_set(view_add(row, "TO_CONFIRM"), "EMAIL", account->unconfirmed_email);
    }
    if (account->email[0] != '\0') {
        view_set(view_add(row, "WITH_EMAIL"), "EMAIL", account->email);
    } else if (account->unconfirmed_email[0] == '\0') {
        view_show(row, "WITHOUT_EMAIL");
    }
    if (instant_is_set(account->notified_at)) {
        struct view *notified = view_add(row, "NOTIFIED");
        wording_day(account->notified_at, day);
        view_set(notified, "NOTIFIED_ON", day);
        if (account->state == STATE_DISTRIBUE) { /* later the person has a password of their own, which lasts */
            struct view *valid = view_add(notified, "VALID");
            wording_day(account->notification_expires_at, day);
            view_set(valid, "EXPIRY", day);
            if (instant_before(account->notification_expires_at, clock_now())) {
                view_show(valid, "EXPIRED");
            }
        }
    } else {
        view_show(row, "NOT_NOTIFIED");
    }
}

static void filter_keep(struct view *some, const struct filter *filter)
{
    view_set(some, "PROFILE", profile_code(filter->profile));
    view_set(some, "FILTER_NAME", filter->name);
    view_set(some, "FILTER_CLASS", filter->class);
    view_set(some, "FILTER_STATE", filter->state);
    view_set(some, "FILTER_ORIGIN", filter->origin);
    view_set(some, "FILTER_MAIL", filter->mail);
}

static void paging_fill(const struct visit *visit, struct view *some, const struct list *list, int64_t total)
{
    int64_t pages = (total + PAGE_ROWS - 1) / PAGE_ROWS;
    if (pages < 2) {
        return;
    }
    struct view *paging = view_add(some, "PAGING");
    view_number(paging, "PAGE", list->page);
    view_number(paging, "PAGES", pages);
    if (list->page > 1) {
        view_set(view_add(paging, "PREVIOUS"), "HREF", filter_href(visit, &list->filter, list->page - 1));
    }
    if (list->page < pages) {
        view_set(view_add(paging, "NEXT"), "HREF", filter_href(visit, &list->filter, list->page + 1));
    }
}

static void some_fill(const struct visit *visit, const struct list *list, const struct listed_account *accounts,
    size_t count, int64_t total, const char *count_text)
{
    struct view *some = view_add(list->body, "SOME");
    filter_keep(some, &list->filter);
    view_print(some, "PREVIEW_ACTION", "/etablissements/%s/apercu", visit->school.uai.text);
    view_print(some, "EXPORT_ACTION", "/etablissements/%s/liste", visit->school.uai.text);
    view_set(some, "ALL_LABEL", count_text);
    if (list->filter.class[0] != '\0') {
        struct view *class = view_add(some, "CLASS_LIST");
        view_print(class, "HREF", "/etablissements/%s/%s/liste%s&format=pdf", visit->school.uai.text,
            filter_tab(&list->filter), strchr(filter_href(visit, &list->filter, 0), '?'));
        view_set(class, "LABEL", list->filter.class);
    }
    for (size_t i = 0; head_action_at(i); i++) {
        choice_add(some, "HEAD_ACTION", head_action_at(i)->code, head_action_at(i)->label, "");
    }
    for (size_t i = 0; i < count; i++) {
        row_fill(visit, view_add(some, "ROW"), &accounts[i]);
    }
    paging_fill(visit, some, list, total);
}

static void accounts_loaded(
    void *arg, const struct listed_account *accounts, size_t count, int64_t total, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct list *list = visit->own;
    char text[WORDING_SIZE];
    if (!accounts) {
        page_fail(visit, fault);
        return;
    }
    if (count == 0 && list->page > 1) {
        page_go(visit, filter_href(visit, &list->filter, 1));
        return;
    }
    wording_count(total, "compte", "comptes", text);
    view_set(list->body, "COUNT", text);
    if (count > 0) {
        some_fill(visit, list, accounts, count, total, text);
    } else if (filter_narrows(&list->filter)) {
        view_show(list->body, "NONE");
    } else {
        view_show(list->body, "EMPTY");
    }
    page_send(visit, 200);
}

static void classes_loaded(void *arg, const char *const *classes, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    struct list *list = visit->own;
    bool is_of_guardians = list->filter.profile == PROFILE_RESPONSABLE;
    if (!classes) {
        page_fail(visit, fault);
        return;
    }
    const char *heading = is_of_guardians ? "Responsables" : "Élèves";
    list->body = page_begin(visit, heading, "comptes.html");
    view_set(list->body, "HEADING", heading);
    view_set(list->body, "RELATED_HEADING", is_of_guardians ? "Élèves rattachés" : "Responsables");
    view_print(list->body, "ACTION", "/etablissements/%s/%s", visit->school.uai.text, filter_tab(&list->filter));
    choices_fill(list->body, &list->filter);
    if (filter_narrows(&list->filter)) {
        view_show(list->body, "NARROWED");
    }
    for (size_t i = 0; i < count; i++) {
        choice_add(list->body, "CLASS", classes[i], classes[i], list->filter.class);
    }
    struct listing_filter filter = filter_listing(visit, &list->filter);
    filter.limit = PAGE_ROWS;
    filter.offset = (list->page - 1) * PAGE_ROWS;
    listing_load_accounts(visit->portal->store, &visit->school, &filter, accounts_loaded, visit);
}

/* A page that is none counts as the first. */
static int64_t page_read(const struct visit *visit)
{
    const char *text = http_query(visit->request, "page");
    long page = text ? strtol(text, NULL, 10) : 1;
    return page >= 1 && page <= PAGE_LAST ? page : 1;
}

static void list_show(struct visit *visit, enum account_profile profile)
{
    if (!visit->school.may[profile]) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct list *list = arena_alloc(visit_arena(visit), 1, sizeof *list);
    filter_from_query(visit, profile, &list->filter);
    list->page = page_read(visit);
    visit->own = list;
    listing_load_classes(visit->portal->store, &visit->school, classes_loaded, visit);
}

void list_guardians(struct visit *visit)
{
    list_show(visit, PROFILE_RESPONSABLE);
}

void list_pupils(struct visit *visit)
{
    if (visit->school.degree != DEGREE_2) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    list_show(visit, PROFILE_ELEVE);
}
