/* What a provider's claims say of one thing, and how it says no. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "link/oidc_claim.h"
#include "link/oidc_error.h"
#include "runtime/cleanup.h"

#include <string.h>

enum { SIZE = 12 };
static char value[SIZE];
static struct fault fault;

static bool is_read(const char *text)
{
    _cleanup_(json_free) json_t *claims = json_read_object(text, strlen(text), &fault);
    assert_non_null(claims);
    fault = (struct fault){0};
    return oidc_claim_one(claims, "key", value, sizeof value, &fault);
}

static void one_value_is_read_however_it_is_written(void **state)
{
    (void)state;
    static const char *const right[] = {"{\"key\":\"4711\"}", "{\"key\":4711}", "{\"key\":[\"4711\"]}",
        "{\"key\":[4711,\"4711\",\"\",null,true,{\"key\":\"1\"}]}"};
    for (size_t i = 0; i < ARRAY_LENGTH(right); i++) {
        assert_true(is_read(right[i]));
        assert_string_equal(value, "4711");
    }
}

static void no_value_and_several_are_nobodys(void **state)
{
    (void)state;
    static const char *const wrong[] = {"{}", "{\"key\":\"\"}", "{\"key\":null}", "{\"key\":[]}", "{\"key\":true}",
        "{\"key\":4711.0}", "{\"key\":{\"key\":\"4711\"}}", "{\"key\":[[\"4711\"]]}", "{\"Key\":\"4711\"}",
        "{\"key\":[\"4711\",\"4712\"]}", "{\"key\":[4711,\"04711\"]}"};
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        assert_false(is_read(wrong[i]));
        assert_int_equal(fault.code, FAULT_MISSING);
    }
}

static void one_that_has_no_room_is_not_cut(void **state)
{
    (void)state;
    assert_true(is_read("{\"key\":\"12345678901\"}"));
    assert_false(is_read("{\"key\":\"123456789012\"}"));
    assert_int_equal(fault.code, FAULT_LIMIT);
    assert_false(is_read("{\"key\":[\"4711\",\"123456789012\"]}"));
    assert_int_equal(fault.code, FAULT_LIMIT);
}

static void what_a_provider_says_no_with_is_known(void **state)
{
    (void)state;
    assert_int_equal(oidc_error_read("access_denied"), OIDC_ERROR_CANCELLED);
    assert_int_equal(oidc_error_read("server_error"), OIDC_ERROR_AWAY);
    assert_int_equal(oidc_error_read("invalid_scope"), OIDC_ERROR_OTHER);
    assert_true(oidc_error_is_word("invalid_scope"));
    assert_false(oidc_error_is_word("Invalid scope\n"));
    assert_false(oidc_error_is_word("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_value_is_read_however_it_is_written),
        cmocka_unit_test(no_value_and_several_are_nobodys),
        cmocka_unit_test(one_that_has_no_room_is_not_cut),
        cmocka_unit_test(what_a_provider_says_no_with_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
