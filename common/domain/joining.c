#include "domain/joining.h"

#include <assert.h>

/* The first that stands against it: what is of the other account alone comes before what compares the two. */
enum refusal joining_decide(const struct joining *joining)
{
    if (joining->is_same)
        return REFUSAL_JOINING_SAME;
    if (joining->is_unfit)
        return REFUSAL_STALE;
    if (joining->is_closed)
        return REFUSAL_ACCOUNT_CLOSED;
    if (!joining->are_guardians)
        return REFUSAL_GUARDIAN_ONLY;
    if (!joining->names_agree)
        return REFUSAL_JOINING_NAMES;
    if (joining->is_shared_child)
        return REFUSAL_JOINING_TWO_GUARDIANS;
    if (joining->has_two_identities)
        return REFUSAL_JOINING_TWO_IDENTITIES;
    return joining->was_parted ? REFUSAL_JOINING_PARTED : REFUSAL_NONE;
}

enum refusal joining_undo_decide(const struct parting *parting)
{
    if (parting->is_erased) /* whose records are nobody's, and nothing that followed can be undone */
        return REFUSAL_PARTING_ERASED;
    if (parting->elsewhere > 0)
        return REFUSAL_PARTING_ELSEWHERE;
    return parting->records == 0 ? REFUSAL_PARTING_ERASED : REFUSAL_NONE;
}

const char *parting_reason_code(enum parting_reason reason)
{
    static const char *const codes[PARTING_REASON_COUNT] = {"homonym", "mistake", "stranger", "asked"};
    assert((unsigned)reason < PARTING_REASON_COUNT);
    return codes[reason];
}
