#include "link/portal_trouble.h"

#include "runtime/cleanup.h"
#include "runtime/log.h"

#include <stdio.h>
#include <string.h>

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
    static const struct {
        const char *error;
        enum refusal refusal;
    } known[] = {
        {"access_denied",           REFUSAL_PORTAL_CANCELLED  }, /* by the person, or by the portal's own rules */
        {"login_required",          REFUSAL_PORTAL_CANCELLED  },
        {"interaction_required",    REFUSAL_PORTAL_CANCELLED  },
        {"consent_required",        REFUSAL_PORTAL_CANCELLED  },
        {"temporarily_unavailable", REFUSAL_PORTAL_UNAVAILABLE},
        {"server_error",            REFUSAL_PORTAL_UNAVAILABLE},
    };
    for (size_t i = 0; i < ARRAY_LENGTH(known); i++) {
        if (strcmp(error, known[i].error) == 0) {
            return known[i].refusal;
        }
    }
    /* mostly something that the academy and the host have agreed on differently; a word of theirs only */
    bool is_word = strlen(error) < 64 && error[strspn(error, "abcdefghijklmnopqrstuvwxyz_")] == '\0';
    log_event(LOG_WARNING, "portal_refused", F("portal", portal), F("error", is_word ? error : "unreadable"));
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
