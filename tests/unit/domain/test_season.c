#include "unit.h"

#include "domain/season.h"

static void days_are_read_strictly(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int month, day; /* 0: none */
    } cases[] = {
        {"01/07",  7,  1 },
        {"31/12",  12, 31},
        {"29/02",  2,  29},
        {"30/02",  0,  0 },
        {"31/04",  0,  0 },
        {"00/07",  0,  0 },
        {"32/07",  0,  0 },
        {"01/00",  0,  0 },
        {"01/13",  0,  0 },
        {"1/7",    0,  0 },
        {"1 /07",  0,  0 },
        {"01-07",  0,  0 },
        {"01/07 ", 0,  0 },
        {" 1/07",  0,  0 },
        {"ab/cd",  0,  0 },
        {"",       0,  0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct year_day day = {.month = 77, .day = 77};
        bool is_read = year_day_parse(cases[i].text, &day);
        if (is_read != (cases[i].month != 0))
            fail_msg("\"%s\" was %s", cases[i].text, is_read ? "taken" : "refused");
        assert_int_equal(day.month, is_read ? cases[i].month : 77);
        assert_int_equal(day.day, is_read ? cases[i].day : 77);
    }
}

struct season_case {
    const char *begins, *ends;
    struct date date;
    bool is_within;
};

static void seasons_hold_both_their_ends_and_may_pass_the_new_year(void **state)
{
    (void)state;
    static const struct season_case cases[] = {
        {"15/08", "15/10", {2025, 8, 14},  false},
        {"15/08", "15/10", {2025, 8, 15},  true },
        {"15/08", "15/10", {2026, 9, 1},   true },
        {"15/08", "15/10", {2025, 10, 15}, true },
        {"15/08", "15/10", {2025, 10, 16}, false},
        {"15/08", "15/10", {2025, 1, 20},  false},
        {"15/12", "05/01", {2025, 12, 14}, false},
        {"15/12", "05/01", {2025, 12, 15}, true },
        {"15/12", "05/01", {2025, 12, 31}, true },
        {"15/12", "05/01", {2026, 1, 1},   true },
        {"15/12", "05/01", {2026, 1, 5},   true },
        {"15/12", "05/01", {2026, 1, 6},   false},
        {"15/12", "05/01", {2026, 7, 1},   false},
        {"03/03", "03/03", {2026, 3, 3},   true },
        {"03/03", "03/03", {2026, 3, 2},   false},
        {"03/03", "03/03", {2026, 3, 4},   false},
        {"29/02", "01/03", {2025, 2, 28},  false},
        {"29/02", "01/03", {2024, 2, 29},  true },
        {"29/02", "01/03", {2025, 3, 1},   true },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct season season;
        assert_true(year_day_parse(cases[i].begins, &season.begins) && year_day_parse(cases[i].ends, &season.ends));
        if (season_contains(&season, cases[i].date) != cases[i].is_within)
            fail_msg("%02d/%02d is %sfrom %s to %s", cases[i].date.day, cases[i].date.month,
                cases[i].is_within ? "not " : "", cases[i].begins, cases[i].ends);
    }
}

/* Each day of a year is in a season or in the one that begins the day after and ends the day before. */
static void a_season_and_the_rest_of_the_year_share_no_day(void **state)
{
    (void)state;
    const struct season summer = {
        .begins = {7, 1 },
          .ends = {8, 20}
    };
    const struct season rest = {
        .begins = {8, 21},
          .ends = {6, 30}
    };
    int days = 0;
    for (int i = 0; i < 366; i++) {
        struct date date = date_of_instant(instant_add(date_start((struct date){2024, 1, 1}), DAYS(i)));
        assert_int_not_equal(season_contains(&summer, date), season_contains(&rest, date));
        days += season_contains(&summer, date);
    }
    assert_int_equal(days, 51);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_are_read_strictly),
        cmocka_unit_test(seasons_hold_both_their_ends_and_may_pass_the_new_year),
        cmocka_unit_test(a_season_and_the_rest_of_the_year_share_no_day),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
