#include "link/provider_hold.h"

#include "crypto/seal.h"
#include "link/portal_trouble.h"
#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/secret.h"

#include <stdio.h>
#include <string.h>

void provider_hold_make(
    struct provider_hold *hold, const struct link *link, struct oidc *oidc, const char *sign_out, const char *id_token)
{
    char place[PORTAL_PLACE_SIZE];
    size_t length = strlen(id_token);
    if (!oidc_has_sign_out(oidc)) {
        return;
    }
    if (sign_out) {
        snprintf(hold->sign_out, sizeof hold->sign_out, "%s", sign_out);
    } else {
        token_random(hold->sign_out);
    }
    portal_place(place, "session", hold->sign_out);
    hold->sealed_length = length + SEAL_OVERHEAD;
    hold->sealed = checked_malloc(hold->sealed_length);
    seal_make(link->keys, place, id_token, length, hold->sealed);
}

void provider_hold_clear(struct provider_hold *hold)
{
    memory_free(&hold->sealed);
    secret_wipe(hold, sizeof *hold);
}

void provider_hold_keep(const struct provider_hold *hold, const struct link *link, const char *provider,
    administrator_id of, provider_done *done, void *arg)
{
    unsigned char token[DIGEST_SIZE];
    digest_make(hold->sign_out, strlen(hold->sign_out), token);
    const struct provider_sign_in session = {
        .state = token,
        .provider = provider,
        .sealed = hold->sealed,
        .sealed_length = hold->sealed_length,
        .expires_at = instant_add(clock_now(), link->bounds.portal_session),
    };
    provider_session_keep(link->store, of, &session, done, arg);
}

char *provider_hold_open(const struct link *link, const char *sign_out, const void *sealed, size_t length)
{
    char place[PORTAL_PLACE_SIZE];
    portal_place(place, "session", sign_out);
    if (!sealed || length < SEAL_OVERHEAD) {
        return NULL;
    }
    char *id_token = checked_calloc(1, length - SEAL_OVERHEAD + 1);
    if (!seal_open(link->keys, place, sealed, length, id_token)) {
        memory_free(&id_token);
    }
    return id_token;
}
