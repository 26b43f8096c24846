/* Are providers of identities to be had? A check of the status, which names one that is not. Each is asked, every
 * link.provider_check_interval, for what it says of itself and its keys: sign-ins would tell only when somebody comes. Where nobody is
 * answered without having signed in (token, userinfo), the last sign-ins tell (oidc_provider.h); what a browser brings back is no news of
 * the provider, for anybody can bring it. */
#pragma once

#include "link/ent.h"
#include "link/oidc.h"
#include "runtime/daemon.h"

struct provider_watch;

struct provider_watched {
    const char *name;     /* for the cause and the log */
    struct oidc *oidc;    /* one of the two: */
    struct ent_peer *ent; /* an ENT or ATEN, as far as its protocol has a question */
};

/* check: its name, for as long as the process runs. *out_watch is NULL where there is no provider. What the list names is borrowed. */
void provider_watch_new(const struct daemon_run *run, const char *check, const struct provider_watched *providers,
    size_t count, struct provider_watch **out_watch);
/* After the providers were closed: what is asked of them is told until then. */
void provider_watch_free(struct provider_watch **watch);
