#include "portal/service_state.h"

#include "bus/health.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"

#include <string.h>

static const struct {
    const char *daemon;
    const char *check;    /* without which it is disturbed; "": none */
    bool goes_on_without; /* what is there stays there */
} parts[PART_COUNT] = {
    [PART_SIGN_IN] = {"preau-linkd",   "",            false},
    [PART_MAIL] = {"preau-notifyd", "smtp",        false},
    [PART_SMS] = {"preau-linkd",   "sms",         false},
    [PART_DATA] = {"preau-importd", "import_late", true },
};

static bool holds(const char *const *list, size_t count, const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(list[i], word) == 0) {
            return true;
        }
    }
    return false;
}

void service_state_hear(
    struct service_state *state, const char *daemon, bool is_ready, const char *const *troubled, size_t count)
{
    state->heard_at = clock_now();
    for (int part = 0; part < PART_COUNT && is_ready; part++) {
        if (strcmp(parts[part].daemon, daemon) == 0) {
            state->ready[part] = clock_tick();
            state->well[part] = holds(troubled, count, parts[part].check) ? state->well[part] : clock_tick();
        }
    }
}

static bool is_fresh(struct tick heard, struct tick now)
{
    return heard.us != 0 && !duration_longer((struct duration){now.us - heard.us}, HEALTH_PATIENCE);
}

enum part_state service_state_of(const struct service_state *state, enum service_part part, struct tick now)
{
    if (is_fresh(state->well[part], now)) {
        return PART_OK;
    }
    if (is_fresh(state->ready[part], now)) {
        return PART_DISTURBED;
    }
    if (is_fresh(state->begun, now)) {
        return PART_UNKNOWN;
    }
    return parts[part].goes_on_without ? PART_DISTURBED : PART_UNAVAILABLE;
}
