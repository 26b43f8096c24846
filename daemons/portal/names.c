#include "portal/names.h"

#include "portal/page.h"
#include "portal/wording.h"
#include "store/roster.h"

#include <inttypes.h>

struct names {
    struct visit *visit;
    names_done *done;
    int64_t academies[NAMES_MAX];
    int64_t numbers[NAMES_MAX];
    struct view *views[NAMES_MAX];
    size_t count;
    struct view *group;
    size_t left; /* how many more of the group are shown */
};

struct names *names_new(const struct visit *visit)
{
    struct names *names = arena_alloc(visit_arena(visit), 1, sizeof *names);
    return names;
}

void names_group(struct names *names, struct view *view, size_t count)
{
    char text[WORDING_SIZE];
    if (!names || count == 0) {
        return;
    }
    names->group = view_add(view, "NAMES");
    names->left = count < NAMES_SHOWN ? count : NAMES_SHOWN;
    if (count > names->left) {
        wording_count((int64_t)(count - names->left), "autre compte", "autres comptes", text);
        view_set(view_add(names->group, "OTHERS"), "OTHERS_COUNT", text);
    }
}

void names_want(struct names *names, academy_code academy, account_id account)
{
    if (names && names->left > 0 && names->count < NAMES_MAX) {
        names->left--;
        names->academies[names->count] = academy.v;
        names->numbers[names->count] = account.v;
        names->views[names->count] = names->group;
        names->count++;
    }
}

static void person_add(const struct visit *visit, struct view *group, const struct roster_name *name)
{
    char text[WORDING_NAME_SIZE];
    struct view *person = view_add(group, "PERSON");
    wording_sorted_name(name->prenom, name->nom, text);
    view_set(person, "PERSON_NAME", text);
    view_print(person, "PERSON_HREF", "/etablissements/%s/comptes/%d-%" PRId64, visit->school.uai.text, name->academy.v,
        name->id.v);
}

/* Both go in one order; here some are missing. */
static void names_loaded(void *arg, const struct roster_name *found, size_t count, const struct fault *fault)
{
    const struct names *names = arg;
    struct visit *visit = names->visit;
    if (!found) {
        page_fail(visit, fault);
        return;
    }
    size_t at = 0;
    for (size_t i = 0; i < names->count && at < count; i++) {
        if (found[at].academy.v == names->academies[i] && found[at].id.v == names->numbers[i]) {
            person_add(visit, names->views[i], &found[at]);
            at++;
        }
    }
    names->done(visit);
}

void names_load(struct visit *visit, struct names *names, names_done *done)
{
    if (!names || names->count == 0) {
        done(visit);
        return;
    }
    names->visit = visit;
    names->done = done;
    roster_load_names(
        visit->portal->store, &visit->school, names->academies, names->numbers, names->count, names_loaded, names);
}
