#include "link/ent_trouble.h"

#include "runtime/log.h"

enum refusal ent_trouble(const char *provider, const char *step, const struct fault *fault)
{
    if (fault->code == FAULT_UNAVAILABLE) { /* we stop */
        return REFUSAL_BUSY;
    }
    if (fault->code == FAULT_BUSY) { /* the person's own choice is no trouble */
        return REFUSAL_ENT_CANCELLED;
    }
    log_event(LOG_WARNING, "ent_failed", F("peer", provider), F("step", step), F("fault", fault));
    if (fault->code == FAULT_PEER || fault->code == FAULT_TIMEOUT) {
        return REFUSAL_ENT_UNAVAILABLE;
    }
    return fault->code == FAULT_MISSING ? REFUSAL_ENT_KEY_MISSING : REFUSAL_ENT_ANSWER_WRONG;
}
