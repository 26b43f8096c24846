#include "unit.h"

#include "import/aaf_names.h"

#include <stdio.h>
#include <string.h>

static enum aaf_attribute find(struct aaf_names *names, enum aaf_category category, const char *name, int64_t line)
{
    return aaf_names_find(names, category, name, strlen(name), line);
}

static void names_are_found_in_any_order(void **state)
{
    (void)state;
    struct aaf_names *names = aaf_names_new();
    for (int step = 1; step < AAF_ATTRIBUTE_COUNT; step++) {
        for (int i = 0, at = 0; i < AAF_ATTRIBUTE_COUNT; i++, at = (at + step) % AAF_ATTRIBUTE_COUNT) {
            enum aaf_attribute attribute = (enum aaf_attribute)at;
            assert_int_equal(find(names, AAF_PUPIL, aaf_attribute_name(attribute), 1), attribute);
        }
    }
    size_t count;
    (void)aaf_names_unknown(names, &count);
    assert_int_equal(count, 0);
    aaf_names_free(&names);
}

static void a_known_name_that_is_not_read_is_not_told(void **state)
{
    (void)state;
    struct aaf_names *names = aaf_names_new();
    size_t count;
    assert_int_equal(find(names, AAF_PUPIL, "ENTEleveRegime", 1), AAF_ATTRIBUTE_COUNT);
    assert_int_equal(find(names, AAF_PUPIL, "telephoneNumber", 1), AAF_ATTRIBUTE_COUNT);
    (void)aaf_names_unknown(names, &count);
    assert_int_equal(count, 0);
    /* what only begins as a known one is another */
    assert_int_equal(find(names, AAF_PUPIL, "ENTEleveRegim", 2), AAF_ATTRIBUTE_COUNT);
    assert_int_equal(find(names, AAF_PUPIL, "s", 2), AAF_ATTRIBUTE_COUNT);
    assert_int_equal(find(names, AAF_PUPIL, "sna", 2), AAF_ATTRIBUTE_COUNT);
    (void)aaf_names_unknown(names, &count);
    assert_int_equal(count, 3);
    aaf_names_free(&names);
}

static void unknown_names_are_counted_by_category(void **state)
{
    (void)state;
    struct aaf_names *names = aaf_names_new();
    for (int i = 0; i < 5; i++) {
        (void)find(names, AAF_PUPIL, "sn", 10 + i);
        (void)find(names, AAF_PUPIL, "ENTEleveNouveau", 10 + i);
        (void)find(names, i < 3 ? AAF_PUPIL : AAF_GUARDIAN, "ENTPersonNouveau", 20 + i);
    }
    size_t count;
    const struct aaf_unknown *unknown = aaf_names_unknown(names, &count);
    assert_int_equal(count, 3);
    assert_string_equal(unknown[0].name, "ENTEleveNouveau");
    assert_int_equal(unknown[0].category, AAF_PUPIL);
    assert_int_equal(unknown[0].count, 5);
    assert_int_equal(unknown[0].line, 10);
    assert_int_equal(unknown[1].count, 3);
    assert_string_equal(unknown[2].name, "ENTPersonNouveau");
    assert_int_equal(unknown[2].category, AAF_GUARDIAN);
    assert_int_equal(unknown[2].count, 2);
    assert_int_equal(unknown[2].line, 23);
    aaf_names_free(&names);
}

static void what_is_told_is_bounded(void **state)
{
    (void)state;
    struct aaf_names *names = aaf_names_new();
    for (int i = 0; i < AAF_UNKNOWN_MAX + 100; i++) {
        char name[32];
        (void)snprintf(name, sizeof name, "ENTNouveau%d", i);
        (void)find(names, AAF_PUPIL, name, i + 1);
        (void)find(names, AAF_PUPIL, name, i + 1);
    }
    size_t count;
    const struct aaf_unknown *unknown = aaf_names_unknown(names, &count);
    assert_int_equal(count, AAF_UNKNOWN_MAX + 1);
    assert_string_equal(unknown[0].name, "ENTNouveau0");
    assert_int_equal(unknown[0].count, 2);
    assert_string_equal(unknown[AAF_UNKNOWN_MAX].name, "…");
    assert_int_equal(unknown[AAF_UNKNOWN_MAX].count, 200);
    assert_int_equal(unknown[AAF_UNKNOWN_MAX].line, AAF_UNKNOWN_MAX + 1);
    aaf_names_free(&names);
}

/* Names go into reports: what is none is only counted. And the ones to come are still told after it. */
static void what_is_no_name_is_not_shown(void **state)
{
    (void)state;
    struct aaf_names *names = aaf_names_new();
    char longest[65];
    memset(longest, 'a', sizeof longest);
    longest[64] = '\0';
    (void)find(names, AAF_PUPIL, longest, 1);
    (void)find(names, AAF_PUPIL, "", 2);
    (void)find(names, AAF_PUPIL, "a\nb", 3);
    (void)find(names, AAF_PUPIL, "Bérangère", 4);
    (void)aaf_names_find(names, AAF_PUPIL, "a\0b", 3, 5);
    longest[63] = '\0';
    (void)find(names, AAF_PUPIL, longest, 6);
    size_t count;
    const struct aaf_unknown *unknown = aaf_names_unknown(names, &count);
    assert_int_equal(count, 2);
    assert_string_equal(unknown[0].name, longest);
    assert_string_equal(unknown[1].name, "…");
    assert_int_equal(unknown[1].count, 5);
    assert_int_equal(unknown[1].line, 1);
    assert_int_equal(unknown[1].category, AAF_CATEGORY_COUNT);
    aaf_names_free(&names);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_found_in_any_order),
        cmocka_unit_test(a_known_name_that_is_not_read_is_not_told),
        cmocka_unit_test(unknown_names_are_counted_by_category),
        cmocka_unit_test(what_is_told_is_bounded),
        cmocka_unit_test(what_is_no_name_is_not_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
