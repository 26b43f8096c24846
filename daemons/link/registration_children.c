/* Which step comes next; the birth date of each child, which joins what is one person's. */
#include "link/birth_date_tries.h"
#include "link/birth_dates.h"
#include "link/child_pack.h"
#include "link/delivery_wanted.h"
#include "link/registration.h"
#include "link/registration_step.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

/* --- shown --- */

static void show(struct registration_step *step, Preau__Link__GetRegistrationReply *reply)
{
    reply->is_open = step->registration.is_active;
    reply->by_franceconnect = registration_is_vouched(&step->registration);
    reply->from_desk = step->registration.is_of_desk;
    reply->forgotten = step->registration.is_recovery;
    call_answer(step->call, &reply->base);
    registration_step_free(step);
}

static void show_children(struct registration_step *step)
{
    Preau__Link__GetRegistrationReply reply = PREAU__LINK__GET_REGISTRATION_REPLY__INIT;
    struct packed_children children;
    children_pack(step->people, step->people_count, &children);
    reply.children = children.list;
    reply.n_children = children.count;
    reply.step = PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CHILDREN;
    if (reply.n_children > 0) {
        show(step, &reply);
    } else {
        registration_step_refuse(step, REFUSAL_NO_CHILD);
    }
    packed_children_clear(&children);
}

static void show_login(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct registration_step *step = arg;
    if (fault) {
        registration_step_fail(step, fault);
    } else if (!account) {
        registration_step_refuse(step, REFUSAL_REGISTRATION_OVER);
    } else {
        struct opening_account of = *account;
        Preau__Link__GetRegistrationReply reply = PREAU__LINK__GET_REGISTRATION_REPLY__INIT;
        reply.step = registration_is_vouched(&step->registration)
                         ? PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_FRANCECONNECT
                         : PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_PASSWORD;
        reply.login = of.stored.login;
        reply.has_other = step->registration.has_other;
        show(step, &reply);
    }
}

static void show_found(struct registration_step *step)
{
    Preau__Link__GetRegistrationReply reply = PREAU__LINK__GET_REGISTRATION_REPLY__INIT;
    switch (step->registration.state) {
    case REGISTRATION_VOUCHED:
        reply.step = PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_MOBILE;
        show(step, &reply);
        return;
    case REGISTRATION_ASKED:
        reply.step = PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_CODE;
        show(step, &reply);
        return;
    case REGISTRATION_PROVEN:
        if (step->registration.is_disputed) {
            registration_step_refuse(step, REFUSAL_REGISTRATION_TWO_GUARDIANS);
            return;
        }
        registration_step_load_people(step, show_children);
        return;
    case REGISTRATION_CONFIRMED:
        if (step->registration.is_of_desk) {
            reply.step = PREAU__LINK__REGISTRATION_STEP__REGISTRATION_STEP_DONE;
            show(step, &reply);
            return;
        }
        opening_load(step->link->store, step->registration.academy, step->registration.account,
            call_request_id(step->call), show_login, step);
        return;
    }
}

void registration_show(struct link *link, struct call *call, const Preau__Link__GetRegistrationRequest *request)
{
    registration_step_begin(
        (struct registration_step){.link = link, .call = call, .found = show_found}, request->token);
}

/* --- confirmed --- */

static void naming_end(struct registration_step *step, enum refusal refusal)
{
    metric_count(METRIC_LINK_ACTIONS, "register", "refused");
    registration_step_refuse(step, refusal);
}

static void naming_fail(struct registration_step *step, const struct fault *fault)
{
    metric_count(METRIC_LINK_ACTIONS, "register", "fault");
    registration_step_fail(step, fault);
}

static void naming_answer(struct registration_step *step)
{
    metric_count(METRIC_LINK_ACTIONS, "register", "done");
    Preau__Link__ConfirmRegistrationChildrenReply reply = PREAU__LINK__CONFIRM_REGISTRATION_CHILDREN_REPLY__INIT;
    call_answer(step->call, &reply.base);
    registration_step_free(step);
}

/* Nothing was done: another request of the same browser did it, or it is over. */
static void looked_again(void *arg, const struct registration *registration, const struct fault *fault)
{
    struct registration_step *step = arg;
    if (fault) {
        naming_fail(step, fault);
    } else if (registration && !registration->is_over && registration->state == REGISTRATION_CONFIRMED) {
        naming_answer(step);
    } else if (registration && registration->is_disputed) { /* by an import of this moment */
        naming_end(step, REFUSAL_REGISTRATION_TWO_GUARDIANS);
    } else {
        naming_end(step, REFUSAL_REGISTRATION_OVER);
    }
}

static void named(void *arg, bool is_done, const struct fault *fault)
{
    struct registration_step *step = arg;
    if (fault &&
        fault->code == FAULT_BUSY) { /* an import has the records: the dates are right, and may be given again */
        naming_end(step, REFUSAL_BUSY);
    } else if (fault) {
        naming_fail(step, fault);
    } else if (is_done) {
        delivery_wanted_tell(
            step->link, step->registration.academy); /* accounts in use are told what was joined to them */
        naming_answer(step);
    } else {
        registration_load(step->link->store, step->number, looked_again, step);
    }
}

static enum refusal dates_check(const struct registration_step *step)
{
    const Preau__Link__ConfirmRegistrationChildrenRequest *request = (const void *)step->request;
    Preau__Link__OpenAccountRequest given = PREAU__LINK__OPEN_ACCOUNT_REQUEST__INIT;
    given.n_children = request->n_children;
    given.children = request->children;
    enum refusal refusal = birth_dates_check(PROFILE_RESPONSABLE, step->people, step->people_count, &given);
    return refusal == REFUSAL_ACCOUNT_CLOSED ? REFUSAL_NO_CHILD : refusal;
}

static void naming_refused(void *arg, enum refusal refusal, const struct fault *fault)
{
    if (fault) {
        naming_fail(arg, fault);
    } else {
        naming_end(arg, refusal);
    }
}

static void naming_granted(void *arg, enum refusal refused, const struct fault *fault)
{
    struct registration_step *step = arg;
    struct store *store = step->link->store;
    if (fault || refused != REFUSAL_NONE) {
        naming_refused(step, refused, fault);
        return;
    }
    enum refusal refusal = dates_check(step);
    if (refusal == REFUSAL_NONE) {
        attempt_succeed(store, &step->attempt);
        registration_confirm(store, step->number, step->link->bounds.sms_form, named, step);
        return;
    }
    if (refusal == REFUSAL_BIRTH_DATE_WRONG) {
        birth_date_refuse(
            step->link, step->registration.academy, step->registration.account, &step->attempt, naming_refused, step);
    } else {
        attempt_give_back(store, &step->attempt);
        naming_end(step, refusal);
    }
}

/* Counted with those of the first sign-in: one account's dates are guessed by neither way. */
static void naming_loaded(struct registration_step *step)
{
    birth_date_try(
        step->link, step->registration.academy, step->registration.account, &step->attempt, naming_granted, step);
}

static void naming_found(struct registration_step *step)
{
    if (step->registration.state == REGISTRATION_CONFIRMED) { /* a double click: it was done */
        naming_answer(step);
    } else if (step->registration.state != REGISTRATION_PROVEN || step->registration.account.v == 0) {
        naming_end(step, REFUSAL_REGISTRATION_OVER);
    } else if (step->registration.is_disputed) {
        naming_end(step, REFUSAL_REGISTRATION_TWO_GUARDIANS);
    } else {
        registration_step_load_people(step, naming_loaded);
    }
}

void registration_confirm_children(
    struct link *link, struct call *call, const Preau__Link__ConfirmRegistrationChildrenRequest *request)
{
    registration_step_begin(
        (struct registration_step){.link = link, .call = call, .request = &request->base, .found = naming_found},
        request->token);
}
