// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "store/sqlstate.h"

#include <stdio.h>

static struct fault fault_of(const char *sqlstate)
{
    struct fault fault = {.code = sqlstate_fault_code(sqlstate)};
    snprintf(fault.sqlstate, sizeof fault.sqlstate, "%s", sqlstate);
    return fault;
}

static void each_code_means_one_thing(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum fault_code code;
        bool is_retryable;
    } cases[] = {
        {SQLSTATE_STALE,        FAULT_BUSY,        false},
        {SQLSTATE_ILLEGAL_MOVE, FAULT_DATABASE,    false},
        {SQLSTATE_REPEATED,     FAULT_DATABASE,    false},
        {"40001",               FAULT_BUSY,        true },
        {"40P01",               FAULT_BUSY,        true },
        {"55P03",               FAULT_BUSY,        true },
        {"57014",               FAULT_TIMEOUT,     false},
        {"57P01",               FAULT_UNAVAILABLE, true },
        {"08006",               FAULT_UNAVAILABLE, true },
        {"53300",               FAULT_UNAVAILABLE, true },
        {"53100",               FAULT_DATABASE,    false},
        {"23505",               FAULT_DATABASE,    false},
        {"42501",               FAULT_DATABASE,    false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault = fault_of(cases[i].sqlstate);
        if (fault.code != cases[i].code || fault_is_retryable(&fault) != cases[i].is_retryable) {
            fail_msg("%s is %s", cases[i].sqlstate, fault_code_name(fault.code));
        }
    }
}

static void stale_and_repeated_are_told_by_our_own_codes(void **state)
{
    (void)state;
    struct fault stale = fault_of(SQLSTATE_STALE);
    struct fault repeated = fault_of(SQLSTATE_REPEATED);
    assert_true(fault_is_stale(&stale) && !fault_is_repeated(&stale));
    assert_true(fault_is_repeated(&repeated) && !fault_is_stale(&repeated));
}

static void some_codes_are_of_the_server_itself(void **state)
{
    (void)state;
    static const char *const of_server[] = {"53100", "53200", "58030", "XX001", "XX002", "25006"};
    static const char *const of_statements[] = {"", "XX000", "23505", "25001", "40001", "57P01", SQLSTATE_STALE};
    for (size_t i = 0; i < sizeof of_server / sizeof of_server[0]; i++) {
        struct fault fault = fault_of(of_server[i]);
        assert_true(fault_is_of_server(&fault));
    }
    for (size_t i = 0; i < sizeof of_statements / sizeof of_statements[0]; i++) {
        struct fault fault = fault_of(of_statements[i]);
        assert_false(fault_is_of_server(&fault));
    }
}

static void an_unknown_outcome_is_never_simply_tried_again(void **state)
{
    (void)state;
    struct fault fault = {.code = FAULT_UNAVAILABLE};
    assert_true(fault_is_retryable(&fault));
    fault.outcome_unknown = true;
    assert_false(fault_is_retryable(&fault));
}

static void a_full_queue_may_be_tried_again_but_a_late_answer_not(void **state)
{
    (void)state;
    struct fault fault = {.code = FAULT_BUSY};
    assert_true(fault_is_retryable(&fault));
    fault.code = FAULT_TIMEOUT;
    assert_false(fault_is_retryable(&fault));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_code_means_one_thing),
        cmocka_unit_test(stale_and_repeated_are_told_by_our_own_codes),
        cmocka_unit_test(some_codes_are_of_the_server_itself),
        cmocka_unit_test(an_unknown_outcome_is_never_simply_tried_again),
        cmocka_unit_test(a_full_queue_may_be_tried_again_but_a_late_answer_not),
    };
    return cmocka_run_group_tests_name("store sqlstate", tests, NULL, NULL);
}
