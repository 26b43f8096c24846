#include "link/franceconnect_link.h"

#include "link.pb-c.h"

#include "store/franceconnect.h"

/* The registration that linked it has done what it was for. From the desk there is no moment of a proof. */
static bool is_over(const struct choice *choice, const struct franceconnect_standing *standing)
{
    return instant_is_set(choice->proof.credential_at) &&
           instant_before(choice->proof.credential_at, standing->linked_at);
}

static void stood(void *arg, const struct franceconnect_standing *standing, const struct fault *fault)
{
    struct choice *choice = arg;
    if (!standing) {
        choice_fail(choice, fault);
    } else if (standing->is_taken) {
        choice_refuse(choice, REFUSAL_FRANCECONNECT_TAKEN);
    } else if (standing->has_other) {
        choice_refuse(choice, REFUSAL_FRANCECONNECT_OTHER);
    } else if (standing->is_linked && is_over(choice, standing)) {
        choice_refuse(choice, REFUSAL_REGISTRATION_OVER);
    } else if (standing->is_linked) {
        choice_done(choice);
    } else {
        choice_go_on(choice);
    }
}

void franceconnect_link_check(struct choice *choice)
{
    franceconnect_stand(choice->link->store, choice->vouched.issuer, choice->vouched.person->subject, choice->academy,
        choice->id, stood, choice);
}

/* --- from the desk --- */

/* One of the account's own records bears one of the names. */
static bool names_agree(const struct choice *choice)
{
    for (size_t i = 0; i < choice->people_count; i++) {
        const struct opening_person *person = &choice->people[i];
        if (!person->is_child && franceconnect_person_is(choice->vouched.person, person->nom, person->prenom)) {
            return true;
        }
    }
    return false;
}

static void desk_check(struct choice *choice)
{
    if (choice->account.stored.account.profile != PROFILE_RESPONSABLE) {
        choice_refuse(choice, REFUSAL_GUARDIAN_ONLY);
    } else if (!names_agree(choice)) {
        choice_refuse(choice, REFUSAL_FRANCECONNECT_NAMES);
    } else {
        franceconnect_link_check(choice);
    }
}

static size_t desk_answer(const struct choice *choice, unsigned char *out_answer)
{
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    Preau__Link__FinishFranceConnectReply reply = PREAU__LINK__FINISH_FRANCE_CONNECT_REPLY__INIT;
    ref.academy = (uint32_t)choice->academy.v;
    ref.id = choice->id.v;
    reply.outcome = PREAU__LINK__FRANCE_CONNECT_OUTCOME__FRANCECONNECT_OUTCOME_LINKED;
    reply.account = &ref;
    reply.credential_at = choice->changed_at.us;
    return preau__link__finish_france_connect_reply__pack(&reply, out_answer);
}

static const struct choice_kind from_desk = {
    .action = ACTION_OPEN_FRANCECONNECT, .check = desk_check, .answer = desk_answer};

void franceconnect_link_from_desk(struct link *link, struct call *call, const ProtobufCMessage *request,
    academy_code academy, account_id account, const struct choice_vouched *vouched)
{
    const struct password_link proof = {.account = account};
    choice_begin_vouched(link, call, &from_desk, request, &proof, academy, vouched);
}
