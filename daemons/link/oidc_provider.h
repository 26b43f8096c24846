/* What is known of one provider for a while: its addresses and its keys, read over HTTPS when they are wanted, and whether
 * it serves those whom it sends back. For worker threads; several may ask at once. */
#pragma once

#include "link/oidc.h"
#include "link/oidc_http.h"
#include "link/oidc_metadata.h"

struct oidc_provider;

/* One step of a sign-in, on one thread. */
struct oidc_work {
    const struct oidc_settings *settings;
    struct oidc_provider *provider;
    struct http_client *client;
    struct tick begun;
};

NEVER_NULL MUST_USE struct oidc_provider *oidc_provider_new(void);
void oidc_provider_free(struct oidc_provider **provider);

/* Where only a sign-in can ask in earnest. */
enum oidc_endpoint { OIDC_TOKEN, OIDC_USERINFO, OIDC_ENDPOINT_COUNT };

/* Asks, and takes only a success (200). False with an answer: it has another status; the caller clears it either way. *out_answer is empty
 * before.
 *
 * Of the endpoint it is remembered when it is silent, not reached, cut, too large, or of a status that is neither a success
 * nor 4xx. A 4xx is no news of it, good or bad: that is how it refuses a code, which may be of a stranger's making (RFC 6749
 * 5.2). Nor is a silence that we had no time left to wait for, because others were before us. */
MUST_USE bool oidc_ask(const struct oidc_work *work, enum oidc_endpoint endpoint, struct http_question question,
    struct http_answer *out_answer, struct fault *fault);
/* What a success held could not be read, or it was what it should be. */
void oidc_provider_failed(const struct oidc_work *work, enum oidc_endpoint endpoint, const struct fault *fault);
void oidc_provider_served(const struct oidc_work *work, enum oidc_endpoint endpoint);

MUST_USE bool oidc_provider_metadata(
    const struct oidc_work *work, struct oidc_metadata *out_metadata, struct fault *fault);
/* Is it to be had? The metadata and the keys, read now, whatever is known; and no endpoint failed the last sign-ins that asked
 * it, one after the other. */
MUST_USE bool oidc_provider_look(const struct oidc_work *work, struct fault *fault);
/* The JWK set. is_again: what is known did not do; it is read anew, unless it was a moment ago. The caller's. */
MUST_USE bool oidc_provider_keys(const struct oidc_work *work, bool is_again, json_t **out_keys, struct fault *fault);
bool oidc_provider_has_sign_out(struct oidc_provider *provider);
