/* What ends a person's session at a provider too: the ID token, sealed for a random text that only the browser has. */
#pragma once

#include "link/link.h"
#include "link/oidc.h"
#include "store/provider.h"

struct provider_hold {
    char sign_out[TOKEN_RANDOM_SIZE]; /* the browser's; "": the provider has no such way */
    unsigned char *sealed;
    size_t sealed_length;
};

/* Made while the ID token is there; the caller clears. sign_out: the random that this browser has already; NULL: one is drawn, that it
 * is to be given. */
void provider_hold_make(
    struct provider_hold *hold, const struct link *link, struct oidc *oidc, const char *sign_out, const char *id_token);
void provider_hold_clear(struct provider_hold *hold);

/* Kept for EndPortalSession, in the place of what the same random ended before; of: an administrator, 0: a family's. To be asked only
 * where there is a way (sealed). */
void provider_hold_keep(const struct provider_hold *hold, const struct link *link, const char *provider,
    administrator_id of, provider_done *done, void *arg);

/* The ID token of what was kept, opened. The caller wipes and frees; NULL: it is not ours. */
char *provider_hold_open(const struct link *link, const char *sign_out, const void *sealed, size_t length);
