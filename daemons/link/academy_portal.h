/* The sign-in portals of the academies, as the configuration has them. */
#pragma once

#include "domain/portal_claim.h"
#include "link/oidc_client.h"
#include "runtime/daemon.h"

struct provider_watch;

enum { PORTAL_FACTORS_MAX = 16, PORTAL_FUNCTIONS_MAX = 64 };

/* What in a token proves a second factor: acr or amr says this. */
struct portal_factor {
    const char *claim, *value;
};

struct academy_portal {
    const char *name; /* the section's title */
    academy_code academy;
    const char *schools_claim, *login_claim, *name_claim, *mail_claim, *function_claim; /* function_claim "": none */
    struct portal_function functions[PORTAL_FUNCTIONS_MAX];
    size_t function_count;
    struct portal_factor factors[PORTAL_FACTORS_MAX];
    size_t factor_count;
    struct oidc_settings settings;
    struct oidc *oidc;
    /* what the above points to and is its own */
    char *owned[PORTAL_FACTORS_MAX + 2];
    size_t owned_count;
    struct oidc_client client;
};

struct academy_portals {
    struct academy_portal *list;
    size_t count;
};

/* The portals open; nothing is asked of them yet. Faults: CONFIG, with the portal's name. */
MUST_USE bool academy_portals_open(
    const struct daemon_run *run, struct academy_portals *out_portals, struct fault *fault);
void academy_portals_close(struct academy_portals *portals);
/* The check "academy_portals". *out_watch is NULL where there is no portal. The portals are borrowed. */
void academy_portals_watch(
    const struct daemon_run *run, const struct academy_portals *portals, struct provider_watch **out_watch);
/* NULL when there is none of that name. */
struct academy_portal *academy_portal_named(const struct academy_portals *portals, const char *name);
