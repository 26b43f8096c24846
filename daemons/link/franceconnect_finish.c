/* The way back from FranceConnect: the way taken, once → the code exchanged and the tokens checked → what ends the session there kept →
 * the account that the identity is linked to signed in, or a registration begun, or the identity linked to the account that asked. */
#include "link/franceconnect.h"
#include "link/franceconnect_link.h"
#include "link/franceconnect_sign_in.h"
#include "link/portal_trouble.h"
#include "link/provider_hold.h"
#include "link/provider_way.h"
#include "link/registration_token.h"
#include "link/tries.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "store/franceconnect.h"

struct returning {
    struct link *link;
    struct call *call;
    const Preau__Link__FinishFranceConnectRequest *request;
    academy_code academy; /* of the account that asked for it … */
    account_id account;   /* … 0: nobody's */
    struct franceconnect_person *person;
    struct provider_hold hold;
};

static void returning_end(struct returning *returning, const char *outcome)
{
    metric_count(METRIC_LINK_SIGN_INS, "franceconnect", outcome);
    provider_hold_clear(&returning->hold);
    memory_free(&returning->person);
    memory_free(&returning);
}

/* refusal: also one of portal_trouble.h. */
static void returning_refuse(struct returning *returning, enum refusal refusal)
{
    call_refuse(returning->call, franceconnect_refusal(refusal));
    returning_end(returning, portal_outcome(refusal));
}

static void returning_fail(struct returning *returning, const struct fault *fault)
{
    call_fail(returning->call, fault);
    returning_end(returning, "fault");
}

static void returning_answer(struct returning *returning, Preau__Link__FinishFranceConnectReply *reply)
{
    struct attempt attempt;
    tries_of_network(&returning->link->bounds, "franceconnect", returning->request->address, &attempt);
    attempt_give_back(returning->link->store, &attempt);
    call_answer(returning->call, &reply->base);
    returning_end(returning, "right");
}

/* --- an identity that is linked, and one that is not --- */

static void returning_signed_in(struct returning *returning, const struct franceconnect_account *account)
{
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    Preau__Link__FinishFranceConnectReply reply = PREAU__LINK__FINISH_FRANCE_CONNECT_REPLY__INIT;
    opening_note_sign_in(returning->link->store, account->academy, account->id);
    ref.academy = (uint32_t)account->academy.v;
    ref.id = account->id.v;
    reply.outcome = PREAU__LINK__FRANCE_CONNECT_OUTCOME__FRANCECONNECT_OUTCOME_SIGNED_IN;
    reply.account = &ref;
    reply.credential_at = account->credential_at.us;
    returning_answer(returning, &reply);
}

static void returning_begun(void *arg, int64_t registration, const struct fault *fault)
{
    struct returning *returning = arg;
    char token[TOKEN_LINK_SIZE];
    if (fault) {
        returning_fail(returning, fault);
        return;
    }
    registration_token_make(returning->link->keys, registration, token);
    Preau__Link__FinishFranceConnectReply reply = PREAU__LINK__FINISH_FRANCE_CONNECT_REPLY__INIT;
    reply.outcome = PREAU__LINK__FRANCE_CONNECT_OUTCOME__FRANCECONNECT_OUTCOME_UNKNOWN;
    reply.token = token;
    returning_answer(returning, &reply);
}

/* Whoever it is: nobody is looked for before a mobile was given. */
static void returning_register(struct returning *returning)
{
    const char *names[FRANCECONNECT_NAMES_MAX];
    const struct franceconnect_person *person = returning->person;
    for (size_t i = 0; i < person->name_count; i++) {
        names[i] = person->names[i];
    }
    const struct registration_vouched vouched = {
        .request = call_request_id(returning->call),
        .names = names,
        .name_count = person->name_count,
        .issuer = franceconnect_issuer(returning->link->franceconnect),
        .subject = person->subject,
        .lifetime = returning->link->bounds.sms_form,
    };
    registration_begin_vouched(returning->link->store, &vouched, returning_begun, returning);
}

static void returning_found(void *arg, const struct franceconnect_account *account, const struct fault *fault)
{
    struct returning *returning = arg;
    if (fault) {
        returning_fail(returning, fault);
    } else if (account && account->is_active) {
        returning_signed_in(returning, account);
    } else {
        returning_register(returning);
    }
}

/* --- one that is to be linked --- */

static void returning_link(struct returning *returning)
{
    const struct choice_vouched vouched = {
        .issuer = franceconnect_issuer(returning->link->franceconnect), .person = returning->person};
    returning->person = NULL; /* the choice's from here on */
    franceconnect_link_from_desk(
        returning->link, returning->call, &returning->request->base, returning->academy, returning->account, &vouched);
    returning_end(returning, "right");
}

static void returning_go_on(struct returning *returning)
{
    if (returning->account.v != 0) {
        returning_link(returning);
    } else {
        franceconnect_find(returning->link->store, franceconnect_issuer(returning->link->franceconnect),
            returning->person->subject, returning_found, returning);
    }
}

/* --- who came back --- */

/* Without it the person goes on all the same, and signs out there by FranceConnect's own pages. */
static void returning_kept(void *arg, const struct fault *fault)
{
    struct returning *returning = arg;
    if (fault) {
        log_fault("portal_session_not_kept", fault);
    }
    returning_go_on(returning);
}

static void returning_came_back(void *arg, const json_t *claims, const char *id_token, const struct fault *fault)
{
    struct returning *returning = arg;
    if (fault) {
        returning_refuse(returning, portal_trouble(FRANCECONNECT_NAME, "way back", fault));
        return;
    }
    returning->person = checked_malloc(sizeof *returning->person);
    franceconnect_person_read(claims, returning->person);
    /* By the random that the browser has already, whatever it is answered: also one that is refused is signed in there. */
    provider_hold_make(&returning->hold, returning->link, franceconnect_oidc(returning->link->franceconnect),
        returning->request->browser, id_token);
    if (returning->hold.sealed) {
        provider_hold_keep(
            &returning->hold, returning->link, FRANCECONNECT_NAME, (administrator_id){0}, returning_kept, returning);
    } else {
        returning_go_on(returning);
    }
}

/* --- the way that it belongs to --- */

/* To link, the session that asked must still be the browser's. */
static bool is_still_signed_in(const struct returning *returning)
{
    Preau__AccountRef ref = PREAU__ACCOUNT_REF__INIT;
    ref.academy = (uint32_t)returning->academy.v;
    ref.id = returning->account.v;
    return returning->account.v == 0 || caller_is_account(returning->call, &ref);
}

static void returning_exchange(struct returning *returning, const struct oidc_secrets *secrets)
{
    const Preau__Link__FinishFranceConnectRequest *request = returning->request;
    const char *issuer = request->issuer[0] != '\0' ? request->issuer : NULL;
    if (request->error[0] != '\0') {
        returning_refuse(returning, portal_error(FRANCECONNECT_NAME, request->error));
    } else if (request->code[0] == '\0') {
        returning_refuse(returning, REFUSAL_PORTAL_ANSWER_WRONG);
    } else if (!oidc_way_back(franceconnect_oidc(returning->link->franceconnect), request->code, issuer, secrets,
                   returning_came_back, returning)) {
        returning_refuse(returning, REFUSAL_BUSY);
    }
}

static void returning_taken(void *arg, const struct provider_way_kept *kept, const struct fault *fault)
{
    struct returning *returning = arg;
    if (fault) {
        returning_fail(returning, fault);
        return;
    }
    if (!kept) {
        returning_refuse(returning, REFUSAL_PORTAL_SIGN_IN_OVER);
        return;
    }
    returning->academy.v = (int16_t)kept->academy;
    returning->account.v = kept->account;
    if (is_still_signed_in(returning)) {
        returning_exchange(returning, &kept->secrets);
    } else {
        returning_refuse(returning, REFUSAL_SIGN_IN_REQUIRED);
    }
}

void franceconnect_finish(struct link *link, struct call *call, const Preau__Link__FinishFranceConnectRequest *request)
{
    if (!link->franceconnect) {
        call_refuse(call, REFUSAL_FRANCECONNECT_NOT_OFFERED);
        return;
    }
    struct returning *returning = checked_calloc(1, sizeof *returning);
    *returning = (struct returning){.link = link, .call = call, .request = request};
    provider_way_back(link, FRANCECONNECT_NAME, request->browser, request->state, returning_taken, returning);
}
