/* "A child is missing", from the desk of an account in use: the mobile that the school of that child knows. Kept and answered as names and mobile
 * are (registration_begin.c), with the names of the account's own records; what is found is looked for afterwards, and joined to this account. */
#include "domain/phone.h"
#include "link/choice.h"
#include "link/registration.h"
#include "link/registration_token.h"
#include "link/sms.h"
#include "link/tries.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/registration.h"

struct missing {
    struct link *link;
    struct call *call;
    academy_code academy;
    account_id account;
    struct phone mobile;
    struct attempt attempt;
};

static void missing_end(struct missing *missing, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "register", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        call_fail(missing->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(missing->call, refusal);
    }
    memory_free(&missing);
}

static void kept(void *arg, int64_t id, const struct fault *fault)
{
    struct missing *missing = arg;
    if (id == 0) {
        attempt_give_back(missing->link->store, &missing->attempt);
        missing_end(missing, REFUSAL_NO_CHILD, fault);
        return;
    }
    char token[TOKEN_LINK_SIZE];
    registration_token_make(missing->link->keys, id, token);
    Preau__Link__BeginMissingChildReply reply = PREAU__LINK__BEGIN_MISSING_CHILD_REPLY__INIT;
    reply.token = token;
    call_answer(missing->call, &reply.base);
    sms_wake(missing->link->sms);
    missing_end(missing, REFUSAL_NONE, NULL);
}

static void granted(void *arg, bool is_granted, const struct fault *fault)
{
    struct missing *missing = arg;
    if (fault || !is_granted) {
        missing_end(missing, REFUSAL_TOO_MANY_ATTEMPTS, fault);
        return;
    }
    const struct registration_missing asked = {call_request_id(missing->call), missing->academy, missing->account,
        missing->mobile.e164, missing->link->bounds.sms_code};
    registration_begin_for(missing->link->store, &asked, kept, missing);
}

void registration_begin_missing(
    struct link *link, struct call *call, const Preau__Link__BeginMissingChildRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct missing *missing = checked_calloc(1, sizeof *missing);
    *missing = (struct missing){
        .link = link, .call = call, .academy = {(int16_t)request->account->academy}, .account = {request->account->id}};
    if (!link->sms) {
        missing_end(missing, REFUSAL_SMS_NOT_OFFERED, NULL);
        return;
    }
    if (!phone_parse(request->mobile, &missing->mobile) || !phone_may_receive_sms(&missing->mobile)) {
        missing_end(missing, REFUSAL_MOBILE_INVALID, NULL);
        return;
    }
    const struct tried_at_desk tried = {missing->mobile.e164, missing->academy, missing->account, request->address};
    tries_of_sms_at_desk(&link->bounds, &tried, &missing->attempt);
    attempt_begin(link->store, &missing->attempt, &link->bounds.sign_in, granted, missing);
}
