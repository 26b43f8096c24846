/* The audit trail, for those who answer for schools or for the whole (audit_role_reads): who did what, when. */
#include "domain/audit.h"
#include "portal/handlers.h"
#include "portal/journal_filter.h"
#include "portal/page.h"
#include "portal/wording.h"
#include "runtime/cleanup.h"
#include "store/audit.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PAGE_ROWS = 50 };

/* --- the form --- */

static void choice_add(struct view *body, const char *value, const char *label, const char *chosen)
{
    struct view *choice = view_add(body, "ACTION_CHOICE");
    view_set(choice, "VALUE", value);
    view_set(choice, "LABEL", label);
    if (strcmp(value, chosen) == 0) {
        view_show(choice, "SELECTED");
    }
}

static void form_fill(struct view *body, const struct journal_filter *filter)
{
    for (unsigned i = 0; i < AUDIT_ACTION_COUNT; i++) {
        enum audit_action action = (enum audit_action)i;
        choice_add(body, audit_action_code(action), audit_action_label(action), filter->action);
    }
    view_set(body, "SCHOOL_VALUE", filter->uai);
    view_set(body, "ACTOR_VALUE", filter->actor);
    view_set(body, "ACCOUNT_VALUE", filter->login);
    view_set(body, "SINCE_VALUE", filter->since);
    view_set(body, "UNTIL_VALUE", filter->until);
    if (journal_filter_narrows(filter)) {
        view_show(body, "NARROWED");
    }
}

/* --- the rows --- */

static void details_fill(const struct visit *visit, struct view *row, const char *lines)
{
    char words[AUDIT_DETAIL_SIZE];
    char *rest = NULL;
    char *copy = arena_copy(visit_arena(visit), lines);
    for (char *line = copy ? strtok_r(copy, "\n", &rest) : NULL; line; line = strtok_r(NULL, "\n", &rest)) {
        char *tab = strchr(line, '\t');
        if (tab) {
            *tab = '\0';
            audit_detail_write(line, tab + 1, words);
            view_set(view_add(row, "DETAIL"), "DETAIL_TEXT", words);
        }
    }
}

static void actor_fill(struct view *row, const struct audit_listed *entry)
{
    if (entry->administrator.v == 0) {
        view_set(view_add(row, "BY_OPERATOR"), "ACTOR", entry->actor);
        return;
    }
    struct view *by = view_add(row, "BY_ADMINISTRATOR");
    view_set(by, "NAME", entry->name[0] != '\0' ? entry->name : entry->actor);
    view_set(by, "ACTOR", entry->actor);
}

static void account_fill(struct view *row, const struct audit_listed *entry)
{
    if (entry->account.v == 0) {
        return;
    }
    struct view *account = view_add(row, "ACCOUNT");
    if (entry->login[0] != '\0' && entry->uai[0] != '\0') {
        struct view *known = view_add(account, "KNOWN");
        view_print(known, "HREF", "/etablissements/%s/comptes/%d-%" PRId64, entry->uai, entry->account_academy.v,
            entry->account.v);
        view_set(known, "LOGIN", entry->login);
    } else if (entry->login[0] != '\0') {
        view_set(view_add(account, "NAMED"), "LOGIN", entry->login);
    } else {
        view_print(view_add(account, "ERASED"), "NUMBER", "%d-%" PRId64, entry->account_academy.v, entry->account.v);
    }
}

static void row_fill(const struct visit *visit, struct view *row, const struct audit_listed *entry)
{
    char at[WORDING_SIZE];
    wording_moment(entry->at, at);
    view_set(row, "AT", at);
    view_print(row, "ENTRY", "%d/%" PRId64, entry->chain, entry->number);
    view_set(row, "ACTION", audit_action_words(entry->action));
    actor_fill(row, entry);
    account_fill(row, entry);
    details_fill(visit, row, entry->detail_lines);
    if (entry->uai[0] != '\0') {
        struct view *school = view_add(row, "SCHOOL");
        view_set(school, "NAME", entry->school);
        view_set(school, "UAI", entry->uai);
    }
}

static void entries_loaded(void *arg, const struct audit_listed *entries, size_t count, const struct fault *fault)
{
    struct visit *visit = arg;
    const struct journal_filter *filter = visit->own;
    if (!entries) {
        page_fail(visit, fault);
        return;
    }
    size_t shown = count < PAGE_ROWS ? count : PAGE_ROWS;
    struct view *body = page_begin(visit, "Journal des actions", "journal.html");
    form_fill(body, filter);
    struct view *some = shown > 0 ? view_add(body, "SOME") : NULL;
    for (size_t i = 0; i < shown; i++) {
        row_fill(visit, view_add(some, "ROW"), &entries[i]);
    }
    if (!some) {
        view_show(body, "NONE");
    }
    if (count > shown || filter->is_further) {
        struct view *paging = view_add(body, "PAGING");
        if (filter->is_further) {
            view_set(view_add(paging, "NEWEST"), "HREF", journal_filter_href(visit, filter, NULL));
        }
        if (count > shown) {
            view_set(view_add(paging, "OLDER"), "HREF", journal_filter_href(visit, filter, &entries[shown - 1]));
        }
    }
    page_send(visit, 200);
}

void journal_show(struct visit *visit)
{
    if (!audit_role_reads(visit->session.role)) {
        page_refuse(visit, REFUSAL_NOT_FOUND);
        return;
    }
    struct journal_filter *filter = arena_alloc(visit_arena(visit), 1, sizeof *filter);
    journal_filter_read(visit, filter);
    visit->own = filter;
    struct audit_asked asked = journal_filter_asked(filter);
    asked.reader = visit->session.administrator;
    asked.limit = PAGE_ROWS + 1; /* one more tells that there is another page */
    audit_load(visit->portal->store, &asked, entries_loaded, visit);
}
