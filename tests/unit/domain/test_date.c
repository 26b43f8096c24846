#include "unit.h"

#include "domain/date.h"

struct text_case {
    const char *text;
    const char *iso; /* NULL: no date */
};

typedef bool parse(const char *text, struct date *out_date);

static void check(parse *parse_one, const struct text_case *cases, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct date date = {1234, 5, 6};
        bool parsed = parse_one(cases[i].text, &date);
        if (parsed != (cases[i].iso != NULL))
            fail_msg("\"%s\" was %s", cases[i].text, parsed ? "taken" : "refused");
        if (!parsed) {
            assert_int_equal(date.year, 1234);
            continue;
        }
        char iso[DATE_TEXT_SIZE];
        date_write_iso(date, iso);
        assert_string_equal(iso, cases[i].iso);
    }
}

static void aaf_dates_are_read_strictly(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"03/04/2015",  "2015-04-03"},
        {"29/02/2016",  "2016-02-29"},
        {"29/02/2000",  "2000-02-29"},
        {"28/11/1914",  "1914-11-28"},
        {"29/02/2015",  NULL        },
        {"29/02/1900",  NULL        },
        {"31/04/2015",  NULL        },
        {"00/04/2015",  NULL        },
        {"03/13/2015",  NULL        },
        {"03/04/1899",  NULL        },
        {"03/04/2101",  NULL        },
        {"3/4/2015",    NULL        },
        {"03-04-2015",  NULL        },
        {"03/04/2015 ", NULL        },
        {"03/04/15",    NULL        },
        {"2015-04-03",  NULL        },
        {"",            NULL        },
        {"/",           NULL        },
    };
    check(date_parse_aaf, cases, COUNT_OF(cases));
}

static void iso_dates_are_read_strictly(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"2015-04-03",       "2015-04-03"},
        {"2015-4-3",         NULL        },
        {"03/04/2015",       NULL        },
        {"2015-04-03T00:00", NULL        }
    };
    check(date_parse_iso, cases, COUNT_OF(cases));
}

static void people_may_type_a_date_as_they_are_used_to(void **state)
{
    (void)state;
    static const struct text_case cases[] = {
        {"3/4/2015",         "2015-04-03"},
        {"03 04 2015",       "2015-04-03"},
        {"03-04-2015",       "2015-04-03"},
        {"03.04.2015",       "2015-04-03"},
        {"  3 / 4 / 2015  ", "2015-04-03"},
        {"03042015",         "2015-04-03"},
        {"2015-04-03",       "2015-04-03"},
        {"3/4/15",           NULL        },
        {"3 avril 2015",     NULL        },
        {"31/2/2015",        NULL        },
        {"3//4/2015",        NULL        },
        {"3/4/20155",        NULL        },
        {"3042015",          NULL        },
        {"",                 NULL        },
        {"   ",              NULL        },
    };
    check(date_parse_typed, cases, COUNT_OF(cases));
}

static void months_are_civil_and_clip_at_the_end(void **state)
{
    (void)state;
    static const struct {
        struct date from;
        int months;
        struct date to;
    } cases[] = {
        {{2025, 9, 16},  3,   {2025, 12, 16}},
        {{2025, 11, 30}, 3,   {2026, 2, 28} },
        {{2023, 11, 30}, 3,   {2024, 2, 29} },
        {{2025, 12, 31}, 1,   {2026, 1, 31} },
        {{2025, 12, 31}, 12,  {2026, 12, 31}},
        {{2024, 2, 29},  12,  {2025, 2, 28} },
        {{2025, 3, 31},  -1,  {2025, 2, 28} },
        {{2025, 1, 15},  -13, {2023, 12, 15}},
        {{2025, 1, 15},  0,   {2025, 1, 15} },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_true(date_is_same(date_add_months(cases[i].from, cases[i].months), cases[i].to));
}

static bool next_day(struct date *date)
{
    date->day++;
    if (date_is_valid(*date))
        return true;
    date->day = 1;
    date->month++;
    if (date_is_valid(*date))
        return true;
    date->month = 1;
    date->year++;
    return date_is_valid(*date);
}

static void every_day_of_two_centuries_makes_the_way_there_and_back(void **state)
{
    (void)state;
    struct date date = {DATE_YEAR_MIN, 1, 1};
    struct instant at = date_start(date);
    assert_int_equal(at.us, INT64_C(-2208988800) * 1000000);
    int days = 0;
    do {
        struct date read;
        char text[DATE_TEXT_SIZE];
        assert_int_equal(date_start(date).us, at.us);
        assert_true(date_is_same(date_of_instant(at), date));
        assert_true(date_is_same(date_of_instant(instant_add(at, HOURS(23))), date));
        date_write_french(date, text);
        assert_true(date_parse_aaf(text, &read) && date_is_same(read, date));
        assert_true(date_parse_typed(text, &read) && date_is_same(read, date));
        date_write_iso(date, text);
        assert_true(date_parse_iso(text, &read) && date_is_same(read, date));
        at = instant_add(at, DAYS(1));
        days++;
    } while (next_day(&date));
    assert_int_equal(days, 73414); /* 201 years, 49 of them leap */
}

static void dates_compare_in_order(void **state)
{
    (void)state;
    assert_true(date_compare((struct date){2015, 4, 3}, (struct date){2015, 4, 4}) < 0);
    assert_true(date_compare((struct date){2015, 5, 1}, (struct date){2015, 4, 30}) > 0);
    assert_true(date_compare((struct date){2014, 12, 31}, (struct date){2015, 1, 1}) < 0);
    assert_true(date_compare((struct date){2015, 4, 3}, (struct date){2015, 4, 3}) == 0);
}

static void an_instant_keeps_its_time_of_day_over_months(void **state)
{
    (void)state;
    struct instant at = instant_add(date_start((struct date){2025, 11, 30}), HOURS(13));
    struct instant later = instant_add_months(at, 3);
    assert_int_equal(later.us, instant_add(date_start((struct date){2026, 2, 28}), HOURS(13)).us);
    assert_true(instant_before(at, later));
    assert_false(instant_before(at, at));
    assert_int_equal(instant_since(later, at).us, DAYS(90).us);
}

static void days_are_counted_over_months_and_years(void **state)
{
    (void)state;
    assert_int_equal(date_days_between((struct date){2026, 9, 1}, (struct date){2026, 9, 1}), 0);
    assert_int_equal(date_days_between((struct date){2028, 2, 28}, (struct date){2028, 3, 1}), 2);
    assert_int_equal(date_days_between((struct date){2027, 1, 1}, (struct date){2026, 12, 31}), -1);
    assert_true(date_is_same(date_add_days((struct date){2026, 12, 31}, 1), (struct date){2027, 1, 1}));
    assert_true(date_is_same(date_add_days((struct date){2027, 3, 1}, -1), (struct date){2027, 2, 28}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(aaf_dates_are_read_strictly),
        cmocka_unit_test(iso_dates_are_read_strictly),
        cmocka_unit_test(people_may_type_a_date_as_they_are_used_to),
        cmocka_unit_test(months_are_civil_and_clip_at_the_end),
        cmocka_unit_test(every_day_of_two_centuries_makes_the_way_there_and_back),
        cmocka_unit_test(dates_compare_in_order),
        cmocka_unit_test(an_instant_keeps_its_time_of_day_over_months),
        cmocka_unit_test(days_are_counted_over_months_and_years),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
