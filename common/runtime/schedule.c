/* Local times of the day as instants, over the C library's knowledge of the zone. */
#include "runtime/schedule.h"

#include "runtime/clock.h"

#include <assert.h>
#include <time.h>

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

bool schedule_parse(const char *text, struct day_time *out_time)
{
    int hour = 0;
    int digits = 0;
    while (digits < 2 && digit(text[digits]))
        hour = hour * 10 + (text[digits++] - '0');
    const char *rest = text + digits;
    if (digits == 0 || rest[0] != ':' || !digit(rest[1]) || !digit(rest[2]) || rest[3] != '\0')
        return false;
    int minute = (rest[1] - '0') * 10 + (rest[2] - '0');
    if (hour > 23 || minute > 59)
        return false;
    *out_time = (struct day_time){hour, minute};
    return true;
}

/* The instant of local day + time, days counted on from the local day of `near`. */
static struct instant occurrence(struct instant near, int days, struct day_time time)
{
    struct civil_time local = clock_local(near);
    struct tm tm = {
        .tm_year = local.year - 1900,
        .tm_mon = local.month - 1,
        .tm_mday = local.day + days,
        .tm_hour = time.hour,
        .tm_min = time.minute,
        .tm_isdst = -1,
    };
    struct tm asked = tm;
    time_t seconds = mktime(&tm);
    if (tm.tm_hour != asked.tm_hour || tm.tm_min != asked.tm_min) {
        /* the spring change skips this time: count it by winter time, whose 02:30 is summer time's 03:30 … */
        asked.tm_isdst = 0;
        seconds = mktime(&asked);
    } else if (tm.tm_isdst == 0) {
        /* … and of an hour that autumn repeats take the first, which is still summer time */
        asked.tm_isdst = 1;
        time_t summer = mktime(&asked);
        if (asked.tm_hour == time.hour && asked.tm_min == time.minute && asked.tm_isdst == 1 && summer < seconds)
            seconds = summer;
    }
    return (struct instant){(int64_t)seconds * 1000000};
}

struct instant schedule_next(struct instant after, struct day_time time)
{
    for (int days = 0; days < 3; days++) {
        struct instant at = occurrence(after, days, time);
        if (instant_before(after, at))
            return at;
    }
    assert(false && "a time of the day comes within two days");
    return after;
}

struct instant schedule_next_of(struct instant after, const struct day_time *times, size_t count)
{
    assert(count >= 1);
    struct instant first = schedule_next(after, times[0]);
    for (size_t i = 1; i < count; i++) {
        struct instant at = schedule_next(after, times[i]);
        if (instant_before(at, first))
            first = at;
    }
    return first;
}

struct instant schedule_previous(struct instant instant, struct day_time time)
{
    for (int days = 0; days > -3; days--) {
        struct instant at = occurrence(instant, days, time);
        if (!instant_before(instant, at))
            return at;
    }
    assert(false && "a time of the day came within two days");
    return instant;
}
