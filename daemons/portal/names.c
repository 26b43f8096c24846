#include "portal/names.h"

#include "portal/page.h"
#include "portal/selection.h"
#include "portal/wording.h"
#include "store/roster.h"

#include <inttypes.h>

struct names {
    struct visit *visit;
    names_done *done;
    int64_t academies[NAMES_MAX];
    int64_t numbers[NAMES_MAX];
    int64_t places[NAMES_MAX]; /* each one's group */
    size_t count;
    struct view *groups[NAMES_GROUPS_MAX];
    size_t group_count;
};

_Static_assert((int)NAMES_MAX >= (int)SELECTION_MAX, "the first by name are the first of all");

struct names *names_new(const struct visit *visit)
{
    struct names *names = arena_alloc(visit_arena(visit), 1, sizeof *names);
    return names;
}

void names_group(struct names *names, struct view *view, size_t count)
{
    char text[WORDING_SIZE];
    if (!names || count == 0 || names->group_count == NAMES_GROUPS_MAX) {
        return;
    }
    struct view *group = view_add(view, "NAMES");
    names->groups[names->group_count++] = group;
    if (count > NAMES_SHOWN) {
        wording_count((int64_t)(count - NAMES_SHOWN), "autre compte", "autres comptes", text);
        view_set(view_add(group, "OTHERS"), "OTHERS_COUNT", text);
    }
}

void names_want(struct names *names, academy_code academy, account_id account)
{
    if (names && names->group_count > 0 && names->count < NAMES_MAX) {
        names->academies[names->count] = academy.v;
        names->numbers[names->count] = account.v;
        names->places[names->count] = (int64_t)names->group_count - 1;
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

static void names_loaded(void *arg, const struct roster_name *found, size_t count, const struct fault *fault)
{
    const struct names *names = arg;
    struct visit *visit = names->visit;
    if (!found) {
        page_fail(visit, fault);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        person_add(visit, names->groups[found[i].place], &found[i]);
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
    const struct roster_wanted wanted = {names->academies, names->numbers, names->places, names->count, NAMES_SHOWN};
    roster_load_names(visit->portal->store, &visit->school, &wanted, names_loaded, names);
}
