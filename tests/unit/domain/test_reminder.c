#include "unit.h"

#include "domain/reminder.h"

static void only_what_is_offered_may_be_chosen(void **state)
{
    (void)state;
    int before = 0;
    size_t count = 0;
    for (int days; (days = reminder_days_at(count)) > 0; count++) {
        assert_true(days > before);
        assert_true(reminder_days_are_offered(days));
        assert_false(reminder_days_are_offered(days + 1));
        before = days;
    }
    assert_int_equal(count, 3);
    assert_int_equal(reminder_days_at(1000), 0);
    assert_true(reminder_days_are_offered(0));
    assert_false(reminder_days_are_offered(-7));
    assert_false(reminder_days_are_offered(4294967296L + 7));
}

/* Whoever may choose has schools by name alone: a mail tells of each. */
static void whoever_looks_after_more_than_schools_is_not_reminded(void **state)
{
    (void)state;
    const struct administrator_scope academy = {{10}, {""}};
    for (unsigned role = 0; role < ROLE_COUNT; role++) {
        assert_int_equal(reminder_role_may((enum administrator_role)role),
            !role_may_have_scope((enum administrator_role)role, &academy));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_offered_may_be_chosen),
        cmocka_unit_test(whoever_looks_after_more_than_schools_is_not_reminded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
