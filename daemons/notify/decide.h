/* What becomes of a selection: each account by the life cycle, each with where its mail goes. Pure. */
#pragma once

#include "store/selection.h"

enum decide_channel { DECIDE_NOTHING_SENT, DECIDE_MAIL, DECIDE_SHEET };

struct decision {
    enum refusal *refusals;         /* one an account: REFUSAL_NONE when it is changed */
    struct account_change *changes; /* of those that are, in their order, without new passwords yet */
    bool *resets;                   /* one a change: it wants a new provisional password */
    size_t change_count, reset_count;
};

/* The caller ends it with decision_clear. */
void decide(const struct selected_account *accounts, size_t count, enum account_action action,
    enum decide_channel channel, struct instant now, int validity_months, struct decision *out_decision);
void decision_clear(struct decision *decision);
