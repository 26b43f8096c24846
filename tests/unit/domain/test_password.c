#include "unit.h"

#include "domain/password.h"

static const struct password_context nobody = {0};

static void provisional_passwords_are_three_groups_of_plain_letters(void **state)
{
    (void)state;
    uint8_t random[PASSWORD_PROVISIONAL_RANDOM];
    struct provisional_password password;
    for (unsigned start = 0; start < 256; start++) {
        for (size_t i = 0; i < sizeof random; i++)
            random[i] = (uint8_t)(start + 37 * i);
        assert_true(password_provisional_make(random, sizeof random, &password));
        assert_int_equal(strlen(password.text), 14);
        assert_int_equal(password.text[4], '-');
        assert_int_equal(password.text[9], '-');
        assert_int_equal(strspn(password.text, "-" PASSWORD_PROVISIONAL_ALPHABET), 14);
    }
    assert_null(strpbrk(PASSWORD_PROVISIONAL_ALPHABET, "0o1liOIaeu"));
}

static void each_letter_is_as_likely_as_another(void **state)
{
    (void)state;
    unsigned times[128] = {0};
    unsigned skipped = 0;
    for (unsigned byte = 0; byte < 256; byte++) {
        uint8_t random[PASSWORD_PROVISIONAL_LETTERS];
        struct provisional_password password;
        memset(random, (int)byte, sizeof random);
        if (password_provisional_make(random, sizeof random, &password))
            times[(unsigned char)password.text[0]]++;
        else
            skipped++;
    }
    assert_int_equal(skipped, 256 % 28);
    for (const char *letter = PASSWORD_PROVISIONAL_ALPHABET; *letter != '\0'; letter++)
        assert_int_equal(times[(unsigned char)*letter], 256 / 28);
}

static void too_few_usable_bytes_give_no_password(void **state)
{
    (void)state;
    uint8_t random[PASSWORD_PROVISIONAL_RANDOM] = {0};
    struct provisional_password password = {"untouched"};
    assert_false(password_provisional_make(random, PASSWORD_PROVISIONAL_LETTERS - 1, &password));
    memset(random, 255, sizeof random);
    assert_false(password_provisional_make(random, sizeof random, &password));
    assert_string_equal(password.text, "untouched");
}

static void a_password_typed_from_paper_is_recognised(void **state)
{
    (void)state;
    struct provisional_password password;
    static const char *const typed[] = {"k7pr-wz4t-9hbn", "K7PRWZ4T9HBN", " k7pr wz4t 9hbn ", "k7prwz4t9hbn"};
    for (size_t i = 0; i < COUNT_OF(typed); i++) {
        assert_true(password_provisional_normalise(typed[i], &password));
        assert_string_equal(password.text, "k7pr-wz4t-9hbn");
    }
    static const char *const wrong[] = {"", "k7pr-wz4t-9hb", "k7pr-wz4t-9hbnn", "k7pr-wz4t-9hb0", "k7pr.wz4t.9hbn"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        assert_false(password_provisional_normalise(wrong[i], &password));
}

struct policy_case {
    const char *password;
    enum refusal refusal;
};

static void the_policy_takes_what_is_long_and_refuses_what_is_guessed(void **state)
{
    (void)state;
    static const struct policy_case cases[] = {
        {"",                                                                                  REFUSAL_PASSWORD_TOO_SHORT },
        {"kX9$fT2",                                                                           REFUSAL_PASSWORD_TOO_SHORT },
        {"éàüöîôû",                                                                    REFUSAL_PASSWORD_TOO_SHORT }, /* seven letters, more bytes */
        {"kX9$fT2!",                                                                          REFUSAL_NONE               },
        {"kfdpwmsz",                                                                          REFUSAL_PASSWORD_TOO_SIMPLE},
        {"cheval agrafe pile",                                                                REFUSAL_NONE               },
        {"chevalagrafe",                                                                      REFUSAL_NONE               },
        {"aaaaaaaaaaaaaaaaaaaa",                                                              REFUSAL_PASSWORD_TOO_SIMPLE},
        {"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
         REFUSAL_PASSWORD_TOO_SIMPLE                                                                                     },
        {"abababababababababab",                                                              REFUSAL_PASSWORD_TOO_SIMPLE},
        {"ktktktktktktktktktkt",                                                              REFUSAL_PASSWORD_TOO_SIMPLE},
        {"1234567890123456",                                                                  REFUSAL_PASSWORD_TOO_SIMPLE},
        {"abcdefghijklmnop",                                                                  REFUSAL_PASSWORD_TOO_SIMPLE},
        {"azertyuiopqsdfgh",                                                                  REFUSAL_PASSWORD_TOO_SIMPLE},
        {"83910275",                                                                          REFUSAL_PASSWORD_TOO_SIMPLE},
        {"8391027564829157",                                                                  REFUSAL_NONE               },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum refusal refusal = password_check(cases[i].password, &nobody);
        if (refusal != cases[i].refusal)
            fail_msg("\"%s\": %s, %d bits", cases[i].password, refusal_code(refusal), password_bits(cases[i].password));
    }
}

static bool is_listed(const void *words, const char *folded)
{
    for (const char *const *word = words; *word; word++) {
        if (strcmp(*word, folded) == 0)
            return true;
    }
    return false;
}

static void what_everybody_knows_is_refused_however_it_is_dressed(void **state)
{
    (void)state;
    static const char *const words[] = {
        "soleil", "motdepasse", "anticonstitutionnellement", "123456789", "cheval", NULL};
    static const struct password_context known = {
        .known = {is_listed, words}
    };
    static const struct policy_case cases[] = {
        {"anticonstitutionnellement",          REFUSAL_PASSWORD_TOO_COMMON},
        {"AntiConstitutionnellement !",        REFUSAL_PASSWORD_TOO_COMMON},
        {"soleil2024",                         REFUSAL_PASSWORD_TOO_COMMON},
        {"Soleil-2024",                        REFUSAL_PASSWORD_TOO_COMMON},
        {"2024Soleil",                         REFUSAL_PASSWORD_TOO_COMMON},
        {"Soleil82!!",                         REFUSAL_PASSWORD_TOO_COMMON},
        {"S0l3il2024",                         REFUSAL_PASSWORD_TOO_COMMON},
        {"M0t de p@$$e",                       REFUSAL_PASSWORD_TOO_COMMON},
        {"mot-de-passe",                       REFUSAL_PASSWORD_TOO_COMMON},
        {"soleilSoleil",                       REFUSAL_PASSWORD_TOO_COMMON},
        {"1.2.3.4.5.6.7.8.9",                  REFUSAL_PASSWORD_TOO_COMMON},
        {"soleil839102",                       REFUSAL_NONE               }, /* six digits nobody guesses */
        {"soleil cheval agrafe",               REFUSAL_NONE               },
        {"soleilcheval",                       REFUSAL_NONE               },
        {"مفتاح البيت الكبير", REFUSAL_NONE               }, /* nothing is left of it when folded */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum refusal refusal = password_check(cases[i].password, &known);
        if (refusal != cases[i].refusal)
            fail_msg("\"%s\": %s", cases[i].password, refusal_code(refusal));
    }
}

static void passwords_are_bounded(void **state)
{
    (void)state;
    char password[700];
    for (size_t i = 0; i < sizeof password; i++)
        password[i] = "kX9$fT2!wm"[i * 7 % 10];
    password[PASSWORD_LENGTH_MAX] = '\0';
    assert_int_equal(password_check(password, &nobody), REFUSAL_NONE);
    password[PASSWORD_LENGTH_MAX] = 'a';
    password[PASSWORD_LENGTH_MAX + 1] = '\0';
    assert_int_equal(password_check(password, &nobody), REFUSAL_PASSWORD_TOO_LONG);
    password[PASSWORD_LENGTH_MAX + 1] = 'b';
    password[sizeof password - 1] = '\0';
    assert_int_equal(password_check(password, &nobody), REFUSAL_PASSWORD_TOO_LONG);
}

static void a_password_does_not_repeat_what_is_known_of_the_person(void **state)
{
    (void)state;
    static const char *const names[] = {"Hélène", "Dupont-Martin", "Luc", NULL};
    static const struct date dates[] = {
        {2015, 4, 3},
        {0  }
    };
    const struct password_context context = {.identifier = "h.dupontmartin2",
        .names = names,
        .name_count = COUNT_OF(names),
        .birth_dates = dates,
        .birth_date_count = COUNT_OF(dates),
        .replaced_password = "k7pr-wz4t-9hbn"};
    static const struct policy_case cases[] = {
        {"HELENE wz4t 9hbn",   REFUSAL_PASSWORD_HAS_NAME      },
        {"wz4tDupont.Martin",  REFUSAL_PASSWORD_HAS_NAME      },
        {"h.DupontMartin2 wz", REFUSAL_PASSWORD_HAS_IDENTIFIER},
        {"wzt 03/04/2015 pk",  REFUSAL_PASSWORD_HAS_BIRTH_DATE},
        {"wzt030415pkmfx",     REFUSAL_PASSWORD_HAS_BIRTH_DATE},
        {"wzt20150403pkmfx",   REFUSAL_PASSWORD_HAS_BIRTH_DATE},
        {"wzt150403pkmfx",     REFUSAL_PASSWORD_HAS_BIRTH_DATE},
        {"k7pr-wz4t-9hbn",     REFUSAL_PASSWORD_NOT_NEW       },
        {"K7PRWZ4T9HBN",       REFUSAL_PASSWORD_NOT_NEW       },
        {"polluces wz4t 9hbn", REFUSAL_NONE                   }, /* three letters of a name are chance */
        {"wzt 04/03/2015 pk",  REFUSAL_NONE                   },
        {"cheval agrafe pile", REFUSAL_NONE                   },
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        enum refusal refusal = password_check(cases[i].password, &context);
        if (refusal != cases[i].refusal)
            fail_msg("\"%s\": %s", cases[i].password, refusal_code(refusal));
    }
}

static void the_one_before_is_not_new_in_any_alphabet(void **state)
{
    (void)state;
    static const char *const passwords[] = {"Пароль для школы", "!?;:,$*^%&()[]", "cheval agrafe pile"};
    for (size_t i = 0; i < COUNT_OF(passwords); i++) {
        const struct password_context context = {.replaced_password = passwords[i]};
        assert_int_equal(password_check(passwords[i], &nobody), REFUSAL_NONE);
        assert_int_equal(password_check(passwords[i], &context), REFUSAL_PASSWORD_NOT_NEW);
    }
}

static void strength_is_what_the_page_tells_too(void **state)
{
    (void)state;
    static const struct {
        int strength;
        const char *password;
    } cases[] = {
#define CASE(strength, password) {strength, password},
#include "password_strength.def"
#undef CASE
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int strength = password_strength(cases[i].password, &nobody);
        if (strength != cases[i].strength)
            fail_msg("\"%s\": %d, not %d", cases[i].password, strength, cases[i].strength);
    }
}

static void strength_agrees_with_the_policy_and_grows_with_length(void **state)
{
    (void)state;
    assert_int_equal(password_strength("", &nobody), 0);
    assert_int_equal(password_strength("aaaaaaaaaaaaaaaaaaa", &nobody), 0);
    assert_int_equal(password_strength("kfdpwmsz", &nobody), 1);
    assert_int_equal(password_strength("kX9$fT2!", &nobody), 2);
    assert_int_equal(password_strength("kX9$fT2!wm4", &nobody), 3);
    assert_int_equal(password_strength("cheval agrafe pile", &nobody), 4);
    static const char all[] = "cheval agrafe pile juste mouton noir vert 58";
    int before = 0;
    for (size_t length = 0; length < sizeof all; length++) {
        char password[sizeof all];
        memcpy(password, all, length);
        password[length] = '\0';
        int bits = password_bits(password);
        assert_true(bits >= before);
        before = bits;
        bool accepted = password_check(password, &nobody) == REFUSAL_NONE;
        assert_int_equal(accepted, password_strength(password, &nobody) >= 2);
    }
}

static void the_estimate_is_log2_of_the_alphabet_for_each_letter(void **state)
{
    (void)state;
    assert_in_range(password_bits("kfdpwmszrh"), 46, 47); /* 10 × 4.70 */
    assert_in_range(password_bits("8391027564"), 32, 33); /* 10 × 3.32 */
    assert_in_range(password_bits("kX9$fT2!"), 52, 53);   /* 8 × 6.57 */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(provisional_passwords_are_three_groups_of_plain_letters),
        cmocka_unit_test(each_letter_is_as_likely_as_another),
        cmocka_unit_test(too_few_usable_bytes_give_no_password),
        cmocka_unit_test(a_password_typed_from_paper_is_recognised),
        cmocka_unit_test(the_policy_takes_what_is_long_and_refuses_what_is_guessed),
        cmocka_unit_test(what_everybody_knows_is_refused_however_it_is_dressed),
        cmocka_unit_test(passwords_are_bounded),
        cmocka_unit_test(a_password_does_not_repeat_what_is_known_of_the_person),
        cmocka_unit_test(the_one_before_is_not_new_in_any_alphabet),
        cmocka_unit_test(strength_is_what_the_page_tells_too),
        cmocka_unit_test(strength_agrees_with_the_policy_and_grows_with_length),
        cmocka_unit_test(the_estimate_is_log2_of_the_alphabet_for_each_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
