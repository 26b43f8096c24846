#include "notify/decide.h"

#include "runtime/memory.h"

#include <stdio.h>

static enum refusal decide_one(const struct selected_account *account, enum account_action action,
    enum decide_channel channel, struct instant now, int validity_months, struct decision *decision)
{
    struct lifecycle_outcome outcome;
    struct email email;
    if (!account->is_here) {
        return REFUSAL_NOT_IN_SCHOOL;
    }
    enum refusal refusal = lifecycle_decide(&account->stored.account, action, now, validity_months, &outcome);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    bool has_recipient = channel == DECIDE_MAIL && email_parse(account->notification_address, &email);
    if (channel == DECIDE_MAIL && !has_recipient) {
        return REFUSAL_NO_EMAIL;
    }
    if (channel == DECIDE_MAIL && account->address_is_anothers) {
        return REFUSAL_ADDRESS_SHARED;
    }
    struct account_change *change = &decision->changes[decision->change_count];
    bool resets = (outcome.effects & EFFECT_NEW_PROVISIONAL_PASSWORD) != 0;
    *change = (struct account_change){
        .after = outcome.account, .is_told = (outcome.effects & EFFECT_TELL_SECURITY_CHANGE) != 0};
    if (has_recipient) {
        snprintf(change->recipient, sizeof change->recipient, "%s", email.text);
    }
    decision->resets[decision->change_count++] = resets;
    decision->reset_count += resets;
    return REFUSAL_NONE;
}

void decide(const struct selected_account *accounts, size_t count, enum account_action action,
    enum decide_channel channel, struct instant now, int validity_months, struct decision *out_decision)
{
    *out_decision = (struct decision){
        .refusals = checked_calloc(count + 1, sizeof *out_decision->refusals),
        .changes = checked_calloc(count + 1, sizeof *out_decision->changes),
        .resets = checked_calloc(count + 1, sizeof *out_decision->resets),
    };
    for (size_t i = 0; i < count; i++) {
        out_decision->refusals[i] = decide_one(&accounts[i], action, channel, now, validity_months, out_decision);
    }
}

void decision_clear(struct decision *decision)
{
    memory_free(&decision->refusals);
    memory_free(&decision->changes);
    memory_free(&decision->resets);
}
