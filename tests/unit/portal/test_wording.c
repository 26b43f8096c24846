/* French as the pages write it. */
#include "portal/wording.h"
#include "runtime/clock.h"
#include "unit.h"

static void assert_count(int64_t count, const char *wanted)
{
    char text[WORDING_SIZE];
    wording_count(count, "compte", "comptes", text);
    assert_string_equal(text, wanted);
}

static void counts_are_grouped_and_agree(void **state)
{
    (void)state;
    assert_count(0, "0\u00a0compte");
    assert_count(1, "1\u00a0compte");
    assert_count(2, "2\u00a0comptes");
    assert_count(999, "999\u00a0comptes");
    assert_count(1000, "1\u202f000\u00a0comptes");
    assert_count(1234567, "1\u202f234\u202f567\u00a0comptes");
}

static void numbers_are_grouped_by_thousands(void **state)
{
    (void)state;
    static const struct {
        int64_t number;
        const char *text;
    } cases[] = {
        {0,         "0"                                                       },
        {999,       "999"                                                     },
        {-999,      "-999"                                                    },
        {-1000,     "-1\u202f000"                                             },
        {12345678,  "12\u202f345\u202f678"                                    },
        {INT64_MIN, "-9\u202f223\u202f372\u202f036\u202f854\u202f775\u202f808"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[WORDING_SIZE];
        wording_number(cases[i].number, text);
        assert_string_equal(text, cases[i].text);
    }
}

static void names_are_written_as_in_france(void **state)
{
    (void)state;
    char name[WORDING_NAME_SIZE];
    wording_name("MARIE-ANGE", "dupont", name);
    assert_string_equal(name, "Marie-Ange DUPONT");
    wording_sorted_name("Élodie", "Lefèvre", name);
    assert_string_equal(name, "LEFÈVRE Élodie");
}

static void related_people_are_listed(void **state)
{
    (void)state;
    char text[64];
    wording_related("LEA\tmartin\nPaul\tMartin", text, sizeof text);
    assert_string_equal(text, "Lea MARTIN, Paul MARTIN");
    wording_related("", text, sizeof text);
    assert_string_equal(text, "");
}

static void a_list_too_long_is_cut_between_names(void **state)
{
    (void)state;
    char text[16];
    wording_related("Lea\tMartin\nPaul\tMartin", text, sizeof text);
    assert_string_equal(text, "Lea MARTIN");
}

static void sentences_do_not_break_before_their_signs(void **state)
{
    (void)state;
    char text[WORDING_TEXT_SIZE];
    wording_text("Un « Oubli » : quoi ? Non ; si !", text);
    assert_string_equal(text, "Un «\u00a0Oubli\u00a0»\u00a0: quoi\u00a0? Non\u00a0; si\u00a0!");
    wording_text("12:30 a:b", text);
    assert_string_equal(text, "12:30 a:b");
}

static void moments_are_local(void **state)
{
    (void)state;
    char text[WORDING_SIZE];
    struct fault fault;
    assert_true(clock_zone_set("Europe/Paris", &fault));
    struct instant at = {1788242700LL * 1000000}; /* 2026-09-01T06:05:00Z */
    wording_moment(at, text);
    assert_string_equal(text, "01/09/2026 à 8\u00a0h\u00a005");
    wording_day(at, text);
    assert_string_equal(text, "01/09/2026");
    wording_day(INSTANT_NEVER, text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_are_grouped_and_agree),
        cmocka_unit_test(numbers_are_grouped_by_thousands),
        cmocka_unit_test(names_are_written_as_in_france),
        cmocka_unit_test(related_people_are_listed),
        cmocka_unit_test(a_list_too_long_is_cut_between_names),
        cmocka_unit_test(sentences_do_not_break_before_their_signs),
        cmocka_unit_test(moments_are_local),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
