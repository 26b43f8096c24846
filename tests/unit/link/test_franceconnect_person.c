/* By which names a person whom FranceConnect vouches for may be known to a school. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/franceconnect_person.h"
#include "link/oidc_json.h"
#include "runtime/cleanup.h"

#include <string.h>

static void read_person(const char *text, struct franceconnect_person *out_person)
{
    struct fault fault;
    _cleanup_(json_free) json_t *claims = json_read_object(text, strlen(text), &fault);
    assert_non_null(claims);
    franceconnect_person_read(claims, out_person);
}

static void each_run_of_given_names_may_be_the_usual_one(void **state)
{
    (void)state;
    struct franceconnect_person person;
    read_person(
        "{\"sub\":\"s\",\"given_name\":\"Marie Ève Louise\",\"given_name_array\":[\"Marie\",\"Ève\",\"Louise\"],"
        "\"family_name\":\"LE GOFF\"}",
        &person);
    assert_string_equal(person.subject, "s");
    assert_int_equal(person.name_count, 6);
    assert_true(franceconnect_person_is(&person, "Le Goff", "Marie"));
    assert_true(franceconnect_person_is(&person, "LEGOFF", "Marie-Eve"));
    assert_true(franceconnect_person_is(&person, "Le-Goff", "LOUISE"));
    assert_true(franceconnect_person_is(&person, "Le Goff", "Marie Eve Louise"));
    assert_false(franceconnect_person_is(&person, "Le Goff", "Marie Louise"));
    assert_false(franceconnect_person_is(&person, "Goff", "Marie"));
    assert_false(franceconnect_person_is(&person, "Le Goff", ""));
}

static void the_name_in_use_is_as_good_as_the_one_at_birth(void **state)
{
    (void)state;
    struct franceconnect_person person;
    read_person(
        "{\"sub\":\"s\",\"given_name\":\"Anne\",\"family_name\":\"NAISSANCE\",\"preferred_username\":\"D'Usage\"}",
        &person);
    assert_int_equal(person.name_count, 2);
    assert_true(franceconnect_person_is(&person, "naissance", "anne"));
    assert_true(franceconnect_person_is(&person, "dusage", "anne"));
}

static void the_list_counts_before_the_text(void **state)
{
    (void)state;
    struct franceconnect_person person;
    read_person(
        "{\"sub\":\"s\",\"given_name\":\"Anne Lise\",\"given_name_array\":[\"Anne Lise\"],\"family_name\":\"A\"}",
        &person);
    assert_int_equal(person.name_count, 1);
    assert_true(franceconnect_person_is(&person, "A", "Annelise"));
    assert_false(franceconnect_person_is(&person, "A", "Lise"));
}

static void who_has_no_name_or_odd_ones_is_nobody(void **state)
{
    (void)state;
    static const char *const claims[] = {"{\"sub\":\"s\"}", "{\"sub\":\"s\",\"given_name\":\"Anne\"}",
        "{\"sub\":\"s\",\"family_name\":\"A\"}", "{\"sub\":\"s\",\"given_name\":\"-\",\"family_name\":\"A\"}",
        "{\"sub\":\"s\",\"given_name\":[\"Anne\"],\"family_name\":{}}",
        "{\"sub\":\"s\",\"given_name_array\":[1,null,{}],\"family_name\":\"A\"}"};
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct franceconnect_person person;
        read_person(claims[i], &person);
        assert_int_equal(person.name_count, 0);
    }
}

static void many_and_long_names_are_bounded(void **state)
{
    (void)state;
    struct franceconnect_person person;
    read_person("{\"sub\":\"s\",\"given_name\":\"A B C D E F G H I J K L M N O "
                "P\",\"family_name\":\"N\",\"preferred_username\":\"U\"}",
        &person);
    assert_int_equal(person.name_count, FRANCECONNECT_NAMES_MAX);
    char text[4000] = "{\"sub\":\"s\",\"family_name\":\"N\",\"given_name\":\"";
    memset(text + strlen(text), 'x', 3000);
    strcat(text, "\"}");
    read_person(text, &person);
    assert_int_equal(person.name_count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_run_of_given_names_may_be_the_usual_one),
        cmocka_unit_test(the_name_in_use_is_as_good_as_the_one_at_birth),
        cmocka_unit_test(the_list_counts_before_the_text),
        cmocka_unit_test(who_has_no_name_or_odd_ones_is_nobody),
        cmocka_unit_test(many_and_long_names_are_bounded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
