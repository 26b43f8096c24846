#include "link/opening.h"

#include "link/birth_date_tries.h"
#include "link/birth_dates.h"
#include "link/child_pack.h"
#include "link/choice.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

#include <stdio.h>

/* --- the page --- */

struct showing {
    struct link *link;
    struct call *call;
    struct opening_account account;
};

static void showing_end(struct showing *showing, enum refusal refusal, const struct fault *fault)
{
    if (fault) {
        call_fail(showing->call, fault);
    } else if (refusal != REFUSAL_NONE) {
        call_refuse(showing->call, refusal);
    }
    memory_free(&showing);
}

static void showing_answer(struct showing *showing, struct opening_person *people, size_t count)
{
    Preau__Link__GetOpeningReply reply = PREAU__LINK__GET_OPENING_REPLY__INIT;
    struct packed_children children;
    children_pack(people, count, &children);
    for (size_t i = 0; i < count; i++) {
        if (!people[i].is_child) {
            reply.prenom = people[i].prenom;
            reply.nom = people[i].nom;
            reply.proposed_email = people[i].mail;
        }
    }
    reply.children = children.list;
    reply.n_children = children.count;
    reply.profile = (Preau__Profile)(showing->account.stored.account.profile + 1);
    call_answer(showing->call, &reply.base);
    packed_children_clear(&children);
    memory_free(&showing);
}

static void showing_people_loaded(
    void *arg, const struct opening_person *people, size_t count, const struct fault *fault)
{
    struct showing *showing = arg;
    if (!people) {
        showing_end(showing, REFUSAL_NONE, fault);
        return;
    }
    /* protobuf-c's structs are not const */
    struct opening_person *copy = checked_calloc(count + 1, sizeof *copy);
    for (size_t i = 0; i < count; i++) {
        copy[i] = people[i];
    }
    showing_answer(showing, copy, count);
    memory_free(&copy);
}

static void showing_looked(void *arg, enum refusal refusal, const struct fault *fault)
{
    struct showing *showing = arg;
    const struct account *of = &showing->account.stored.account;
    if (fault || refusal != REFUSAL_NONE) {
        showing_end(showing, refusal, fault);
    } else {
        opening_load_people(showing->link->store, of->academy, of->id, showing_people_loaded, showing);
    }
}

static void showing_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct showing *showing = arg;
    if (!account) {
        showing_end(showing, REFUSAL_NOT_FOUND, fault);
        return;
    }
    showing->account = *account;
    const struct account *of = &showing->account.stored.account;
    struct lifecycle_outcome ignored;
    enum refusal refusal =
        lifecycle_decide(of, ACTION_OPEN, clock_now(), showing->link->bounds.validity_months, &ignored);
    if (refusal != REFUSAL_NONE) {
        showing_end(showing, refusal, NULL);
        return;
    }
    birth_date_look(showing->link, of->academy, of->id, showing_looked, showing);
}

void opening_show(struct link *link, struct call *call, const Preau__Link__GetOpeningRequest *request)
{
    if (!caller_is_account(call, request->account)) {
        call_refuse(call, REFUSAL_NOT_ALLOWED);
        return;
    }
    struct showing *showing = checked_calloc(1, sizeof *showing);
    *showing = (struct showing){.link = link, .call = call};
    opening_load(link->store, (academy_code){(int16_t)request->account->academy}, (account_id){request->account->id},
        call_request_id(call), showing_loaded, showing);
}

/* --- the opening --- */

/* The address comes after the dates: who does not know the children is told nothing else. */
static enum refusal check_email(struct choice *choice, const Preau__Link__OpenAccountRequest *request)
{
    if (choice->account.stored.account.profile != PROFILE_RESPONSABLE) {
        return REFUSAL_NONE; /* a pupil gives no address (guide 1.1) */
    }
    return email_parse(request->email, &choice->email) ? REFUSAL_NONE : REFUSAL_EMAIL_INVALID;
}

static void opening_refused(void *arg, enum refusal refusal, const struct fault *fault)
{
    struct choice *choice = arg;
    if (fault) {
        choice_fail(choice, fault);
    } else {
        choice_refuse(choice, refusal);
    }
}

static void opening_begun(void *arg, enum refusal refused, const struct fault *fault)
{
    struct choice *choice = arg;
    const Preau__Link__OpenAccountRequest *request = (const void *)choice->request;
    if (fault || refused != REFUSAL_NONE) {
        opening_refused(choice, refused, fault);
        return;
    }
    enum refusal refusal =
        birth_dates_check(choice->account.stored.account.profile, choice->people, choice->people_count, request);
    if (refusal == REFUSAL_NONE) {
        attempt_succeed(choice->link->store, &choice->attempt);
        refusal = check_email(choice, request);
    } else if (refusal == REFUSAL_BIRTH_DATE_WRONG) {
        birth_date_refuse(choice->link, choice->academy, choice->id, &choice->attempt, opening_refused, choice);
        return;
    } else {
        attempt_give_back(choice->link->store, &choice->attempt);
    }
    if (refusal != REFUSAL_NONE) {
        choice_refuse(choice, refusal);
        return;
    }
    choice_go_on(choice);
}

/* What the life cycle refuses is said before any date is looked at: an open account is no oracle of birth dates. */
static void opening_check(struct choice *choice)
{
    struct lifecycle_outcome ignored;
    enum refusal refusal = lifecycle_decide(
        &choice->account.stored.account, ACTION_OPEN, clock_now(), choice->link->bounds.validity_months, &ignored);
    if (refusal != REFUSAL_NONE) {
        choice_refuse(choice, refusal);
        return;
    }
    birth_date_try(choice->link, choice->academy, choice->id, &choice->attempt, opening_begun, choice);
}

static size_t opening_answer(const struct choice *choice, unsigned char *out_answer)
{
    struct email email = choice->email;
    Preau__Link__OpenAccountReply reply = PREAU__LINK__OPEN_ACCOUNT_REPLY__INIT;
    reply.state = (Preau__AccountState)(choice->outcome.account.state + 1);
    reply.email = email.text;
    reply.credential_at = choice->changed_at.us;
    return preau__link__open_account_reply__pack(&reply, out_answer);
}

static const struct choice_kind opening = {.action = ACTION_OPEN, .check = opening_check, .answer = opening_answer};

void opening_do(struct link *link, struct call *call, const Preau__Link__OpenAccountRequest *request)
{
    choice_begin(link, call, &opening, &request->base, request->account, request->password);
}
