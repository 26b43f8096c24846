/* The code of the SMS: which number waits? → a try is counted → judged → the number is the account's. */
#include "link/choice.h"
#include "link/delivery_wanted.h"
#include "link/own_mobile.h"
#include "link/sms.h"
#include "link/sms_message.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/own_mobile.h"
#include "store/registration.h"

struct giving {
    struct link *link;
    struct call *call;
    const char *code;
    academy_code academy;
    account_id account;
    int64_t registration;
};

static void giving_end(struct giving *giving, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "change_mobile", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        call_fail(giving->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(giving->call, refusal);
    } else {
        Preau__Link__ConfirmMobileChangeReply reply = PREAU__LINK__CONFIRM_MOBILE_CHANGE_REPLY__INIT;
        call_answer(giving->call, &reply.base);
    }
    memory_free(&giving);
}

static bool is_done_already(const struct giving *giving, const struct own_mobile_latest *latest)
{
    return latest && latest->is_now && sms_code_is(giving->link->keys, latest->registration, giving->code);
}

/* None may be tried any more: it is over, or the same code was right a moment ago (people click twice). */
static void looked_again(void *arg, const struct own_mobile_latest *latest, const struct fault *fault)
{
    struct giving *giving = arg;
    giving_end(giving, is_done_already(giving, latest) ? REFUSAL_NONE : REFUSAL_MOBILE_CHANGE_OVER, fault);
}

static void look_again(struct giving *giving)
{
    own_mobile_load(giving->link->store, giving->academy, giving->account, looked_again, giving);
}

static void confirmed(void *arg, bool is_done, const struct fault *fault)
{
    struct giving *giving = arg;
    if (fault) {
        giving_end(giving, REFUSAL_NONE, fault);
        return;
    }
    if (!is_done) {
        look_again(giving);
        return;
    }
    delivery_wanted_tell(giving->link, giving->academy);
    if (giving->link->sms) {
        sms_wake(giving->link->sms); /* the number before is told */
    }
    giving_end(giving, REFUSAL_NONE, NULL);
}

static void tried(void *arg, bool is_granted, const struct fault *fault)
{
    struct giving *giving = arg;
    if (fault) {
        giving_end(giving, REFUSAL_NONE, fault);
    } else if (!is_granted) {
        look_again(giving);
    } else if (!sms_code_is(giving->link->keys, giving->registration, giving->code)) {
        giving_end(giving, REFUSAL_CODE_WRONG, NULL);
    } else {
        own_mobile_confirm(giving->link->store, giving->academy, giving->account, giving->registration,
            OWN_MOBILE_NOTICE, confirmed, giving);
    }
}

static void found(void *arg, const struct own_mobile_latest *latest, const struct fault *fault)
{
    struct giving *giving = arg;
    if (fault || !latest) {
        giving_end(giving, REFUSAL_MOBILE_CHANGE_OVER, fault);
    } else if (is_done_already(giving, latest)) {
        giving_end(giving, REFUSAL_NONE, NULL);
    } else if (latest->is_over) {
        giving_end(giving, REFUSAL_MOBILE_CHANGE_OVER, NULL);
    } else {
        giving->registration = latest->registration;
        registration_try(giving->link->store, giving->registration, giving->link->bounds.sms_code_tries, tried, giving);
    }
}

void own_mobile_give_code(struct link *link, struct call *call, const Preau__Link__ConfirmMobileChangeRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct giving *giving = checked_calloc(1, sizeof *giving);
    *giving = (struct giving){
        .link = link,
        .call = call,
        .code = request->code,
        .academy = {(int16_t)request->account->academy},
        .account = {request->account->id},
    };
    own_mobile_load(link->store, giving->academy, giving->account, found, giving);
}
