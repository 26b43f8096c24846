#include "probe.h"

#include "runtime/clock.h"
#include "runtime/loop.h"
#include "store/blocking_query.h"

#include <pthread.h>
#include <unistd.h>

static struct session *session;
static struct fault fault;

#define MUST(condition)                                                                                                \
    do {                                                                                                               \
        if (!(condition)) {                                                                                            \
            fail_msg("%s: %s", #condition, fault.text);                                                                \
        }                                                                                                              \
    } while (0)

static int open_session(void **state)
{
    (void)state;
    memset(&fault, 0, sizeof fault);
    const struct session_options options = {.conninfo = probe_setting("PREAU_TEST_CONNINFO"), .program = "session"};
    return session_open(&options, &session, &fault) ? 0 : -1;
}

static int close_session(void **state)
{
    (void)state;
    session_close(&session);
    return 0;
}

static bool count_once(void)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, 0);
    bool done = session_run(session, QUERY_PROBE_COUNT, &parameters, NULL, &fault);
    parameters_clear(&parameters);
    return done;
}

static long counted(void)
{
    return probe_admin_number("select count from probe.counter");
}

static void fill_echo(struct parameters *p, struct instant now, const struct date *date)
{
    static const char *const texts[] = {"a\"b\\c,{}", NULL, ""};
    static const void *const items[] = {"\0\xff", NULL};
    static const size_t sizes[] = {2, 0};
    parameters_init(p);
    parameters_text(p, "Zoé d'Aÿ\\\"\n");
    parameters_int64(p, INT64_MIN);
    parameters_bool(p, true);
    parameters_bytes(p, "\0\x7f\x80\xff", 4);
    parameters_instant(p, now);
    parameters_date(p, date);
    parameters_duration(p, MINUTES(90));
    parameters_int64_array(p, (const int64_t[]){1, -2}, 2);
    parameters_text_array(p, texts, 3);
    parameters_bytes_array(p, items, sizes, 2);
    parameters_instant_array(p, (const struct instant[]){now, INSTANT_NEVER}, 2);
    parameters_bool_array(p, (const bool[]){true, false}, 2);
}

static void every_kind_of_value_comes_back_as_it_was_given(void **state)
{
    (void)state;
    struct instant now = {1788251400123456};
    struct date date = {2016, 2, 29};
    struct parameters p;
    struct rows *rows = NULL;
    unsigned char bytes[8];
    fill_echo(&p, now, &date);
    MUST(session_run(session, QUERY_PROBE_ECHO, &p, &rows, &fault));
    parameters_clear(&p);
    assert_int_equal(rows_count(rows), 1);
    assert_string_equal(row_text(rows, 0, "a"), "Zoé d'Aÿ\\\"\n");
    assert_true(row_int64(rows, 0, "b") == INT64_MIN);
    assert_true(row_bool(rows, 0, "c"));
    assert_int_equal(row_bytes(rows, 0, "d", bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "\0\x7f\x80\xff", 4);
    assert_true(row_instant(rows, 0, "e").us == now.us);
    assert_true(date_is_same(row_date(rows, 0, "f"), date));
    assert_int_equal(row_int64(rows, 0, "g"), 5400);
    assert_int_equal(row_int64(rows, 0, "h"), -2);
    assert_string_equal(row_text(rows, 0, "i1"), "a\"b\\c,{}");
    assert_true(row_is_null(rows, 0, "i2"));
    assert_false(row_is_null(rows, 0, "i3"));
    assert_int_equal(row_bytes(rows, 0, "j1", bytes, sizeof bytes), 2);
    assert_true(row_is_null(rows, 0, "j2"));
    assert_true(row_instant(rows, 0, "k1").us == now.us);
    assert_false(instant_is_set(row_instant(rows, 0, "k2")));
    assert_false(row_bool(rows, 0, "l"));
    assert_int_equal(row_int64(rows, 0, "members"), 3);
    rows_free(&rows);
}

static void nothing_and_empty_arrays_are_told_apart(void **state)
{
    (void)state;
    struct parameters p;
    struct rows *rows = NULL;
    parameters_init(&p);
    for (int i = 0; i < 8; i++) {
        parameters_null(&p);
    }
    parameters_text_array(&p, NULL, 0);
    for (int i = 9; i < 12; i++) {
        parameters_null(&p);
    }
    MUST(session_run(session, QUERY_PROBE_ECHO, &p, &rows, &fault));
    parameters_clear(&p);
    assert_true(row_is_null(rows, 0, "a"));
    assert_int_equal(row_int64(rows, 0, "members"), 0);
    assert_false(date_is_valid(row_date(rows, 0, "f")));
    assert_false(instant_is_set(row_instant(rows, 0, "e")));
    rows_free(&rows);
}

static void a_transaction_is_kept_or_undone_whole(void **state)
{
    (void)state;
    long before = counted();
    MUST(session_begin(session, &fault) && count_once() && count_once());
    session_rollback(session);
    assert_int_equal(counted(), before);
    MUST(session_begin(session, &fault) && count_once() && count_once() && session_commit(session, &fault));
    assert_int_equal(counted(), before + 2);
}

static void a_commit_after_a_failure_is_a_fault(void **state)
{
    (void)state;
    long before = counted();
    MUST(session_begin(session, &fault) && count_once());
    assert_false(session_run(session, QUERY_PROBE_STALE, NULL, NULL, &fault));
    assert_true(fault_is_stale(&fault));
    assert_false(session_commit(session, &fault));
    assert_int_equal(fault.code, FAULT_DATABASE);
    assert_false(fault.outcome_unknown);
    assert_int_equal(counted(), before);
}

static void a_connection_lost_before_the_commit_leaves_it_unknown(void **state)
{
    (void)state;
    MUST(session_begin(session, &fault) && count_once());
    probe_admin_do("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'session'");
    assert_false(session_commit(session, &fault));
    assert_int_equal(fault.code, FAULT_UNAVAILABLE);
    assert_true(fault.outcome_unknown);
}

static void *cancel_soon(void *arg)
{
    usleep(300000);
    session_cancel(arg);
    return NULL;
}

static void another_thread_ends_a_statement(void **state)
{
    (void)state;
    pthread_t thread;
    struct tick start = clock_tick();
    struct parameters p;
    parameters_init(&p);
    parameters_int64(&p, 20);
    assert_int_equal(pthread_create(&thread, NULL, cancel_soon, session), 0);
    assert_false(session_run(session, QUERY_PROBE_COUNT, &p, NULL, &fault));
    parameters_clear(&p);
    pthread_join(thread, NULL);
    assert_int_equal(fault.code, FAULT_TIMEOUT);
    assert_false(fault.outcome_unknown);
    assert_false(duration_longer(clock_since(start), SECONDS(5)));
    MUST(count_once());
}

/* --- COPY --- */

static const char awkward[] = "tab\there\nand \\N \\t\r\b\f\v «é» ";

static void copy_rows_in(int count)
{
    MUST(session_run_plain(session, QUERY_PROBE_MAKE_COPIED, &fault));
    MUST(session_copy_begin(session, QUERY_PROBE_COPY_IN, &fault));
    for (int i = 0; i < count; i++) {
        session_copy_text(session, i % 2 ? NULL : awkward);
        session_copy_int64(session, i);
        session_copy_bytes(session, "\0\\\t\xff", 4);
        session_copy_instant(session, (struct instant){1788251400123456});
        session_copy_date(session, i % 2 ? NULL : &(struct date){2016, 2, 29});
        session_copy_bool(session, i % 2);
        MUST(session_copy_row(session, &fault));
    }
}

static bool check_row(void *arg, int count, char *const *values, struct fault *out_fault)
{
    (void)out_fault;
    int *seen = arg;
    unsigned char bytes[4];
    assert_int_equal(count, 6);
    if (*seen % 2) {
        assert_null(values[0]);
        assert_null(values[4]);
    } else {
        assert_string_equal(values[0], awkward);
        assert_string_equal(values[4], "2016-02-29");
    }
    assert_int_equal(strtol(values[1], NULL, 10), *seen);
    assert_int_equal(copied_bytes(values[2], bytes, sizeof bytes), 4);
    assert_memory_equal(bytes, "\0\\\t\xff", 4);
    assert_string_equal(values[3], "2026-09-01 08:30:00.123456+00");
    assert_string_equal(values[5], *seen % 2 ? "t" : "f");
    ++*seen;
    return true;
}

static void copied_rows_come_back_as_they_went(void **state)
{
    (void)state;
    int64_t taken = 0;
    int seen = 0;
    copy_rows_in(5000); /* more than one buffer */
    MUST(session_copy_end(session, &taken, &fault));
    assert_int_equal(taken, 5000);
    MUST(session_copy_read(session, QUERY_PROBE_COPY_OUT, check_row, &seen, &fault));
    assert_int_equal(seen, 5000);
}

static void a_copy_is_given_up_by_a_rollback(void **state)
{
    (void)state;
    MUST(session_begin(session, &fault));
    copy_rows_in(100);
    session_rollback(session);
    MUST(count_once());
}

static void a_bad_row_is_told_at_the_end(void **state)
{
    (void)state;
    MUST(session_run_plain(session, QUERY_PROBE_MAKE_COPIED, &fault));
    MUST(session_copy_begin(session, QUERY_PROBE_COPY_IN, &fault));
    session_copy_text(session, "alone");
    MUST(session_copy_row(session, &fault));
    assert_false(session_copy_end(session, NULL, &fault));
    assert_string_equal(fault.sqlstate, "22P04");
    MUST(count_once());
}

static bool read_ten(void *arg, int count, char *const *values, struct fault *out_fault)
{
    (void)count;
    (void)values;
    return ++*(int *)arg < 10 || fault_set(out_fault, FAULT_LIMIT, "enough");
}

static void reading_can_stop_in_the_middle(void **state)
{
    (void)state;
    int seen = 0;
    struct tick start = clock_tick();
    assert_false(session_copy_read(session, QUERY_PROBE_COPY_MUCH, read_ten, &seen, &fault));
    assert_int_equal(fault.code, FAULT_LIMIT);
    assert_int_equal(seen, 10);
    assert_false(duration_longer(clock_since(start), SECONDS(5)));
    MUST(count_once());
}

/* --- cursors --- */

static void numbers_open(const char *name, int64_t last)
{
    struct parameters p;
    parameters_init(&p);
    parameters_int64(&p, last);
    MUST(session_cursor_open(session, QUERY_PROBE_NUMBERS, name, &p, &fault));
    parameters_clear(&p);
}

/* The next `count` of a cursor are `first` and those after it, up to `last`. */
static void numbers_follow(const char *name, int count, int64_t first, int64_t last)
{
    struct rows *rows = NULL;
    MUST(session_cursor_fetch(session, name, count, &rows, &fault));
    assert_int_equal(rows_count(rows), last - first + 1);
    for (int i = 0; i < rows_count(rows); i++) {
        unsigned char bytes[8] = {[7] = (unsigned char)(first + i)};
        size_t size;
        const unsigned char *read = row_binary_bytes(rows, i, 0, &size);
        assert_int_equal(size, sizeof bytes);
        assert_memory_equal(read, bytes, sizeof bytes);
    }
    rows_free(&rows);
}

static void cursors_go_on_side_by_side(void **state)
{
    (void)state;
    MUST(session_begin(session, &fault));
    numbers_open("one", 10);
    numbers_open("other", 3);
    numbers_follow("one", 4, 1, 4);
    numbers_follow("other", 2, 1, 2);
    numbers_follow("one", 4, 5, 8);
    numbers_follow("one", 4, 9, 10);
    numbers_follow("one", 4, 11, 10);
    numbers_follow("other", 2, 3, 3);
    session_rollback(session);
}

static void a_cursor_ends_with_its_transaction(void **state)
{
    (void)state;
    struct rows *rows = NULL;
    MUST(session_begin(session, &fault));
    numbers_open("one", 10);
    MUST(session_commit(session, &fault));
    assert_false(session_cursor_fetch(session, "one", 1, &rows, &fault));
    assert_int_equal(fault.code, FAULT_DATABASE);
    assert_null(rows);
}

/* --- the schema --- */

static void a_session_tells_a_database_without_schema(void **state)
{
    (void)state;
    MUST(session_check_schema(session, &fault));
    const struct session_options options = {.conninfo = probe_setting("PREAU_TEST_EMPTY"), .program = "session"};
    struct session *other = NULL;
    MUST(session_open(&options, &other, &fault));
    assert_false(session_check_schema(other, &fault));
    assert_int_equal(fault.code, FAULT_CONFIG);
    assert_string_equal(fault.hint, "Run preauctl migrate.");
    session_close(&other);
}

static void a_server_that_is_not_there_is_a_fault(void **state)
{
    (void)state;
    const struct session_options options = {.conninfo = "host=/nowhere dbname=x", .program = "session"};
    struct session *other = NULL;
    assert_false(session_open(&options, &other, &fault));
    assert_int_equal(fault.code, FAULT_UNAVAILABLE);
    assert_null(other);
}

#define SESSION_TEST(test) cmocka_unit_test_setup_teardown(test, open_session, close_session)

int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        SESSION_TEST(every_kind_of_value_comes_back_as_it_was_given),
        SESSION_TEST(nothing_and_empty_arrays_are_told_apart),
        SESSION_TEST(a_transaction_is_kept_or_undone_whole),
        SESSION_TEST(a_commit_after_a_failure_is_a_fault),
        SESSION_TEST(a_connection_lost_before_the_commit_leaves_it_unknown),
        SESSION_TEST(another_thread_ends_a_statement),
        SESSION_TEST(copied_rows_come_back_as_they_went),
        SESSION_TEST(a_copy_is_given_up_by_a_rollback),
        SESSION_TEST(a_bad_row_is_told_at_the_end),
        SESSION_TEST(reading_can_stop_in_the_middle),
        SESSION_TEST(cursors_go_on_side_by_side),
        SESSION_TEST(a_cursor_ends_with_its_transaction),
        SESSION_TEST(a_session_tells_a_database_without_schema),
        SESSION_TEST(a_server_that_is_not_there_is_a_fault),
    };
    return cmocka_run_group_tests_name("store session", tests, NULL, NULL);
}
