/* The last step: a password. The account is opened, or, if it was before, has another password. Of who came by FranceConnect the
 * identity is linked instead, and the password stays what it is. */
#include "link/choice.h"
#include "link/franceconnect.h"
#include "link/franceconnect_link.h"
#include "link/registration.h"
#include "link/registration_step.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

/* Once: whatever made the password newer than the proof, this very form included, ended it. Judged after the stored answer was
 * looked for, so that a repeat gets it. */
static bool finish_is_over(const struct choice *choice)
{
    return instant_before(choice->proof.credential_at, choice->account.changed_at);
}

static void finish_check(struct choice *choice)
{
    if (finish_is_over(choice)) {
        choice_refuse(choice, REFUSAL_REGISTRATION_OVER);
    } else {
        choice_go_on(choice);
    }
}

static size_t finish_answer(const struct choice *choice, unsigned char *out_answer)
{
    struct opening_account account = choice->account; /* protobuf-c's structs are not const */
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    ref.academy = (uint32_t)choice->academy.v;
    ref.id = choice->id.v;
    Preau__Link__FinishRegistrationReply reply = PREAU__LINK__FINISH_REGISTRATION_REPLY__INIT;
    reply.account = &ref;
    reply.login = account.stored.login;
    reply.credential_at = choice->changed_at.us;
    return preau__link__finish_registration_reply__pack(&reply, out_answer);
}

static const struct choice_kind first = {.action = ACTION_OPEN_SMS, .check = finish_check, .answer = finish_answer};
static const struct choice_kind again = {
    .action = ACTION_RECOVER_PASSWORD, .check = finish_check, .answer = finish_answer};

static void vouched_check(struct choice *choice)
{
    if (finish_is_over(choice)) {
        choice_refuse(choice, REFUSAL_REGISTRATION_OVER);
    } else {
        franceconnect_link_check(choice);
    }
}

static const struct choice_kind vouched = {
    .action = ACTION_OPEN_FRANCECONNECT, .check = vouched_check, .answer = finish_answer};

static void finish_vouched(struct registration_step *step, const struct password_link *proof)
{
    const struct registration *registration = &step->registration;
    struct franceconnect *franceconnect = step->link->franceconnect;
    if (!franceconnect || strcmp(franceconnect_issuer(franceconnect), registration->issuer) != 0) {
        registration_step_refuse(step, REFUSAL_FRANCECONNECT_NOT_OFFERED); /* configured otherwise meanwhile */
        return;
    }
    struct franceconnect_person *person = checked_calloc(1, sizeof *person);
    snprintf(person->subject, sizeof person->subject, "%s", registration->subject);
    const struct choice_vouched whom = {.issuer = franceconnect_issuer(franceconnect), .person = person};
    choice_begin_vouched(step->link, step->call, &vouched, step->request, proof, registration->academy, &whom);
    registration_step_free(step);
}

static void finish_found(struct registration_step *step)
{
    const Preau__Link__FinishRegistrationRequest *request = (const void *)step->request;
    const struct registration *registration = &step->registration;
    if (registration->state != REGISTRATION_CONFIRMED ||
        registration->is_of_desk) { /* a code is no password of that account */
        registration_step_refuse(step, REFUSAL_REGISTRATION_OVER);
        return;
    }
    const struct password_link proof = {.account = registration->account, .credential_at = registration->confirmed_at};
    if (registration_is_vouched(registration)) {
        finish_vouched(step, &proof);
        return;
    }
    choice_begin_by_link(step->link, step->call, registration->is_active ? &again : &first, &request->base,
        registration->academy, &proof, request->password);
    registration_step_free(step);
}

void registration_finish(struct link *link, struct call *call, const Preau__Link__FinishRegistrationRequest *request)
{
    registration_step_begin(
        (struct registration_step){.link = link, .call = call, .request = &request->base, .found = finish_found},
        request->token);
}
