/* The ENT and ATEN of the configuration (guide 1.1, the transition of the second degree), each with threads of its own, so that one that
 * is slow keeps no other's people waiting. Their protocols are ent_peer.h's. */
#pragma once

#include "link/ent_peer.h"
#include "runtime/daemon.h"

struct ent_peer;
struct provider_watch;

struct ent_peers {
    struct ent_peer *list;
    size_t count;
};

/* The peers open; nothing is asked of them yet. Faults: CONFIG, with the peer's name. */
MUST_USE bool ent_peers_open(const struct daemon_run *run, struct ent_peers *out_peers, struct fault *fault);
/* What waits is told that it failed (UNAVAILABLE), inside this call. */
void ent_peers_close(struct ent_peers *peers);
/* Watched by the check "ent". *out_watch is NULL where there is none. */
void ent_peers_watch(const struct daemon_run *run, const struct ent_peers *peers, struct provider_watch **out_watch);
/* NULL when there is none of that name. */
struct ent_peer *ent_peer_named(const struct ent_peers *peers, const char *name);

const struct ent_settings *ent_peer_settings(const struct ent_peer *peer);
/* Its name among the providers of all kinds, in the store, in metrics and logs: "ent/lyon"; no academy portal has a slash. */
const char *ent_peer_provider(const struct ent_peer *peer);
/* What its operator must know of us (SAML 2.0 metadata); borrowed. NULL: its protocol wants none. */
const char *ent_peer_metadata(const struct ent_peer *peer);

/* The AAF key in a value of the peer's; false: it is of another form, such as another academy's. Pure. */
bool ent_peer_key(const struct ent_peer *peer, const char *value, int64_t *out_aaf_id);

/* All of the below: false when too many wait; nothing was taken then, and the completion is not called. */

/* departure: lent for the call; NULL with the fault. */
typedef void ent_started(void *arg, const struct ent_departure *departure, const struct fault *fault);
MUST_USE bool ent_peer_start(struct ent_peer *peer, const char *state, ent_started *started, void *arg);
/* identity: lent for the call; NULL with the fault (ent_peer.h). back's texts are copied. */
typedef void ent_ended(void *arg, const struct ent_identity *identity, const struct fault *fault);
MUST_USE bool ent_peer_end(
    struct ent_peer *peer, const char *state, const struct ent_return *back, ent_ended *ended, void *arg);
/* Is it to be had? fault: NULL: yes. A protocol that asks nobody says yes. */
typedef void ent_looked(void *arg, const struct fault *fault);
MUST_USE bool ent_peer_look(struct ent_peer *peer, ent_looked *looked, void *arg);
