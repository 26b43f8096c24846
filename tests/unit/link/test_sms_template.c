// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include "link/sms_template.h"

#include <jansson.h>
#include <string.h>

static const struct sms_fields fields = {
    .number = "+33612345678",
    .text = "Préau : \"123456\"\n\\ & = % + ' <€>\x7F",
    .id = "preau-7-1",
    .sender = "Preau",
    .secret = "a\"b&c=d e",
    .report_url = "https://a.example/sms/x/tok",
    .report_id = "tok",
};

static char *filled(const char *text, enum sms_encoding encoding)
{
    struct fault fault;
    assert_true(sms_template_check(text, encoding, &fault));
    return sms_template_fill(text, encoding, &fields);
}

static void is_filled(const char *text, enum sms_encoding encoding, const char *wanted)
{
    char *found = filled(text, encoding);
    assert_string_equal(found, wanted);
    memory_free(&found);
}

static void a_json_document_stays_what_it_was_around_what_is_put_in(void **state)
{
    (void)state;
    char *body = filled(
        "{\"a\": [\"%n\", {\"b\": \"x%tx\"}], \"c\": 1.5, \"d\": null, \"e\": true, \"%n\": \"%k%%%N\"}", SMS_JSON);
    json_t *json = json_loads(body, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    json_t *list = json_object_get(json, "a");
    assert_string_equal(json_string_value(json_array_get(list, 0)), fields.number);
    const char *text = json_string_value(json_object_get(json_array_get(list, 1), "b"));
    assert_int_equal(strlen(text), strlen(fields.text) + 2);
    assert_memory_equal(text + 1, fields.text, strlen(fields.text));
    assert_true(json_is_null(json_object_get(json, "d")) && json_is_true(json_object_get(json, "e")));
    assert_true(json_real_value(json_object_get(json, "c")) > 1.4);
    assert_string_equal(
        json_string_value(json_object_get(json, "%n")), "a\"b&c=d e%33612345678"); /* a name is no template */
    assert_int_equal(json_object_size(json), 5);
    json_decref(json);
    memory_free(&body);
}

static void what_is_put_in_a_form_or_an_address_is_no_sign_of_it(void **state)
{
    (void)state;
    is_filled("to=%n&to2=%N&k=%k&x=%%20y", SMS_FORM, "to=%2B33612345678&to2=33612345678&k=a%22b%26c%3Dd%20e&x=%20y");
    is_filled(
        "t=%t", SMS_FORM, "t=Pr%C3%A9au%20%3A%20%22123456%22%0A%5C%20%26%20%3D%20%25%20%2B%20%27%20%3C%E2%82%AC%3E%7F");
    is_filled("https://sms.example/%i?from=%s", SMS_FORM, "https://sms.example/preau-7-1?from=Preau");
    is_filled("r=%r&j=%j", SMS_FORM, "r=https%3A%2F%2Fa.example%2Fsms%2Fx%2Ftok&j=tok");
    is_filled("", SMS_FORM, "");
}

static void a_header_has_them_as_they_are(void **state)
{
    (void)state;
    is_filled("Authorization: Bearer %k", SMS_HEADER, "Authorization: Bearer a\"b&c=d e");
    is_filled("X-Share: 100 %%", SMS_HEADER, "X-Share: 100 %");
}

static void what_is_put_in_is_known_before(void **state)
{
    (void)state;
    assert_true(sms_template_has("to=%n&r=%r", 'r'));
    assert_false(sms_template_has("to=%n&r=%%r", 'r'));
    assert_false(sms_template_has("", 'r'));
    assert_false(sms_template_has("r=%", 'r')); /* the body of who is asked by GET is none that was checked */
}

static void what_is_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum sms_encoding encoding;
        const char *words;
    } cases[] = {
        {"{\"a\": \"%z\"}",           SMS_JSON,   "%z"     },
        {"[{\"a\": [\"%\"]}]",        SMS_JSON,   "%"      },
        {"{\"a\": \"%t\"",            SMS_JSON,   "no JSON"},
        {"",                          SMS_JSON,   "no JSON"},
        {"\"%t\" x",                  SMS_JSON,   "no JSON"},
        {"{\"a\": 1, \"a\": \"%t\"}", SMS_JSON,   "no JSON"},
        {"a=%t&b=%",                  SMS_FORM,   "%"      },
        {"a=%20",                     SMS_FORM,   "%2"     },
        {"X: %t",                     SMS_HEADER, "%t"     },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct fault fault;
        assert_false(sms_template_check(cases[i].text, cases[i].encoding, &fault));
        assert_non_null(strstr(fault.text, cases[i].words));
        assert_int_equal(fault.code, FAULT_CONFIG);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_json_document_stays_what_it_was_around_what_is_put_in),
        cmocka_unit_test(what_is_put_in_a_form_or_an_address_is_no_sign_of_it),
        cmocka_unit_test(a_header_has_them_as_they_are),
        cmocka_unit_test(what_is_put_in_is_known_before),
        cmocka_unit_test(what_is_wrong_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
