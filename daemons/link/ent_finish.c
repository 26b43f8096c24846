/* The way back from an ENT or ATEN: the way taken, once → what came judged by the peer's protocol → its answer counted, once → the account of
 * the AAF key found, in the peer's academy alone → the life cycle asked → the opening kept for this browser. */
#include "crypto/seal.h"
#include "link/ent_sign_in.h"
#include "link/ent_trouble.h"
#include "link/portal_trouble.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/ent.h"
#include "store/opening.h"
#include "store/provider.h"

#include <stdio.h>
#include <string.h>

/* To read an identifier and to choose a password. */
#define OPENING_LIFETIME MINUTES(15)

struct coming {
    struct link *link;
    struct call *call;
    struct ent_peer *peer;
    const Preau__Link__FinishEntRequest *request;
    char place[PORTAL_PLACE_SIZE];
    struct ent_identity identity;
    struct ent_opening opening;
};

static void coming_free(struct coming *coming)
{
    secret_wipe(coming, sizeof *coming);
    memory_free(&coming);
}

static void coming_refuse(struct coming *coming, enum refusal refusal)
{
    metric_count(METRIC_LINK_SIGN_INS, "ent", portal_outcome(refusal));
    call_refuse(coming->call, refusal);
    coming_free(coming);
}

static void coming_fail(struct coming *coming, const struct fault *fault)
{
    metric_count(METRIC_LINK_SIGN_INS, "ent", "fault");
    call_fail(coming->call, fault);
    coming_free(coming);
}

/* --- the opening --- */

static void coming_begun(void *arg, int64_t id, const struct fault *fault)
{
    struct coming *coming = arg;
    char token[TOKEN_LINK_SIZE];
    if (fault) {
        coming_fail(coming, fault);
        return;
    }
    metric_count(METRIC_LINK_SIGN_INS, "ent", "right");
    log_event(
        LOG_INFO, "ent_vouched", F("peer", ent_peer_provider(coming->peer)), F("account", coming->opening.account));
    ent_token_make(coming->link, id, token);
    Preau__Link__FinishEntReply reply = PREAU__LINK__FINISH_ENT_REPLY__INIT;
    reply.token = token;
    call_answer(coming->call, &reply.base);
    coming_free(coming);
}

static void coming_loaded(void *arg, const struct opening_account *account, const struct fault *fault)
{
    struct coming *coming = arg;
    const struct link *link = coming->link;
    struct lifecycle_outcome ignored;
    unsigned char browser[DIGEST_SIZE];
    if (fault || !account) {
        if (fault) {
            coming_fail(coming, fault);
        } else {
            coming_refuse(coming, REFUSAL_ENT_UNKNOWN);
        }
        return;
    }
    enum refusal refusal = lifecycle_decide(&account->stored.account, ent_peer_settings(coming->peer)->action,
        clock_now(), link->bounds.validity_months, &ignored);
    if (refusal != REFUSAL_NONE) {
        coming_refuse(coming, refusal);
        return;
    }
    digest_make(coming->request->browser, strlen(coming->request->browser), browser);
    snprintf(coming->opening.peer, sizeof coming->opening.peer, "%s", ent_peer_settings(coming->peer)->name);
    ent_opening_begin(link->store, browser, &coming->opening, OPENING_LIFETIME, coming_begun, coming);
}

/* --- who it is --- */

static void coming_found(void *arg, const struct ent_person *person, const struct fault *fault)
{
    struct coming *coming = arg;
    if (!person) {
        coming_fail(coming, fault);
    } else if (person->account.v == 0) {
        coming_refuse(coming, person->in_first_degree ? REFUSAL_SECOND_DEGREE_ONLY : REFUSAL_ENT_UNKNOWN);
    } else {
        coming->opening.academy = person->academy;
        coming->opening.account = person->account;
        opening_load(coming->link->store, person->academy, person->account, call_request_id(coming->call),
            coming_loaded, coming);
    }
}

static void coming_find(struct coming *coming)
{
    int64_t aaf_id;
    if (ent_peer_key(coming->peer, coming->identity.key, &aaf_id)) {
        ent_find(coming->link->store, ent_peer_settings(coming->peer)->academy, aaf_id, coming_found, coming);
    } else {
        log_event(LOG_NOTICE, "ent_key_of_another_form", F("peer", ent_peer_provider(coming->peer)));
        coming_refuse(coming, REFUSAL_ENT_UNKNOWN);
    }
}

static void coming_answer_taken(void *arg, bool is_first, const struct fault *fault)
{
    struct coming *coming = arg;
    if (fault) {
        coming_fail(coming, fault);
    } else if (!is_first) {
        log_event(LOG_WARNING, "ent_answer_replayed", F("peer", ent_peer_provider(coming->peer)));
        coming_refuse(coming, REFUSAL_ENT_OVER);
    } else {
        coming_find(coming);
    }
}

/* Another peer's answer may bear the same name. It is remembered as long as a way that it could belong to, whatever end it tells. */
static void coming_count(struct coming *coming)
{
    struct instant latest = instant_add(clock_now(), coming->link->bounds.portal_sign_in);
    struct instant until = coming->identity.once_until;
    char name[2 * ENT_ONCE_SIZE];
    unsigned char digest[DIGEST_SIZE];
    snprintf(name, sizeof name, "%s %s", ent_peer_provider(coming->peer), coming->identity.once);
    digest_make(name, strlen(name), digest);
    ent_answer_take(
        coming->link->store, digest, instant_before(latest, until) ? latest : until, coming_answer_taken, coming);
}

/* Who was vouched for was no stranger's try, whatever becomes of it: a whole school sits behind one address, and whoever takes this
 * way each morning, with an account that is open already, would lock the others out. */
static void coming_is_known(const struct coming *coming)
{
    struct attempt attempt;
    tries_of_network(&coming->link->bounds, "ent", coming->request->address, &attempt);
    attempt_give_back(coming->link->store, &attempt);
}

static void coming_ended(void *arg, const struct ent_identity *identity, const struct fault *fault)
{
    struct coming *coming = arg;
    if (fault) {
        coming_refuse(coming, ent_trouble(ent_peer_provider(coming->peer), "way back", fault));
        return;
    }
    coming_is_known(coming);
    coming->identity = *identity;
    if (identity->once[0] != '\0') {
        coming_count(coming);
    } else {
        coming_find(coming);
    }
}

/* --- the way that it belongs to --- */

static const char *told(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

/* The caller frees. */
static char *text_of(const ProtobufCBinaryData *bytes)
{
    char *text = checked_calloc(1, bytes->len + 1);
    if (bytes->len > 0) {
        memcpy(text, bytes->data, bytes->len);
    }
    return text;
}

static void coming_judge(struct coming *coming, const char *kept)
{
    const Preau__Link__FinishEntRequest *request = coming->request;
    if (strlen(request->ticket) >= ENT_TICKET_SIZE || strlen(request->code) >= ENT_CODE_SIZE ||
        request->saml_response.len > ENT_RESPONSE_MAX) {
        coming_refuse(coming, REFUSAL_ENT_ANSWER_WRONG);
        return;
    }
    char *response = text_of(&request->saml_response);
    const struct ent_return back = {.ticket = told(request->ticket),
        .saml_response = told(response),
        .code = told(request->code),
        .issuer = told(request->issuer),
        .error = told(request->error),
        .kept = told(kept)};
    if (!ent_peer_end(coming->peer, request->state, &back, coming_ended, coming)) {
        coming_refuse(coming, REFUSAL_BUSY);
    }
    memory_free(&response);
}

static void coming_taken(void *arg, const char *provider, const void *sealed, size_t length, const struct fault *fault)
{
    struct coming *coming = arg;
    (void)provider; /* it was asked with */
    if (fault) {
        coming_fail(coming, fault);
        return;
    }
    bool is_whole = sealed && length >= SEAL_OVERHEAD && length <= ENT_KEPT_MAX + SEAL_OVERHEAD;
    char *kept = checked_calloc(1, is_whole ? length - SEAL_OVERHEAD + 1 : 1);
    if (is_whole && seal_open(coming->link->keys, coming->place, sealed, length, kept)) {
        coming_judge(coming, kept);
    } else {
        coming_refuse(coming, REFUSAL_ENT_OVER);
    }
    if (is_whole) {
        secret_wipe(kept, length - SEAL_OVERHEAD);
    }
    memory_free(&kept);
}

void ent_finish(struct link *link, struct call *call, const Preau__Link__FinishEntRequest *request)
{
    struct ent_peer *peer = ent_peer_named(&link->ents, request->peer);
    unsigned char state[DIGEST_SIZE], browser[DIGEST_SIZE];
    if (!peer) {
        call_refuse(call, REFUSAL_ENT_NOT_OFFERED);
        return;
    }
    struct coming *coming = checked_calloc(1, sizeof *coming);
    *coming = (struct coming){.link = link, .call = call, .peer = peer, .request = request};
    portal_place(coming->place, "sign-in", request->state);
    digest_make(request->state, strlen(request->state), state);
    digest_make(request->browser, strlen(request->browser), browser);
    const struct provider_sign_in sign_in = {.state = state, .browser = browser, .provider = ent_peer_provider(peer)};
    provider_sign_in_take(link->store, &sign_in, clock_now(), coming_taken, coming);
}
