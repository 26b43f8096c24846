/* What comes back: reports as servers write them (the fuzzer's corpus), what they mean, and the address that they come to. */
#include "unit.h"

#include "notify/mail_message.h"
#include "notify/mail_return.h"
#include "notify/return_address.h"
#include "runtime/memory.h"

#include <stdio.h>
#include <string.h>

static const char token[] = "0a0000000004d20100015d41402abc4b2a76b971";

static struct mail_return read_sample(const char *name)
{
    enum { SAMPLE_MAX = 100000 };
    char path[4096];
    struct mail_return said;
    snprintf(path, sizeof path, "%s/%s", SAMPLES, name);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    char *bytes = checked_malloc(SAMPLE_MAX);
    size_t length = fread(bytes, 1, SAMPLE_MAX, file);
    fclose(file);
    mail_return_read(bytes, length, "retours", &said);
    memory_free(&bytes);
    return said;
}

struct sample {
    const char *name;
    enum mail_return_kind kind;
    enum delivery_reason reason; /* of FAILED */
    const char *status;
};

static const struct sample samples[] = {
    {"postfix-failed",             MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.1.1" },
    {"crlf-failed",                MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.1.1" },
    {"postfix-full",               MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_FULL,      "5.2.2" },
    {"postfix-expired",            MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNREACHED, "4.4.1" },
    {"refused-by-policy",          MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_REFUSED,   "5.7.1" },
    {"no-such-domain",             MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.4.4" },
    {"null-mx",                    MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.1.0" },
    {"exim-failed",                MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.0.0" },
    {"exchange-failed",            MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.1.10"},
    {"global-base64",              MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.1.1" },
    {"token-in-capitals",          MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.1.1" },
    {"two-mailboxes-none-arrived", MAIL_RETURN_FAILED,    DELIVERY_REASON_RETURNED_UNKNOWN,   "5.2.1" },
    {"two-mailboxes-one-arrived",  MAIL_RETURN_DELIVERED, DELIVERY_REASON_NONE,               ""      },
    {"many-groups",                MAIL_RETURN_DELIVERED, DELIVERY_REASON_NONE,               ""      },
    {"postfix-relayed",            MAIL_RETURN_DELIVERED, DELIVERY_REASON_NONE,               ""      },
    {"postfix-delayed",            MAIL_RETURN_DELAYED,   DELIVERY_REASON_NONE,               ""      },
    {"out-of-office",              MAIL_RETURN_AUTOMATIC, DELIVERY_REASON_NONE,               ""      },
    {"out-of-office-old",          MAIL_RETURN_AUTOMATIC, DELIVERY_REASON_NONE,               ""      },
    {"read-receipt",               MAIL_RETURN_AUTOMATIC, DELIVERY_REASON_NONE,               ""      },
    {"a-person",                   MAIL_RETURN_OTHER,     DELIVERY_REASON_NONE,               ""      },
    {"report-in-a-mixed",          MAIL_RETURN_OTHER,     DELIVERY_REASON_NONE,               ""      },
    {"report-in-its-original",     MAIL_RETURN_OTHER,     DELIVERY_REASON_NONE,               ""      },
    {"nested",                     MAIL_RETURN_OTHER,     DELIVERY_REASON_NONE,               ""      },
};

static void each_report_is_understood(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct mail_return said = read_sample(samples[i].name);
        bool is_right = said.kind == samples[i].kind && said.token_count >= 1;
        if (is_right && said.kind == MAIL_RETURN_FAILED) {
            is_right = said.reason == samples[i].reason && strcmp(said.status, samples[i].status) == 0;
        }
        if (!is_right) {
            fail_msg("%s: kind %d, reason %s, status \"%s\", %zu tokens", samples[i].name, said.kind,
                delivery_reason_code(said.reason), said.status, said.token_count);
        }
    }
}

static void the_token_of_its_address_is_found(void **state)
{
    (void)state;
    assert_string_equal(read_sample("postfix-failed").tokens[0], token);
    assert_string_equal(read_sample("exchange-failed").tokens[0], token);
    assert_string_equal(read_sample("token-in-capitals").tokens[0], "0A0000000004D20100015D41402ABC4B2A76B971");
    assert_int_equal(read_sample("without-token").token_count, 0);
    assert_int_equal(read_sample("token-cut").token_count, 0);
    assert_int_equal(read_sample("many-tokens").token_count, MAIL_RETURN_TOKENS_MAX);
}

static void what_is_no_mail_is_unreadable_or_nothing(void **state)
{
    (void)state;
    struct mail_return said;
    mail_return_read("", 0, "retours", &said);
    assert_true(said.kind == MAIL_RETURN_UNREADABLE || said.kind == MAIL_RETURN_OTHER);
    assert_int_equal(said.token_count, 0);
    assert_true(read_sample("binary").kind <= MAIL_RETURN_OTHER);
}

static void a_status_is_preferred_where_it_says_something(void **state)
{
    (void)state;
    static const struct {
        const char *status, *diagnostic, *taken;
        enum delivery_reason reason;
    } cases[] = {
        {"5.1.1",            "",                                 "5.1.1", DELIVERY_REASON_RETURNED_UNKNOWN  },
        {"5.2.1 (disabled)", "",                                 "5.2.1", DELIVERY_REASON_RETURNED_UNKNOWN  },
        {" 5.2.2",           "smtp; 550 5.1.1 no",               "5.2.2", DELIVERY_REASON_RETURNED_FULL     },
        {"5.0.0",            "smtp; 550-5.2.2 over quota",       "5.2.2", DELIVERY_REASON_RETURNED_FULL     },
        {"5.0.0",            "smtp; 552 quota exceeded",         "5.0.0", DELIVERY_REASON_RETURNED_FULL     },
        {"5.0.0",            "smtp; 554 refused from 192.5.1.1", "5.0.0", DELIVERY_REASON_RETURNED_REFUSED  },
        {"",                 "smtp; 550 unknown",                "",      DELIVERY_REASON_RETURNED_UNKNOWN  },
        {"",                 "",                                 "",      DELIVERY_REASON_RETURNED_REFUSED  },
        {"5.1.8",            "sender address rejected",          "5.1.8", DELIVERY_REASON_RETURNED_REFUSED  },
        {"4.4.7",            "",                                 "4.4.7", DELIVERY_REASON_RETURNED_UNREACHED},
        {"2.0.0",            "",                                 "",      DELIVERY_REASON_RETURNED_REFUSED  },
        {"5.1234.1",         "",                                 "",      DELIVERY_REASON_RETURNED_REFUSED  },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char taken[MAIL_RETURN_STATUS_SIZE];
        enum delivery_reason reason = mail_return_reason(cases[i].status, cases[i].diagnostic, taken);
        if (reason != cases[i].reason || strcmp(taken, cases[i].taken) != 0) {
            fail_msg("%s, %s: %s, \"%s\"", cases[i].status, cases[i].diagnostic, delivery_reason_code(reason), taken);
        }
    }
}

static void an_address_of_returns_leaves_room_for_what_is_put_to_it(void **state)
{
    (void)state;
    struct return_address address;
    struct fault fault;
    assert_true(return_address_read("", &address, &fault));
    assert_string_equal(address.local, "");
    assert_true(return_address_read("Retours@Preau.Example", &address, &fault));
    assert_string_equal(address.local, "Retours");
    assert_string_equal(address.domain, "preau.example");
    assert_true(return_address_read("abcdefghijklmnopqrstuvw@a.fr", &address, &fault)); /* 23, +, 40: 64 */
    static const char *const wrong[] = {
        "retours", "retours@", "retours+x@preau.example", "abcdefghijklmnopqrstuvwx@a.fr", "a@b@c.fr", "<a@b.fr>"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(return_address_read(wrong[i], &address, &fault));
        assert_int_equal(fault.code, FAULT_CONFIG);
    }
}

static int begin(void **state)
{
    (void)state;
    mail_message_begin();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_report_is_understood),
        cmocka_unit_test(the_token_of_its_address_is_found),
        cmocka_unit_test(what_is_no_mail_is_unreadable_or_nothing),
        cmocka_unit_test(a_status_is_preferred_where_it_says_something),
        cmocka_unit_test(an_address_of_returns_leaves_room_for_what_is_put_to_it),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
