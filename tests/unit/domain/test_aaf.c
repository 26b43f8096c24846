#include "unit.h"

#include "domain/aaf.h"

#include <stdio.h>

static void fields_are_parted_by_dollars(void **state)
{
    (void)state;
    struct aaf_field fields[3];
    assert_int_equal(aaf_split("", fields, 3), 1);
    assert_int_equal(fields[0].length, 0);
    assert_int_equal(aaf_split("a$$bc", fields, 3), 3);
    assert_int_equal(fields[1].length, 0);
    assert_memory_equal(fields[2].text, "bc", 2);
    assert_int_equal(aaf_split("$$$", fields, 3), 4);
    assert_int_equal(aaf_split("a$b", NULL, 0), 2);
}

static void ids_are_positive_decimals(void **state)
{
    (void)state;
    int64_t id = 5;
    assert_true(aaf_id_parse(" 2605692 ", &id));
    assert_int_equal(id, 2605692);
    assert_true(aaf_id_parse("999999999999999999", &id));
    static const char *const wrong[] = {"", "0", "-1", "+1", "12a", "1.5", "1000000000000000000", "1 2"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(aaf_id_parse(wrong[i], &id));
    assert_int_equal(id, INT64_C(999999999999999999));
}

struct link_case {
    const char *value;
    bool taken;
    enum link_grammar grammar;
    enum kinship kinship;
    bool legal;
    bool in_charge;
};

static void second_degree_links_of_both_generations(void **state)
{
    (void)state;
    static const struct link_case cases[] = {
        {"1234$10$1$1$0$1",  true,  LINK_2D_NEW, KINSHIP_MOTHER,           true,  false},
        {"1234$20$0$1$0$0",  true,  LINK_2D_NEW, KINSHIP_FATHER,           true,  false},
        {"1234$20$0$0$0$0",  true,  LINK_2D_NEW, KINSHIP_FATHER,           false, false},
        {"1234$39$0$0$1$0",  true,  LINK_2D_NEW, KINSHIP_FAMILY,           false, false},
        {"1234$42$0$2$1$0",  true,  LINK_2D_NEW, KINSHIP_FAMILY_ASSISTANT, false, true },
        {"1234$1$1$1$1$0",   true,  LINK_2D_OLD, KINSHIP_FATHER,           true,  false},
        {"1234$2$0$2$1$0",   true,  LINK_2D_OLD, KINSHIP_MOTHER,           true,  false},
        {"1234$2$0$0$1$0",   true,  LINK_2D_OLD, KINSHIP_MOTHER,           false, false},
        {"1234$7$0$1$1$0",   true,  LINK_2D_OLD, KINSHIP_SELF,             true,  false},
        {"1234$70$1$1$1$1",  true,  LINK_2D_NEW, KINSHIP_SELF,             true,  false},
        {"1234$99$0$1$0$0",  true,  LINK_2D_NEW, KINSHIP_UNKNOWN,          true,  false},
        {"1234$$0$2$0$0",    true,  LINK_2D_NEW, KINSHIP_UNKNOWN,          false, true },
        {"1234$10$$1$$",     true,  LINK_2D_NEW, KINSHIP_MOTHER,           true,  false},
        {"1234$10$1$1$0",    false, 0,           0,                        false, false},
        {"1234$10$1$1$0$1$", false, 0,           0,                        false, false},
        {"$10$1$1$0$1",      false, 0,           0,                        false, false},
        {"12x4$10$1$1$0$1",  false, 0,           0,                        false, false},
        {"1234$10$2$1$0$1",  false, 0,           0,                        false, false},
        {"1234$10$1$3$0$1",  false, 0,           0,                        false, false},
        {"1234$100$1$1$0$1", false, 0,           0,                        false, false},
        {"1234",             false, 0,           0,                        false, false},
        {"",                 false, 0,           0,                        false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guardian_link link;
        if (aaf_guardian_link_2d(cases[i].value, &link) != cases[i].taken)
            fail_msg("%s", cases[i].value);
        if (!cases[i].taken)
            continue;
        assert_int_equal(link.guardian, 1234);
        assert_int_equal(link.grammar, cases[i].grammar);
        assert_int_equal(link.kinship, cases[i].kinship);
        assert_int_equal(link.legal, cases[i].legal);
        assert_int_equal(link.in_charge, cases[i].in_charge);
    }
}

static void the_other_flags_are_kept(void **state)
{
    (void)state;
    struct guardian_link link;
    assert_true(aaf_guardian_link_2d("9$10$1$0$0$0", &link));
    assert_true(link.financial && !link.contact && !link.paid);
    assert_true(aaf_guardian_link_2d("9$10$0$2$1$0", &link));
    assert_true(!link.financial && link.contact && !link.paid && link.legal_flag == 2 && link.lien == 10);
    assert_true(aaf_guardian_link_2d("9$10$0$0$0$1", &link));
    assert_true(!link.financial && !link.contact && link.paid);
}

static void first_degree_links_are_all_legal(void **state)
{
    (void)state;
    static const struct link_case cases[] = {
        {"1234$10",   true,  LINK_1D,   KINSHIP_MOTHER,  true,  false},
        {"1234$20",   true,  LINK_1D,   KINSHIP_FATHER,  true,  false},
        {"1234$90",   true,  LINK_1D,   KINSHIP_OTHER,   true,  false},
        {"1234$37",   true,  LINK_1D,   KINSHIP_SIBLING, true,  false},
        {"1234$",     true,  LINK_1D,   KINSHIP_UNKNOWN, true,  false},
        {"1234",      true,  LINK_BARE, KINSHIP_UNKNOWN, true,  false},
        {"1234$10$1", false, 0,         0,               false, false},
        {"$10",       false, 0,         0,               false, false},
        {"1234$mere", false, 0,         0,               false, false},
        {"",          false, 0,         0,               false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct guardian_link link;
        if (aaf_guardian_link_1d(cases[i].value, &link) != cases[i].taken)
            fail_msg("%s", cases[i].value);
        if (!cases[i].taken)
            continue;
        assert_int_equal(link.guardian, 1234);
        assert_int_equal(link.grammar, cases[i].grammar);
        assert_int_equal(link.kinship, cases[i].kinship);
        assert_true(link.legal);
        assert_int_equal(link.legal_flag, -1);
    }
}

static void classes_have_a_school_and_a_name(void **state)
{
    (void)state;
    struct school_class class;
    assert_true(aaf_class_2d("490$6EME A", &class));
    assert_int_equal(class.school, 490);
    assert_int_equal(class.class_id, 0);
    assert_string_equal(class.label, "6EME A");
    assert_true(aaf_class_2d("490$6$1", &class));
    assert_string_equal(class.label, "6$1");
    assert_true(aaf_class_1d("490$11$ORDINAIRE$73183$CP Mme Durand", &class));
    assert_int_equal(class.class_id, 73183);
    assert_string_equal(class.label, "CP Mme Durand");
    assert_false(aaf_class_2d("490", &class));
    assert_false(aaf_class_2d("490$ ", &class));
    assert_false(aaf_class_2d("x$6A", &class));
    assert_false(aaf_class_1d("490$6EME A", &class));
    assert_false(aaf_class_1d("490$11$ORDINAIRE$x$CP", &class));
}

static void a_class_name_beyond_its_bound_is_refused_whole(void **state)
{
    (void)state;
    char value[CLASS_LABEL_SIZE + 10] = "1$";
    struct school_class class;
    memset(value + 2, 'a', CLASS_LABEL_SIZE);
    value[2 + CLASS_LABEL_SIZE] = '\0';
    assert_false(aaf_class_2d(value, &class));
    value[2 + CLASS_LABEL_SIZE - 1] = '\0';
    assert_true(aaf_class_2d(value, &class));
}

static void levels_have_a_code_in_the_first_degree_only(void **state)
{
    (void)state;
    struct school_level level;
    assert_true(aaf_level_1d("1121$CP", &level));
    assert_string_equal(level.code, "1121");
    assert_string_equal(level.label, "CP");
    assert_false(aaf_level_1d("1121", &level));
    assert_false(aaf_level_1d("$", &level));
    assert_true(aaf_level_2d(" 6EME ", &level));
    assert_string_equal(level.code, "");
    assert_string_equal(level.label, "6EME");
    assert_false(aaf_level_2d("", &level));
}

static void school_names_of_both_generations(void **state)
{
    (void)state;
    static const char *const cases[][3] = {
        {"E.E.PU$JULES FERRY$LYON",            "JULES FERRY",   "LYON"},
        {"CLG-VAL D'ARGENT-ac-LYON",           "VAL D'ARGENT",  ""    },
        {"CLG-SAINT-EXUPERY-ac-AIX-MARSEILLE", "SAINT-EXUPERY", ""    },
        {"LYCEE DU PARC",                      "LYCEE DU PARC", ""    },
        {"CLG$JEAN MOULIN",                    "JEAN MOULIN",   ""    },
        {"E.P.PU$$LYON",                       "E.P.PU",        "LYON"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        char name[SCHOOL_NAME_SIZE];
        char city[SCHOOL_NAME_SIZE];
        assert_true(aaf_school_name(cases[i][0], name, city));
        assert_string_equal(name, cases[i][1]);
        assert_string_equal(city, cases[i][2]);
    }
    char name[SCHOOL_NAME_SIZE] = "";
    char city[SCHOOL_NAME_SIZE] = "";
    assert_false(aaf_school_name("", name, city));
    assert_false(aaf_school_name("$$", name, city));
}

static void national_numbers_are_recognised_by_shape(void **state)
{
    (void)state;
    struct ine ine;
    struct ine other;
    assert_true(ine_parse(" 123456789ab", &ine));
    assert_string_equal(ine.text, "123456789AB");
    assert_true(ine_parse("0A1B2C3D4E", &other));
    assert_false(ine_is_same(&ine, &other));
    assert_true(ine_parse("123456789AB", &other));
    assert_true(ine_is_same(&ine, &other));
    static const char *const wrong[] = {"", "123456789", "123456789ABC", "123456789A-", "ABCDEFGHIJK", "12345 789AB"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(ine_parse(wrong[i], &ine));
}

static void every_kinship_has_a_code_and_a_french_word(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KINSHIP_COUNT; i++) {
        enum kinship read = KINSHIP_COUNT;
        assert_true(kinship_from_code(kinship_code((enum kinship)i), &read));
        assert_int_equal(read, i);
        assert_true(strlen(kinship_label(read)) > 0);
    }
}

/* All the codes of functions that are known (aaf.md, 2.4), whatever their post is called, and what might be taken for DIR. */
static void of_all_functions_direction_alone_heads_a_school(void **state)
{
    (void)state;
    static const char *const others[] = {"ENS", "DOC", "EDU", "AED", "SUR", "ADF", "LAB", "ALB", "MDS", "OUV", "CTR",
        "ASE", "ORI", "CFC", "ACP", "AES", "TEC", "PSY", "ASH", "ADA", "-", "", "DI", "DIRE", "dir", "D I R", "CE",
        "CHF", "0DIR"};
    char value[64];
    int64_t structure = 5;
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        (void)snprintf(value, sizeof value, "490$%s$DIRECTION$DIR$DIRECTEUR", others[i]);
        assert_int_equal(aaf_headship_of_function(value, &structure), HEADSHIP_NONE);
    }
    assert_int_equal(structure, 5);
    assert_int_equal(aaf_headship_of_function("490$DIR$DIRECTION$0001$PROVISEUR", &structure), HEADSHIP_OF);
    assert_int_equal(structure, 490);
}

struct headship_case {
    const char *value;
    enum aaf_headship headship;
    int64_t structure;
};

static void a_function_names_its_structure_first(void **state)
{
    (void)state;
    static const struct headship_case cases[] = {
        {"490$DIR",                       HEADSHIP_OF,         490                        },
        {" 490 $ DIR $x",                 HEADSHIP_OF,         490                        },
        {"490$DIR$a$b$c$d$e",             HEADSHIP_OF,         490                        },
        {"999999999999999999$DIR$",       HEADSHIP_OF,         INT64_C(999999999999999999)},
        {"$DIR$DIRECTION$0001$PROVISEUR", HEADSHIP_UNREADABLE, 5                          },
        {"0$DIR$",                        HEADSHIP_UNREADABLE, 5                          },
        {"-490$DIR$",                     HEADSHIP_UNREADABLE, 5                          },
        {"490x$DIR$",                     HEADSHIP_UNREADABLE, 5                          },
        {"1000000000000000000$DIR$",      HEADSHIP_UNREADABLE, 5                          },
        {"",                              HEADSHIP_NONE,       5                          },
        {"490",                           HEADSHIP_NONE,       5                          },
        {"DIR",                           HEADSHIP_NONE,       5                          },
        {"DIR$490",                       HEADSHIP_NONE,       5                          },
        {"490$$DIR",                      HEADSHIP_NONE,       5                          },
        {"490$ENS$ENSEIGNEMENT$DIR$DIR",  HEADSHIP_NONE,       5                          },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t structure = 5;
        assert_int_equal(aaf_headship_of_function(cases[i].value, &structure), cases[i].headship);
        assert_int_equal(structure, cases[i].structure);
    }
}

static void a_structure_directed_is_a_number_alone(void **state)
{
    (void)state;
    static const struct headship_case cases[] = {
        {"490",   HEADSHIP_OF,         490},
        {" 490 ", HEADSHIP_OF,         490},
        {"",      HEADSHIP_NONE,       5  },
        {"  ",    HEADSHIP_NONE,       5  },
        {"0",     HEADSHIP_UNREADABLE, 5  },
        {"OUI",   HEADSHIP_UNREADABLE, 5  },
        {"490$1", HEADSHIP_UNREADABLE, 5  },
        {"-1",    HEADSHIP_UNREADABLE, 5  },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t structure = 5;
        assert_int_equal(aaf_headship_directed(cases[i].value, &structure), cases[i].headship);
        assert_int_equal(structure, cases[i].structure);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_parted_by_dollars),
        cmocka_unit_test(ids_are_positive_decimals),
        cmocka_unit_test(second_degree_links_of_both_generations),
        cmocka_unit_test(the_other_flags_are_kept),
        cmocka_unit_test(first_degree_links_are_all_legal),
        cmocka_unit_test(classes_have_a_school_and_a_name),
        cmocka_unit_test(a_class_name_beyond_its_bound_is_refused_whole),
        cmocka_unit_test(levels_have_a_code_in_the_first_degree_only),
        cmocka_unit_test(school_names_of_both_generations),
        cmocka_unit_test(national_numbers_are_recognised_by_shape),
        cmocka_unit_test(of_all_functions_direction_alone_heads_a_school),
        cmocka_unit_test(a_function_names_its_structure_first),
        cmocka_unit_test(a_structure_directed_is_a_number_alone),
        cmocka_unit_test(every_kinship_has_a_code_and_a_french_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
