/* Thresholds of the Monitoring Plugins: each row of the table of their guidelines, and what is no range. */
#include "ctl/check_range.h"
#include "unit.h"

static bool alerts(const char *text, double value)
{
    struct check_range range;
    assert_true(check_range_parse(text, &range));
    return check_range_alerts(&range, value);
}

static void a_number_alone_is_the_end_of_a_range_from_zero(void **state)
{
    (void)state;
    assert_true(alerts("10", -0.5));
    assert_false(alerts("10", 0));
    assert_false(alerts("10", 10));
    assert_true(alerts("10", 10.01));
}

static void an_open_end_has_no_bound_above(void **state)
{
    (void)state;
    assert_true(alerts("10:", 9.99));
    assert_false(alerts("10:", 10));
    assert_false(alerts("10:", 1e300));
}

static void a_tilde_has_no_bound_below(void **state)
{
    (void)state;
    assert_false(alerts("~:10", -1e300));
    assert_false(alerts("~:10", 10));
    assert_true(alerts("~:10", 11));
    assert_false(alerts("~:", 5));
}

static void two_numbers_alert_outside_and_with_an_at_inside(void **state)
{
    (void)state;
    assert_true(alerts("10:20", 9));
    assert_false(alerts("10:20", 10));
    assert_false(alerts("10:20", 20));
    assert_true(alerts("10:20", 21));
    assert_false(alerts("@10:20", 9));
    assert_true(alerts("@10:20", 10));
    assert_true(alerts("@10:20", 20));
    assert_false(alerts("@10:20", 21));
    assert_true(alerts("@0", 0));
    assert_false(alerts("@0", 1));
    assert_true(alerts("-20.5:-10", -9));
    assert_false(alerts(":10", 3));
    assert_true(alerts(":10", -1));
}

static void what_is_no_range_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "@", ":", "@:", "~", "a", "10:a", "10:20:30", "20:10", "10:~", "0x10",
        "nan", "inf:", "1e3", "10 ", " 10", "1-2", "~10:20", "@@10", "10;", "123456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct check_range range;
        if (check_range_parse(wrong[i], &range))
            fail_msg("\"%s\" was taken for a range", wrong[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_alone_is_the_end_of_a_range_from_zero),
        cmocka_unit_test(an_open_end_has_no_bound_above),
        cmocka_unit_test(a_tilde_has_no_bound_below),
        cmocka_unit_test(two_numbers_alert_outside_and_with_an_at_inside),
        cmocka_unit_test(what_is_no_range_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
