#include "link/birth_dates.h"

#include "domain/date.h"

#include <assert.h>

static enum refusal check_pupil(
    const struct opening_person *people, size_t count, const Preau__Link__OpenAccountRequest *request)
{
    struct date typed;
    if (!date_parse_typed(request->birth_date, &typed)) {
        return REFUSAL_DATE_INVALID;
    }
    for (size_t i = 0; i < count; i++) {
        if (!people[i].is_child && date_is_valid(people[i].birth_date) && date_is_same(people[i].birth_date, typed)) {
            return REFUSAL_NONE;
        }
    }
    return REFUSAL_BIRTH_DATE_WRONG;
}

/* NULL: nothing was typed for this child. */
static const char *typed_for(const struct opening_person *child, const Preau__Link__OpenAccountRequest *request)
{
    for (size_t i = 0; i < request->n_children; i++) {
        const Preau__Child *given = request->children[i]->child;
        if (given && given->academy == (uint32_t)child->academy.v && given->degree == (uint32_t)child->degree &&
            given->aaf_id == child->aaf_id) {
            return request->children[i]->birth_date;
        }
    }
    return NULL;
}

/* All are compared before anything is said, so that the first wrong one does not tell that the others are right. */
static enum refusal check_guardian(
    const struct opening_person *people, size_t count, const Preau__Link__OpenAccountRequest *request)
{
    size_t children = 0;
    bool is_wrong = false;
    for (size_t i = 0; i < count; i++) {
        if (!people[i].is_child) {
            continue;
        }
        children++;
        const char *text = typed_for(&people[i], request);
        struct date typed;
        if (!text) {
            return REFUSAL_STALE;
        }
        if (!date_parse_typed(text, &typed)) {
            return REFUSAL_DATE_INVALID;
        }
        is_wrong |= !date_is_same(people[i].birth_date, typed);
    }
    if (children == 0) {
        return REFUSAL_ACCOUNT_CLOSED;
    }
    return is_wrong ? REFUSAL_BIRTH_DATE_WRONG : REFUSAL_NONE;
}

enum refusal birth_dates_check(enum account_profile profile, const struct opening_person *people, size_t count,
    const Preau__Link__OpenAccountRequest *request)
{
    assert(profile == PROFILE_ELEVE || profile == PROFILE_RESPONSABLE);
    return profile == PROFILE_ELEVE ? check_pupil(people, count, request) : check_guardian(people, count, request);
}
