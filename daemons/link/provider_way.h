/* The way of a browser to a provider and back, whatever the provider is for: tries counted → the provider's address found → what proves
 * the way back stored → the browser sent; on its return what was stored is taken, once, by the same browser. */
#pragma once

#include "bus/service.h"
#include "link/link.h"
#include "link/oidc.h"

#include <stdint.h>

/* What is kept, sealed, between the two. */
struct provider_way_kept {
    struct oidc_secrets secrets;
    int32_t academy; /* the account on whose behalf it goes … */
    int64_t account; /* … 0: nobody's */
};

struct provider_way {
    struct link *link;
    struct call *call;
    struct oidc *oidc;
    const char *provider;          /* its name here */
    const char *who;               /* "portal": in metrics, and whose ways out are counted */
    const char *browser, *address; /* borrowed from the request */
    int32_t academy;
    int64_t account;
    /* What the person is told in the place of a refusal of portal_trouble.h; NULL: that. */
    enum refusal (*refusal_of)(enum refusal refusal);
    /* Answers the call with the address. */
    void (*answer)(struct call *call, char *url);
};
void provider_way_out(const struct provider_way *way);

/* kept: lent for the call; NULL without a fault: used, too late, or another browser's. */
typedef void provider_way_taken(void *arg, const struct provider_way_kept *kept, const struct fault *fault);
void provider_way_back(struct link *link, const char *provider, const char *browser, const char *state,
    provider_way_taken *taken, void *arg);
