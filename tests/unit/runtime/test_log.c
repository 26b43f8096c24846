/* Log lines against injection, cutting and floods; metrics as Prometheus reads them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/log.h"
#include "runtime/log_line.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct log_line line;

static const struct log_head head = {
    .at = {INT64_C(1788243600123456)}, .level = LOG_INFO, .program = "preau-testd", .event = "tested", .request = "r1"};

static void fields_are_typed_and_words_are_bare(void **state)
{
    (void)state;
    const struct log_field fields[] = {F("n", -3), F("u", 7u), F("yes", (bool)true), F("who", "a-b.c"),
        F("id", ((account_id){42})), F("took", MILLISECONDS(1500)), F("none", (const char *)NULL),
        F("at", ((struct instant){0})), LOG_END};
    log_line_logfmt(&line, &head, fields);
    assert_string_equal(line.text,
        "time=2026-09-01T06:20:00.123Z level=info program=preau-testd event=tested request=r1 n=-3 u=7 yes=true "
        "who=a-b.c id=42 took=1.5 none=null at=1970-01-01T00:00:00.000Z\n");
}

static void no_value_can_start_a_line_of_its_own_or_move_the_cursor(void **state)
{
    (void)state;
    static const char hostile[] = "x\nlevel=error event=forged\r\033[2J\x7f\xc2\x9b"
                                  "31m\xff\"\\ é";
    const struct log_field fields[] = {F("v", hostile), LOG_END};
    log_line_logfmt(&line, &head, fields);
    assert_non_null(
        strstr(line.text, "v=\"x\\nlevel=error event=forged\\u000d\\u001b[2J\\u007f\\u009b31m\\ufffd\\\"\\\\ é\"\n"));
    log_line_text(&line, &head, fields, false);
    assert_ptr_equal(strchr(line.text, '\n'), line.text + line.length - 1);
    assert_null(strchr(line.text, '\033'));
    log_line_message(&line, &head, fields);
    assert_null(strchr(line.text, '\n'));
    assert_ptr_equal(strstr(line.text, "tested request=r1 v="), line.text); /* journalctl --grep looks there alone */
}

static void json_is_one_object_whatever_the_value(void **state)
{
    (void)state;
    struct fault fault;
    (void)fault_set(&fault, FAULT_DATABASE, "connection \"lost\"\n");
    memcpy(fault.sqlstate, "08006", 6);
    const struct log_field fields[] = {F("v", "\x01\xff\"\\\n"), F("nan", 0.0 / 1.0), F("f", &fault), LOG_END};
    log_line_json(&line, &head, fields);
    json_t *object = json_loadb(line.text, line.length, 0, NULL);
    assert_non_null(object);
    assert_string_equal(json_string_value(json_object_get(object, "event")), "tested");
    assert_string_equal(json_string_value(json_object_get(object, "v")), "\x01\xef\xbf\xbd\"\\\n");
    assert_string_equal(json_string_value(json_object_get(object, "fault")), "database");
    assert_string_equal(json_string_value(json_object_get(object, "sqlstate")), "08006");
    assert_null(json_object_get(object, "hint"));
    json_decref(object);
}

static void a_line_that_is_too_long_is_cut_and_still_whole_in_form(void **state)
{
    (void)state;
    char longest[3 * LOG_LINE_SIZE];
    memset(longest, 'a', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    const struct log_field fields[] = {F("first", 1), F("v", longest), F("last", 2), LOG_END};
    log_line_json(&line, &head, fields);
    json_t *object = json_loadb(line.text, line.length, 0, NULL);
    assert_non_null(object);
    assert_int_equal(json_integer_value(json_object_get(object, "cut")), 1);
    assert_int_equal(json_integer_value(json_object_get(object, "first")), 1);
    json_decref(object);
    log_line_logfmt(&line, &head, fields);
    assert_string_equal(line.text + line.length - 5, " ...\n");
    memset(longest, '\n', sizeof longest - 1);
    log_line_logfmt(&line, &head, fields);
    assert_true(line.length < LOG_LINE_SIZE);
    assert_ptr_equal(strchr(line.text, '\n'), line.text + line.length - 1);
}

/* What `speak` writes on stderr. */
static void heard(void speak(void), char *out_text, size_t size)
{
    char path[] = "/tmp/preau-log-XXXXXX";
    int file = mkstemp(path);
    int old = dup(STDERR_FILENO);
    assert_true(file >= 0 && old >= 0);
    (void)fflush(stderr);
    assert_true(dup2(file, STDERR_FILENO) >= 0);
    speak();
    assert_true(dup2(old, STDERR_FILENO) >= 0);
    ssize_t length = pread(file, out_text, size - 1, 0);
    assert_true(length >= 0);
    out_text[length] = '\0';
    (void)close(file);
    (void)close(old);
    (void)unlink(path);
}

static size_t lines_of(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')) != NULL; text++)
        lines++;
    return lines;
}

static void speak_levels(void)
{
    log_event(LOG_DEBUG, "quiet");
    log_event(LOG_INFO, "plain");
    log_level_set(LOG_DEBUG);
    log_event(LOG_DEBUG, "loud", F("n", 1));
    log_level_set(LOG_INFO);
}

static void the_level_holds_and_is_changed_while_running(void **state)
{
    (void)state;
    char text[2048];
    log_open("preau-testd", LOG_FORMAT_LOGFMT, LOG_INFO);
    heard(speak_levels, text, sizeof text);
    assert_null(strstr(text, "quiet"));
    assert_non_null(strstr(text, "level=info program=preau-testd event=plain\n"));
    assert_non_null(strstr(text, "level=debug program=preau-testd event=loud n=1\n"));
}

static void speak_flood(void)
{
    for (int i = 0; i < 1000; i++)
        log_event(LOG_ERR, "flood", F("i", i));
}

static void a_flood_of_one_event_is_stemmed(void **state)
{
    (void)state;
    static char text[128 * 1024];
    heard(speak_flood, text, sizeof text);
    /* the window of ten seconds may end in the middle */
    assert_in_range(lines_of(text), 20, 41);
}

static void speak_scoped(void)
{
    _cleanup_(log_scope_leave) struct log_scope outer = log_scope_enter("outer-1");
    {
        _cleanup_(log_scope_leave) struct log_scope inner = log_scope_enter("inner-2");
        log_event(LOG_INFO, "within");
    }
    log_event(LOG_INFO, "after");
}

static void a_line_carries_the_request_in_scope(void **state)
{
    (void)state;
    char text[1024];
    heard(speak_scoped, text, sizeof text);
    assert_non_null(strstr(text, "event=within request=inner-2\n"));
    assert_non_null(strstr(text, "event=after request=outer-1\n"));
    assert_string_equal(log_request(), "");
}

static void words_of_the_configuration_are_understood(void **state)
{
    (void)state;
    int level;
    enum log_format format;
    assert_true(log_level_parse("warning", &level));
    assert_int_equal(level, LOG_WARNING);
    assert_false(log_level_parse("chatty", &level));
    assert_true(log_format_parse("json", &format));
    assert_int_equal(format, LOG_FORMAT_JSON);
    assert_false(log_format_parse("xml", &format));
}

/* --- metrics --- */

static void *count_many(void *arg)
{
    for (int i = 0; i < 10000; i++)
        metric_count(METRIC_HTTP_REQUESTS, "2xx");
    return arg;
}

static void threads_lose_no_count(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, count_many, NULL), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal((int)metric_value(METRIC_HTTP_REQUESTS, (const char *const[]){"2xx", NULL}), 40000);
}

static void an_unknown_label_counts_as_other(void **state)
{
    (void)state;
    metric_count(METRIC_HTTP_REFUSED, "no such reason");
    assert_int_equal((int)metric_value(METRIC_HTTP_REFUSED, (const char *const[]){"other", NULL}), 1);
}

static void prometheus_text_has_head_and_cumulated_buckets(void **state)
{
    (void)state;
    metric_label_add(METRIC_WORKER_SECONDS, 1, "mail");
    metric_observe(METRIC_WORKER_SECONDS, MILLISECONDS(3), "mail");
    metric_observe(METRIC_WORKER_SECONDS, SECONDS(100), "mail");
    metric_observe(METRIC_STATISTICS_SECONDS, SECONDS(100));
    metric_label_add(METRIC_WORKER_JOBS, 1, "mail");
    metric_add(METRIC_WORKER_JOBS, 5, "mail", "done");
    metric_set(METRIC_HTTP_CONNECTIONS, 3);
    size_t length;
    _cleanup_(memory_free) char *text = metric_print(&length);
    static const char *const wanted[] = {
        "# TYPE preau_worker_job_seconds histogram\n",
        "preau_worker_job_seconds_bucket{pool=\"mail\",le=\"0.0025\"} 0\n",
        "preau_worker_job_seconds_bucket{pool=\"mail\",le=\"0.005\"} 1\n",
        "preau_worker_job_seconds_bucket{pool=\"mail\",le=\"+Inf\"} 2\n",
        "preau_worker_job_seconds_sum{pool=\"mail\"} 100.003\n",
        "preau_worker_job_seconds_count{pool=\"mail\"} 2\n",
        "preau_worker_jobs_total{pool=\"mail\",outcome=\"done\"} 5\n",
        "# TYPE preau_statistics_run_seconds histogram\n",
        "preau_statistics_run_seconds_bucket{le=\"60\"} 0\n",
        "preau_statistics_run_seconds_bucket{le=\"120\"} 1\n",
        "preau_statistics_run_seconds_bucket{le=\"14400\"} 1\n",
        "# HELP preau_http_connections Open HTTP connections.\n",
        "preau_http_connections 3\n",
        "preau_loop_stalls_total 0\n",
    };
    for (size_t i = 0; i < ARRAY_LENGTH(wanted); i++)
        if (strstr(text, wanted[i]) == NULL)
            fail_msg("missing: %s", wanted[i]);
    assert_int_equal(strlen(text), length);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_typed_and_words_are_bare),
        cmocka_unit_test(no_value_can_start_a_line_of_its_own_or_move_the_cursor),
        cmocka_unit_test(json_is_one_object_whatever_the_value),
        cmocka_unit_test(a_line_that_is_too_long_is_cut_and_still_whole_in_form),
        cmocka_unit_test(the_level_holds_and_is_changed_while_running),
        cmocka_unit_test(a_flood_of_one_event_is_stemmed),
        cmocka_unit_test(a_line_carries_the_request_in_scope),
        cmocka_unit_test(words_of_the_configuration_are_understood),
        cmocka_unit_test(threads_lose_no_count),
        cmocka_unit_test(an_unknown_label_counts_as_other),
        cmocka_unit_test(prometheus_text_has_head_and_cumulated_buckets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
