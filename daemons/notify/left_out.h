/* The accounts that a decision left out, grouped by why, as the messages say it. */
#pragma once

#include "notify.pb-c.h"
#include "store/selection.h"

struct left_out {
    Preau__Notify__LeftOut **groups; /* in the order of refusal.def */
    size_t count;
};

/* refusals[i] is that of accounts[i]. The caller ends it with left_out_clear. */
void left_out_group(
    const struct selected_account *accounts, const enum refusal *refusals, size_t count, struct left_out *out_left_out);
void left_out_clear(struct left_out *left_out);
