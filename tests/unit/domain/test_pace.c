#include "unit.h"

#include "domain/pace.h"

#include <math.h>

static struct pace_seen seen_at(int64_t done, int64_t total, struct duration moved, struct duration elapsed)
{
    return (struct pace_seen){.done = done, .total = total, .records = 10 * done, .moved = moved, .elapsed = elapsed};
}

static void check(struct pace_seen seen, double rate, bool is_known, int64_t left_us)
{
    struct pace pace = pace_of(&seen);
    assert_true(fabs(pace.rate - rate) < 1e-6);
    assert_true(fabs(pace.records_rate - 10 * rate) < 1e-6);
    assert_int_equal(pace.left_is_known, is_known);
    assert_int_equal(pace.left.us, left_us);
}

static void half_of_it_takes_as_long_again(void **state)
{
    (void)state;
    check(seen_at(50, 100, SECONDS(10), SECONDS(10)), 5, true, 10000000);
}

static void a_first_moment_says_nothing(void **state)
{
    (void)state;
    check(seen_at(50, 100, MILLISECONDS(500), MILLISECONDS(500)), 0, false, 0);
    check(seen_at(0, 100, SECONDS(10), SECONDS(10)), 0, false, 0);
    check(seen_at(50, 100, SECONDS(-10), SECONDS(-10)), 0, false, 0);
}

static void while_a_long_step_lasts_the_time_left_goes_down(void **state)
{
    (void)state;
    check(seen_at(50, 100, SECONDS(10), SECONDS(14)), 5, true, 6000000);
}

static void a_step_longer_than_all_the_rest_says_nothing_of_it(void **state)
{
    (void)state;
    check(seen_at(50, 100, SECONDS(10), SECONDS(20)), 5, false, 0);
    check(seen_at(50, 100, SECONDS(10), SECONDS(60)), 5, false, 0);
}

static void who_has_done_all_has_nothing_left(void **state)
{
    (void)state;
    check(seen_at(100, 100, SECONDS(10), SECONDS(11)), 10, true, 0);
    check(seen_at(101, 100, SECONDS(10), SECONDS(10)), 10.1, true, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half_of_it_takes_as_long_again),
        cmocka_unit_test(a_first_moment_says_nothing),
        cmocka_unit_test(while_a_long_step_lasts_the_time_left_goes_down),
        cmocka_unit_test(a_step_longer_than_all_the_rest_says_nothing_of_it),
        cmocka_unit_test(who_has_done_all_has_nothing_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
