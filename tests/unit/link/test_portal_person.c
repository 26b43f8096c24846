/* Who a person of a portal is, by its claims: role, schools, second factor, login, name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/oidc_json.h"
#include "link/portal_person.h"
#include "runtime/cleanup.h"

#include <string.h>

static struct academy_portal portal_of(const char *function_claim)
{
    struct academy_portal portal = {
        .name = "lyon",
        .schools_claim = "schools",
        .login_claim = "login",
        .name_claim = "name",
        .mail_claim = "email",
        .function_claim = function_claim,
        .factors = {{"acr", "eidas2"}, {"amr", "otp"}},
        .factor_count = 2,
    };
    assert_true(portal_function_parse("DIR=directeur", &portal.functions[0]));
    assert_true(portal_function_parse("DSI=integrateur", &portal.functions[1]));
    portal.function_count = function_claim[0] != '\0' ? 2 : 0;
    return portal;
}

static enum refusal person_of(const struct academy_portal *portal, const char *text, struct portal_person *out_person)
{
    struct fault fault;
    _cleanup_(json_free) json_t *claims = json_read_object(text, strlen(text), &fault);
    assert_non_null(claims);
    enum refusal refusal = portal_person_read(portal, claims, out_person);
    out_person->subject = NULL; /* it was lent by the claims */
    return refusal;
}

static void without_functions_everybody_is_head_of_the_schools_told(void **state)
{
    (void)state;
    struct academy_portal portal = portal_of("");
    struct portal_person person;
    assert_int_equal(person_of(&portal,
                         "{\"sub\":\"1\",\"schools\":[\"0750001U\",\"0750001U$UAJ\",3,null,{}],\"login\":\"JD\","
                         "\"name\":\"J D\",\"email\":\"j@example.org\"}",
                         &person),
        REFUSAL_NONE);
    assert_int_equal(person.role, ROLE_DIRECTEUR);
    assert_int_equal(person.schools.count, 1);
    assert_string_equal(person.login, "lyon:jd");
    assert_string_equal(person.name, "J D");
    assert_string_equal(person.mail.text, "j@example.org");
}

static void a_claim_of_another_kind_is_as_none(void **state)
{
    (void)state;
    static const char *const claims[] = {"{\"sub\":\"1\"}",
        "{\"sub\":\"1\",\"schools\":{\"a\":\"0750001U\"},\"name\":[],\"login\":1,\"email\":true}",
        "{\"sub\":\"1\",\"schools\":5,\"name\":{},\"login\":[[]],\"email\":\"not one\"}"};
    struct academy_portal portal = portal_of("");
    for (size_t i = 0; i < sizeof claims / sizeof claims[0]; i++) {
        struct portal_person person;
        assert_int_equal(person_of(&portal, claims[i], &person), REFUSAL_NONE);
        assert_int_equal(person.schools.count, 0);
        assert_string_equal(person.login, "lyon:compte");
        assert_string_equal(person.name, "lyon:compte");
        assert_string_equal(person.mail.text, "");
    }
}

static void the_two_names_serve_when_the_whole_is_missing(void **state)
{
    (void)state;
    struct academy_portal portal = portal_of("");
    struct portal_person person;
    assert_int_equal(person_of(&portal, "{\"sub\":\"1\",\"given_name\":\"Anne\",\"family_name\":\"Le Goff\"}", &person),
        REFUSAL_NONE);
    assert_string_equal(person.name, "Anne Le Goff");
}

static void with_functions_only_those_of_the_table_come_in(void **state)
{
    (void)state;
    struct academy_portal portal = portal_of("f");
    struct portal_person person;
    assert_int_equal(person_of(&portal, "{\"sub\":\"1\"}", &person), REFUSAL_PORTAL_FUNCTION);
    assert_int_equal(person_of(&portal, "{\"sub\":\"1\",\"f\":\"ENS\"}", &person), REFUSAL_PORTAL_FUNCTION);
    assert_int_equal(person_of(&portal, "{\"sub\":\"1\",\"f\":[\"ENS\",\"DIR$x\"]}", &person), REFUSAL_NONE);
    assert_int_equal(person.role, ROLE_DIRECTEUR);
}

static void a_second_factor_is_proved_by_the_words_agreed_on(void **state)
{
    (void)state;
    static const char *const proved[] = {
        "{\"sub\":\"1\",\"f\":\"DSI\",\"acr\":\"eidas2\"}", "{\"sub\":\"1\",\"f\":\"DSI\",\"amr\":[\"pwd\",\"otp\"]}"};
    static const char *const not_proved[] = {"{\"sub\":\"1\",\"f\":\"DSI\"}",
        "{\"sub\":\"1\",\"f\":\"DSI\",\"acr\":\"eidas1\",\"amr\":[\"pwd\"]}",
        "{\"sub\":\"1\",\"f\":\"DSI\",\"amr\":\"eidas2\"}",
        "{\"sub\":\"1\",\"f\":\"DSI\",\"acr\":true,\"amr\":{\"otp\":1}}"};
    struct academy_portal portal = portal_of("f");
    struct portal_person person;
    for (size_t i = 0; i < sizeof proved / sizeof proved[0]; i++) {
        assert_int_equal(person_of(&portal, proved[i], &person), REFUSAL_NONE);
        assert_int_equal(person.role, ROLE_INTEGRATEUR);
        assert_true(person.proves_second_factor);
    }
    for (size_t i = 0; i < sizeof not_proved / sizeof not_proved[0]; i++) {
        assert_int_equal(person_of(&portal, not_proved[i], &person), REFUSAL_NONE);
        assert_false(person.proves_second_factor);
    }
}

static void a_wide_role_has_no_schools_of_its_own(void **state)
{
    (void)state;
    struct academy_portal portal = portal_of("f");
    struct portal_person person;
    assert_int_equal(
        person_of(&portal, "{\"sub\":\"1\",\"f\":\"DSI\",\"acr\":\"eidas2\",\"schools\":\"0750001U\"}", &person),
        REFUSAL_NONE);
    assert_int_equal(person.schools.count, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_functions_everybody_is_head_of_the_schools_told),
        cmocka_unit_test(a_claim_of_another_kind_is_as_none),
        cmocka_unit_test(the_two_names_serve_when_the_whole_is_missing),
        cmocka_unit_test(with_functions_only_those_of_the_table_come_in),
        cmocka_unit_test(a_second_factor_is_proved_by_the_words_agreed_on),
        cmocka_unit_test(a_wide_role_has_no_schools_of_its_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
