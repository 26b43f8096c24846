#include "link/email_link.h"

#include "crypto/token.h"
#include "link/delivery_wanted.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/email_change.h"
#include "store/sqlstate.h"

struct following {
    struct link *link;
    struct call *call;
    academy_code academy;
    int64_t number;
    struct lifecycle_outcome outcome;
    unsigned rounds;
};

static void following_loaded(void *arg, const struct email_change_link *link, const struct fault *fault);

static void following_end(struct following *following, const char *outcome)
{
    metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CONFIRM_EMAIL), outcome);
    memory_free(&following);
}

static void following_refuse(struct following *following, enum refusal refusal)
{
    call_refuse(following->call, refusal);
    following_end(following, "refused");
}

static void following_fail(struct following *following, const struct fault *fault)
{
    call_fail(following->call, fault);
    following_end(following, "fault");
}

static void following_answer(struct following *following)
{
    Preau__Link__ConfirmEmailChangeReply reply = PREAU__LINK__CONFIRM_EMAIL_CHANGE_REPLY__INIT;
    call_answer(following->call, &reply.base);
    following_end(following, "done");
}

static void following_applied(void *arg, const struct fault *fault)
{
    struct following *following = arg;
    if (fault && fault_is_stale(fault) && ++following->rounds < ROUNDS_MAX) {
        email_change_load(following->link->store, following->academy, following->number, following_loaded, following);
        return;
    }
    if (fault) {
        following_fail(following, fault);
        return;
    }
    FAULT_POINT("link_email_change_confirmed");
    delivery_wanted_tell(following->link, following->academy);
    following_answer(following);
}

/* Who is signed in with another account, on a telephone that a family shares, would believe it to be theirs. */
static bool is_signed_in_as_another(const struct following *following, const struct account *account)
{
    struct caller caller = call_caller(following->call);
    return caller.account.v != 0 && (caller.account.v != account->id.v || caller.academy != (int)account->academy.v);
}

static enum refusal following_check(struct following *following, const struct email_change_link *link)
{
    if (is_signed_in_as_another(following, &link->account)) {
        return REFUSAL_LINK_OF_ANOTHER;
    }
    if (!link->is_pending) {
        return REFUSAL_LINK_EXPIRED;
    }
    return lifecycle_decide(&link->account, ACTION_CONFIRM_EMAIL, clock_now(), following->link->bounds.validity_months,
        &following->outcome);
}

static void following_loaded(void *arg, const struct email_change_link *link, const struct fault *fault)
{
    struct following *following = arg;
    if (fault) {
        following_fail(following, fault);
        return;
    }
    if (!link) {
        following_refuse(following, REFUSAL_LINK_UNKNOWN);
        return;
    }
    enum refusal refusal = following_check(following, link);
    if (refusal == REFUSAL_LINK_EXPIRED && link->is_now) {
        following_answer(following); /* people click twice */
    } else if (refusal != REFUSAL_NONE) {
        following_refuse(following, refusal);
    } else {
        email_change_confirm(
            following->link->store, &following->outcome, following->number, following_applied, following);
    }
}

void email_link_follow(struct link *link, struct call *call, const Preau__Link__ConfirmEmailChangeRequest *request)
{
    int academy;
    int64_t number;
    if (!token_link_read(link->keys, "email_change", request->token, &academy, &number)) {
        metric_count(METRIC_LINK_ACTIONS, action_code(ACTION_CONFIRM_EMAIL), "refused");
        call_refuse(call, REFUSAL_LINK_UNKNOWN);
        return;
    }
    struct following *following = checked_calloc(1, sizeof *following);
    following->link = link;
    following->call = call;
    following->academy.v = (int16_t)academy;
    following->number = number;
    email_change_load(link->store, following->academy, number, following_loaded, following);
}
