#include "unit.h"

#include "domain/school.h"

/* Public numbers of well-known schools, with their département and academy. */
static const struct {
    const char *uai;
    const char *department;
    int academy;
} known_schools[] = {
    {"0750655E", "75", 1 }, /* lycée Louis-le-Grand, Paris */
    {"0750654D", "75", 1 }, /* lycée Henri-IV, Paris */
    {"0690026D", "69", 10}, /* lycée du Parc, Lyon */
    {"7200009X", "2B", 27}, /* lycée Giocante de Casabianca, Bastia */
};

static void well_known_schools_have_valid_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(known_schools); i++) {
        struct uai uai;
        char department[DEPARTMENT_SIZE];
        academy_code academy;
        if (!uai_parse(known_schools[i].uai, &uai))
            fail_msg("%s: letter %c expected", known_schools[i].uai, uai_check_letter(known_schools[i].uai));
        uai_department(&uai, department);
        assert_string_equal(department, known_schools[i].department);
        assert_true(academy_of_uai(&uai, &academy));
        assert_int_equal(academy.v, known_schools[i].academy);
    }
}

static void a_wrong_digit_or_letter_is_seen(void **state)
{
    (void)state;
    static const char *const wrong[] = {
        "", "0750655", "0750655F", "0750654E", "0750655e", "O750655E", "07506555E", "0750655É"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(uai_is_valid(wrong[i]));
    struct uai uai;
    assert_true(uai_parse(" 0750655e ", &uai));
    assert_string_equal(uai.text, "0750655E");
}

static void any_single_wrong_digit_changes_the_letter(void **state)
{
    (void)state;
    char digits[] = "0750655";
    for (int place = 0; place < 7; place++) {
        char right = digits[place];
        for (int digit = '0'; digit <= '9'; digit++) {
            digits[place] = (char)digit;
            assert_int_equal(uai_check_letter(digits) == 'E', digit == right);
        }
        digits[place] = right;
    }
}

static void departments_follow_the_first_digits(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"0130001", "13" },
        {"6200001", "2A" },
        {"7200001", "2B" },
        {"9740001", "974"},
        {"9760001", "976"}
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct uai uai;
        char text[UAI_SIZE];
        char department[DEPARTMENT_SIZE];
        memcpy(text, cases[i][0], 7);
        text[7] = uai_check_letter(text);
        text[8] = '\0';
        assert_true(uai_parse(text, &uai));
        uai_department(&uai, department);
        assert_string_equal(department, cases[i][1]);
    }
}

static void academies_are_known_by_number_and_by_name(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int code; /* 0: none */
    } cases[] = {
        {"13",            13},
        {"013",           13},
        {"3",             3 },
        {"03",            3 },
        {"BESANCON",      3 },
        {"Besançon",     3 },
        {"AIX-MARSEILLE", 2 },
        {"aix marseille", 2 },
        {"CRETEIL",       24},
        {"LA REUNION",    28},
        {"REUNION",       28},
        {"70",            70},
        {"NORMANDIE",     70},
        {"05",            70},
        {"CAEN",          70},
        {"021",           70},
        {"Rouen",         70},
        {"40",            40},
        {"",              0 },
        {"0",             0 },
        {"99",            0 },
        {"1313",          0 },
        {"Genève",       0 },
        {"13x",           0 },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        academy_code academy = {0};
        if (academy_parse(cases[i].text, &academy) != (cases[i].code != 0) || academy.v != cases[i].code)
            fail_msg("\"%s\" gave %d", cases[i].text, academy.v);
    }
}

static void there_are_thirty_academies_and_each_department_has_one(void **state)
{
    (void)state;
    academy_code academy;
    int real = 0;
    for (size_t i = 0; academy_at(i, &academy); i++) {
        academy_code again;
        real += academy_is_one_of_thirty(academy);
        assert_true(academy_parse(academy_label(academy), &again));
        assert_int_equal(again.v, academy.v);
    }
    assert_int_equal(real, 30);
    for (int department = 1; department <= 95; department++) {
        char text[3] = {(char)('0' + department / 10), (char)('0' + department % 10), '\0'};
        if (!academy_of_department(text, &academy))
            fail_msg("département %s has no academy", text);
    }
    assert_false(academy_of_department("96", &academy));
    assert_false(academy_of_department("", &academy));
    assert_false(academy_of_department("7", &academy));
    assert_null(academy_label((academy_code){99}));
}

static void kinds_follow_the_type_that_aaf_writes(void **state)
{
    (void)state;
    static const struct {
        const char *type;
        enum school_kind kind;
    } cases[] = {
        {"COLLEGE",                      SCHOOL_COLLEGE  },
        {"ECOLE MATERNELLE",             SCHOOL_ECOLE    },
        {"ECOLE DE NIVEAU ELEMENTAIRE",  SCHOOL_ECOLE    },
        {"LYCEE D ENSEIGNEMENT GENERAL", SCHOOL_LYCEE    },
        {"LYCEE PROFESSIONNEL",          SCHOOL_LYCEE_PRO},
        {"RECTORAT",                     SCHOOL_OTHER    },
        {"",                             SCHOOL_OTHER    }
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        assert_int_equal(school_kind_of_structure(cases[i].type), cases[i].kind);
    for (unsigned i = 0; i < SCHOOL_KIND_COUNT; i++) {
        enum school_kind read = SCHOOL_KIND_COUNT;
        assert_true(school_kind_from_code(school_kind_code((enum school_kind)i), &read));
        assert_int_equal(read, i);
        assert_true(strlen(school_kind_label(read)) > 0);
    }
}

static void each_degree_has_its_source(void **state)
{
    (void)state;
    assert_string_equal(degree_source(DEGREE_1), "ONDE");
    assert_string_equal(degree_source(DEGREE_2), "SIECLE");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(well_known_schools_have_valid_numbers),
        cmocka_unit_test(a_wrong_digit_or_letter_is_seen),
        cmocka_unit_test(any_single_wrong_digit_changes_the_letter),
        cmocka_unit_test(departments_follow_the_first_digits),
        cmocka_unit_test(academies_are_known_by_number_and_by_name),
        cmocka_unit_test(there_are_thirty_academies_and_each_department_has_one),
        cmocka_unit_test(kinds_follow_the_type_that_aaf_writes),
        cmocka_unit_test(each_degree_has_its_source),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
