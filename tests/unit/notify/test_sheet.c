/* Individual sheets: which go into one document. */
#include "unit.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_class_that_fits_is_not_cut),
        cmocka_unit_test(test_a_class_larger_than_a_document_is_cut_and_its_rest_goes_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
