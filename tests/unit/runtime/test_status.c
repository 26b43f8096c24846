/* The status endpoint over a real socket: alive, ready, and all that a daemon says of itself. */
#include "client.h"

#include "runtime/cleanup.h"
#include "runtime/status.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

static int open_loop(void **state)
{
    (void)state;
    loop_begin();
    return 0;
}

static int close_loop(void **state)
{
    (void)state;
    loop_end();
    return 0;
}

static const char *ask_status(const struct status *status, const char *path)
{
    char text[200];
    (void)snprintf(text, sizeof text, "GET %s" CLOSE "\r\n", path);
    return ask_at(status_port(status), text, strlen(text));
}

static void alive_is_not_ready(void **state)
{
    (void)state;
    struct fault fault;
    _cleanup_(status_free) struct status *status = status_new("preau-testd");
    assert_true(status_listen(status, loop, "127.0.0.1:0", &fault));
    struct status_check *database = status_check_add(status, "database", true);
    struct status_check *mail = status_check_add(status, "smtp", false);
    assert_status(ask_status(status, "/livez"), "200");
    assert_status(ask_status(status, "/readyz"), "503");
    status_check_set(database, STATUS_OK, "");
    assert_status(ask_status(status, "/readyz"), "503"); /* still starting */
    status_phase_set(status, STATUS_RUNNING);
    status_check_set(mail, STATUS_FAILED, "connection refused");
    assert_status(ask_status(status, "/readyz"), "200");
    status_check_set(database, STATUS_FAILED, "the server went away");
    const char *got = ask_status(status, "/readyz");
    assert_status(got, "503");
    assert_non_null(strstr(got, "database failed: the server went away\n"));
    assert_status(ask_status(status, "/livez"), "200");
    assert_status(ask_status(status, "/nothing"), "404");
}

static void the_status_tells_all_in_json(void **state)
{
    (void)state;
    struct fault fault;
    _cleanup_(status_free) struct status *status = status_new("preau-testd");
    assert_true(status_listen(status, loop, "127.0.0.1:0", &fault));
    status_check_set(status_check_add(status, "database", true), STATUS_DEGRADED, "slow");
    status_number_set(status, "queue", 12);
    status_number_set(status, "queue", 13);
    status_text_set(status, "last_import", "2026-09-01");
    status_schema_set(status, 4);
    status_list_clear(status, "runs");
    status_row_add(status, "runs");
    status_list_clear(status, "runs");
    status_row_add(status, "runs");
    status_row_number(status, "runs", "run", 7);
    status_row_add(status, "runs");
    status_row_text(status, "runs", "phase", "reading");
    json_t *all = json_loads(body_of(ask_status(status, "/status")), 0, NULL);
    assert_non_null(all);
    assert_string_equal(json_string_value(json_object_get(all, "name")), "preau-testd");
    assert_string_equal(json_string_value(json_object_get(all, "state")), "starting");
    assert_int_equal(json_integer_value(json_object_get(all, "schema_version")), 4);
    const json_t *check = json_array_get(json_object_get(all, "checks"), 0);
    assert_string_equal(json_string_value(json_object_get(check, "state")), "degraded");
    assert_string_equal(json_string_value(json_object_get(check, "cause")), "slow");
    assert_int_equal(json_integer_value(json_object_get(json_object_get(all, "numbers"), "queue")), 13);
    const json_t *runs = json_object_get(json_object_get(all, "lists"), "runs");
    assert_int_equal(json_array_size(runs), 2);
    assert_int_equal(json_integer_value(json_object_get(json_array_get(runs, 0), "run")), 7);
    assert_string_equal(json_string_value(json_object_get(json_array_get(runs, 1), "phase")), "reading");
    json_decref(all);
    const char *got = ask_status(status, "/metrics");
    assert_non_null(strstr(got, "Content-Type: text/plain; version=0.0.4"));
    assert_non_null(strstr(got, "# TYPE preau_http_requests_total counter\n"));
}

static void a_cause_that_is_cut_is_still_told(void **state)
{
    (void)state;
    struct fault fault;
    char cause[300] = "";
    _cleanup_(status_free) struct status *status = status_new("preau-testd");
    assert_true(status_listen(status, loop, "127.0.0.1:0", &fault));
    struct status_check *check = status_check_add(status, "mail_copies", false);
    for (size_t odd = 0; odd < 2; odd++) {
        for (size_t i = odd; i + 2 < sizeof cause; i += 2)
            memcpy(cause + i, "é", sizeof "é");
        cause[0] = odd ? 'x' : cause[0];
        status_check_set(check, STATUS_DEGRADED, cause);
        json_t *all = json_loads(body_of(ask_status(status, "/status")), 0, NULL);
        assert_int_equal(json_array_size(json_object_get(all, "checks")), 1);
        json_decref(all);
    }
}

static void an_address_in_use_is_a_fault(void **state)
{
    (void)state;
    char address[32];
    struct fault fault;
    _cleanup_(status_free) struct status *other = status_new("preau-otherd");
    _cleanup_(status_free) struct status *status = status_new("preau-testd");
    assert_true(status_listen(other, loop, "127.0.0.1:0", &fault));
    (void)snprintf(address, sizeof address, "127.0.0.1:%d", status_port(other));
    assert_false(status_listen(status, loop, address, &fault));
    assert_int_equal(fault.os_error, EADDRINUSE);
    assert_false(status_listen(status, loop, "nonsense", &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
}

#define turning(test) cmocka_unit_test_setup_teardown(test, open_loop, close_loop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        turning(alive_is_not_ready),
        turning(the_status_tells_all_in_json),
        turning(a_cause_that_is_cut_is_still_told),
        turning(an_address_in_use_is_a_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
