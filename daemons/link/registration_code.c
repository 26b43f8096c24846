/* The code of the SMS: whose registration is it? → a try is counted → judged. Who is unknown has none that is right. */
#include "link/registration.h"
#include "link/registration_step.h"
#include "link/registration_token.h"
#include "link/sms_message.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/registration.h"

struct giving {
    struct link *link;
    struct call *call;
    int64_t registration;
    bool is_right;
    enum refusal if_unproved; /* when it is looked at again, and nobody has proved it */
};

static void giving_end(struct giving *giving, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "register", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        call_fail(giving->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(giving->call, refusal);
    } else {
        Preau__Link__GiveRegistrationCodeReply reply = PREAU__LINK__GIVE_REGISTRATION_CODE_REPLY__INIT;
        call_answer(giving->call, &reply.base);
    }
    memory_free(&giving);
}

/* The same code was right a moment ago (people click twice, and answers are lost), or it proves nothing. */
static void looked_again(void *arg, const struct registration *registration, const struct fault *fault)
{
    struct giving *giving = arg;
    bool was_proved = registration && !registration->is_over && registration->state != REGISTRATION_ASKED &&
                      registration->state != REGISTRATION_VOUCHED;
    giving_end(giving, was_proved && giving->is_right ? REFUSAL_NONE : giving->if_unproved, fault);
}

static void look_again(struct giving *giving, enum refusal if_unproved)
{
    giving->if_unproved = if_unproved;
    registration_load(giving->link->store, giving->registration, looked_again, giving);
}

static void proved(void *arg, bool is_done, const struct fault *fault)
{
    struct giving *giving = arg;
    if (fault || is_done) {
        giving_end(giving, REFUSAL_NONE, fault);
    } else {
        look_again(giving, REFUSAL_CODE_WRONG);
    }
}

static void tried(void *arg, bool is_done, const struct fault *fault)
{
    struct giving *giving = arg;
    if (fault) {
        giving_end(giving, REFUSAL_NONE, fault);
    } else if (!is_done) {
        look_again(giving, REFUSAL_REGISTRATION_OVER);
    } else if (!giving->is_right) {
        giving_end(giving, REFUSAL_CODE_WRONG, NULL);
    } else {
        const struct link_bounds *bounds = &giving->link->bounds;
        registration_prove(
            giving->link->store, giving->registration, bounds->sms_form, bounds->mobile_validity, proved, giving);
    }
}

static void loaded(void *arg, const struct registration *registration, const struct fault *fault)
{
    struct giving *giving = arg;
    if (fault) {
        giving_end(giving, REFUSAL_NONE, fault);
    } else if (!registration || !registration_is_callers(giving->call, registration) ||
               (registration->is_of_desk && registration->is_over)) {
        giving_end(giving, REFUSAL_REGISTRATION_OVER, NULL);
    } else {
        registration_try(giving->link->store, giving->registration, giving->link->bounds.sms_code_tries, tried, giving);
    }
}

void registration_give_code(
    struct link *link, struct call *call, const Preau__Link__GiveRegistrationCodeRequest *request)
{
    int64_t registration;
    if (!registration_token_read(link->keys, request->token, &registration)) {
        call_refuse(call, REFUSAL_REGISTRATION_OVER);
        return;
    }
    struct giving *giving = checked_calloc(1, sizeof *giving);
    *giving = (struct giving){.link = link,
        .call = call,
        .registration = registration,
        .is_right = sms_code_is(link->keys, registration, request->code)};
    registration_load(link->store, registration, loaded, giving);
}
