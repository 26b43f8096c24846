/* Signed tokens of a provider (JWS, RFC 7515; ID token, OpenID Connect Core 3.1.3.7). Pure: the keys, what is expected
 * and the time are given.
 *
 * The algorithm is one of RS256, PS256 and ES256, whatever the token says, and fits the kind of key: neither "none" nor
 * a public key taken for a shared secret goes through. A header that must be understood ("crit") is refused, for none is
 * (the library would pass over it). */
#pragma once

#include "domain/types.h"
#include "link/oidc_json.h"

enum { OIDC_TOKEN_MAX = 64 * 1024, OIDC_SUBJECT_SIZE = 256 };

enum oidc_signature {
    OIDC_SIGNED,      /* by one of the keys */
    OIDC_KEY_UNKNOWN, /* none of the keys can be meant: they may have been renewed */
    OIDC_NOT_SIGNED
};

/* keys: a JWK set. claims: the caller's, with OIDC_SIGNED only. Says nothing of what the claims hold. */
MUST_USE enum oidc_signature oidc_token_open(
    const char *token, const json_t *keys, json_t **out_claims, struct fault *fault);

struct oidc_expected {
    const char *issuer, *client_id;
    const char *nonce;
    const char *access_token; /* that came with it */
    const char *acr;          /* NULL: any */
    bool is_whole_userinfo;   /* it must say issuer, audience and end */
    struct instant now;
    struct duration skew;
};

/* The claims of an ID token: issuer, audience, dates, nonce, at_hash, subject. */
MUST_USE bool oidc_id_token_check(const json_t *claims, const struct oidc_expected *expected, struct fault *fault);
/* Those of a signed userinfo, of which most may be absent. */
MUST_USE bool oidc_userinfo_check(const json_t *claims, const struct oidc_expected *expected, struct fault *fault);

/* Texts of ours, signed with a private JWK: private_key_jwt (OpenID Connect Core 9). NULL with the fault: the key
 * cannot sign. The caller frees. */
MUST_USE char *oidc_token_sign(const json_t *key, const json_t *claims, struct fault *fault);
