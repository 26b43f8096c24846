/* Individual sheets: which go into one document, and Hebrew and Arabic among French. */
#include "unit.h"

#include "notify/bidi.h"
#include "notify/sheet_parts.h"

#include <string.h>

enum { SHEETS_MAX = 32 };

/* "aabbb": a letter a sheet, the same for one class. Gives the lengths of the documents, one a digit. */
static const char *parts_of(const char *classes, size_t pages_max)
{
    static char lengths[SHEETS_MAX + 1];
    struct sheet_due sheets[SHEETS_MAX];
    size_t count = strlen(classes), parts = 0;
    for (size_t i = 0; i < count; i++) {
        sheets[i] = (struct sheet_due){.class = classes[i]};
    }
    for (size_t first = 0; first < count; parts++) {
        size_t length = sheet_part_length(sheets + first, count - first, pages_max);
        assert_in_range(length, 1, pages_max);
        lengths[parts] = (char)('0' + length);
        first += length;
    }
    lengths[parts] = '\0';
    return lengths;
}

static void test_a_class_that_fits_is_not_cut(void **state)
{
    (void)state;
    assert_string_equal(parts_of("", 4), "");
    assert_string_equal(parts_of("aabb", 4), "4");
    assert_string_equal(parts_of("aaabb", 4), "32");
    assert_string_equal(parts_of("aabbbbc", 4), "241");
    assert_string_equal(parts_of("abcde", 1), "11111");
}

static void test_a_class_larger_than_a_document_is_cut_and_its_rest_goes_on(void **state)
{
    (void)state;
    assert_string_equal(parts_of("aaaaa", 4), "41");
    assert_string_equal(parts_of("abbbbbc", 4), "142");
    assert_string_equal(parts_of("aaaaaabbb", 4), "423");
}

static void test_french_is_drawn_as_it_stands(void **state)
{
    (void)state;
    char drawn[64] = "before";
    assert_false(bidi_write_visual("Élodie d’Arc – 6A", drawn, sizeof drawn));
    assert_false(bidi_write_visual("", drawn, sizeof drawn));
    assert_string_equal(drawn, "before");
}

static void test_hebrew_goes_from_the_right_within_a_line_that_goes_from_the_left(void **state)
{
    (void)state;
    char drawn[64];
    assert_true(bidi_write_visual("Anne אבג", drawn, sizeof drawn));
    assert_string_equal(drawn, "Anne גבא");
    assert_true(bidi_write_visual("אבג" BIDI_END_OF_NAME " (6A), Anne", drawn, sizeof drawn));
    assert_string_equal(drawn, "גבא (6A), Anne");
    assert_true(bidi_has_right_letters("Anne א") && !bidi_has_right_letters("Anne É"));
}

static void test_arabic_letters_join(void **state)
{
    (void)state;
    char drawn[64];
    assert_true(bidi_write_visual("محمد", drawn, sizeof drawn));
    /* dal at its end, meem and hah between, meem at its beginning: forms of presentation, drawn from the left */
    assert_string_equal(drawn, "\uFEAA\uFEE4\uFEA4\uFEE3");
}

static void test_what_does_not_fit_is_drawn_as_it_stands(void **state)
{
    (void)state;
    char drawn[8], line[4096];
    assert_false(bidi_write_visual("אבגדה", drawn, sizeof drawn));
    memset(line, 'a', sizeof line);
    memcpy(line + sizeof line - 4, "\u05D0", 3);
    line[sizeof line - 1] = '\0';
    assert_false(bidi_write_visual(line, drawn, sizeof drawn));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_class_that_fits_is_not_cut),
        cmocka_unit_test(test_a_class_larger_than_a_document_is_cut_and_its_rest_goes_on),
        cmocka_unit_test(test_french_is_drawn_as_it_stands),
        cmocka_unit_test(test_hebrew_goes_from_the_right_within_a_line_that_goes_from_the_left),
        cmocka_unit_test(test_arabic_letters_join),
        cmocka_unit_test(test_what_does_not_fit_is_drawn_as_it_stands),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
