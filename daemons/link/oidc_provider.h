/* What is known of one provider for a while: its addresses and its keys, read over HTTPS when they are wanted. For
 * worker threads; several may ask at once. */
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

/* Asks, and takes only a success (200). */
MUST_USE bool oidc_ask(
    const struct oidc_work *work, struct http_question question, struct http_answer *out_answer, struct fault *fault);

MUST_USE bool oidc_provider_metadata(
    const struct oidc_work *work, struct oidc_metadata *out_metadata, struct fault *fault);
/* Is it to be had? The metadata, read now, whatever is known. */
MUST_USE bool oidc_provider_look(const struct oidc_work *work, struct fault *fault);
/* The JWK set. is_again: what is known did not do; it is read anew, unless it was a moment ago. The caller's. */
MUST_USE bool oidc_provider_keys(const struct oidc_work *work, bool is_again, json_t **out_keys, struct fault *fault);
bool oidc_provider_has_sign_out(struct oidc_provider *provider);
