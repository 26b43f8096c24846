#include "unit.h"

#include "domain/digit.h"

#include <stdio.h>
#include <string.h>

/* Every sign of two bytes: the twenty digits become their own, all others stay as they are. */
static void of_all_signs_of_two_bytes_the_digits_change(void **state)
{
    (void)state;
    for (unsigned sign = 0x80; sign < 0x800; sign++) {
        const char typed[] = {(char)(0xC0 | sign >> 6), (char)(0x80 | (sign & 0x3F)), '\0'};
        char text[sizeof typed];
        memcpy(text, typed, sizeof typed);
        digits_to_latin(text);
        if (sign >= 0x660 && sign <= 0x669) {
            assert_int_equal(text[0], '0' + (int)(sign - 0x660));
            assert_int_equal(text[1], '\0');
        } else if (sign >= 0x6F0 && sign <= 0x6F9) {
            assert_int_equal(text[0], '0' + (int)(sign - 0x6F0));
            assert_int_equal(text[1], '\0');
        } else {
            assert_string_equal(text, typed);
        }
    }
}

static void what_people_type_is_read(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *read;
    } cases[] = {
        {"",                   ""          },
        {"29/02/2012",         "29/02/2012"},
        {"٢٩/٠٢/٢٠١٢", "29/02/2012"},
        {"۲۹/۰۲/۲۰۱۲", "29/02/2012"},
        {"٠٦ 12 ۳٤",       "06 12 34"  },
        {"Léa ٣ س",         "Léa 3 س" },
        {"\xD9",               "\xD9"      },
        {"\xDB",               "\xDB"      },
        {"\xD9\xD9\xA1",       "\xD9\x31"  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s", cases[i].typed);
        digits_to_latin(text);
        assert_string_equal(text, cases[i].read);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_all_signs_of_two_bytes_the_digits_change),
        cmocka_unit_test(what_people_type_is_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
