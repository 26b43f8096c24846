/* What the end of a conversation means for the mail, and when it is tried again. */
#include "unit.h"

#include "notify/retry.h"
#include "notify/smtp.h"

#include <curl/curl.h>

struct judged {
    CURLcode code;
    int reply;
    const char *enhanced;
    enum smtp_stage stage;
    enum smtp_end end;
    enum delivery_reason reason;
    bool is_server_well;
};

static const struct judged ends[] = {
    {CURLE_OK,                   250, "",      SMTP_CONTENT,    SMTP_SENT,      DELIVERY_REASON_NONE,               true },
    {CURLE_SEND_ERROR,           550, "",      SMTP_RECIPIENT,  SMTP_NEVER,     DELIVERY_REASON_ADDRESS_REFUSED,    true },
    {CURLE_SEND_ERROR,           451, "",      SMTP_RECIPIENT,  SMTP_TRY_AGAIN, DELIVERY_REASON_REFUSED_FOR_NOW,    true },
    {CURLE_WEIRD_SERVER_REPLY,   554, "",      SMTP_CONTENT,    SMTP_NEVER,     DELIVERY_REASON_MESSAGE_REFUSED,    true },
    {CURLE_SEND_ERROR,           553, "",      SMTP_ADDRESSING, SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_SEND_ERROR,           530, "",      SMTP_ADDRESSING, SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_SEND_ERROR,           530, "",      SMTP_RECIPIENT,  SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_SEND_ERROR,           538, "",      SMTP_RECIPIENT,  SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_SEND_ERROR,           554, "5.7.1", SMTP_RECIPIENT,  SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_WEIRD_SERVER_REPLY,   535, "",      SMTP_CONTENT,    SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_WEIRD_SERVER_REPLY,   550, "5.7.0", SMTP_CONTENT,    SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_SEND_ERROR,           550, "5.1.1", SMTP_RECIPIENT,  SMTP_NEVER,     DELIVERY_REASON_ADDRESS_REFUSED,    true },
    {CURLE_WEIRD_SERVER_REPLY,   554, "",      SMTP_CONNECTING, SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_REFUSED,     false},
    {CURLE_WEIRD_SERVER_REPLY,   421, "",      SMTP_CONNECTING, SMTP_TRY_AGAIN, DELIVERY_REASON_REFUSED_FOR_NOW,    false},
    {CURLE_COULDNT_CONNECT,      0,   "",      SMTP_CONNECTING, SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_UNREACHABLE, false},
    {CURLE_COULDNT_RESOLVE_HOST, 0,   "",      SMTP_CONNECTING, SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_UNREACHABLE, false},
    {CURLE_OPERATION_TIMEDOUT,   354, "",      SMTP_CONTENT,    SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_SILENT,      false},
    {CURLE_RECV_ERROR,           354, "",      SMTP_CONTENT,    SMTP_TRY_AGAIN, DELIVERY_REASON_SERVER_SILENT,      false},
    {CURLE_LOGIN_DENIED,         535, "",      SMTP_SIGNING_IN, SMTP_TRY_AGAIN, DELIVERY_REASON_SIGN_IN_REFUSED,    false},
    {CURLE_USE_SSL_FAILED,       250, "",      SMTP_CONNECTING, SMTP_TRY_AGAIN, DELIVERY_REASON_TLS_FAILED,         false},
};

static void each_end_has_its_meaning(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        struct smtp_outcome outcome = smtp_judge((int)ends[i].code, ends[i].reply, ends[i].enhanced, ends[i].stage);
        assert_int_equal(outcome.end, ends[i].end);
        assert_int_equal(outcome.reason, ends[i].reason);
        assert_int_equal(outcome.is_server_well, ends[i].is_server_well);
    }
}

static const struct retry_bounds bounds = {{60000000}, {3600000000}, {172800000000}};

static void pauses_double_up_to_the_longest(void **state)
{
    (void)state;
    const int64_t seconds[] = {60, 120, 240, 480, 960, 1920, 3600, 3600};
    const struct instant now = {1788000000000000};
    for (int64_t attempt = 1; attempt <= 8; attempt++) {
        struct instant due_at;
        assert_true(retry_next(&bounds, attempt, now, now, &due_at));
        assert_int_equal(instant_since(due_at, now).us, seconds[attempt - 1] * 1000000);
    }
    struct instant due_at;
    assert_true(retry_next(&bounds, INT64_MAX, now, now, &due_at));
    assert_int_equal(instant_since(due_at, now).us, bounds.max.us);
}

static void a_mail_too_old_is_given_up(void **state)
{
    (void)state;
    const struct instant created = {1788000000000000};
    struct instant due_at;
    assert_true(retry_next(&bounds, 1, created, instant_add(created, HOURS(47)), &due_at));
    assert_false(retry_next(&bounds, 1, created, instant_add(created, HOURS(48)), &due_at));
    assert_false(retry_next(&bounds, 9, created, instant_add(created, MINUTES(47 * 60 + 30)), &due_at));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_end_has_its_meaning),
        cmocka_unit_test(pauses_double_up_to_the_longest),
        cmocka_unit_test(a_mail_too_old_is_given_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
