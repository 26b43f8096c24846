#include "domain/phone.h"
#include "portal/list_view.h"
#include "portal/wording.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"

#include <inttypes.h>
#include <stdio.h>

enum { RELATED_SIZE = 600 };

static struct view *address_fill(
    struct view *row, const char *part, const char *email, const char *source, bool came_back)
{
    struct view *address = view_add(row, part);
    view_set(address, "EMAIL", email);
    view_set(address, "SOURCE", source);
    if (came_back) {
        view_show(address, "CAME_BACK");
    }
    return address;
}

static void contact_fill(struct view *row, const struct roster_row *account)
{
    struct phone phone;
    char number[PHONE_TEXT_SIZE];
    if (account->email[0] != '\0') {
        struct view *address = address_fill(
            row, "WITH_EMAIL", account->email, account->is_own_email ? "compte" : "AAF", account->email_came_back);
        if (account->email_is_anothers) {
            view_show(address, "SHARED");
        }
    }
    if (account->unconfirmed_email[0] != '\0') {
        (void)address_fill(
            row, "TO_CONFIRM", account->unconfirmed_email, "à confirmer", account->unconfirmed_came_back);
    }
    if (account->email[0] == '\0' && account->unconfirmed_email[0] == '\0') {
        view_show(row, "WITHOUT_EMAIL");
    }
    if (account->mobile[0] == '\0') {
        view_show(row, "WITHOUT_MOBILE");
        return;
    }
    struct view *mobile = view_add(row, "WITH_MOBILE");
    (void)snprintf(number, sizeof number, "%s", account->mobile);
    if (phone_parse(account->mobile, &phone)) {
        phone_display(&phone, number);
    }
    view_set(mobile, "MOBILE_NUMBER", number);
    view_set(mobile, "SOURCE", account->is_own_mobile ? "compte" : "AAF");
}

/* A reset gives an end to a password that was never notified, too. */
static void notification_fill(struct view *row, const struct roster_row *account)
{
    char day[WORDING_SIZE];
    if (instant_is_set(account->notified_at)) {
        wording_day(account->notified_at, day);
        view_set(view_add(row, "NOTIFIED"), "NOTIFIED_ON", day);
    } else {
        view_show(row, "NOT_NOTIFIED");
    }
    if (instant_is_set(account->expires_at)) {
        struct view *valid = view_add(row, "VALID");
        wording_day(account->expires_at, day);
        view_set(valid, "EXPIRY", day);
        if (instant_before(account->expires_at, clock_now())) {
            view_show(valid, "EXPIRED");
        }
    }
}

static void row_fill(
    const struct visit *visit, const struct filter *filter, struct view *row, const struct roster_row *account)
{
    char name[WORDING_NAME_SIZE];
    char related[RELATED_SIZE];
    wording_sorted_name(account->prenom, account->nom, name);
    wording_related(account->relatives, related, sizeof related);
    view_print(row, "ID", "%d-%" PRId64, account->academy.v, account->id.v);
    const char *place = arena_printf(visit_arena(visit), "comptes/%d-%" PRId64, account->academy.v, account->id.v);
    view_set(row, "HREF", filter_href_to(visit, filter, place)); /* whose page leads back to this very list */
    view_set(row, "NAME", name);
    view_set(row, "RELATED", related);
    view_set(row, "CLASSES", account->classes);
    view_set(row, "LOGIN", account->login);
    view_set(row, "STATE_CODE", state_code(account->state));
    view_set(row, "STATE_LABEL", state_label(account->state));
    view_set(row, "ORIGIN_LABEL", origin_label(account->origin));
    contact_fill(row, account);
    notification_fill(row, account);
}

/* A heading's button sorts by it, or the other way round. */
static void headings_fill(const struct visit *visit, const struct filter *filter, struct view *some)
{
    static const char *const parts[FILTER_SORT_COUNT] = {
        "SORT_NAME", "SORT_CLASS", "SORT_STATE", "SORT_NOTIFIED", "SORT_EXPIRY", "SORT_LOGIN"};
    static const char *const sorted_parts[FILTER_SORT_COUNT] = {
        "BY_NAME", "BY_CLASS", "BY_STATE", "BY_NOTIFICATION", "BY_NOTIFICATION", "BY_LOGIN"};
    for (int sort = 0; sort < FILTER_SORT_COUNT; sort++) {
        struct filter sorted = filter_sorted(filter, (enum filter_sort)sort);
        struct view *heading = view_add(some, parts[sort]);
        view_set(heading, "HREF", filter_href(visit, &sorted));
        if ((int)filter->sort == sort) {
            view_set(heading, "WAY", filter->is_descending ? "desc" : "asc");
        }
    }
    view_set(
        view_add(some, sorted_parts[filter->sort]), "DIRECTION", filter->is_descending ? "descending" : "ascending");
}

size_t list_rows_fill(
    const struct visit *visit, const struct list *list, struct view *some, const struct roster_row *rows, size_t count)
{
    size_t selected = 0;
    size_t size = count * SELECTION_TEXT_SIZE + 1;
    char *shown = arena_alloc(visit_arena(visit), size, 1);
    size_t used = 0;
    headings_fill(visit, &list->filter, some);
    for (size_t i = 0; i < count; i++) {
        struct view *row = view_add(some, "ROW");
        row_fill(visit, &list->filter, row, &rows[i]);
        if (selection_has(list->selection, rows[i].academy, rows[i].id)) {
            view_show(row, "TICKED");
            selected++;
        }
        used += (size_t)snprintf(
            shown + used, size - used, "%s%d-%" PRId64, i > 0 ? "," : "", rows[i].academy.v, rows[i].id.v);
    }
    view_set(some, "SHOWN", shown);
    return selected;
}
