#include "link/franceconnect_unlink.h"

#include "link/choice.h"
#include "link/delivery_wanted.h"
#include "link/hashing.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/franceconnect.h"

struct unlinking {
    struct link *link;
    struct call *call;
    const Preau__Link__UnlinkFranceConnectRequest *request;
    struct opening_account account;
    struct attempt attempt;
};

static void unlinking_end(struct unlinking *unlinking, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "unlink", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        call_fail(unlinking->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(unlinking->call, refusal);
    } else {
        Preau__Link__UnlinkFranceConnectReply reply = PREAU__LINK__UNLINK_FRANCE_CONNECT_REPLY__INIT;
        call_answer(unlinking->call, &reply.base);
    }
    secret_wipe(unlinking, sizeof *unlinking);
    memory_free(&unlinking);
}

static void unlinked(void *arg, bool is_done, const struct fault *fault)
{
    struct unlinking *unlinking = arg;
    if (is_done) {
        delivery_wanted_tell(unlinking->link, unlinking->account.stored.account.academy);
    }
    unlinking_end(unlinking, is_done ? REFUSAL_NONE : REFUSAL_STALE, fault);
}

static void proved(void *arg, bool is_right, const struct fault *fault)
{
    struct unlinking *unlinking = arg;
    const struct account *account = &unlinking->account.stored.account;
    if (fault) {
        attempt_give_back(unlinking->link->store, &unlinking->attempt);
        unlinking_end(unlinking, REFUSAL_NONE, fault);
    } else if (!is_right) {
        unlinking_end(unlinking, REFUSAL_PRESENT_PASSWORD_WRONG, NULL);
    } else {
        attempt_succeed(unlinking->link->store, &unlinking->attempt);
        franceconnect_unlink(
            unlinking->link->store, account->academy, account->id, unlinking->account.changed_at, unlinked, unlinking);
    }
}

static void granted(void *arg, bool is_granted, const struct fault *fault)
{
    struct unlinking *unlinking = arg;
    if (fault || !is_granted) {
        unlinking_end(unlinking, REFUSAL_TOO_MANY_ATTEMPTS, fault);
    } else if (!hashing_verify(
                   unlinking->link->hashing, unlinking->request->present, unlinking->account.hash, proved, unlinking)) {
        attempt_give_back(unlinking->link->store, &unlinking->attempt);
        unlinking_end(unlinking, REFUSAL_BUSY, NULL);
    }
}

/* Another way in must be left: the password, which is given to prove it. */
static void loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct unlinking *unlinking = arg;
    const struct link_bounds *bounds = &unlinking->link->bounds;
    if (!account) {
        unlinking_end(unlinking, REFUSAL_NOT_FOUND, fault);
        return;
    }
    unlinking->account = *account;
    const struct account *of = &unlinking->account.stored.account;
    if (of->password != PASSWORD_CHOSEN) {
        unlinking_end(unlinking, REFUSAL_MUST_CHOOSE_PASSWORD, NULL);
        return;
    }
    tries_of_account("password", bounds->tries_account, of->academy, of->id, &unlinking->attempt);
    attempt_begin(unlinking->link->store, &unlinking->attempt, &bounds->sign_in, granted, unlinking);
}

void franceconnect_end(struct link *link, struct call *call, const Preau__Link__UnlinkFranceConnectRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct unlinking *unlinking = checked_calloc(1, sizeof *unlinking);
    *unlinking = (struct unlinking){.link = link, .call = call, .request = request};
    opening_load(link->store, (academy_code){(int16_t)request->account->academy}, (account_id){request->account->id},
        call_request_id(call), loaded, unlinking);
}
