#include "unit.h"

#include "domain/identifier.h"
#include "domain/latin.h"
#include "domain/name.h"

struct fold_case {
    const char *written;
    const char *key;   /* NULL: none */
    const char *match; /* the key without spaces */
};

static void names_written_differently_have_the_same_key(void **state)
{
    (void)state;
    static const struct fold_case cases[] = {
        {"Dupont",                         "dupont",         "dupont"       },
        {"  DUPONT ",                      "dupont",         "dupont"       },
        {"Le  Goff",                       "le goff",        "legoff"       },
        {"LE-GOFF",                        "le goff",        "legoff"       },
        {"A--A",                           "a a",            "aa"           },
        {"A- A",                           "a a",            "aa"           },
        {"D'Angelo",                       "d angelo",       "dangelo"      },
        {"D’Angelo",                     "d angelo",       "dangelo"      },
        {"Hélène",                       "helene",         "helene"       },
        {"He\xCC\x81le\xCC\x80ne",         "helene",         "helene"       }, /* combining accents */
        {"ŒUVRARD",                       "oeuvrard",       "oeuvrard"     },
        {"Lætitia",                       "laetitia",       "laetitia"     },
        {"François",                      "francois",       "francois"     },
        {"Strauß",                        "strauss",        "strauss"      },
        {"Łukasz Żółć",               "lukasz zolc",    "lukaszzolc"   },
        {"İbrahim Yıldız",              "ibrahim yildiz", "ibrahimyildiz"},
        {"Nguyễn Thị Ánh",            "nguyen thi anh", "nguyenthianh" },
        {"Šimůnková",                   "simunkova",      "simunkova"    },
        {"Bj\xC3\xB8rn \xC3\x9E\xC3\xB3r", "bjorn thor",     "bjornthor"    },
        {"Col·lell",                      "col lell",       "collell"      },
        {"O'Brien-Mc.Kay",                 "o brien mc kay", "obrienmckay"  },
        {"Jean 2",                         "jean 2",         "jean2"        },
        {"محمد",                       "محمد",       "محمد"     },
        {"",                               NULL,             NULL           },
        {" - ' ",                          NULL,             NULL           },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct name_key key;
        assert_int_equal(name_key_make(cases[i].written, &key), cases[i].key != NULL);
        if (cases[i].key == NULL)
            continue;
        assert_string_equal(key.text, cases[i].key);
        assert_true(name_match_key_make(cases[i].written, &key));
        assert_string_equal(key.text, cases[i].match);
    }
}

static void matching_sees_past_spelling_and_not_past_letters(void **state)
{
    (void)state;
    assert_true(name_is_same("N'DIAYE", "Ndiaye"));
    assert_true(name_is_same("LE GOFF", "Legoff"));
    assert_true(name_is_same("Jean-Marie", "JEAN MARIE"));
    assert_false(name_is_same("Dupont", "Dupond"));
    assert_false(name_is_same("Marie Jeanne", "Jeanne Marie"));
    assert_false(name_is_same("", ""));
}

static void a_name_that_is_too_long_has_no_key(void **state)
{
    (void)state;
    char name[NAME_SIZE + 1];
    struct name_key key;
    memset(name, 'a', sizeof name);
    name[NAME_SIZE] = '\0';
    assert_false(name_key_make(name, &key));
    name[NAME_SIZE - 1] = '\0';
    assert_true(name_key_make(name, &key));
}

static void search_finds_starts_of_words_in_any_order(void **state)
{
    (void)state;
    struct name_key key;
    struct name_key searched;
    assert_true(name_key_make("Dupont-Martin Marie", &key));
    static const struct {
        const char *typed;
        bool found;
    } cases[] = {
        {"mar dup",             true },
        {"MARTIN",              true },
        {"marie martin dupont", true },
        {"upont",               false},
        {"dupont jean",         false},
        {"dupont-m",            true }
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        assert_true(name_key_make(cases[i].typed, &searched));
        assert_int_equal(name_key_has_words(&key, &searched), cases[i].found);
    }
}

static void sort_keys_put_short_names_before_compound_ones(void **state)
{
    (void)state;
    static const char *const in_order[][2] = {
        {"Du",      "Zoé"  },
        {"Du Bois", "Anne"  },
        {"Dubois",  "Anne"  },
        {"Dupont",  "Élise"},
        {"DUPONT",  "Fanny" }
    };
    struct name_sort_key before = {""};
    for (size_t i = 0; i < COUNT_OF(in_order); i++) {
        struct name_sort_key key;
        assert_true(name_sort_key_make(in_order[i][0], in_order[i][1], &key));
        assert_true(strcmp(before.text, key.text) < 0);
        before = key;
    }
}

static void names_are_shown_as_people_write_them(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"JEAN-MARIE",         "Jean-Marie",         "JEAN-MARIE"        },
        {"élodie",            "Élodie",            "ÉLODIE"           },
        {"D'ARTAGNAN",         "D'Artagnan",         "D'ARTAGNAN"        },
        {"  van  der Meer ",   "van der Meer",       "VAN DER MEER"      },
        {"McDonald",           "McDonald",           "MCDONALD"          },
        {"FRANÇOIS ŒUVRARD", "François Œuvrard", "FRANÇOIS ŒUVRARD"},
        {"NGUYỄN",           "Nguyễn",           "NGUYỄN"          },
        {"DUPONT--MARTIN",     "Dupont--Martin",     "DUPONT--MARTIN"    },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct name_text shown;
        assert_true(name_display(cases[i][0], &shown));
        assert_string_equal(shown.text, cases[i][1]);
        assert_true(name_display_upper(cases[i][0], &shown));
        assert_string_equal(shown.text, cases[i][2]);
    }
    struct name_text shown;
    assert_false(name_display("   ", &shown));
}

static void identifiers_begin_with_the_first_letter_and_the_name(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"Jérôme",   "Dupont",                          "j.dupont"                },
        {"Élise",     "D'Upont",                         "e.dupont"                },
        {"Jean-Marie", "LE GOFF",                         "j.legoff"                },
        {"Øyvind",    "Çelik",                          "o.celik"                 },
        {"Œdipe",     "Strauß",                         "o.strauss"               },
        {"Ahmed",      "Ben 2 Ali",                       "a.benali"                },
        {"محمد",   "العربي",                    "x.x"                     },
        {"",           "",                                "x.x"                     },
        {"Anne",       "De La Rochefoucauld-Montmorency", "a.delarochefoucauldmontm"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct identifier base = identifier_base(cases[i][0], cases[i][1]);
        assert_string_equal(base.text, cases[i][2]);
        assert_true(identifier_is_valid(base.text));
        assert_true(strlen(base.text) <= IDENTIFIER_BASE_MAX);
    }
}

static void numbers_follow_the_base_and_come_off_again(void **state)
{
    (void)state;
    static const uint32_t numbers[] = {0, 1, 9, 10, 12, 999, IDENTIFIER_NUMBER_MAX};
    struct identifier base = identifier_base("Anne", "De La Rochefoucauld-Montmorency");
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        struct identifier numbered = identifier_numbered(&base, numbers[i]);
        struct identifier read_base;
        uint32_t read_number = 77;
        assert_true(identifier_split(numbered.text, &read_base, &read_number));
        assert_string_equal(read_base.text, base.text);
        assert_int_equal(read_number, numbers[i]);
    }
    struct identifier dupont = identifier_base("Jean", "Dupont");
    assert_string_equal(identifier_numbered(&dupont, 12).text, "j.dupont12");
}

static void the_first_free_number_fills_no_place_twice(void **state)
{
    (void)state;
    assert_int_equal(identifier_first_free(NULL, 0), 0);
    assert_int_equal(identifier_first_free((uint32_t[]){0}, 1), 1);
    assert_int_equal(identifier_first_free((uint32_t[]){1, 2}, 2), 0);
    assert_int_equal(identifier_first_free((uint32_t[]){0, 1, 2, 5}, 4), 3);
    assert_int_equal(identifier_first_free((uint32_t[]){0, 0, 1, 1}, 4), 2);
}

static void what_is_no_identifier_is_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"", "dupont", "j.", ".dupont", "j.dupont-a", "j.dupont01", "j.dup0nt",
        "jd.upont", "j.dupont1234567890", "j.éa", "j.dupont@ac.fr", "a.delarochefoucauldmontmo"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        if (identifier_is_valid(wrong[i]))
            fail_msg("%s was taken", wrong[i]);
    }
}

static void typed_identifiers_are_tidied(void **state)
{
    (void)state;
    struct identifier identifier;
    assert_true(identifier_normalise("  J.Dupont 12 ", &identifier));
    assert_string_equal(identifier.text, "j.dupont12");
    assert_false(identifier_normalise("jean dupont", &identifier));
    assert_false(identifier_normalise("j.dupontj.dupontj.dupontj.dupontj.dupontj.dupont", &identifier));
}

static void bytes_that_are_no_utf8_neither_hang_nor_overrun(void **state)
{
    (void)state;
    static const char *const broken[] = {"\xC3", "\xE2\x82", "\xF0\x9F\x98", "\xFF\xFE", "\xC0\x80", "\xED\xA0\x80",
        "\xE0\x80\xAF", "\xF0\x80\x80\xAF", "\xF4\x90\x80\x80", "a\x80z"};
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        assert_false(utf8_is_valid(broken[i]));
        const char *cursor = broken[i];
        size_t steps = 0;
        while (utf8_next(&cursor) != 0)
            steps++;
        assert_true(steps <= strlen(broken[i]));
        assert_ptr_equal(cursor, broken[i] + strlen(broken[i]));
    }
}

static void every_code_point_is_written_as_it_is_read_and_folds_no_longer(void **state)
{
    (void)state;
    for (uint32_t letter = 1; letter <= 0x10FFFF; letter++) {
        if (letter >= 0xD800 && letter <= 0xDFFF)
            continue;
        char bytes[5] = "";
        size_t length = utf8_write(letter, bytes);
        const char *cursor = bytes;
        if (!utf8_is_valid(bytes) || utf8_next(&cursor) != letter || cursor != bytes + length)
            fail_msg("U+%04X", (unsigned)letter);
        const char *fold = latin_fold(letter);
        char other[5] = "";
        if ((fold != NULL && strlen(fold) > length) || utf8_write(latin_upper(letter), other) > length ||
            utf8_write(latin_lower(letter), other) > length)
            fail_msg("U+%04X grows", (unsigned)letter);
    }
}

static void capitals_and_small_letters_fold_alike(void **state)
{
    (void)state;
    for (uint32_t letter = 1; letter < 0x2000; letter++) {
        const char *fold = latin_fold(letter);
        if (fold == NULL)
            continue;
        assert_non_null(latin_fold(latin_lower(letter)));
        assert_string_equal(latin_fold(latin_lower(letter)), fold);
        assert_string_equal(latin_fold(latin_upper(letter)), fold);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_written_differently_have_the_same_key),
        cmocka_unit_test(matching_sees_past_spelling_and_not_past_letters),
        cmocka_unit_test(a_name_that_is_too_long_has_no_key),
        cmocka_unit_test(search_finds_starts_of_words_in_any_order),
        cmocka_unit_test(sort_keys_put_short_names_before_compound_ones),
        cmocka_unit_test(names_are_shown_as_people_write_them),
        cmocka_unit_test(identifiers_begin_with_the_first_letter_and_the_name),
        cmocka_unit_test(numbers_follow_the_base_and_come_off_again),
        cmocka_unit_test(the_first_free_number_fills_no_place_twice),
        cmocka_unit_test(what_is_no_identifier_is_refused),
        cmocka_unit_test(typed_identifiers_are_tidied),
        cmocka_unit_test(bytes_that_are_no_utf8_neither_hang_nor_overrun),
        cmocka_unit_test(every_code_point_is_written_as_it_is_read_and_folds_no_longer),
        cmocka_unit_test(capitals_and_small_letters_fold_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
