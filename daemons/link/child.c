/* A guardian helps a child: attached today? → counted → decided as a reset → sealed → applied → told once.
 *
 * The password is in no stored answer: a repeat of the request opens what is sealed, while it is still that. */
#include "link/child.h"

#include "crypto/provisional_password.h"
#include "link/choice.h"
#include "link/delivery_wanted.h"
#include "link/provisional.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/child.h"
#include "store/sqlstate.h"

struct helping {
    struct link *link;
    struct call *call;
    struct child_asked asked;
    struct opening_account child;
    struct attempt attempt;
    struct lifecycle_outcome outcome;
    struct provisional_password password;
    unsigned rounds;
};

static void helping_load(struct helping *helping);

static void helping_end(struct helping *helping, const char *outcome)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_RESET_PASSWORD), outcome);
    secret_wipe(helping, sizeof *helping);
    memory_free(&helping);
}

static void helping_refuse(struct helping *helping, enum refusal refusal)
{
    call_refuse(helping->call, refusal);
    helping_end(helping, "refused");
}

static void helping_fail(struct helping *helping, const struct fault *fault)
{
    call_fail(helping->call, fault);
    helping_end(helping, "fault");
}

static void helping_answer(struct helping *helping, struct instant expires_at)
{
    Preau__Link__ResetChildPasswordReply reply = PREAU__LINK__RESET_CHILD_PASSWORD_REPLY__INIT;
    reply.login = helping->child.stored.login;
    reply.password = helping->password.text;
    reply.expires_at = expires_at.us;
    call_answer(helping->call, &reply.base);
    helping_end(helping, "done");
}

static void helping_applied(void *arg, const struct fault *fault)
{
    struct helping *helping = arg;
    if (fault) {
        attempt_give_back(helping->link->store, &helping->attempt);
    }
    if (fault && (fault_is_stale(fault) || fault_is_repeated(fault)) && ++helping->rounds < ROUNDS_MAX) {
        helping_load(helping);
        return;
    }
    if (fault) {
        helping_fail(helping, fault);
        return;
    }
    log_event(LOG_NOTICE, "child_helped", F("academy", (int)helping->asked.academy.v), F("account", helping->asked.id),
        F("guardian_academy", (int)helping->asked.guardian_academy.v), F("guardian", helping->asked.guardian));
    if (helping->outcome.effects & EFFECT_TELL_SECURITY_CHANGE) {
        delivery_wanted_tell(helping->link, helping->asked.academy);
    }
    helping_answer(helping, helping->outcome.account.notification_expires_at);
}

static void helping_apply(struct helping *helping)
{
    unsigned char sealed[OPENING_SEALED_MAX];
    struct child_change change = {.outcome = &helping->outcome, .sealed = sealed, .changed_at = clock_now()};
    change.sealed_length = provisional_password_renew(
        helping->link->keys, helping->asked.academy, helping->asked.id, &helping->password, sealed);
    child_reset(helping->link->store, &helping->asked, &change, helping_applied, helping);
}

static void helping_begun(void *arg, bool granted, const struct fault *fault)
{
    struct helping *helping = arg;
    if (fault) {
        helping_fail(helping, fault);
        return;
    }
    if (!granted) {
        helping_refuse(helping, REFUSAL_TOO_MANY_ATTEMPTS);
        return;
    }
    enum refusal refusal = lifecycle_decide(&helping->child.stored.account, ACTION_RESET_PASSWORD, clock_now(),
        helping->link->bounds.validity_months, &helping->outcome);
    if (refusal != REFUSAL_NONE) {
        helping_refuse(helping, refusal);
    } else {
        helping_apply(helping);
    }
}

/* The answer was lost, or the page is shown again. */
static void helping_repeat(struct helping *helping)
{
    struct fault fault;
    if (helping->child.sealed_length == 0) {
        helping_refuse(helping, REFUSAL_PASSWORD_NOT_READABLE);
    } else if (!provisional_open(helping->link->keys, &helping->child, &helping->password, &fault)) {
        helping_fail(helping, &fault);
    } else {
        helping_answer(helping, helping->child.stored.account.notification_expires_at);
    }
}

static void helping_loaded(void *arg, const struct opening_account *child, const struct fault *fault)
{
    struct helping *helping = arg;
    if (fault) {
        helping_fail(helping, fault);
        return;
    }
    if (!child) {
        helping_refuse(helping, REFUSAL_NOT_FOUND);
        return;
    }
    helping->child = *child;
    if (child->is_answered) {
        helping_repeat(helping);
        return;
    }
    const struct link_bounds *bounds = &helping->link->bounds;
    tries_of_account(
        "child-password", bounds->tries_account, helping->asked.academy, helping->asked.id, &helping->attempt);
    attempt_begin(helping->link->store, &helping->attempt, &bounds->sign_in, helping_begun, helping);
}

static void helping_load(struct helping *helping)
{
    child_load(helping->link->store, &helping->asked, helping_loaded, helping);
}

void child_help(struct link *link, struct call *call, const Preau__Link__ResetChildPasswordRequest *request)
{
    const Preau__AccountRef *child = request->child;
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!child || child->id <= 0 || child->academy == 0 || child->academy > INT16_MAX) {
        call_refuse(call, REFUSAL_NOT_FOUND);
        return;
    }
    struct helping *helping = checked_calloc(1, sizeof *helping);
    helping->link = link;
    helping->call = call;
    helping->asked = (struct child_asked){
        .guardian_academy = {(int16_t)request->account->academy},
        .guardian = {request->account->id},
        .academy = {(int16_t)child->academy},
        .id = {child->id},
        .request = call_request_id(call),
        .method = call_method(call),
    };
    helping_load(helping);
}
