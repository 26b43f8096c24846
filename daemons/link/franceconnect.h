/* FranceConnect, as section franceconnect of the configuration has it: version 2, which takes no parameter that it does not know (PKCE
 * among them), signs userinfo, and tells its issuer on the way back. */
#pragma once

#include "domain/refusal.h"
#include "link/oidc.h"
#include "runtime/daemon.h"

/* Among the names of providers; no section academy_portal that is reached is called so: theirs have small letters. */
#define FRANCECONNECT_NAME "FranceConnect"

struct franceconnect;
struct provider_watch;

/* NULL when it is not configured. Faults: CONFIG. */
MUST_USE bool franceconnect_open(
    const struct daemon_run *run, struct franceconnect **out_franceconnect, struct fault *fault);
void franceconnect_close(struct franceconnect **franceconnect);
/* The check "franceconnect". *out_watch is NULL where it is not configured. */
void franceconnect_watch(
    const struct daemon_run *run, const struct franceconnect *franceconnect, struct provider_watch **out_watch);

/* NULL: it is not offered. */
struct oidc *franceconnect_oidc(const struct franceconnect *franceconnect);
const char *franceconnect_issuer(const struct franceconnect *franceconnect);

/* What the person is told in the place of what is said of academies' portals (portal_trouble.h). */
enum refusal franceconnect_refusal(enum refusal refusal);
