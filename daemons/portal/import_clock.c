#include "portal/import_clock.h"

#include "runtime/clock.h"

static bool summer_read(const struct config *config, struct season *out_summer, struct fault *fault)
{
    if (!year_day_parse(config_text(config, CONFIG_IMPORT_SUMMER_BEGINS), &out_summer->begins) ||
        !year_day_parse(config_text(config, CONFIG_IMPORT_SUMMER_ENDS), &out_summer->ends)) {
        return fault_set(
            fault, FAULT_CONFIG, "import.summer_begins, import.summer_ends: not a day of the year (JJ/MM)");
    }
    return true;
}

bool import_clock_configure(const struct config *config, struct import_clock *out_clock, struct fault *fault)
{
    const char *const *times = config_list(config, CONFIG_IMPORT_TIMES);
    *out_clock = (struct import_clock){.late_after = config_duration(config, CONFIG_IMPORT_LATE_AFTER)};
    for (; times[out_clock->count] && out_clock->count < IMPORT_CLOCK_TIMES_MAX; out_clock->count++) {
        if (!schedule_parse(times[out_clock->count], &out_clock->times[out_clock->count])) {
            return fault_set(fault, FAULT_CONFIG, "import.times: not a time of day");
        }
    }
    if (out_clock->count == 0) {
        return fault_set(fault, FAULT_CONFIG, "import.times: at least one");
    }
    return summer_read(config, &out_clock->summer, fault);
}

struct instant import_clock_next(const struct import_clock *clock, struct instant now)
{
    return schedule_next_of(now, clock->times, clock->count);
}

struct instant import_clock_correction(const struct import_clock *clock, struct instant now)
{
    const struct day_time midnight = {0, 0};
    return schedule_next_of(schedule_next(now, midnight), clock->times, clock->count);
}

bool import_clock_is_overdue(const struct import_clock *clock, struct instant integrated_at, struct instant now)
{
    return !season_contains(&clock->summer, clock_date(now)) &&
           instant_before(instant_add(integrated_at, clock->late_after), now);
}
