/* What an academy's portal says of a person: schools in their two forms, functions, logins, names. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "domain/latin.h"
#include "domain/portal_claim.h"

#include <stdio.h>
#include <string.h>

/* UAI numbers with their right letters. */
static const char *uai(unsigned number)
{
    static char texts[4][UAI_SIZE];
    static unsigned at;
    char *text = texts[at++ % 4];
    (void)snprintf(text, UAI_SIZE, "%07u", number % 10000000);
    text[7] = uai_check_letter(text);
    text[8] = '\0';
    return text;
}

static struct portal_schools told(const char *text)
{
    struct portal_schools schools = {.count = 0};
    portal_schools_add(&schools, text);
    return schools;
}

static void a_bare_number_is_a_school(void **state)
{
    (void)state;
    struct portal_schools schools = told("0750001U");
    assert_int_equal(schools.count, 1);
    assert_int_equal(schools.refused, 0);
    assert_string_equal(schools.list[0].text, "0750001U");
}

static void a_directory_s_value_gives_its_first_field(void **state)
{
    (void)state;
    struct portal_schools schools = told("0750001U$UAJ$PU$N$T3$LYC$300");
    assert_int_equal(schools.count, 1);
    assert_string_equal(schools.list[0].text, "0750001U");
}

static void small_letters_and_blanks_are_tolerated(void **state)
{
    (void)state;
    assert_string_equal(told(" 0750001u ").list[0].text, "0750001U");
}

static void several_in_one_text_are_several(void **state)
{
    (void)state;
    char text[200];
    (void)snprintf(text, sizeof text, "%s$UAJ$PU, %s;%s|%s", uai(750001), uai(750002), uai(750003), uai(750001));
    struct portal_schools schools = told(text);
    assert_int_equal(schools.count, 3); /* the first was told twice */
    assert_string_equal(schools.list[2].text, uai(750003));
}

static void none_is_none(void **state)
{
    (void)state;
    static const char *const nothing[] = {"", " ", "X", "x", "X$", ",;", "$UAJ$PU"};
    for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++) {
        struct portal_schools schools = told(nothing[i]);
        assert_int_equal(schools.count, 0);
        assert_int_equal(schools.refused, 0);
    }
}

static void what_is_no_number_is_counted_and_left_out(void **state)
{
    (void)state;
    struct portal_schools schools = told("0750001A,toto,075000111111111111111111111111111111111111U,0750001U");
    assert_int_equal(schools.count, 1);
    assert_int_equal(schools.refused, 3);
}

static void a_list_has_an_end(void **state)
{
    (void)state;
    struct portal_schools schools = {.count = 0};
    for (unsigned i = 0; i < PORTAL_SCHOOLS_MAX + 5; i++) {
        portal_schools_add(&schools, uai(750000 + i));
    }
    assert_int_equal(schools.count, PORTAL_SCHOOLS_MAX);
    assert_int_equal(schools.refused, 5);
}

static void names_of_portals(void **state)
{
    (void)state;
    static const char *const good[] = {"lyon", "a", "aix-marseille-2"};
    static const char *const bad[] = {
        "", "Lyon", "2lyon", "-a", "ly on", "ly:on", "ly/on", "é", "a23456789012345678901234567890123"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_true(portal_name_is_valid(good[i]));
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(portal_name_is_valid(bad[i]));
    }
}

static void a_function_gives_its_role(void **state)
{
    (void)state;
    struct portal_function functions[2];
    enum administrator_role role = ROLE_COUNT;
    const char *const values[] = {"ENS", "ADF$x", "DIR$UAJ"};
    assert_true(portal_function_parse("DIR=directeur", &functions[0]));
    assert_true(portal_function_parse("ADF=delegue", &functions[1]));
    assert_true(portal_function_role(functions, 2, values, 3, &role));
    assert_int_equal(role, ROLE_DIRECTEUR); /* the table's order, not the person's */
    assert_true(portal_function_role(functions, 2, values, 2, &role));
    assert_int_equal(role, ROLE_DELEGUE);
    assert_false(portal_function_role(functions, 2, values, 1, &role));
    assert_false(portal_function_role(functions, 2, values, 0, &role));
}

static void a_function_of_another_form_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "DIR", "=directeur", "DIR=", "DIR=chef", "DIR=directeur ",
        "DIR$UAJ=directeur", "12345678901234567890123456789012345678901234567890=directeur"};
    struct portal_function function;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        assert_false(portal_function_parse(bad[i], &function));
    }
}

static void heads_and_delegates_only_are_narrow(void **state)
{
    (void)state;
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        bool is_narrow = role == ROLE_DIRECTEUR || role == ROLE_DELEGUE;
        assert_int_equal(portal_role_is_wide((enum administrator_role)role), !is_narrow);
    }
}

static void a_login_is_never_a_local_one(void **state)
{
    (void)state;
    static const char *const tellings[] = {"JDupont", "", "j dupont", "jean:paul",
        "123456789012345678901234567890123456789012345678901234567890123", "é", "a@b.fr"};
    for (size_t i = 0; i < sizeof tellings / sizeof tellings[0]; i++) {
        char login[ADMINISTRATOR_LOGIN_SIZE];
        struct administrator_login local;
        portal_login_make("lyon", tellings[i], login);
        assert_memory_equal(login, "lyon:", 5);
        assert_true(login[5] != '\0');
        assert_false(administrator_login_normalise(login, &local));
    }
    char login[ADMINISTRATOR_LOGIN_SIZE];
    struct administrator_login local;
    portal_login_make("lyon", " JDupont ", login);
    assert_string_equal(login, "lyon:jdupont");
    assert_true(portal_login_normalise(" Lyon:JDupont#1A ", &local));
    assert_string_equal(local.text, "lyon:jdupont#1a");
    assert_false(portal_login_normalise("jdupont", &local));
    assert_false(portal_login_normalise("a:b:c", &local));
    assert_false(portal_login_normalise("lyon:é", &local));
    portal_login_make("lyon", "j:dupont", login);
    assert_string_equal(login, "lyon:compte");
}

static void a_name_is_made_fit_to_be_shown(void **state)
{
    (void)state;
    char name[PORTAL_PERSON_SIZE];
    assert_true(portal_person_name("  Anne-Marie\r\n\tLE  GOFF ", name));
    assert_string_equal(name, "Anne-Marie LE GOFF");
    assert_true(portal_person_name("a\xE2\x80\xAE"
                                   "b",
        name)); /* letters would run backwards */
    assert_string_equal(name, "a b");
    assert_false(portal_person_name("", name));
    assert_false(portal_person_name(" \n", name));
    assert_false(portal_person_name("\xC3", name));
}

static void a_long_name_is_cut_at_a_letter(void **state)
{
    (void)state;
    char told_name[400] = "";
    char name[PORTAL_PERSON_SIZE];
    for (int i = 0; i < 100; i++) {
        strcat(told_name, "é");
    }
    assert_true(portal_person_name(told_name, name));
    assert_int_equal(strlen(name), 128);
    assert_true(utf8_is_valid(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bare_number_is_a_school),
        cmocka_unit_test(a_directory_s_value_gives_its_first_field),
        cmocka_unit_test(small_letters_and_blanks_are_tolerated),
        cmocka_unit_test(several_in_one_text_are_several),
        cmocka_unit_test(none_is_none),
        cmocka_unit_test(what_is_no_number_is_counted_and_left_out),
        cmocka_unit_test(a_list_has_an_end),
        cmocka_unit_test(names_of_portals),
        cmocka_unit_test(a_function_gives_its_role),
        cmocka_unit_test(a_function_of_another_form_is_refused),
        cmocka_unit_test(heads_and_delegates_only_are_narrow),
        cmocka_unit_test(a_login_is_never_a_local_one),
        cmocka_unit_test(a_name_is_made_fit_to_be_shown),
        cmocka_unit_test(a_long_name_is_cut_at_a_letter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
