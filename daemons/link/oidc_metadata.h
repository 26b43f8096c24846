/* What a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414). Pure. */
#pragma once

#include "link/oidc_json.h"

enum { OIDC_URL_SIZE = 512 };

struct oidc_metadata {
    char authorization[OIDC_URL_SIZE], token[OIDC_URL_SIZE], keys[OIDC_URL_SIZE];
    char userinfo[OIDC_URL_SIZE], end_session[OIDC_URL_SIZE]; /* "": it has none */
    bool tells_issuer;                                        /* on the way back (RFC 9207): who does not, lies */
};

/* Only what is in https, and only of the issuer that was asked. Faults: FORMAT, MISSING. */
MUST_USE bool oidc_metadata_read(
    const json_t *document, const char *issuer, struct oidc_metadata *out_metadata, struct fault *fault);
/* https://…, without control characters or blanks, within OIDC_URL_SIZE. */
bool oidc_url_is_right(const char *url);
