/* Sign-in through an OpenID Connect provider: authorization code flow, PKCE, discovery; whatever the provider is for.
 *
 * What this does not know: who the person is here, what is stored of a sign-in that is under way, and what the browser
 * is bound by. Whoever asks keeps the secrets of a sign-in (struct oidc_secrets) between the way out and the way back,
 * for this browser only, and gives them once.
 *
 * Each provider has threads of its own, so that one that is slow keeps no other's people waiting. */
#pragma once

#include "crypto/token.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "runtime/loop.h"
#include "runtime/secret.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct oidc;

enum oidc_authentication { OIDC_SECRET_BASIC, OIDC_SECRET_POST, OIDC_PRIVATE_KEY };
enum oidc_userinfo { OIDC_USERINFO_AUTO, OIDC_USERINFO_ALWAYS, OIDC_USERINFO_NEVER };

struct oidc_settings {
    const char *name;   /* of the provider, for metrics and logs */
    const char *issuer; /* https://… */
    const char *ca_file, *proxy;
    const char *client_id;
    enum oidc_authentication authentication;
    const struct secret *client_secret; /* NULL with OIDC_PRIVATE_KEY */
    const struct secret *other_secret;  /* tried when the provider does not know us by the first; NULL: there is none */
    const json_t *client_key;           /* private JWK; NULL without OIDC_PRIVATE_KEY */
    bool has_pkce;
    const char *scope;      /* "openid profile" */
    const char *acr_values; /* "": not asked */
    const char *acr;        /* that the ID token must say; NULL: any */
    enum oidc_userinfo userinfo;
    bool has_signed_userinfo; /* nothing else is taken for it, and it says whose and for whom it is */
    const char *wanted_claim; /* AUTO: userinfo is read when the ID token does not have it */
    const char *redirect_uri; /* where the browser comes back */
    const char *sign_out_uri; /* where it comes back after a sign-out */
    struct duration bound;    /* for one step of a sign-in, its wait for a thread and all its requests together */
    struct duration skew;
    struct duration keys_interval; /* the shortest between two readings of the keys */
};

/* Once, before the first. */
void oidc_begin_all(void);

/* The settings are borrowed, texts and all, until oidc_close. */
NEVER_NULL MUST_USE struct oidc *oidc_open(struct loop *loop, const struct oidc_settings *settings);
/* What waits is told that it failed (UNAVAILABLE), inside this call. False: a thread still asks a silent provider; what
 * was borrowed must stay until the process ends. */
MUST_USE bool oidc_close(struct oidc **oidc);

/* What proves that the way back belongs to the way out. */
struct oidc_secrets {
    char nonce[TOKEN_RANDOM_SIZE];
    char verifier[TOKEN_RANDOM_SIZE]; /* of PKCE */
};
void oidc_secrets_make(struct oidc_secrets *out_secrets);

/* Where the browser goes. url: lent for the call; NULL with the fault. */
typedef void oidc_way_found(void *arg, const char *url, const struct fault *fault);
/* False: too many wait; nothing was taken, `found` is not called. state: a random text that comes back with the browser.
 */
MUST_USE bool oidc_way_out(
    struct oidc *oidc, const char *state, const struct oidc_secrets *secrets, oidc_way_found *found, void *arg);

/* claims: checked, of the ID token, and of userinfo where that was read. id_token: for oidc_sign_out. Lent for the call;
 * NULL with the fault: PEER, TIMEOUT, UNAVAILABLE when the provider is not to be had, else what it said is not right.
 * At its call all that was asked of the provider has been asked. */
typedef void oidc_came_back(void *arg, const json_t *claims, const char *id_token, const struct fault *fault);
/* issuer: of the way back (RFC 9207), NULL: none came. False as above; then the code is still good. */
MUST_USE bool oidc_way_back(struct oidc *oidc, const char *code, const char *issuer, const struct oidc_secrets *secrets,
    oidc_came_back *came, void *arg);

/* Where the browser goes to be signed out there too (RP-Initiated Logout 1.0); "" when the provider has no such place.
 * False as above. */
MUST_USE bool oidc_sign_out(
    struct oidc *oidc, const char *state, const char *id_token, oidc_way_found *found, void *arg);
/* Is the provider to be had (oidc_provider.h)? "" when it is. False as above. */
MUST_USE bool oidc_look(struct oidc *oidc, oidc_way_found *found, void *arg);
/* The provider said that it has such a place, when it was last asked. */
bool oidc_has_sign_out(struct oidc *oidc);
