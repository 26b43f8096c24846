/* Lines of text on paper: Hebrew and Arabic among French, and where lines end. */
#include "unit.h"

#include "paper/bidi.h"
#include "paper/wrap.h"

#include <string.h>

/* --- Hebrew and Arabic */

static void french_is_drawn_as_it_stands(void **state)
{
    (void)state;
    char drawn[64] = "before";
    assert_false(bidi_write_visual("Élodie d’Arc – 6A", drawn, sizeof drawn));
    assert_false(bidi_write_visual("", drawn, sizeof drawn));
    assert_string_equal(drawn, "before");
}

static void hebrew_goes_from_the_right_within_a_line_that_goes_from_the_left(void **state)
{
    (void)state;
    char drawn[64];
    assert_true(bidi_write_visual("Anne אבג", drawn, sizeof drawn));
    assert_string_equal(drawn, "Anne גבא");
    assert_true(bidi_write_visual("אבג" BIDI_END_OF_NAME " (6A), Anne", drawn, sizeof drawn));
    assert_string_equal(drawn, "גבא (6A), Anne");
    assert_true(bidi_has_right_letters("Anne א") && !bidi_has_right_letters("Anne É"));
}

static void arabic_letters_join(void **state)
{
    (void)state;
    char drawn[64];
    assert_true(bidi_write_visual("محمد", drawn, sizeof drawn));
    /* dal at its end, meem and hah between, meem at its beginning: forms of presentation, drawn from the left */
    assert_string_equal(drawn, "\uFEAA\uFEE4\uFEA4\uFEE3");
}

static void what_does_not_fit_is_drawn_as_it_stands(void **state)
{
    (void)state;
    char drawn[8], line[4096];
    assert_false(bidi_write_visual("אבגדה", drawn, sizeof drawn));
    memset(line, 'a', sizeof line);
    memcpy(line + sizeof line - 4, "\u05D0", 3);
    line[sizeof line - 1] = '\0';
    assert_false(bidi_write_visual(line, drawn, sizeof drawn));
}

/* --- lines of text, each letter one wide */

static float by_letters(void *arg, const char *text, size_t length)
{
    (void)arg;
    float letters = 0;
    for (size_t i = 0; i < length; i++) {
        letters += ((unsigned char)text[i] & 0xC0) != 0x80 ? 1.0F : 0.0F;
    }
    return letters;
}

static void lines_end_at_blanks_and_hyphens_and_in_words_that_are_too_long(void **state)
{
    (void)state;
    assert_int_equal(wrap_line("DE LA TOUR Marie", 10, by_letters, NULL), strlen("DE LA TOUR"));
    assert_int_equal(wrap_line("Jean-Baptiste", 8, by_letters, NULL), strlen("Jean-"));
    assert_int_equal(wrap_line("Éééééééééé", 4, by_letters, NULL), strlen("Éééé"));
    assert_int_equal(wrap_line("Éé", 0.5F, by_letters, NULL), strlen("É"));
    assert_int_equal(wrap_line("Anne", 10, by_letters, NULL), 4);
    assert_int_equal(wrap_line("Anne  ", 10, by_letters, NULL), 4);
    assert_int_equal(wrap_line("   ", 10, by_letters, NULL), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(french_is_drawn_as_it_stands),
        cmocka_unit_test(hebrew_goes_from_the_right_within_a_line_that_goes_from_the_left),
        cmocka_unit_test(arabic_letters_join),
        cmocka_unit_test(what_does_not_fit_is_drawn_as_it_stands),
        cmocka_unit_test(lines_end_at_blanks_and_hyphens_and_in_words_that_are_too_long),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
