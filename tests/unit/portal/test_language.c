#include "unit.h"

#include "portal/language.h"

#define EVERY ((1u << LANGUAGE_COUNT) - 1)

static const struct {
    const char *header;
    unsigned offered;
    enum language language;
} wishes[] = {
    {NULL,                                 EVERY,                                          LANGUAGE_FRENCH    },
    {"",                                   EVERY,                                          LANGUAGE_FRENCH    },
    {"ar",                                 EVERY,                                          LANGUAGE_ARABIC    },
    {"ar-MA,fr;q=0.8",                     EVERY,                                          LANGUAGE_ARABIC    },
    {"PT-br",                              EVERY,                                          LANGUAGE_PORTUGUESE},
    {"de-DE, tr;q=0.7, en;q=0.9",          EVERY,                                          LANGUAGE_ENGLISH   },
    {"es;q=0.5 , tr ; q=0.6",              EVERY,                                          LANGUAGE_TURKISH   },
    {"es;q=0.5,tr;q=0.5",                  EVERY,                                          LANGUAGE_SPANISH   },
    {"en;q=0",                             EVERY,                                          LANGUAGE_FRENCH    },
    {"en;q=0.000,es;q=0.001",              EVERY,                                          LANGUAGE_SPANISH   },
    {"en;q=1.001,en;q=2,en;q=.5,en;q=0,5", EVERY,                                          LANGUAGE_FRENCH    },
    {"en;level=1",                         EVERY,                                          LANGUAGE_FRENCH    },
    {"en;q=",                              EVERY,                                          LANGUAGE_FRENCH    },
    {"english,arabe,*",                    EVERY,                                          LANGUAGE_FRENCH    },
    {",,; ,-,",                            EVERY,                                          LANGUAGE_FRENCH    },
    {"ar,es;q=0.5",                        1u << LANGUAGE_FRENCH | 1u << LANGUAGE_SPANISH, LANGUAGE_SPANISH   },
};

static void a_browser_gets_what_it_would_rather_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wishes / sizeof wishes[0]; i++) {
        assert_int_equal(language_accepted(wishes[i].header, wishes[i].offered), wishes[i].language);
    }
}

static void a_code_names_its_language_exactly(void **state)
{
    (void)state;
    enum language language;
    for (unsigned i = 0; i < LANGUAGE_COUNT; i++) {
        assert_true(language_from_code(language_code((enum language)i), &language));
        assert_int_equal(language, i);
    }
    assert_false(language_from_code("", &language));
    assert_false(language_from_code("AR", &language));
    assert_false(language_from_code("de", &language));
    assert_string_equal(language_direction(LANGUAGE_ARABIC), "rtl");
}

static void a_sentence_is_said_in_each_language_or_stays_french(void **state)
{
    (void)state;
    static const char known[] = "Ce lien n’est plus valable.";
    static const char unknown[] = "Personne ne dit cela.";
    assert_ptr_equal(language_say(LANGUAGE_FRENCH, known), known);
    for (unsigned i = LANGUAGE_FRENCH + 1; i < LANGUAGE_COUNT; i++) {
        assert_string_not_equal(language_say((enum language)i, known), known);
        assert_ptr_equal(language_say((enum language)i, unknown), unknown);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_browser_gets_what_it_would_rather_read),
        cmocka_unit_test(a_code_names_its_language_exactly),
        cmocka_unit_test(a_sentence_is_said_in_each_language_or_stays_french),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
