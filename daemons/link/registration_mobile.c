/* The mobile of who came by FranceConnect: kept and answered as names and mobile are (registration_begin.c). Nobody is looked for here. */
#include "domain/phone.h"
#include "link/network.h"
#include "link/registration.h"
#include "link/registration_step.h"
#include "link/sms.h"
#include "link/tries.h"
#include "runtime/metric.h"

#include <string.h>

static void end(struct registration_step *step, enum refusal refusal, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "register", fault ? "fault" : refusal != REFUSAL_NONE ? "refused" : "done");
    if (fault) {
        registration_step_fail(step, fault);
    } else if (refusal != REFUSAL_NONE) {
        registration_step_refuse(step, refusal);
    } else {
        Preau__Link__GiveRegistrationMobileReply reply = PREAU__LINK__GIVE_REGISTRATION_MOBILE_REPLY__INIT;
        call_answer(step->call, &reply.base);
        registration_step_free(step);
    }
}

static bool mobile_of(const struct registration_step *step, struct phone *out_mobile)
{
    const Preau__Link__GiveRegistrationMobileRequest *request = (const void *)step->request;
    return phone_parse(request->mobile, out_mobile) && phone_may_receive_sms(out_mobile);
}

/* People click twice. Another number is sent no code, and whoever corrected theirs is not told that it was: they begin anew. */
static enum refusal given_before(const struct registration_step *step, const struct registration *registration)
{
    struct phone mobile;
    bool is_same = registration->state == REGISTRATION_ASKED && mobile_of(step, &mobile) &&
                   strcmp(mobile.e164, registration->mobile) == 0;
    return is_same ? REFUSAL_NONE : REFUSAL_REGISTRATION_OVER;
}

/* It was no more as it was found: it is over, or it was given a moment ago. */
static void looked_again(void *arg, const struct registration *registration, const struct fault *fault)
{
    bool is_on = registration && !registration->is_over;
    end(arg, is_on ? given_before(arg, registration) : REFUSAL_REGISTRATION_OVER, fault);
}

static void given(void *arg, bool is_done, const struct fault *fault)
{
    struct registration_step *step = arg;
    if (is_done) {
        sms_wake(step->link->sms);
        end(step, REFUSAL_NONE, NULL);
        return;
    }
    attempt_give_back(step->link->store, &step->attempt);
    if (fault) {
        end(step, REFUSAL_NONE, fault);
    } else {
        registration_load(step->link->store, step->number, looked_again, step);
    }
}

static void granted(void *arg, bool is_granted, const struct fault *fault)
{
    struct registration_step *step = arg;
    struct phone mobile;
    if (fault || !is_granted || !mobile_of(step, &mobile)) {
        end(step, REFUSAL_TOO_MANY_ATTEMPTS, fault);
    } else {
        const Preau__Link__GiveRegistrationMobileRequest *request = (const void *)step->request;
        char asked_from[NETWORK_SIZE];
        network_of_site(request->address, asked_from);
        registration_give_mobile(
            step->link->store, step->number, mobile.e164, asked_from, step->link->bounds.sms_code, given, step);
    }
}

static void found(struct registration_step *step)
{
    const Preau__Link__GiveRegistrationMobileRequest *request = (const void *)step->request;
    struct phone mobile;
    if (step->registration.state != REGISTRATION_VOUCHED) {
        end(step, given_before(step, &step->registration), NULL);
    } else if (!step->link->sms) {
        end(step, REFUSAL_REGISTRATION_OVER, NULL);
    } else if (!mobile_of(step, &mobile)) {
        end(step, REFUSAL_MOBILE_INVALID, NULL);
    } else {
        tries_of_sms(&step->link->bounds, mobile.e164, request->address, &step->attempt);
        attempt_begin(step->link->store, &step->attempt, &step->link->bounds.sign_in, granted, step);
    }
}

void registration_mobile(
    struct link *link, struct call *call, const Preau__Link__GiveRegistrationMobileRequest *request)
{
    registration_step_begin(
        (struct registration_step){.link = link, .call = call, .request = &request->base, .found = found},
        request->token);
}
