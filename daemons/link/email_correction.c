/* Right form? → answered before? → decided → counted → the link of before ended and another owed, at once. A changed account: from the second again. */
#include "link/email_correction.h"

#include "domain/email.h"
#include "domain/lifecycle.h"
#include "link/delivery_wanted.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/email_change.h"
#include "store/sqlstate.h"

#include <string.h>

struct correction {
    struct link *link;
    struct call *call;
    academy_code academy;
    account_id id;
    struct instant credential_at; /* of the password that was given */
    struct email email;
    struct lifecycle_outcome outcome;
    struct attempt demands; /* of an account: each is a mail to whatever address was typed */
    unsigned rounds;
    email_corrected *corrected;
    void *arg;
};

static void correction_load(struct correction *correction);

static void correction_end(
    struct correction *correction, const char *outcome, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CHANGE_EMAIL), outcome);
    correction->corrected(correction->arg, correction->email.text, refusal, fault);
    memory_free(&correction);
}

static void correction_applied(void *arg, const struct fault *fault)
{
    struct correction *correction = arg;
    if (!fault) {
        delivery_wanted_tell(correction->link, correction->academy);
        correction_end(correction, "done", REFUSAL_NONE, NULL);
        return;
    }
    attempt_give_back(correction->link->store, &correction->demands);
    bool has_changed = fault_is_stale(fault) || fault_is_repeated(fault);
    if (has_changed && ++correction->rounds < ROUNDS_MAX) {
        correction_load(correction);
    } else if (has_changed) {
        correction_end(correction, "refused", REFUSAL_STALE, NULL);
    } else {
        correction_end(correction, "fault", REFUSAL_NONE, fault);
    }
}

static void correction_counted(void *arg, bool granted, const struct fault *fault)
{
    struct correction *correction = arg;
    if (fault) {
        correction_end(correction, "fault", REFUSAL_NONE, fault);
        return;
    }
    if (!granted) {
        correction_end(correction, "refused", REFUSAL_TOO_MANY_EMAIL_CHANGES, NULL);
        return;
    }
    const struct email_change_demand stored = {
        .outcome = &correction->outcome,
        .email = correction->email.text,
        .expires_at = instant_add(clock_now(), correction->link->bounds.activation_link),
        .request = call_request_id(correction->call),
        .method = call_method(correction->call),
        .answer = correction->email.text,
        .answer_length = strlen(correction->email.text),
    };
    email_change_correct(correction->link->store, &stored, correction_applied, correction);
}

/* Stale: what was proved by the password that was given is no longer so, or somebody followed the link. */
static enum refusal correction_decide(struct correction *correction, const struct opening_account *account)
{
    enum refusal refusal = lifecycle_decide(&account->stored.account, ACTION_CHANGE_EMAIL, clock_now(),
        correction->link->bounds.validity_months, &correction->outcome);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    bool is_pending = correction->outcome.effects & EFFECT_SEND_ACTIVATION_MAIL;
    return is_pending && account->changed_at.us == correction->credential_at.us ? REFUSAL_NONE : REFUSAL_STALE;
}

static void correction_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct correction *correction = arg;
    const struct link_bounds *bounds = &correction->link->bounds;
    if (fault) {
        correction_end(correction, "fault", REFUSAL_NONE, fault);
        return;
    }
    if (account && account->is_answered) {
        correction_end(correction, "done", REFUSAL_NONE, NULL);
        return;
    }
    enum refusal refusal = account ? correction_decide(correction, account) : REFUSAL_STALE;
    if (refusal != REFUSAL_NONE) {
        correction_end(correction, "refused", refusal, NULL);
        return;
    }
    tries_of_account("email-change", bounds->email_changes, correction->academy, correction->id, &correction->demands);
    attempt_begin(correction->link->store, &correction->demands, &bounds->a_day, correction_counted, correction);
}

static void correction_load(struct correction *correction)
{
    opening_load(correction->link->store, correction->academy, correction->id, call_request_id(correction->call),
        correction_loaded, correction);
}

void email_correct(struct link *link, struct call *call, const struct opening_account *account, const char *typed,
    email_corrected *corrected, void *arg)
{
    const struct account *of = &account->stored.account;
    struct correction *correction = checked_calloc(1, sizeof *correction);
    *correction = (struct correction){.link = link,
        .call = call,
        .academy = of->academy,
        .id = of->id,
        .credential_at = account->changed_at,
        .corrected = corrected,
        .arg = arg};
    if (email_parse(typed, &correction->email)) {
        correction_load(correction);
    } else {
        correction_end(correction, "refused", REFUSAL_EMAIL_INVALID, NULL);
    }
}
