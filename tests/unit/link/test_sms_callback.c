#include "../crypto/ring.h"
#include "link/sms_callback.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const nothing[] = {NULL};
static const char *const accepted[] = {"sent", "accepted", NULL};
static const char *const delivered[] = {"DELIVRD", "0", NULL};
static const char *const undelivered[] = {"expired", NULL};
static const char *const waiting[] = {"queued", NULL};

static const struct sms_callback callback = {
    .id = "",
    .status = "status",
    .words = {accepted, delivered, nothing, undelivered},
    .waiting = waiting,
};

static void each_word_means_one_thing(void **state)
{
    (void)state;
    static const char *const again[] = {"queued", "sent", NULL};
    assert_null(sms_callback_word_twice(&callback));
    struct sms_callback other = callback;
    other.words[REGISTRATION_REFUSED] = again;
    assert_string_equal(sms_callback_word_twice(&other), "sent");
    other = callback;
    other.waiting = accepted;
    assert_string_equal(sms_callback_word_twice(&other), "sent");
}

static void a_member_is_found_by_its_way(void **state)
{
    (void)state;
    static const struct {
        const char *way, *value; /* NULL: there is none */
    } cases[] = {
        {"status",                "ok"     },
        {"code",                  "-7"     },
        {"results.0.status.name", "DELIVRD"},
        {"results.1.status.name", NULL     },
        {"results.x",             NULL     },
        {"results. 0",            NULL     },
        {"results.-1",            NULL     },
        {"results.",              NULL     },
        {"results",               NULL     },
        {"status.x",              NULL     },
        {"status.",               NULL     },
        {"",                      "no name"},
        {".",                     NULL     },
        {"float",                 NULL     },
        {"null",                  NULL     },
        {"true",                  NULL     },
        {"nul",                   NULL     },
        {"long",                  NULL     },
    };
    char text[600], value[SMS_CALLBACK_VALUE_SIZE], way[300];
    snprintf(text, sizeof text,
        "{\"status\": \"ok\", \"code\": -7, \"results\": [{\"status\": {\"name\": \"DELIVRD\"}}], \"float\": 1.5, "
        "\"null\": null, "
        "\"true\": true, \"\": \"no name\", \"nul\": \"a\\u0000b\", \"long\": \"%0200d\"}",
        7);
    json_t *document = json_loads(text, JSON_ALLOW_NUL, NULL);
    assert_non_null(document);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(sms_callback_member(document, cases[i].way, value), cases[i].value != NULL);
        if (cases[i].value) {
            assert_string_equal(value, cases[i].value);
        }
    }
    memset(way, 'a', sizeof way - 1);
    way[sizeof way - 1] = '\0';
    assert_false(sms_callback_member(document, way, value));
    json_decref(document);
}

static void an_array_is_as_many_reports_as_it_has_elements(void **state)
{
    (void)state;
    static const struct {
        const char *json;
        size_t count; /* 0: none is read of it */
        const char *statuses[4];
    } cases[] = {
        {"{\"status\": \"sent\"}",                                      1, {"sent"}                   },
        {"[{\"status\": \"sent\"}]",                                    1, {"sent"}                   },
        {"[{\"status\": \"sent\"}, {\"status\": 0}]",                   2, {"sent", "0"}              },
        {"[{\"status\": \"sent\"}, 17, {}, {\"status\": \"expired\"}]", 4, {"sent", "", "", "expired"}},
        {"[[{\"status\": \"sent\"}], null]",                            2, {"", ""}                   },
        {"[]",                                                          0, {""}                       },
        {"",                                                            0, {""}                       },
        {"null",                                                        0, {""}                       },
        {"\"status\"",                                                  0, {""}                       },
        {"[{\"status\": \"sent\"}",                                     0, {""}                       },
        {"[{\"status\": \"sent\"}]]",                                   0, {""}                       },
        {"[{\"status\": 1}, {\"status\": 1, \"status\": 2}]",           0, {""}                       },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        json_t *document = sms_callback_document(cases[i].json, strlen(cases[i].json));
        assert_int_equal(document != NULL, cases[i].count > 0);
        assert_int_equal(sms_callback_count(document), document ? cases[i].count : 1);
        for (size_t j = 0; j < cases[i].count; j++) {
            char value[SMS_CALLBACK_VALUE_SIZE] = "";
            bool is_there = sms_callback_member(sms_callback_at(document, j), "status", value);
            assert_int_equal(is_there, cases[i].statuses[j][0] != '\0');
            assert_string_equal(value, cases[i].statuses[j]);
        }
        assert_true(document || !sms_callback_at(document, 0));
        json_decref(document);
    }
}

static void words_are_what_the_configuration_says(void **state)
{
    (void)state;
    static const struct {
        const char *status;
        enum sms_report_kind kind;
        enum registration_delivery delivery;
    } cases[] = {
        {"sent",    SMS_REPORT_NEWS,      REGISTRATION_ACCEPTED   },
        {"DELIVRD", SMS_REPORT_NEWS,      REGISTRATION_DELIVERED  },
        {"0",       SMS_REPORT_NEWS,      REGISTRATION_DELIVERED  },
        {"expired", SMS_REPORT_NEWS,      REGISTRATION_UNDELIVERED},
        {"queued",  SMS_REPORT_NO_NEWS,   0                       },
        {"delivrd", SMS_REPORT_MALFORMED, 0                       },
        {"",        SMS_REPORT_MALFORMED, 0                       },
        {NULL,      SMS_REPORT_MALFORMED, 0                       },
    };
    struct key_ring *keys = ring_of_keys(), *others = ring_of_keys();
    char token[TOKEN_LINK_SIZE];
    sms_report_token(keys, INT64_C(1) << 40, 3, token);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sms_report report = {0};
        assert_int_equal(sms_callback_read(keys, &callback, token, cases[i].status, &report), cases[i].kind);
        assert_true(report.registration == INT64_C(1) << 40 && report.attempt == 3);
        if (cases[i].kind == SMS_REPORT_NEWS) {
            assert_int_equal(report.delivery, cases[i].delivery);
        }
        assert_int_equal(sms_callback_read(others, &callback, token, cases[i].status, &report), SMS_REPORT_FORGED);
        assert_int_equal(sms_callback_read(keys, &callback, "", cases[i].status, &report), SMS_REPORT_FORGED);
        assert_int_equal(sms_callback_read(keys, &callback, "preau-7-1", cases[i].status, &report), SMS_REPORT_FORGED);
    }
    key_ring_free(&keys);
    key_ring_free(&others);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_word_means_one_thing),
        cmocka_unit_test(a_member_is_found_by_its_way),
        cmocka_unit_test(an_array_is_as_many_reports_as_it_has_elements),
        cmocka_unit_test(words_are_what_the_configuration_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
