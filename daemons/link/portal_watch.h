/* Are the academies' portals to be had? The check "academy_portals", which names one that is not. Each is asked, every
 * link.provider_check_interval, for what it says of itself. */
#pragma once

#include "link/academy_portal.h"
#include "runtime/daemon.h"

struct portal_watch;

/* *out_watch is NULL where there is no portal. The portals are borrowed. */
void portal_watch_new(
    const struct daemon_run *run, const struct academy_portals *portals, struct portal_watch **out_watch);
/* After the portals were closed: what is asked of them is told until then. */
void portal_watch_free(struct portal_watch **watch);
