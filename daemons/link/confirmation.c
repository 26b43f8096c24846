#include "link/confirmation.h"

#include "crypto/token.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/confirmation.h"
#include "store/sqlstate.h"

struct following {
    struct link *link;
    struct call *call;
    academy_code academy;
    int64_t number;
    struct lifecycle_outcome outcome;
    unsigned rounds;
};

static void following_loaded(void *arg, const struct confirmation *confirmation, const struct fault *fault);

static void following_refuse(struct following *following, enum refusal refusal)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CONFIRM_EMAIL), "refused");
    call_refuse(following->call, refusal);
    memory_free(&following);
}

static void following_fail(struct following *following, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CONFIRM_EMAIL), "fault");
    call_fail(following->call, fault);
    memory_free(&following);
}

static void following_answer(struct following *following, const struct account *account)
{
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    ref.academy = (uint32_t)account->academy.v;
    ref.id = account->id.v;
    Preau__Link__ConfirmEmailReply reply = PREAU__LINK__CONFIRM_EMAIL_REPLY__INIT;
    reply.account = &ref;
    reply.state = (Preau__AccountState)(account->state + 1);
    call_answer(following->call, &reply.base);
    memory_free(&following);
}

static void following_applied(void *arg, const struct fault *fault)
{
    struct following *following = arg;
    if (fault && fault_is_stale(fault) && ++following->rounds < ROUNDS_MAX) {
        confirmation_load(following->link->store, following->academy, following->number, following_loaded, following);
        return;
    }
    if (fault) {
        following_fail(following, fault);
        return;
    }
    FAULT_POINT("link_confirmation_applied");
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CONFIRM_EMAIL), "done");
    following_answer(following, &following->outcome.account);
}

static void following_loaded(void *arg, const struct confirmation *confirmation, const struct fault *fault)
{
    struct following *following = arg;
    if (fault) {
        following_fail(following, fault);
        return;
    }
    if (!confirmation) {
        following_refuse(following, REFUSAL_LINK_UNKNOWN);
        return;
    }
    if (confirmation->is_used && confirmation->account.state == STATE_ACTIVE) {
        following_answer(following, &confirmation->account); /* people click twice, and mail programs before them */
        return;
    }
    if (confirmation->is_used || confirmation->is_superseded || confirmation->is_expired) {
        following_refuse(following, REFUSAL_LINK_EXPIRED);
        return;
    }
    enum refusal refusal = lifecycle_decide(&confirmation->account, ACTION_CONFIRM_EMAIL, clock_now(),
        following->link->bounds.validity_months, &following->outcome);
    if (refusal != REFUSAL_NONE) {
        following_refuse(following, refusal);
        return;
    }
    confirmation_apply(following->link->store, &following->outcome, following->number, following_applied, following);
}

void confirmation_follow(struct link *link, struct call *call, const Preau__Link__ConfirmEmailRequest *request)
{
    int academy;
    int64_t number;
    if (!token_link_read(link->keys, "activation", request->token, &academy, &number)) {
        metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CONFIRM_EMAIL), "refused");
        call_refuse(call, REFUSAL_LINK_UNKNOWN);
        return;
    }
    struct following *following = checked_calloc(1, sizeof *following);
    following->link = link;
    following->call = call;
    following->academy.v = (int16_t)academy;
    following->number = number;
    confirmation_load(link->store, following->academy, number, following_loaded, following);
}
