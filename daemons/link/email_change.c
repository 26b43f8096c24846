#include "link/email_change.h"

#include "domain/email.h"
#include "domain/lifecycle.h"
#include "link/choice.h"
#include "link/delivery_wanted.h"
#include "link/hashing.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/email_change.h"
#include "store/opening.h"
#include "store/sqlstate.h"

struct demand {
    struct link *link;
    struct call *call;
    const Preau__Link__AskEmailChangeRequest *request;
    academy_code academy;
    account_id id;
    struct email email;
    struct opening_account account;
    struct lifecycle_outcome outcome;
    struct attempt password; /* tries of the present password */
    struct attempt demands;  /* of an account: each is a mail to whatever address was typed */
    unsigned char answer[OPENING_ANSWER_MAX];
    size_t answer_length;
    unsigned rounds;
};

static void demand_load(struct demand *demand);

static void demand_end(struct demand *demand, const char *outcome)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CHANGE_EMAIL), outcome);
    secret_wipe(demand, sizeof *demand);
    memory_free(&demand);
}

static void demand_refuse(struct demand *demand, enum refusal refusal)
{
    call_refuse(demand->call, refusal);
    demand_end(demand, "refused");
}

static void demand_fail(struct demand *demand, const struct fault *fault)
{
    call_fail(demand->call, fault);
    demand_end(demand, "fault");
}

static void demand_applied(void *arg, const struct fault *fault)
{
    struct demand *demand = arg;
    if (fault) {
        attempt_give_back(demand->link->store, &demand->demands);
    }
    if (fault && (fault_is_stale(fault) || fault_is_repeated(fault)) && ++demand->rounds < ROUNDS_MAX) {
        demand_load(demand);
        return;
    }
    if (fault) {
        demand_fail(demand, fault);
        return;
    }
    FAULT_POINT("link_email_change_asked");
    delivery_wanted_tell(demand->link, demand->academy);
    call_answer_packed(demand->call, demand->answer, demand->answer_length);
    demand_end(demand, "done");
}

static void demand_counted(void *arg, bool granted, const struct fault *fault)
{
    struct demand *demand = arg;
    if (fault) {
        demand_fail(demand, fault);
        return;
    }
    if (!granted) {
        demand_refuse(demand, REFUSAL_TOO_MANY_EMAIL_CHANGES);
        return;
    }
    Preau__Link__AskEmailChangeReply reply = PREAU__LINK__ASK_EMAIL_CHANGE_REPLY__INIT;
    struct instant expires_at = instant_add(clock_now(), demand->link->bounds.email_change_link);
    reply.email = demand->email.text;
    reply.expires_at = expires_at.us;
    demand->answer_length = preau__link__ask_email_change_reply__pack(&reply, demand->answer);
    const struct email_change_demand stored = {
        .outcome = &demand->outcome,
        .email = demand->email.text,
        .expires_at = expires_at,
        .credential_at = demand->account.changed_at,
        .request = call_request_id(demand->call),
        .method = call_method(demand->call),
        .answer = demand->answer,
        .answer_length = demand->answer_length,
    };
    email_change_ask(demand->link->store, &stored, demand_applied, demand);
}

static void demand_proved(void *arg, bool is_right, const struct fault *fault)
{
    struct demand *demand = arg;
    const struct link_bounds *bounds = &demand->link->bounds;
    if (fault) {
        attempt_give_back(demand->link->store, &demand->password);
        demand_fail(demand, fault);
        return;
    }
    if (!is_right) {
        demand_refuse(demand, REFUSAL_PRESENT_PASSWORD_WRONG);
        return;
    }
    attempt_succeed(demand->link->store, &demand->password);
    tries_of_account("email-change", bounds->email_changes, demand->academy, demand->id, &demand->demands);
    attempt_begin(demand->link->store, &demand->demands, &bounds->a_day, demand_counted, demand);
}

static void demand_begun(void *arg, bool granted, const struct fault *fault)
{
    struct demand *demand = arg;
    if (fault) {
        demand_fail(demand, fault);
    } else if (!granted) {
        demand_refuse(demand, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (!hashing_verify(
                   demand->link->hashing, demand->request->present, demand->account.hash, demand_proved, demand)) {
        attempt_give_back(demand->link->store, &demand->password);
        demand_refuse(demand, REFUSAL_BUSY);
    }
}

static bool is_the_present_one(const struct demand *demand)
{
    const struct stored_account *stored = &demand->account.stored;
    struct email present;
    return instant_is_set(stored->email_confirmed_at) && email_parse(stored->email, &present) &&
           email_is_same(&present, &demand->email);
}

static enum refusal demand_check(struct demand *demand)
{
    const struct account *account = &demand->account.stored.account;
    enum refusal refusal = lifecycle_decide(
        account, ACTION_CHANGE_EMAIL, clock_now(), demand->link->bounds.validity_months, &demand->outcome);
    if (refusal != REFUSAL_NONE) {
        return refusal;
    }
    if (!(demand->outcome.effects & EFFECT_SEND_ADDRESS_CONFIRMATION)) {
        return REFUSAL_ACTIVATION_PENDING;
    }
    if (account->password != PASSWORD_CHOSEN) {
        return REFUSAL_MUST_CHOOSE_PASSWORD;
    }
    return is_the_present_one(demand) ? REFUSAL_EMAIL_NOT_NEW : REFUSAL_NONE;
}

static void demand_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct demand *demand = arg;
    const struct link_bounds *bounds = &demand->link->bounds;
    if (fault) {
        demand_fail(demand, fault);
        return;
    }
    if (!account) {
        demand_refuse(demand, REFUSAL_NOT_FOUND);
        return;
    }
    if (account->is_answered) {
        call_answer_packed(demand->call, account->answer, account->answer_length);
        demand_end(demand, "done");
        return;
    }
    demand->account = *account;
    enum refusal refusal = demand_check(demand);
    if (refusal != REFUSAL_NONE) {
        demand_refuse(demand, refusal);
        return;
    }
    tries_of_account("password", bounds->tries_account, demand->academy, demand->id, &demand->password);
    attempt_begin(demand->link->store, &demand->password, &bounds->sign_in, demand_begun, demand);
}

static void demand_load(struct demand *demand)
{
    opening_load(
        demand->link->store, demand->academy, demand->id, call_request_id(demand->call), demand_loaded, demand);
}

void email_change_begin(struct link *link, struct call *call, const Preau__Link__AskEmailChangeRequest *request)
{
    struct email email;
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    if (!email_parse(request->email, &email)) {
        call_refuse(call, REFUSAL_EMAIL_INVALID);
        return;
    }
    struct demand *demand = checked_calloc(1, sizeof *demand);
    demand->link = link;
    demand->call = call;
    demand->request = request;
    demand->academy.v = (int16_t)request->account->academy;
    demand->id.v = request->account->id;
    demand->email = email;
    demand_load(demand);
}

/* ---- taken back */

static void taken_back(void *arg, const struct fault *fault)
{
    struct call *call = arg;
    Preau__Link__CancelEmailChangeReply reply = PREAU__LINK__CANCEL_EMAIL_CHANGE_REPLY__INIT;
    if (fault) {
        call_fail(call, fault);
    } else {
        call_answer(call, &reply.base);
    }
}

void email_change_take_back(struct link *link, struct call *call, const Preau__Link__CancelEmailChangeRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    email_change_cancel(link->store, (academy_code){(int16_t)request->account->academy},
        (account_id){request->account->id}, taken_back, call);
}
