/* What goes wrong with an ENT or ATEN: told to the log with the reason, to the person as a refusal that says what to do. Pure. */
#pragma once

#include "domain/refusal.h"
#include "runtime/fault.h"

/* provider: ent_peer_provider. step: "way out", "way back". The codes are those of ent_peer.h. */
enum refusal ent_trouble(const char *provider, const char *step, const struct fault *fault);
