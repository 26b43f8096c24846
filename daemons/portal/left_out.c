#include "portal/left_out.h"

#include "domain/refusal.h"
#include "portal/sentence.h"
#include "portal/wording.h"

static void left_out_add(struct view *left_out, const char *refusal_code, size_t accounts)
{
    char text[WORDING_SIZE];
    enum refusal refusal = REFUSAL_NOT_FOUND;
    (void)refusal_from_code(refusal_code, &refusal); /* one of a newer notifyd: the plainest word */
    struct view *reason = view_add(left_out, "REASON");
    wording_count((int64_t)accounts, "compte", "comptes", text);
    view_set(reason, "COUNT", text);
    sentence_set(reason, "TEXT", refusal_sentence(refusal));
    sentence_set(reason, "ADVICE", refusal_next(refusal));
}

size_t left_out_count(Preau__Notify__LeftOut *const *groups, size_t count)
{
    size_t accounts = 0;
    for (size_t i = 0; i < count; i++) {
        accounts += groups[i]->n_accounts;
    }
    return accounts;
}

void left_out_fill(struct view *body, Preau__Notify__LeftOut *const *groups, size_t count)
{
    if (count == 0) {
        return;
    }
    struct view *left_out = view_add(body, "LEFT_OUT");
    for (size_t i = 0; i < count; i++) {
        left_out_add(left_out, groups[i]->refusal, groups[i]->n_accounts);
    }
}
