#include "domain/pace.h"

#define SPEAKING_TIME MILLISECONDS(500)

static double seconds_of(struct duration duration)
{
    return (double)duration.us / 1e6;
}

struct pace pace_of(const struct pace_seen *seen)
{
    struct pace pace = {.rate = 0};
    if (!duration_longer(seen->moved, SPEAKING_TIME) || seen->done <= 0) {
        return pace;
    }
    pace.rate = (double)seen->done / seconds_of(seen->moved);
    pace.records_rate = seen->records > 0 ? (double)seen->records / seconds_of(seen->moved) : 0;
    int64_t missing = seen->total > seen->done ? seen->total - seen->done : 0;
    double left = (double)missing / pace.rate - seconds_of((struct duration){seen->elapsed.us - seen->moved.us});
    pace.left_is_known =
        missing == 0 || left > 0; /* a piece that takes longer than all before says nothing of the rest */
    pace.left = (struct duration){left > 0 ? (int64_t)(left * 1e6) : 0};
    return pace;
}
