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

/* The whole product: each role with each set of scopes. */
static void the_second_factor_is_required_for_all_that_is_wider_than_a_school(void **state)
{
    (void)state;
    const struct administrator_scope kinds[] = {
        {{10}, {"0010002X"}},
        {{11}, {"0110001S"}},
        {{10}, {""}        },
        {{0},  {""}        }
    };
    static const bool is_wide[] = {false, false, true, true};
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        for (unsigned set = 0; set < 1U << COUNT_OF(kinds); set++) {
            struct administrator_scope scopes[COUNT_OF(kinds)];
            size_t count = 0;
            bool wide = false;
            for (size_t i = 0; i < COUNT_OF(kinds); i++) {
                if (set & 1U << i) {
                    scopes[count++] = kinds[i];
                    wide = wide || is_wide[i];
                }
            }
            bool looks_into_others = role == ROLE_INTEGRATEUR || role == ROLE_ASSISTANCE || role == ROLE_EXPLOITANT;
            assert_int_equal(scopes_are_wider_than_schools(scopes, count), wide);
            assert_int_equal(
                second_factor_is_required((enum administrator_role)role, scopes, count), wide || looks_into_others);
        }
    }
}

static enum administrator_step expected_step(const struct administrator_standing *standing, bool proved)
{
    if (standing->has_second_factor) {
        if (!proved) {
            return ADMINISTRATOR_CODE;
        }
        return standing->password_is_provisional ? ADMINISTRATOR_NEW_PASSWORD : ADMINISTRATOR_OPEN;
    }
    if (standing->password_is_provisional) {
        return ADMINISTRATOR_NEW_PASSWORD;
    }
    return standing->must_have_second_factor ? ADMINISTRATOR_ENROLMENT : ADMINISTRATOR_OPEN;
}

/* Nobody who has a second factor gets past the code, and nobody who must have one is let in without. */
static void every_standing_has_its_next_step(void **state)
{
    (void)state;
    for (unsigned bits = 0; bits < 16; bits++) {
        const struct administrator_standing standing = {bits & 1, bits & 2, bits & 4};
        bool proved = bits & 8;
        enum administrator_step step = administrator_next_step(&standing, proved);
        assert_int_equal(step, expected_step(&standing, proved));
        if (step == ADMINISTRATOR_OPEN) {
            assert_false(standing.has_second_factor && !proved);
            assert_false(standing.must_have_second_factor && !standing.has_second_factor);
            assert_false(standing.password_is_provisional);
        }
    }
}

/* Who has a password gives it, whatever else there is; nobody is asked for what it has not. */
static void every_proof_is_of_what_there_is(void **state)
{
    (void)state;
    assert_int_equal(administrator_proof(true, true), PROOF_BY_PASSWORD);
    assert_int_equal(administrator_proof(true, false), PROOF_BY_PASSWORD);
    assert_int_equal(administrator_proof(false, true), PROOF_BY_CODE);
    assert_int_equal(administrator_proof(false, false), PROOF_BY_SESSION);
}

static void what_was_given_is_not_given_on(void **state)
{
    (void)state;
    static const struct {
        bool may_give, may_receive;
    } expected[ROLE_COUNT] = {
        [ROLE_DIRECTEUR] = {true,  true },
        [ROLE_DELEGUE] = {false, true },
        [ROLE_INTEGRATEUR] = {false, false},
        [ROLE_ASSISTANCE] = {true,  true },
        [ROLE_EXPLOITANT] = {true,  true },
    };
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(role_may_delegate((enum administrator_role)role), expected[role].may_give);
        assert_int_equal(role_may_receive((enum administrator_role)role), expected[role].may_receive);
    }
}

/* Each pair of days around now, the bounds and a little beside them. */
static void a_period_is_ahead_and_within_a_year(void **state)
{
    (void)state;
    const struct instant now = {1800000000000000};
    const int64_t last = DAYS(DELEGATION_DAYS_MAX).us;
    const int64_t beside[] = {-last, -DAYS(1).us, -1, 0, 1, DAYS(1).us, last - 1, last, last + 1};
    for (size_t i = 0; i < COUNT_OF(beside); i++) {
        for (size_t j = 0; j < COUNT_OF(beside); j++) {
            struct instant from = {now.us + beside[i]}, until = {now.us + beside[j]};
            bool is_sound = beside[i] < beside[j] && beside[j] > 0 && beside[j] <= last;
            assert_int_equal(
                delegation_check_period(from, until, now), is_sound ? REFUSAL_NONE : REFUSAL_PERIOD_INVALID);
        }
    }
}

static void heads_alone_follow_aaf(void **state)
{
    (void)state;
    for (int role = 0; role < ROLE_COUNT; role++)
        assert_int_equal(role_may_follow_aaf((enum administrator_role)role), role == ROLE_DIRECTEUR);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(roles_have_codes_that_lead_back),
        cmocka_unit_test(a_scope_is_never_wider_than_the_role),
        cmocka_unit_test(heads_alone_follow_aaf),
        cmocka_unit_test(a_school_needs_its_academy_and_a_valid_uai),
        cmocka_unit_test(deliveries_are_followed_by_those_who_deliver_or_operate),
        cmocka_unit_test(logins_are_tidied_or_refused),
        cmocka_unit_test(the_second_factor_is_required_for_all_that_is_wider_than_a_school),
        cmocka_unit_test(every_standing_has_its_next_step),
        cmocka_unit_test(every_proof_is_of_what_there_is),
        cmocka_unit_test(what_was_given_is_not_given_on),
        cmocka_unit_test(a_period_is_ahead_and_within_a_year),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
