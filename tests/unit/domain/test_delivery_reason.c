#include "unit.h"

#include "domain/delivery_reason.h"

static void every_reason_can_be_said_to_a_machine_and_to_a_head(void **state)
{
    (void)state;
    for (unsigned i = 1; i < DELIVERY_REASON_COUNT; i++) {
        enum delivery_reason reason = (enum delivery_reason)i;
        enum delivery_reason again = DELIVERY_REASON_NONE;
        const char *code = delivery_reason_code(reason);
        const char *sentence = delivery_reason_sentence(reason);
        assert_int_equal(strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
        assert_true(delivery_reason_from_code(code, &again));
        assert_int_equal(again, reason); /* hence no two have the same code */
        assert_true(strlen(sentence) > 10 && sentence[strlen(sentence) - 1] == '.');
        assert_null(strchr(sentence, '\''));
    }
}

static void an_unknown_code_is_no_reason(void **state)
{
    (void)state;
    enum delivery_reason reason = DELIVERY_REASON_TLS_FAILED;
    assert_false(delivery_reason_from_code("", &reason));
    assert_int_equal(reason, DELIVERY_REASON_TLS_FAILED);
    assert_string_equal(delivery_reason_code(DELIVERY_REASON_NONE), "none");
    assert_string_equal(delivery_reason_sentence(DELIVERY_REASON_NONE), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_reason_can_be_said_to_a_machine_and_to_a_head),
        cmocka_unit_test(an_unknown_code_is_no_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
