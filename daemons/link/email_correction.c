/* Right form? → decided → counted → the link of before ended and another owed, at once. */
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
    struct email email;
    struct lifecycle_outcome outcome;
    struct attempt demands; /* of an account: each is a mail to whatever address was typed */
    email_corrected *corrected;
    void *arg;
};

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
    if (fault && !fault_is_repeated(fault)) {
        attempt_give_back(correction->link->store, &correction->demands);
        bool is_stale = fault_is_stale(fault);
        correction_end(correction, is_stale ? "refused" : "fault", is_stale ? REFUSAL_STALE : REFUSAL_NONE,
            is_stale ? NULL : fault);
        return;
    }
    delivery_wanted_tell(correction->link, correction->outcome.account.academy);
    correction_end(correction, "done", REFUSAL_NONE, NULL);
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

void email_correct(struct link *link, struct call *call, const struct opening_account *account, const char *typed,
    email_corrected *corrected, void *arg)
{
    const struct account *of = &account->stored.account;
    struct correction *correction = checked_calloc(1, sizeof *correction);
    *correction = (struct correction){.link = link, .call = call, .corrected = corrected, .arg = arg};
    enum refusal refusal =
        lifecycle_decide(of, ACTION_CHANGE_EMAIL, clock_now(), link->bounds.validity_months, &correction->outcome);
    if (refusal == REFUSAL_NONE && !email_parse(typed, &correction->email)) {
        refusal = REFUSAL_EMAIL_INVALID;
    }
    if (refusal != REFUSAL_NONE) {
        correction_end(correction, "refused", refusal, NULL);
        return;
    }
    tries_of_account("email-change", link->bounds.email_changes, of->academy, of->id, &correction->demands);
    attempt_begin(link->store, &correction->demands, &link->bounds.a_day, correction_counted, correction);
}
