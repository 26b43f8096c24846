/* The way out: tries counted → the portal's address found → what proves the way back stored → the browser sent. */
#include "link/portal_sign_in.h"

#include "crypto/seal.h"
#include "link/portal_trouble.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/provider.h"

#include <string.h>

struct beginning {
    struct link *link;
    struct call *call;
    struct academy_portal *portal;
    const Preau__Link__BeginPortalSignInRequest *request;
    struct attempt attempt;
    char state[TOKEN_RANDOM_SIZE];
    struct oidc_secrets secrets;
    char *url;
};

static void beginning_free(struct beginning *beginning)
{
    if (beginning->url) {
        secret_wipe(beginning->url, strlen(beginning->url));
    }
    memory_free(&beginning->url);
    secret_wipe(beginning, sizeof *beginning);
    memory_free(&beginning);
}

static void beginning_refuse(struct beginning *beginning, enum refusal refusal)
{
    metric_count(METRIC_LINK_SIGN_INS, "portal", portal_outcome(refusal));
    call_refuse(beginning->call, refusal);
    beginning_free(beginning);
}

static void beginning_fail(struct beginning *beginning, const struct fault *fault)
{
    metric_count(METRIC_LINK_SIGN_INS, "portal", "fault");
    call_fail(beginning->call, fault);
    beginning_free(beginning);
}

static void beginning_stored(void *arg, const struct fault *fault)
{
    struct beginning *beginning = arg;
    if (fault) {
        beginning_fail(beginning, fault);
        return;
    }
    Preau__Link__BeginPortalSignInReply reply = PREAU__LINK__BEGIN_PORTAL_SIGN_IN_REPLY__INIT;
    reply.url = beginning->url;
    call_answer(beginning->call, &reply.base);
    beginning_free(beginning);
}

static void beginning_store(struct beginning *beginning)
{
    unsigned char state[DIGEST_SIZE], browser[DIGEST_SIZE];
    unsigned char sealed[sizeof(struct oidc_secrets) + SEAL_OVERHEAD];
    char place[PORTAL_PLACE_SIZE];
    digest_make(beginning->state, strlen(beginning->state), state);
    digest_make(beginning->request->browser, strlen(beginning->request->browser), browser);
    portal_place(place, "sign-in", beginning->state);
    seal_make(beginning->link->keys, place, &beginning->secrets, sizeof beginning->secrets, sealed);
    const struct provider_sign_in sign_in = {
        .state = state,
        .browser = browser,
        .provider = beginning->portal->name,
        .sealed = sealed,
        .sealed_length = sizeof sealed,
        .expires_at = instant_add(clock_now(), beginning->link->bounds.portal_sign_in),
    };
    provider_sign_in_begin(beginning->link->store, &sign_in, beginning_stored, beginning);
}

static void beginning_found(void *arg, const char *url, const struct fault *fault)
{
    struct beginning *beginning = arg;
    if (fault) {
        beginning_refuse(beginning, portal_trouble(beginning->portal->name, "way out", fault));
        return;
    }
    beginning->url = checked_strdup(url);
    beginning_store(beginning);
}

static void beginning_granted(void *arg, bool granted, const struct fault *fault)
{
    struct beginning *beginning = arg;
    if (fault) {
        beginning_fail(beginning, fault);
    } else if (!granted) {
        beginning_refuse(beginning, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (!oidc_way_out(
                   beginning->portal->oidc, beginning->state, &beginning->secrets, beginning_found, beginning)) {
        beginning_refuse(beginning, REFUSAL_BUSY);
    }
}

void portal_begin(struct link *link, struct call *call, const Preau__Link__BeginPortalSignInRequest *request)
{
    struct academy_portal *portal = academy_portal_named(&link->portals, request->portal);
    if (!portal || strlen(request->browser) != TOKEN_RANDOM_SIZE - 1) {
        call_refuse(call, portal ? REFUSAL_MALFORMED : REFUSAL_PORTAL_UNKNOWN);
        return;
    }
    struct beginning *beginning = checked_calloc(1, sizeof *beginning);
    *beginning = (struct beginning){.link = link, .call = call, .portal = portal, .request = request};
    token_random(beginning->state);
    oidc_secrets_make(&beginning->secrets);
    tries_of_network(&link->bounds, "portal", request->address, &beginning->attempt);
    attempt_begin(link->store, &beginning->attempt, &link->bounds.sign_in, beginning_granted, beginning);
}
