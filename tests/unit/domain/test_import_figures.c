#include "unit.h"

#include "domain/import_figures.h"

#include <stdlib.h>

static void words_are_french_and_an_unknown_one_stays_itself(void **state)
{
    (void)state;
    assert_string_equal(import_category_label("Eleve"), "Élèves");
    assert_string_equal(import_category_label("Other"), "Other");
    assert_string_equal(import_counter_label("Eleve", "added"), "ajoutées");
    assert_string_equal(import_counter_label("account", "added"), "créés");
    assert_string_equal(import_counter_label("account", "other"), "other");
    assert_string_equal(import_state_label("held"), "retenue");
    assert_string_equal(import_state_label("repeated"), "déjà intégrée");
    assert_string_equal(import_kind_label("complete"), "export complet");
    assert_string_equal(import_kind_label(""), "");
}

static void durations_are_told_as_people_do(void **state)
{
    (void)state;
    static const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {-1,         "0,0 s"     },
        {0,          "0,0 s"     },
        {12340000,   "12,3 s"    },
        {59999999,   "59,9 s"    },
        {125000000,  "2 min 05 s"},
        {3725000000, "1 h 02 min"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char text[IMPORT_DURATION_SIZE];
        import_duration_write((struct duration){cases[i].us}, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void both_sides_are_lined_up_in_the_order_of_reading(void **state)
{
    (void)state;
    static const struct import_count now[] = {
        {"account",     "added",   2 },
        {"Eleve",       "changed", 3 },
        {"Eleve",       "read",    10},
        {"Other",       "read",    1 },
        {"EtabEducNat", "refused", 4 },
    };
    static const struct import_count before[] = {
        {"Eleve", "departed", 5},
        {"Eleve", "read",     9}
    };
    static const struct import_figure expected[] = {
        {"EtabEducNat", "refused",  4,  0},
        {"Eleve",       "read",     10, 9},
        {"Eleve",       "changed",  3,  0},
        {"Eleve",       "departed", 0,  5},
        {"account",     "added",    2,  0},
        {"Other",       "read",     1,  0},
    };
    struct import_figure figures[16];
    assert_int_equal(
        import_figures_line_up(now, COUNT_OF(now), before, COUNT_OF(before), figures, 16), COUNT_OF(expected));
    for (size_t i = 0; i < COUNT_OF(expected); i++) {
        assert_string_equal(figures[i].category, expected[i].category);
        assert_string_equal(figures[i].what, expected[i].what);
        assert_int_equal(figures[i].count, expected[i].count);
        assert_int_equal(figures[i].previous, expected[i].previous);
    }
}

static void what_has_no_room_is_left_out(void **state)
{
    (void)state;
    static const struct import_count now[] = {
        {"Eleve", "read",  1},
        {"Eleve", "added", 2},
        {"Eleve", "read",  5}
    };
    struct import_figure figures[2] = {
        {"x", "x", 0, 7},
        {"x", "x", 0, 7}
    };
    assert_int_equal(import_figures_line_up(now, 3, NULL, 0, figures, 1), 1);
    assert_string_equal(figures[0].what, "read");
    assert_int_equal(figures[0].count, 6);
    assert_string_equal(figures[1].category, "x");
}

static void a_school_is_told_for_departures_and_refusals(void **state)
{
    (void)state;
    struct import_school schools[] = {{.uai = "A"}, {.uai = "C"}, {.uai = "B"}, {.uai = "D"}};
    import_school_count(&schools[0], "Eleve", "added", 100);
    import_school_count(&schools[0], "EtabEducNat", "departed", 1);
    assert_false(import_school_is_told(&schools[0]));
    import_school_count(&schools[1], "Eleve", "departed", 2);
    import_school_count(&schools[2], "PersRelEleve", "departed", 1);
    import_school_count(&schools[2], "Eleve", "refused", 1);
    import_school_count(&schools[3], "PersRelEleve", "refused", 9);
    assert_int_equal(schools[1].departed_pupils, 2);
    assert_int_equal(schools[2].departed_guardians, 1);
    assert_int_equal(schools[2].refused, 1);
    qsort(schools, COUNT_OF(schools), sizeof schools[0], import_school_compare);
    const char *const order[] = {"D", "B", "C", "A"};
    for (size_t i = 0; i < COUNT_OF(schools); i++) {
        assert_string_equal(schools[i].uai, order[i]);
        assert_int_equal(import_school_is_told(&schools[i]), i < 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_french_and_an_unknown_one_stays_itself),
        cmocka_unit_test(durations_are_told_as_people_do),
        cmocka_unit_test(both_sides_are_lined_up_in_the_order_of_reading),
        cmocka_unit_test(what_has_no_room_is_left_out),
        cmocka_unit_test(a_school_is_told_for_departures_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
