/* The way out to an ENT or ATEN: tries counted → the peer's address found → what proves the way back stored → the browser sent. */
#include "crypto/seal.h"
#include "link/ent_sign_in.h"
#include "link/ent_trouble.h"
#include "link/portal_trouble.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/provider.h"

#include <string.h>

struct going {
    struct link *link;
    struct call *call;
    struct ent_peer *peer;
    const Preau__Link__BeginEntRequest *request;
    struct attempt attempt;
    char state[TOKEN_RANDOM_SIZE];
    char *url;
};

static void going_free(struct going *going)
{
    secret_text_free(&going->url);
    secret_wipe(going, sizeof *going);
    memory_free(&going);
}

static void going_refuse(struct going *going, enum refusal refusal)
{
    metric_count(METRIC_LINK_SIGN_INS, "ent", portal_outcome(refusal));
    call_refuse(going->call, refusal);
    going_free(going);
}

static void going_fail(struct going *going, const struct fault *fault)
{
    metric_count(METRIC_LINK_SIGN_INS, "ent", "fault");
    call_fail(going->call, fault);
    going_free(going);
}

static void going_stored(void *arg, const struct fault *fault)
{
    struct going *going = arg;
    if (fault) {
        going_fail(going, fault);
        return;
    }
    Preau__Link__BeginEntReply reply = PREAU__LINK__BEGIN_ENT_REPLY__INIT;
    reply.url = going->url;
    call_answer(going->call, &reply.base);
    going_free(going);
}

/* kept: of the protocol's; "": nothing, which is sealed all the same. */
static void going_store(struct going *going, const char *kept)
{
    const struct link *link = going->link;
    unsigned char state[DIGEST_SIZE], browser[DIGEST_SIZE];
    char place[PORTAL_PLACE_SIZE];
    size_t length = strlen(kept);
    unsigned char *sealed = checked_malloc(length + SEAL_OVERHEAD);
    digest_make(going->state, strlen(going->state), state);
    digest_make(going->request->browser, strlen(going->request->browser), browser);
    portal_place(place, "sign-in", going->state);
    seal_make(link->keys, place, kept, length, sealed);
    const struct provider_sign_in sign_in = {
        .state = state,
        .browser = browser,
        .provider = ent_peer_provider(going->peer),
        .sealed = sealed,
        .sealed_length = length + SEAL_OVERHEAD,
        .expires_at = instant_add(clock_now(), link->bounds.portal_sign_in),
    };
    provider_sign_in_begin(link->store, &sign_in, going_stored, going);
    memory_free(&sealed);
}

static void going_started(void *arg, const struct ent_departure *departure, const struct fault *fault)
{
    struct going *going = arg;
    if (!departure) {
        going_refuse(going, ent_trouble(ent_peer_provider(going->peer), "way out", fault));
        return;
    }
    const char *kept = departure->kept ? departure->kept : "";
    if (strlen(kept) > ENT_KEPT_MAX) {
        struct fault too_long;
        (void)fault_set(&too_long, FAULT_LIMIT, "more to keep than %d bytes", (int)ENT_KEPT_MAX);
        going_refuse(going, ent_trouble(ent_peer_provider(going->peer), "way out", &too_long));
        return;
    }
    going->url = checked_strdup(departure->url);
    going_store(going, kept);
}

static void going_granted(void *arg, bool granted, const struct fault *fault)
{
    struct going *going = arg;
    if (fault) {
        going_fail(going, fault);
    } else if (!granted) {
        going_refuse(going, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (!ent_peer_start(going->peer, going->state, going_started, going)) {
        going_refuse(going, REFUSAL_BUSY);
    }
}

void ent_begin(struct link *link, struct call *call, const Preau__Link__BeginEntRequest *request)
{
    struct ent_peer *peer = ent_peer_named(&link->ents, request->peer);
    if (!peer || strlen(request->browser) != TOKEN_RANDOM_SIZE - 1) {
        call_refuse(call, peer ? REFUSAL_MALFORMED : REFUSAL_ENT_NOT_OFFERED);
        return;
    }
    struct going *going = checked_calloc(1, sizeof *going);
    *going = (struct going){.link = link, .call = call, .peer = peer, .request = request};
    token_random_letters(going->state);
    tries_of_network(&link->bounds, "ent", request->address, &going->attempt);
    attempt_begin(link->store, &going->attempt, &link->bounds.sign_in, going_granted, going);
}
