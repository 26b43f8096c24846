/* "Est-ce que ça marche ?": what is said of each part, from what the daemons told last and how long ago. */
#include "bus/health.h"
#include "portal/service_state.h"
#include "runtime/clock.h"
#include "unit.h"

static struct tick later(struct duration after)
{
    return (struct tick){clock_tick().us + after.us};
}

#define SOON SECONDS(1)
#define LONG_AFTER SECONDS(60)

static struct service_state begun(void)
{
    return (struct service_state){.begun = clock_tick()};
}

static void nothing_is_known_at_first_and_what_stays_silent_is_away(void **state)
{
    (void)state;
    struct service_state service = begun();
    for (int part = 0; part < PART_COUNT; part++)
        assert_int_equal(service_state_of(&service, (enum service_part)part, later(SOON)), PART_UNKNOWN);
    assert_int_equal(service_state_of(&service, PART_SIGN_IN, later(LONG_AFTER)), PART_UNAVAILABLE);
    assert_int_equal(service_state_of(&service, PART_MAIL, later(LONG_AFTER)), PART_UNAVAILABLE);
    /* the data of the schools are there all the same */
    assert_int_equal(service_state_of(&service, PART_DATA, later(LONG_AFTER)), PART_DISTURBED);
}

static void a_daemon_that_is_ready_and_well_makes_its_parts_work(void **state)
{
    (void)state;
    struct service_state service = begun();
    service_state_hear(&service, "preau-linkd", true, NULL, 0);
    assert_int_equal(service_state_of(&service, PART_SIGN_IN, later(SOON)), PART_OK);
    assert_int_equal(service_state_of(&service, PART_SMS, later(SOON)), PART_OK);
    assert_int_equal(service_state_of(&service, PART_MAIL, later(SOON)), PART_UNKNOWN);
    assert_int_equal(service_state_of(&service, PART_SIGN_IN, later(LONG_AFTER)), PART_UNAVAILABLE);
    assert_true(instant_is_set(service.heard_at));
}

static void what_troubles_a_daemon_disturbs_the_part_that_needs_it(void **state)
{
    (void)state;
    static const char *const gateway[] = {"statistics", "sms"};
    static const char *const relay[] = {"smtp"};
    struct service_state service = begun();
    service_state_hear(&service, "preau-linkd", true, gateway, 2);
    service_state_hear(&service, "preau-notifyd", true, relay, 1);
    assert_int_equal(service_state_of(&service, PART_SIGN_IN, later(SOON)), PART_OK);
    assert_int_equal(service_state_of(&service, PART_SMS, later(SOON)), PART_DISTURBED);
    assert_int_equal(service_state_of(&service, PART_MAIL, later(SOON)), PART_DISTURBED);
    service_state_hear(&service, "preau-notifyd", true, NULL, 0);
    assert_int_equal(service_state_of(&service, PART_MAIL, later(SOON)), PART_OK);
}

static void one_that_is_not_ready_or_unknown_makes_nothing_work(void **state)
{
    (void)state;
    struct service_state service = begun();
    service_state_hear(&service, "preau-linkd", false, NULL, 0);
    service_state_hear(&service, "preau-nobody", true, NULL, 0);
    service_state_hear(&service, "", true, NULL, 0);
    assert_int_equal(service_state_of(&service, PART_SIGN_IN, later(LONG_AFTER)), PART_UNAVAILABLE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_known_at_first_and_what_stays_silent_is_away),
        cmocka_unit_test(a_daemon_that_is_ready_and_well_makes_its_parts_work),
        cmocka_unit_test(what_troubles_a_daemon_disturbs_the_part_that_needs_it),
        cmocka_unit_test(one_that_is_not_ready_or_unknown_makes_nothing_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
