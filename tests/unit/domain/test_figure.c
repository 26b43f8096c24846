/* Figures as French prints them: numbers, shares, the marks of an axis of days. */
#include "domain/figure.h"
#include "unit.h"

#define SPACE "\u202f"

static const char *number(int64_t number)
{
    static char text[FIGURE_SIZE];
    figure_write(number, text);
    return text;
}

static void thousands_are_parted(void **state)
{
    (void)state;
    assert_string_equal(number(0), "0");
    assert_string_equal(number(999), "999");
    assert_string_equal(number(1000), "1" SPACE "000");
    assert_string_equal(number(18000042), "18" SPACE "000" SPACE "042");
    assert_string_equal(number(-1234), "-1" SPACE "234");
    assert_string_equal(number(INT64_MAX), "9" SPACE "223" SPACE "372" SPACE "036" SPACE "854" SPACE "775" SPACE "807");
    assert_string_equal(
        number(INT64_MIN), "-9" SPACE "223" SPACE "372" SPACE "036" SPACE "854" SPACE "775" SPACE "808");
}

static const char *share(int64_t part, int64_t whole)
{
    static char text[FIGURE_SIZE];
    figure_share_write(part, whole, text);
    return text;
}

static void all_and_none_are_said_of_all_and_none_only(void **state)
{
    (void)state;
    assert_string_equal(share(0, 0), "–");
    assert_string_equal(share(0, 7), "0\u00a0%");
    assert_string_equal(share(7, 7), "100\u00a0%");
    assert_string_equal(share(1, 3), "33\u00a0%");
    assert_string_equal(share(2, 3), "67\u00a0%");
    assert_string_equal(share(1, 1000), "<\u00a0"
                                        "1\u00a0%");
    assert_string_equal(share(999, 1000), ">\u00a0"
                                          "99\u00a0%");
    assert_string_equal(share(INT64_MAX / 2, INT64_MAX), "50\u00a0%");
}

static void a_length_stays_on_its_chart(void **state)
{
    (void)state;
    assert_int_equal(figure_share_of(1, 2, 180), 90);
    assert_int_equal(figure_share_of(3, 2, 180), 180);
    assert_int_equal(figure_share_of(-1, 2, 180), 0);
    assert_int_equal(figure_share_of(5, 0, 180), 0);
    assert_int_equal(figure_share_of(INT64_MAX, INT64_MAX, 10000), 10000);
}

static void expect_days(struct date from, struct date until, size_t wanted, const char *first, const char *last)
{
    struct figure_day days[FIGURE_DAYS_MAX];
    size_t count = figure_days(from, until, days);
    assert_int_equal(count, wanted);
    assert_string_equal(days[0].label, first);
    assert_string_equal(days[count - 1].label, last);
    assert_true(date_is_same(days[0].day, from));
    assert_true(date_compare(days[count - 1].day, until) <= 0);
}

static void an_axis_has_few_marks_whatever_its_length(void **state)
{
    (void)state;
    const struct date september = {2026, 9, 1};
    expect_days(september, september, 1, "1er sept.", "1er sept.");
    expect_days(september, (struct date){2026, 9, 4}, 4, "1er sept.", "4 sept.");
    expect_days(september, (struct date){2026, 10, 13}, 7, "1er sept.", "13 oct.");
    expect_days(september, (struct date){2026, 11, 28}, 3, "sept.", "nov.");
    expect_days(september, (struct date){2027, 8, 31}, 6, "sept.", "juil.");
    expect_days((struct date){2026, 9, 30}, (struct date){2026, 12, 25}, 4, "sept.", "déc.");
}

static void a_school_year_begins_in_september(void **state)
{
    (void)state;
    assert_true(date_is_same(figure_school_year((struct date){2026, 8, 31}), (struct date){2025, 9, 1}));
    assert_true(date_is_same(figure_school_year((struct date){2026, 9, 1}), (struct date){2026, 9, 1}));
    assert_true(date_is_same(figure_school_year((struct date){2027, 1, 15}), (struct date){2026, 9, 1}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(thousands_are_parted),
        cmocka_unit_test(all_and_none_are_said_of_all_and_none_only),
        cmocka_unit_test(a_length_stays_on_its_chart),
        cmocka_unit_test(an_axis_has_few_marks_whatever_its_length),
        cmocka_unit_test(a_school_year_begins_in_september),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
