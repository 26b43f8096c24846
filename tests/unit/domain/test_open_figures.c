/* The rule of the open figures on all small populations: two cells, on two days. */
#include "unit.h"

#include "domain/open_figures.h"

#include <stdlib.h>

enum { STEP = OPEN_FIGURES_STEP, STEPS = 3, COUNTS = STEPS * STEP /* 0 to 29: three steps */ };

static void fewer_than_a_step_are_told_as_none(void **state)
{
    (void)state;
    assert_int_equal(open_figure(0), 0);
    assert_int_equal(open_figure(STEP - 1), 0);
    assert_int_equal(open_figure(STEP), STEP);
    assert_int_equal(open_figure(5000009), 5000000);
}

static void what_is_told_is_never_more_than_there_are(void **state)
{
    (void)state;
    for (int64_t accounts = 0; accounts < 10000; accounts++) {
        int64_t told = open_figure(accounts);
        assert_true(told <= accounts && told > accounts - STEP);
    }
}

/* Every sum and difference of what is told: 0, or a step at least. */
static void no_sum_and_no_difference_is_small(void **state)
{
    (void)state;
    for (int a = 0; a < COUNTS; a++) {
        for (int b = 0; b < COUNTS; b++) {
            for (int c = 0; c < COUNTS; c++) {
                long long told[] = {open_figure(a), open_figure(b), open_figure(c)};
                for (int signs = 0; signs < 27; signs++) { /* -1, 0 or 1 times each */
                    long long sum =
                        (signs % 3 - 1) * told[0] + (signs / 3 % 3 - 1) * told[1] + (signs / 9 - 1) * told[2];
                    assert_true(sum == 0 || llabs(sum) >= STEP);
                }
            }
        }
    }
}

/* What can be behind two files of two cells: all counts of their steps, in all combinations. */
static void each_count_may_be_any_of_a_step_whatever_the_files_together_say(void **state)
{
    (void)state;
    static int behind[STEPS][STEPS][STEPS][STEPS];
    for (int a = 0; a < COUNTS; a++) {
        for (int b = 0; b < COUNTS; b++) {
            for (int later_a = 0; later_a < COUNTS; later_a++) {
                for (int later_b = 0; later_b < COUNTS; later_b++) {
                    behind[open_figure(a) / STEP][open_figure(b) / STEP][open_figure(later_a) / STEP]
                          [open_figure(later_b) / STEP]++;
                }
            }
        }
    }
    for (int i = 0; i < STEPS * STEPS * STEPS * STEPS; i++) {
        assert_int_equal((&behind[0][0][0][0])[i], STEP * STEP * STEP * STEP);
    }
}

/* The same said of changes: behind a difference between two files are all changes nearer to it than a step. */
static void a_change_is_never_known_closer_than_a_step(void **state)
{
    (void)state;
    static bool possible[2 * STEPS][4 * COUNTS];
    for (int before = 0; before < COUNTS; before++) {
        for (int after = 0; after < COUNTS; after++) {
            int told = (int)(open_figure(after) - open_figure(before)) / STEP;
            possible[told + STEPS][after - before + 2 * COUNTS] = true;
        }
    }
    for (int told = 1 - STEPS; told < STEPS; told++) {
        for (int change = -COUNTS; change <= COUNTS; change++) {
            assert_int_equal(possible[told + STEPS][change + 2 * COUNTS], abs(change - told * STEP) < STEP);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fewer_than_a_step_are_told_as_none),
        cmocka_unit_test(what_is_told_is_never_more_than_there_are),
        cmocka_unit_test(no_sum_and_no_difference_is_small),
        cmocka_unit_test(each_count_may_be_any_of_a_step_whatever_the_files_together_say),
        cmocka_unit_test(a_change_is_never_known_closer_than_a_step),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
