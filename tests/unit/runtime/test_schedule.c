/* Clock and schedule: the zone, the days on which the clock changes, the clock that tests move. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/clock.h"
#include "runtime/schedule.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* UTC */
static struct instant at(int year, int month, int day, int hour, int minute)
{
    struct tm tm = {.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = day, .tm_hour = hour, .tm_min = minute};
    return (struct instant){(int64_t)timegm(&tm) * 1000000};
}

static void assert_instant(struct instant got, struct instant want)
{
    char got_text[CLOCK_TEXT_SIZE];
    char want_text[CLOCK_TEXT_SIZE];
    clock_format(got, got_text);
    clock_format(want, want_text);
    assert_string_equal(got_text, want_text);
}

static int paris(void **state)
{
    (void)state;
    struct fault fault;
    return clock_zone_set("Europe/Paris", &fault) ? 0 : -1;
}

static void only_times_of_the_day_are_parsed(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool is_time;
        int hour, minute;
    } cases[] = {
        {"08:20",  true,  8,  20},
        {"8:20",   true,  8,  20},
        {"00:00",  true,  0,  0 },
        {"23:59",  true,  23, 59},
        {"24:00",  false, 0,  0 },
        {"12:60",  false, 0,  0 },
        {"",       false, 0,  0 },
        {":20",    false, 0,  0 },
        {"8:2",    false, 0,  0 },
        {"08:200", false, 0,  0 },
        {"8h20",   false, 0,  0 },
        {" 8:20",  false, 0,  0 },
        {"108:20", false, 0,  0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct day_time time = {-1, -1};
        assert_int_equal(schedule_parse(cases[i].text, &time), cases[i].is_time);
        if (cases[i].is_time)
            assert_true(time.hour == cases[i].hour && time.minute == cases[i].minute);
    }
}

static void the_next_morning_comes_by_local_time(void **state)
{
    (void)state;
    const struct day_time morning = {8, 20};
    assert_instant(schedule_next(at(2026, 9, 1, 5, 0), morning), at(2026, 9, 1, 6, 20));  /* summer: UTC+2 */
    assert_instant(schedule_next(at(2026, 9, 1, 6, 20), morning), at(2026, 9, 2, 6, 20)); /* strictly after */
    assert_instant(schedule_next(at(2026, 12, 1, 7, 0), morning), at(2026, 12, 1, 7, 20));
    assert_instant(schedule_next(at(2026, 12, 31, 23, 30), morning), at(2027, 1, 1, 7, 20));
    assert_instant(schedule_previous(at(2026, 9, 1, 5, 0), morning), at(2026, 8, 31, 6, 20));
    assert_instant(schedule_previous(at(2026, 9, 1, 6, 20), morning), at(2026, 9, 1, 6, 20));
}

static void a_morning_after_the_change_is_still_at_its_hour(void **state)
{
    (void)state;
    const struct day_time morning = {8, 20};
    assert_instant(schedule_next(at(2026, 3, 28, 8, 0), morning), at(2026, 3, 29, 6, 20));
    assert_instant(schedule_next(at(2026, 10, 24, 8, 0), morning), at(2026, 10, 25, 7, 20));
}

static void a_time_that_spring_skips_comes_when_the_clock_jumps(void **state)
{
    (void)state;
    const struct day_time skipped = {2, 30};
    assert_instant(schedule_next(at(2026, 3, 28, 12, 0), skipped), at(2026, 3, 29, 1, 30)); /* 03:30 summer time */
    assert_instant(schedule_next(at(2026, 3, 29, 1, 30), skipped), at(2026, 3, 30, 0, 30));
}

static void a_time_that_autumn_repeats_comes_once(void **state)
{
    (void)state;
    const struct day_time repeated = {2, 30};
    assert_instant(schedule_next(at(2026, 10, 24, 12, 0), repeated), at(2026, 10, 25, 0, 30)); /* the first */
    assert_instant(schedule_next(at(2026, 10, 25, 0, 30), repeated), at(2026, 10, 26, 1, 30));
}

static void every_day_of_a_decade_has_one_morning(void **state)
{
    (void)state;
    const struct day_time times[] = {
        {2,  30},
        {8,  20},
        {0,  0 },
        {23, 59}
    };
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        struct instant now = at(2025, 1, 1, 12, 0);
        for (int day = 0; day < 3653; day++) {
            struct instant next = schedule_next(now, times[i]);
            int64_t hours = (next.us - now.us) / INT64_C(3600000000);
            assert_true(day == 0 || (hours >= 22 && hours <= 25));
            assert_instant(schedule_previous(next, times[i]), next);
            now = next;
        }
        assert_int_equal(clock_date(now).year, 2035);
    }
}

static void the_earliest_of_several_times_is_taken(void **state)
{
    (void)state;
    const struct day_time times[] = {
        {20, 0 },
        {8,  20},
        {12, 0 }
    };
    assert_instant(schedule_next_of(at(2026, 12, 1, 8, 0), times, 3), at(2026, 12, 1, 11, 0));
    assert_instant(schedule_next_of(at(2026, 12, 1, 19, 0), times, 3), at(2026, 12, 2, 7, 20));
}

static void days_begin_and_end_by_local_time(void **state)
{
    (void)state;
    static const struct date winter = {2026, 12, 1}, summer = {2026, 7, 14}, change = {2026, 10, 25},
                             last = {2026, 12, 31};
    assert_instant(clock_day_start(winter, 0), at(2026, 11, 30, 23, 0));
    assert_instant(clock_day_start(summer, 0), at(2026, 7, 13, 22, 0));
    assert_instant(clock_day_start(change, 0), at(2026, 10, 24, 22, 0));
    assert_instant(clock_day_start(change, 1), at(2026, 10, 25, 23, 0)); /* of 25 hours */
    assert_instant(clock_day_start(last, 1), at(2026, 12, 31, 23, 0));
}

static void an_unknown_zone_is_a_fault(void **state)
{
    (void)state;
    struct fault fault;
    assert_false(clock_zone_set("Europe/Paaris", &fault));
    assert_false(clock_zone_set("../../etc/passwd", &fault));
    assert_false(clock_zone_set("", &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    struct civil_time local = clock_local(at(2026, 7, 14, 10, 0));
    assert_int_equal(local.hour, 12);
    assert_int_equal(local.offset_seconds, 7200);
}

static void instants_are_written_with_their_milliseconds(void **state)
{
    (void)state;
    char text[CLOCK_TEXT_SIZE];
    clock_format((struct instant){at(2026, 9, 1, 6, 20).us + 123456}, text);
    assert_string_equal(text, "2026-09-01T06:20:00.123Z");
    clock_format((struct instant){-1}, text);
    assert_string_equal(text, "1969-12-31T23:59:59.999Z");
}

static void tests_move_the_civil_clock_and_not_the_monotonic_one(void **state)
{
    (void)state;
    struct tick tick = clock_tick();
    struct instant before = clock_now();
    assert_int_equal(setenv("PREAU_CLOCK", "+86400", 1), 0);
    int64_t days = (clock_now().us - before.us) / INT64_C(86400000000);
    assert_int_equal(days, 1);
    assert_int_equal(unsetenv("PREAU_CLOCK"), 0);
    assert_false(duration_longer(clock_since(tick), SECONDS(60)));
}

static void a_clock_file_is_read_again(void **state)
{
    (void)state;
    char path[] = "/tmp/preau-clock-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(setenv("PREAU_CLOCK_FILE", path, 1), 0);
    struct instant before = clock_now();
    assert_int_equal(write(file, "7200\n", 5), 5);
    struct tick start = clock_tick();
    while (clock_now().us - before.us < INT64_C(7200000000))
        assert_false(duration_longer(clock_since(start), SECONDS(5)));
    assert_int_equal(unsetenv("PREAU_CLOCK_FILE"), 0);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(close(file), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_times_of_the_day_are_parsed),
        cmocka_unit_test(the_next_morning_comes_by_local_time),
        cmocka_unit_test(a_morning_after_the_change_is_still_at_its_hour),
        cmocka_unit_test(a_time_that_spring_skips_comes_when_the_clock_jumps),
        cmocka_unit_test(a_time_that_autumn_repeats_comes_once),
        cmocka_unit_test(every_day_of_a_decade_has_one_morning),
        cmocka_unit_test(the_earliest_of_several_times_is_taken),
        cmocka_unit_test(days_begin_and_end_by_local_time),
        cmocka_unit_test(an_unknown_zone_is_a_fault),
        cmocka_unit_test(instants_are_written_with_their_milliseconds),
        cmocka_unit_test(tests_move_the_civil_clock_and_not_the_monotonic_one),
        cmocka_unit_test(a_clock_file_is_read_again),
    };
    return cmocka_run_group_tests(tests, paris, NULL);
}
