/* The steps of a sign-in with one provider, each as one blocking piece of work for a thread. */
#pragma once

#include "link/oidc_provider.h"

/* The address of the way out. The caller frees. NULL with the fault. */
MUST_USE char *oidc_address_out(
    const struct oidc_work *work, const char *state, const struct oidc_secrets *secrets, struct fault *fault);

struct oidc_return {
    const char *code;
    const char *issuer; /* NULL: not told */
    const struct oidc_secrets *secrets;
};
/* claims and id_token: the caller's, wiped when they are done with. */
MUST_USE bool oidc_exchange(const struct oidc_work *work, const struct oidc_return *back, json_t **out_claims,
    char **out_id_token, struct fault *fault);

/* The address of the sign-out, "" when the provider has none. The caller frees, wiped. NULL with the fault. */
MUST_USE char *oidc_address_sign_out(
    const struct oidc_work *work, const char *state, const char *id_token, struct fault *fault);
