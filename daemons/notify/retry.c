#include "notify/retry.h"

bool retry_next(const struct retry_bounds *bounds, int64_t attempt, struct instant created_at, struct instant now,
    struct instant *out_due_at)
{
    struct duration pause = bounds->first;
    for (int64_t i = 1; i < attempt && duration_longer(bounds->max, pause); i++) {
        pause.us *= 2;
    }
    if (duration_longer(pause, bounds->max)) {
        pause = bounds->max;
    }
    *out_due_at = instant_add(now, pause);
    return !duration_longer(instant_since(*out_due_at, created_at), bounds->give_up_after);
}
