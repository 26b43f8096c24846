#include "link/portal_trouble.h"

#include "link/oidc_error.h"
#include "runtime/cleanup.h"
#include "runtime/log.h"

#include <stdio.h>

enum refusal portal_trouble(const char *portal, const char *step, const struct fault *fault)
{
    if (fault->code == FAULT_UNAVAILABLE) { /* we stop */
        return REFUSAL_BUSY;
    }
    bool is_away = fault->code == FAULT_PEER || fault->code == FAULT_TIMEOUT;
    log_event(LOG_WARNING, "portal_failed", F("portal", portal), F("step", step), F("fault", fault));
    return is_away ? REFUSAL_PORTAL_UNAVAILABLE : REFUSAL_PORTAL_ANSWER_WRONG;
}

enum refusal portal_error(const char *portal, const char *error)
{
    switch (oidc_error_read(error)) {
    case OIDC_ERROR_CANCELLED:
        return REFUSAL_PORTAL_CANCELLED;
    case OIDC_ERROR_AWAY:
        return REFUSAL_PORTAL_UNAVAILABLE;
    case OIDC_ERROR_OTHER:
        break;
    }
    log_event(LOG_WARNING, "portal_refused", F("portal", portal),
        F("error", oidc_error_is_word(error) ? error : "unreadable"));
    return REFUSAL_PORTAL_ANSWER_WRONG;
}

const char *portal_outcome(enum refusal refusal)
{
    static const struct {
        enum refusal refusal;
        const char *outcome;
    } outcomes[] = {
        {REFUSAL_NONE,                "right"      },
        {REFUSAL_TOO_MANY_ATTEMPTS,   "delayed"    },
        {REFUSAL_BUSY,                "busy"       },
        {REFUSAL_PORTAL_CANCELLED,    "cancelled"  },
        {REFUSAL_PORTAL_SIGN_IN_OVER, "over"       },
        {REFUSAL_PORTAL_UNAVAILABLE,  "unavailable"},
        {REFUSAL_PORTAL_ANSWER_WRONG, "wrong"      },
        {REFUSAL_ENT_CANCELLED,       "cancelled"  },
        {REFUSAL_ENT_OVER,            "over"       },
        {REFUSAL_ENT_UNAVAILABLE,     "unavailable"},
        {REFUSAL_ENT_ANSWER_WRONG,    "wrong"      },
    };
    for (size_t i = 0; i < ARRAY_LENGTH(outcomes); i++) {
        if (outcomes[i].refusal == refusal) {
            return outcomes[i].outcome;
        }
    }
    return "refused";
}

void portal_place(char out_place[PORTAL_PLACE_SIZE], const char *what, const char *random)
{
    snprintf(out_place, PORTAL_PLACE_SIZE, "provider-%s:%s", what, random);
}
