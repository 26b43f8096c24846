#include "portal/kept.h"

#include "crypto/random.h"
#include "portal/cookie.h"
#include "portal/page.h"
#include "store/list_selection.h"

#include <string.h>

struct keeping {
    struct visit *visit;
    struct filter *filter; /* told the number; NULL: nobody is */
    struct selection *selection;
    kept_done *done;
    unsigned char digest[DIGEST_SIZE];
};

static struct keeping *keeping_new(struct visit *visit, struct selection *selection, kept_done *done)
{
    struct arena *arena = visit_arena(visit);
    struct keeping *keeping = arena_alloc(arena, 1, sizeof *keeping);
    selection = selection ? selection : arena_alloc(arena, 1, sizeof *selection);
    const char *cookie = cookie_get(visit, COOKIE_SESSION);
    if (!keeping || !selection || !cookie) {
        page_refuse(visit, REFUSAL_TOO_LARGE);
        return NULL;
    }
    keeping->visit = visit;
    keeping->selection = selection;
    keeping->done = done;
    digest_make(cookie, strlen(cookie), keeping->digest);
    return keeping;
}

/* Of what the filter names; NULL when it names nothing or there is no room, which is answered then. */
static struct keeping *keeping_named(struct visit *visit, const struct filter *filter, kept_done *done)
{
    struct keeping *keeping = keeping_new(visit, NULL, done);
    if (keeping && filter->selection == 0) {
        done(visit, keeping->selection);
        return NULL;
    }
    return keeping;
}

static struct list_selection named(const struct keeping *keeping, const struct filter *filter)
{
    return (struct list_selection){keeping->digest, &keeping->visit->school, filter->profile, filter->selection};
}

static void loaded(void *arg, const int64_t *academies, const int64_t *numbers, size_t count, const struct fault *fault)
{
    const struct keeping *keeping = arg;
    if (!academies) {
        page_fail(keeping->visit, fault);
        return;
    }
    for (size_t i = 0; i < count; i++) { /* no more than were stored, which is bounded */
        (void)selection_add_account(
            keeping->selection, (academy_code){(int16_t)academies[i]}, (account_id){numbers[i]});
    }
    keeping->done(keeping->visit, keeping->selection);
}

void kept_load(struct visit *visit, const struct filter *filter, kept_done *done)
{
    struct keeping *keeping = keeping_named(visit, filter, done);
    if (keeping) {
        struct list_selection selection = named(keeping, filter);
        list_selection_load(visit->portal->store, &selection, loaded, keeping);
    }
}

static void stored(void *arg, int64_t number, const struct fault *fault)
{
    const struct keeping *keeping = arg;
    if (fault) {
        page_fail(keeping->visit, fault);
        return;
    }
    keeping->filter->selection = number;
    keeping->done(keeping->visit, keeping->selection);
}

void kept_store(struct visit *visit, struct filter *filter, struct selection *selection, kept_done *done)
{
    if (filter->selection == 0 && selection->count == 0) {
        done(visit, selection);
        return;
    }
    struct keeping *keeping = keeping_new(visit, selection, done);
    if (keeping) {
        struct list_selection to = named(keeping, filter);
        keeping->filter = filter;
        list_selection_store(
            visit->portal->store, &to, selection->academies, selection->ids, selection->count, stored, keeping);
    }
}

static void ended(void *arg, int64_t number, const struct fault *fault)
{
    const struct keeping *keeping = arg;
    (void)number;
    (void)fault; /* it ends with the session */
    keeping->done(keeping->visit, keeping->selection);
}

void kept_end(struct visit *visit, const struct filter *filter, kept_done *done)
{
    struct keeping *keeping = keeping_named(visit, filter, done);
    if (keeping) {
        struct list_selection selection = named(keeping, filter);
        list_selection_end(visit->portal->store, &selection, ended, keeping);
    }
}

struct adding {
    struct visit *visit;
    struct selection *selection;
    kept_done *done;
};

static void all_loaded(void *arg, const struct roster_row *rows, size_t count, int64_t total, const struct fault *fault)
{
    const struct adding *adding = arg;
    enum selection_read read = total > SELECTION_MAX ? SELECTION_FULL : SELECTION_READ;
    if (!rows) {
        page_fail(adding->visit, fault);
        return;
    }
    for (size_t i = 0; read == SELECTION_READ && i < count; i++) {
        read = selection_add_account(adding->selection, rows[i].academy, rows[i].id);
    }
    if (read == SELECTION_READ) {
        adding->done(adding->visit, adding->selection);
    } else {
        page_refuse(adding->visit, kept_refusal(read));
    }
}

void kept_add_all(struct visit *visit, const struct filter *filter, struct selection *selection, kept_done *done)
{
    struct adding *adding = arena_alloc(visit_arena(visit), 1, sizeof *adding);
    if (!adding) {
        page_refuse(visit, REFUSAL_TOO_LARGE);
        return;
    }
    if (!filter_is_understood(filter)) {
        done(visit, selection);
        return;
    }
    *adding = (struct adding){visit, selection, done};
    struct roster_filter all = filter_roster(visit, filter);
    all.limit = SELECTION_MAX;
    all.offset = 0;
    all.without_details = true;
    roster_load(visit->portal->store, &visit->school, &all, all_loaded, adding);
}

enum refusal kept_refusal(enum selection_read read)
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

enum refusal kept_tick(const struct visit *visit, struct selection *selection)
{
    struct selection *shown = arena_alloc(visit_arena(visit), 1, sizeof *shown);
    const char *text = http_form(visit->request, "montres");
    if (!shown) {
        return REFUSAL_TOO_LARGE;
    }
    enum refusal refusal = kept_refusal(selection_add(shown, text ? text : ""));
    if (refusal == REFUSAL_NONE) {
        selection_remove(selection, shown);
    }
    for (size_t i = 0; refusal == REFUSAL_NONE && (text = http_form_at(visit->request, "compte", i)); i++) {
        refusal = kept_refusal(selection_add(selection, text));
    }
    return refusal;
}
