#include "portal/left_out.h"

#include "domain/refusal.h"
#include "portal/sentence.h"
#include "portal/wording.h"

static void left_out_add(struct view *left_out, struct names *names, const Preau__Notify__LeftOut *group)
{
    char text[WORDING_SIZE];
    enum refusal refusal = REFUSAL_NOT_FOUND;
    (void)refusal_from_code(group->refusal, &refusal); /* one of a newer notifyd: the plainest word */
    struct view *reason = view_add(left_out, "REASON");
    wording_count((int64_t)group->n_accounts, "compte", "comptes", text);
    view_set(reason, "COUNT", text);
    sentence_set(reason, "TEXT", refusal_sentence(refusal));
    sentence_set(reason, "ADVICE", refusal_next(refusal));
    names_group(names, reason, group->n_accounts);
    for (size_t i = 0; i < group->n_accounts; i++) {
        names_want(names, (academy_code){(int16_t)group->accounts[i]->academy}, (account_id){group->accounts[i]->id});
    }
}

void left_out_fill(struct view *body, struct names *names, Preau__Notify__LeftOut *const *groups, size_t count)
{
    if (count == 0) {
        return;
    }
    struct view *left_out = view_add(body, "LEFT_OUT");
    for (size_t i = 0; i < count; i++) {
        left_out_add(left_out, names, groups[i]);
    }
}

void left_out_take_off(
    struct arena *arena, struct selection *selection, Preau__Notify__LeftOut *const *groups, size_t count)
{
    struct selection *gone = arena_alloc(arena, 1, sizeof *gone);
    for (size_t i = 0; gone && i < count; i++) {
        for (size_t j = 0; j < groups[i]->n_accounts; j++) {
            const Preau__AccountRef *ref = groups[i]->accounts[j];
            (void)selection_add_account(gone, (academy_code){(int16_t)ref->academy}, (account_id){ref->id});
        }
    }
    if (gone) {
        selection_remove(selection, gone);
    }
}
