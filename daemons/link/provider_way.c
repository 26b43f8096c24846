#include "link/provider_way.h"

#include "crypto/seal.h"
#include "link/portal_trouble.h"
#include "link/tries.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/secret.h"
#include "store/provider.h"

#include <string.h>

/* --- out --- */

struct going {
    struct provider_way way;
    struct attempt attempt;
    char state[TOKEN_RANDOM_SIZE];
    struct provider_way_kept kept;
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
    metric_count(METRIC_LINK_SIGN_INS, going->way.who, portal_outcome(refusal));
    call_refuse(going->way.call, going->way.refusal_of ? going->way.refusal_of(refusal) : refusal);
    going_free(going);
}

static void going_fail(struct going *going, const struct fault *fault)
{
    metric_count(METRIC_LINK_SIGN_INS, going->way.who, "fault");
    call_fail(going->way.call, fault);
    going_free(going);
}

static void going_stored(void *arg, const struct fault *fault)
{
    struct going *going = arg;
    if (fault) {
        going_fail(going, fault);
        return;
    }
    going->way.answer(going->way.call, going->url);
    going_free(going);
}

static void going_store(struct going *going)
{
    const struct link *link = going->way.link;
    unsigned char state[DIGEST_SIZE], browser[DIGEST_SIZE];
    unsigned char sealed[sizeof(struct provider_way_kept) + SEAL_OVERHEAD];
    char place[PORTAL_PLACE_SIZE];
    digest_make(going->state, strlen(going->state), state);
    digest_make(going->way.browser, strlen(going->way.browser), browser);
    portal_place(place, "sign-in", going->state);
    seal_make(link->keys, place, &going->kept, sizeof going->kept, sealed);
    const struct provider_sign_in sign_in = {
        .state = state,
        .browser = browser,
        .provider = going->way.provider,
        .sealed = sealed,
        .sealed_length = sizeof sealed,
        .expires_at = instant_add(clock_now(), link->bounds.portal_sign_in),
    };
    provider_sign_in_begin(link->store, &sign_in, going_stored, going);
}

static void going_found(void *arg, const char *url, const struct fault *fault)
{
    struct going *going = arg;
    if (fault) {
        going_refuse(going, portal_trouble(going->way.provider, "way out", fault));
        return;
    }
    going->url = checked_strdup(url);
    going_store(going);
}

static void going_granted(void *arg, bool granted, const struct fault *fault)
{
    struct going *going = arg;
    if (fault) {
        going_fail(going, fault);
    } else if (!granted) {
        going_refuse(going, REFUSAL_TOO_MANY_ATTEMPTS);
    } else if (!oidc_way_out(going->way.oidc, going->state, &going->kept.secrets, going_found, going)) {
        going_refuse(going, REFUSAL_BUSY);
    }
}

void provider_way_out(const struct provider_way *way)
{
    if (strlen(way->browser) != TOKEN_RANDOM_SIZE - 1) {
        call_refuse(way->call, REFUSAL_MALFORMED);
        return;
    }
    struct going *going = checked_calloc(1, sizeof *going); /* padding too: it is sealed as bytes */
    going->way = *way;
    going->kept.academy = way->academy;
    going->kept.account = way->account;
    token_random_letters(going->state);
    oidc_secrets_make(&going->kept.secrets);
    tries_of_network(&way->link->bounds, way->who, way->address, &going->attempt);
    attempt_begin(way->link->store, &going->attempt, &way->link->bounds.sign_in, going_granted, going);
}

/* --- back --- */

struct coming {
    struct link *link;
    char place[PORTAL_PLACE_SIZE];
    provider_way_taken *taken;
    void *arg;
};

static void coming_taken(void *arg, const char *provider, const void *sealed, size_t length, const struct fault *fault)
{
    (void)provider; /* it was asked with */
    struct coming *coming = arg;
    struct provider_way_kept kept;
    bool is_there = sealed && length == sizeof kept + SEAL_OVERHEAD &&
                    seal_open(coming->link->keys, coming->place, sealed, length, &kept);
    coming->taken(coming->arg, is_there ? &kept : NULL, fault);
    secret_wipe(&kept, sizeof kept);
    memory_free(&coming);
}

void provider_way_back(struct link *link, const char *provider, const char *browser, const char *state,
    provider_way_taken *taken, void *arg)
{
    struct coming *coming = checked_calloc(1, sizeof *coming);
    unsigned char state_digest[DIGEST_SIZE], browser_digest[DIGEST_SIZE];
    *coming = (struct coming){.link = link, .taken = taken, .arg = arg};
    portal_place(coming->place, "sign-in", state);
    digest_make(state, strlen(state), state_digest);
    digest_make(browser, strlen(browser), browser_digest);
    const struct provider_sign_in sign_in = {.state = state_digest, .browser = browser_digest, .provider = provider};
    provider_sign_in_take(link->store, &sign_in, clock_now(), coming_taken, coming);
}
