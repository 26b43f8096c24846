#include "notify/left_out.h"

#include "runtime/memory.h"

static Preau__Notify__LeftOut *group_new(enum refusal refusal, size_t size)
{
    Preau__Notify__LeftOut *group = checked_malloc(sizeof *group);
    preau__notify__left_out__init(group);
    group->refusal = checked_strdup(refusal_code(refusal));
    group->accounts = checked_calloc(size, sizeof(Preau__AccountRef *));
    return group;
}

static Preau__AccountRef *reference_new(const struct account *account)
{
    Preau__AccountRef *reference = checked_malloc(sizeof *reference);
    preau__account_ref__init(reference);
    reference->academy = (uint32_t)account->academy.v;
    reference->id = account->id.v;
    return reference;
}

void left_out_group(
    const struct selected_account *accounts, const enum refusal *refusals, size_t count, struct left_out *out_left_out)
{
    size_t sizes[REFUSAL_COUNT] = {0};
    *out_left_out = (struct left_out){.groups = checked_calloc(REFUSAL_COUNT, sizeof(Preau__Notify__LeftOut *))};
    for (size_t i = 0; i < count; i++) {
        sizes[refusals[i]]++;
    }
    for (unsigned refusal = REFUSAL_NONE + 1; refusal < REFUSAL_COUNT; refusal++) {
        if (sizes[refusal] == 0) {
            continue;
        }
        Preau__Notify__LeftOut *group = group_new((enum refusal)refusal, sizes[refusal]);
        for (size_t i = 0; i < count; i++) {
            if (refusals[i] == (enum refusal)refusal) {
                group->accounts[group->n_accounts++] = reference_new(&accounts[i].stored.account);
            }
        }
        out_left_out->groups[out_left_out->count++] = group;
    }
}

void left_out_clear(struct left_out *left_out)
{
    for (size_t i = 0; i < left_out->count; i++) {
        preau__notify__left_out__free_unpacked(left_out->groups[i], NULL); /* all of it came from malloc */
    }
    memory_free(&left_out->groups);
}
