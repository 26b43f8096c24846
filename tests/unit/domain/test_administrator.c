#include "unit.h"

#include "domain/administrator.h"

#include <string.h>

static void roles_have_codes_that_lead_back(void **state)
{
    (void)state;
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        enum administrator_role found = ROLE_COUNT;
        assert_true(role_from_code(role_code((enum administrator_role)role), &found));
        assert_int_equal(found, role);
        assert_true(strlen(role_label((enum administrator_role)role)) > 0);
    }
    enum administrator_role untouched = ROLE_DELEGUE;
    assert_false(role_from_code("root", &untouched));
    assert_int_equal(untouched, ROLE_DELEGUE);
}

/* How wide a scope each role may have: school, academy, nation. */
static void a_scope_is_never_wider_than_the_role(void **state)
{
    (void)state;
    static const struct {
        enum administrator_role role;
        bool school, academy, nation;
    } expected[ROLE_COUNT] = {
        {ROLE_DIRECTEUR,   true, false, false},
        {ROLE_DELEGUE,     true, false, false},
        {ROLE_INTEGRATEUR, true, true,  false},
        {ROLE_ASSISTANCE,  true, true,  false},
        {ROLE_EXPLOITANT,  true, true,  true },
    };
    const struct administrator_scope school = {{10}, {"0010002X"}}, academy = {{10}, {""}}, nation = {{0}, {""}};
    assert_true(uai_is_valid(school.uai.text));
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        assert_int_equal(role_may_have_scope(expected[i].role, &school), expected[i].school);
        assert_int_equal(role_may_have_scope(expected[i].role, &academy), expected[i].academy);
        assert_int_equal(role_may_have_scope(expected[i].role, &nation), expected[i].nation);
    }
}

static void a_school_needs_its_academy_and_a_valid_uai(void **state)
{
    (void)state;
    const struct administrator_scope stray = {{0}, {"0010002X"}}, wrong = {{10}, {"0010002A"}}, negative = {{-1}, {""}};
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        assert_false(role_may_have_scope((enum administrator_role)role, &stray));
        assert_false(role_may_have_scope((enum administrator_role)role, &wrong));
        assert_false(role_may_have_scope((enum administrator_role)role, &negative));
    }
}

/* What the reports of deliveries show: of an academy, of the nation, never by way of a school. */
static void deliveries_are_followed_by_those_who_deliver_or_operate(void **state)
{
    (void)state;
    static const struct {
        enum administrator_role role;
        bool academy, nation;
    } expected[ROLE_COUNT] = {
        {ROLE_DIRECTEUR,   false, false},
        {ROLE_DELEGUE,     false, false},
        {ROLE_INTEGRATEUR, true,  false},
        {ROLE_ASSISTANCE,  true,  false},
        {ROLE_EXPLOITANT,  true,  true },
    };
    const struct administrator_scope school = {{10}, {"0010002X"}}, academy = {{10}, {""}}, nation = {{0}, {""}};
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        assert_int_equal(role_follows_deliveries(expected[i].role), expected[i].academy);
        assert_false(scope_shows_deliveries(expected[i].role, &school));
        assert_int_equal(scope_shows_deliveries(expected[i].role, &academy), expected[i].academy);
        assert_int_equal(scope_shows_deliveries(expected[i].role, &nation), expected[i].nation);
    }
}

static void logins_are_tidied_or_refused(void **state)
{
    (void)state;
    struct administrator_login login;
    assert_true(administrator_login_normalise("  Mme.Martin@0010002x \n", &login));
    assert_string_equal(login.text, "mme.martin@0010002x");
    char long_one[ADMINISTRATOR_LOGIN_SIZE + 1];
    memset(long_one, 'a', sizeof long_one);
    long_one[ADMINISTRATOR_LOGIN_SIZE - 1] = '\0';
    assert_true(administrator_login_normalise(long_one, &login));
    long_one[ADMINISTRATOR_LOGIN_SIZE - 1] = 'a';
    long_one[ADMINISTRATOR_LOGIN_SIZE] = '\0';
    const char *const refused[] = {"", "  ", "a b", ".a", "-a", "é", "a\tb", "a'b", "a\x01", long_one};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_false(administrator_login_normalise(refused[i], &login));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_codes_that_lead_back),
        cmocka_unit_test(a_scope_is_never_wider_than_the_role),
        cmocka_unit_test(a_school_needs_its_academy_and_a_valid_uai),
        cmocka_unit_test(deliveries_are_followed_by_those_who_deliver_or_operate),
        cmocka_unit_test(logins_are_tidied_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
