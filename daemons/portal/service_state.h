/* What works, in the families' words, from what the daemons tell of themselves (event daemon.health). Asks nobody: it is told when the
 * database and all the others are down. Pure, but for the ear. */
#pragma once

#include "bus/event.h"
#include "domain/types.h"
#include "runtime/config.h"

#include <stdbool.h>

/* What a person comes for. */
enum service_part { PART_SIGN_IN, PART_MAIL, PART_SMS, PART_DATA, PART_COUNT };
enum part_state {
    PART_UNKNOWN, /* nothing was heard yet, since the portal has just started */
    PART_OK,
    PART_DISTURBED, /* it works, and something that it needs does not */
    PART_UNAVAILABLE,
};

struct service_state {
    struct tick begun;
    struct tick ready[PART_COUNT]; /* when its daemon was heard last to be ready; 0: never */
    struct tick well[PART_COUNT];  /* … and to have what the part needs */
    struct instant heard_at;       /* any of them */
    struct instant data_at;        /* the last integration of any academy */
};

void service_state_hear(
    struct service_state *state, const char *daemon, bool is_ready, const char *const *troubled, size_t count);
enum part_state service_state_of(const struct service_state *state, enum service_part part, struct tick now);

/* --- the ear --- */

struct service_watch;
/* Listens to linkd, notifyd and importd. Faults: those of sockets. */
MUST_USE bool service_watch_open(struct loop *loop, const struct config *config, const struct bus_curve *curve,
    struct service_watch **out_watch, struct fault *fault);
void service_watch_close(struct service_watch **watch);
const struct service_state *service_watch_state(const struct service_watch *watch);
