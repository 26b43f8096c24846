/* The bar of a terminal: never wider than it, and what it says. */
#include "ctl/progress.h"
#include "unit.h"

static const struct progress_line half = {
    .label = "Lyon 2D ENT2DVA.20250916.Complet.tgz",
    .phase = "lecture",
    .done = 50,
    .total = 100,
    .records_rate = 12345.6,
    .bytes_rate = 8420000,
    .seconds_left = 42.4,
};

static void it_says_all_where_there_is_room(void **state)
{
    (void)state;
    char text[1024];
    progress_line_write(&half, 140, text, sizeof text);
    assert_non_null(
        strstr(text, "Lyon 2D ENT2DVA.20250916.Complet.tgz  lecture ████████████████████░░░░░░░░░░░░░░░░░░░░ 50 %"));
    assert_non_null(strstr(text, "  reste 0:42  12\u202f345 fiches/s  8,4 Mo/s"));
}

static void it_never_is_wider_than_the_terminal(void **state)
{
    (void)state;
    for (unsigned width = 1; width <= 200; width++) {
        char text[1024];
        progress_line_write(&half, width, text, sizeof text);
        assert_in_range(progress_columns(text), 1, width > 5 ? width : 5);
        assert_non_null(strstr(text, "50 %"));
    }
}

static void a_narrow_one_keeps_the_share_and_the_time_that_is_left(void **state)
{
    (void)state;
    char text[1024];
    progress_line_write(&half, 60, text, sizeof text);
    assert_non_null(strstr(text, "…"));
    assert_non_null(strstr(text, " 50 %  reste 0:42"));
    assert_null(strstr(text, "Mo/s"));
}

static void ends_and_unknown_sizes_are_told_as_they_are(void **state)
{
    (void)state;
    char text[1024];
    const struct progress_line whole = {.label = "a", .phase = "", .done = 120, .total = 100, .seconds_left = -1};
    progress_line_write(&whole, 80, text, sizeof text);
    assert_non_null(strstr(text, "████████████████████████████████████████ 100 %"));
    assert_null(strstr(text, "reste"));
    const struct progress_line unknown = {.label = "a", .phase = "", .done = 5, .total = 0, .seconds_left = -1};
    progress_line_write(&unknown, 80, text, sizeof text);
    assert_non_null(strstr(text, "░ 0 %"));
    const struct progress_line slow = {.label = "a", .phase = "", .done = 1, .total = 2, .seconds_left = 3725};
    progress_line_write(&slow, 80, text, sizeof text);
    assert_non_null(strstr(text, "reste 1 h 02"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_says_all_where_there_is_room),
        cmocka_unit_test(it_never_is_wider_than_the_terminal),
        cmocka_unit_test(a_narrow_one_keeps_the_share_and_the_time_that_is_left),
        cmocka_unit_test(ends_and_unknown_sizes_are_told_as_they_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
