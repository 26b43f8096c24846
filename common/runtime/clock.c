/* Time as the process sees it. */
#include "runtime/clock.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int64_t microseconds_of(struct timespec time)
{
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

struct instant clock_instant(struct timespec time)
{
    return (struct instant){microseconds_of(time)};
}

static int64_t read_clock(clockid_t id)
{
    struct timespec time;
    (void)clock_gettime(id, &time);
    return microseconds_of(time);
}

struct tick clock_tick(void)
{
    return (struct tick){read_clock(CLOCK_MONOTONIC)};
}

struct duration clock_since(struct tick then)
{
    return (struct duration){clock_tick().us - then.us};
}

#ifdef PREAU_TEST_BUILD
static int64_t shift_of_text(const char *text)
{
    return strtoll(text, NULL, 10) * 1000000;
}

static int64_t shift_of_file(const char *path)
{
    static _Atomic int64_t shift_us;
    static _Atomic int64_t looked_us = INT64_MIN / 2;
    int64_t tick = clock_tick().us;
    if (tick - atomic_load(&looked_us) < 100000)
        return atomic_load(&shift_us);
    char text[32] = "";
    FILE *file = fopen(path, "re");
    if (file != NULL) {
        if (fgets(text, sizeof text, file) != NULL)
            atomic_store(&shift_us, shift_of_text(text));
        (void)fclose(file);
    }
    atomic_store(&looked_us, tick);
    return atomic_load(&shift_us);
}

static int64_t test_shift(void)
{
    const char *file = getenv("PREAU_CLOCK_FILE");
    if (file != NULL)
        return shift_of_file(file);
    const char *text = getenv("PREAU_CLOCK");
    return text != NULL ? shift_of_text(text) : 0;
}
#else
static int64_t test_shift(void)
{
    return 0;
}
#endif

struct instant clock_now(void)
{
    return (struct instant){read_clock(CLOCK_REALTIME) + test_shift()};
}

bool clock_zone_set(const char *zone, struct fault *fault)
{
    char path[128];
    int length = snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", zone);
    /* the C library takes an unknown zone for UTC without a word */
    if (length < 0 || (size_t)length >= sizeof path || strstr(zone, "..") != NULL || zone[0] == '\0' ||
        access(path, R_OK) != 0) {
        (void)fault_set(fault, FAULT_CONFIG, "time zone \"%s\" is not known to the system", zone);
        return fault_hint(fault, "Install tzdata, or write a zone such as Europe/Paris.");
    }
    if (setenv("TZ", zone, 1) != 0)
        return fault_from_errno(fault, FAULT_CONFIG, "set the time zone");
    tzset();
    return true;
}

/* Whole seconds, rounded down also before 1970. */
static time_t seconds_of(struct instant instant)
{
    int64_t seconds = instant.us / 1000000;
    return (time_t)(instant.us % 1000000 < 0 ? seconds - 1 : seconds);
}

struct civil_time clock_local(struct instant instant)
{
    time_t seconds = seconds_of(instant);
    struct tm tm;
    if (localtime_r(&seconds, &tm) == NULL)
        return (struct civil_time){.year = 1970, .month = 1, .day = 1};
    return (struct civil_time){
        .year = tm.tm_year + 1900,
        .month = tm.tm_mon + 1,
        .day = tm.tm_mday,
        .hour = tm.tm_hour,
        .minute = tm.tm_min,
        .second = tm.tm_sec,
        .offset_seconds = (int)tm.tm_gmtoff,
    };
}

struct date clock_date(struct instant instant)
{
    struct civil_time civil = clock_local(instant);
    return (struct date){.year = (int16_t)civil.year, .month = (int8_t)civil.month, .day = (int8_t)civil.day};
}

struct instant clock_day_start(struct date date, int days_later)
{
    struct tm tm = {
        .tm_year = date.year - 1900,
        .tm_mon = date.month - 1,
        .tm_mday = date.day + days_later,
        .tm_isdst = -1,
    };
    return (struct instant){(int64_t)mktime(&tm) * 1000000};
}

void clock_format(struct instant instant, char out_text[static CLOCK_TEXT_SIZE])
{
    time_t seconds = seconds_of(instant);
    int millis = (int)((instant.us - (int64_t)seconds * 1000000) / 1000);
    struct tm tm;
    out_text[0] = '\0';
    if (gmtime_r(&seconds, &tm) == NULL)
        return;
    size_t length = strftime(out_text, CLOCK_TEXT_SIZE, "%Y-%m-%dT%H:%M:%S", &tm);
    (void)snprintf(out_text + length, CLOCK_TEXT_SIZE - length, ".%03dZ", millis);
}

void clock_format_local(struct instant instant, char out_text[static CLOCK_TEXT_SIZE])
{
    struct civil_time at = clock_local(instant);
    (void)snprintf(out_text, CLOCK_TEXT_SIZE, "%04d-%02d-%02d %02d:%02d:%02d", at.year % 10000, at.month % 100,
        at.day % 100, at.hour % 100, at.minute % 100, at.second % 100);
}
