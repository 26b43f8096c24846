#include "probe.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/metric.h"
#include "store/migrate.h"
#include "store/query.h"
#include "store/store.h"

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWERS = 10000 };

/* What came back of statements that were asked with it. */
struct answers {
    struct loop *loop;
    int awaited, came;
    int64_t numbers[ANSWERS];
    bool has_rows;
    struct fault fault; /* of the last */
};

static struct answers answers;
static struct loop *loop;
static struct store *store;
static struct status *status; /* of the tests that look at it */
static bool is_asking;

static void hang(void *arg)
{
    (void)arg;
    fail_msg("no end within 30 seconds: %d of %d answers", answers.came, answers.awaited);
}

static void run_loop(void)
{
    struct timer *guard = loop_after(loop, SECONDS(30), hang, NULL);
    loop_run(loop);
    timer_cancel(&guard);
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop(loop, 0);
}

static void run_for(struct duration time)
{
    struct timer *timer = loop_after(loop, time, stop, NULL);
    run_loop();
    timer_cancel(&timer);
}

static void wait_connections(unsigned wanted)
{
    for (int i = 0; i < 500 && store_connections(store) < wanted; i++) {
        run_for(MILLISECONDS(20));
    }
    assert_true(store_connections(store) >= wanted);
}

static void wait_ready(void)
{
    wait_connections(1);
}

/* Until the server is at it. */
static void wait_running(void)
{
    long running = 0;
    for (int i = 0; i < 500 && !running; i++) {
        run_for(MILLISECONDS(20));
        running = probe_admin_number("select count(*) from pg_stat_activity "
                                     "where application_name = 'probe' and state = 'active' and query ~ 'pg_sleep'");
    }
    assert_int_equal(running, 1);
}

static void open_with(struct store_options options)
{
    loop = loop_new();
    memset(&answers, 0, sizeof answers);
    options.conninfo = options.conninfo ? options.conninfo : probe_setting("PREAU_TEST_CONNINFO");
    options.user = options.user ? options.user : "";
    options.program = "probe";
    options.pool_size = options.pool_size ? options.pool_size : 1;
    options.queue_limit = options.queue_limit ? options.queue_limit : 2 * ANSWERS;
    options.statement_timeout = options.statement_timeout.us ? options.statement_timeout : SECONDS(20);
    options.connect_timeout = options.connect_timeout.us ? options.connect_timeout : SECONDS(5);
    options.retry_max = MILLISECONDS(400);
    store = store_open(loop, &options);
}

static int close_all(void **state)
{
    (void)state;
    store_close(&store);
    status_free(&status);
    loop_free(&loop);
    return 0;
}

static void came(void *arg, const struct rows *rows, const struct fault *fault)
{
    assert_false(is_asking);
    assert_true((rows == NULL) != (fault == NULL));
    answers.has_rows = rows != NULL;
    if (fault) {
        answers.fault = *fault;
    } else if (arg) {
        answers.numbers[answers.came] = row_int64(rows, 0, arg);
    }
    if (++answers.came == answers.awaited && !store_is_idle(store)) {
        fail_msg("more is on its way than was asked");
    }
    if (answers.came == answers.awaited) {
        loop_stop(loop, 0);
    }
}

/* column: of the number that is kept; may be NULL. */
static void ask(enum query query, struct parameters *parameters, struct duration bound, const char *column)
{
    is_asking = true;
    answers.awaited++;
    void *arg = (void *)(uintptr_t)column;
    if (bound.us) {
        store_run_within(store, query, parameters, bound, came, arg);
    } else {
        store_run(store, query, parameters, came, arg);
    }
    is_asking = false;
    if (parameters) {
        parameters_clear(parameters);
    }
}

static void ask_sleep(const char *seconds, int64_t number, struct duration bound)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, seconds);
    parameters_int64(&parameters, number);
    ask(QUERY_PROBE_SLEEP, &parameters, bound, "number");
}

static void ask_count(const char *seconds, struct duration bound)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, seconds);
    ask(QUERY_PROBE_COUNT, &parameters, bound, "count");
}

/* Gone when this returns, and the loop has not been told. */
static void terminate_those(const char *running)
{
    char sql[300];
    snprintf(sql, sizeof sql,
        "select count(*) filter (where pg_terminate_backend(pid, 10000)) from pg_stat_activity "
        "where application_name = 'probe' and state %s 'active'",
        running);
    assert_int_not_equal(probe_admin_number(sql), 0);
}

static struct duration cpu_time(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return (struct duration){(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * (int64_t)1000000 +
                             usage.ru_utime.tv_usec + usage.ru_stime.tv_usec};
}

/* --- answers --- */

static void a_query_is_answered_after_the_call_that_asked(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    ask(QUERY_PROBE_ONE, NULL, (struct duration){0}, "one");
    assert_int_equal(answers.came, 0);
    run_loop();
    assert_int_equal(answers.numbers[0], 1);
    assert_true(store_is_idle(store));
}

static void ten_thousand_are_answered_once_each_in_order(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    struct duration before = cpu_time();
    for (int i = 0; i < ANSWERS; i++) {
        ask_sleep("0", i, (struct duration){0});
    }
    run_loop();
    for (int i = 0; i < ANSWERS; i++) {
        assert_int_equal(answers.numbers[i], i);
    }
    struct duration cpu = {cpu_time().us - before.us};
    if (duration_longer(cpu, SECONDS(8))) {
        fail_msg("%d statements took %ld ms of CPU", ANSWERS, (long)(cpu.us / 1000));
    }
}

static void waiting_takes_no_cpu(void **state)
{
    (void)state;
    open_with((struct store_options){.pool_size = 4});
    wait_connections(4);
    struct duration before = cpu_time();
    ask_sleep("2", 7, (struct duration){0});
    run_loop();
    struct duration cpu = {cpu_time().us - before.us};
    if (duration_longer(cpu, MILLISECONDS(100))) {
        fail_msg("waiting two seconds took %ld ms of CPU", (long)(cpu.us / 1000));
    }
}

static void statements_run_side_by_side_on_the_pool(void **state)
{
    (void)state;
    open_with((struct store_options){.pool_size = 4});
    wait_connections(4);
    struct tick start = clock_tick();
    for (int i = 0; i < 4; i++) {
        ask_sleep("1", i, (struct duration){0});
    }
    run_loop();
    assert_false(duration_longer(clock_since(start), MILLISECONDS(3500)));
}

static void a_full_queue_says_busy(void **state)
{
    (void)state;
    open_with((struct store_options){.queue_limit = 3});
    for (int i = 0; i < 4; i++) {
        ask_sleep("0", i, (struct duration){0});
    }
    run_loop();
    assert_int_equal(answers.fault.code, FAULT_BUSY);
    assert_true(fault_is_retryable(&answers.fault));
    assert_int_equal(store_waiting(store), 0);
}

static void statements_are_counted_by_name_and_outcome(void **state)
{
    (void)state;
    static const char *const ok[] = {"probe_one", "ok", NULL};
    static const char *const busy[] = {"probe_one", "busy", NULL};
    open_with((struct store_options){.user = "preau_ctl", .queue_limit = 1});
    double before = metric_value(METRIC_STORE_STATEMENTS, ok);
    ask(QUERY_PROBE_ONE, NULL, (struct duration){0}, "one");
    ask(QUERY_PROBE_ONE, NULL, (struct duration){0}, "one");
    run_loop();
    assert_true(metric_value(METRIC_STORE_STATEMENTS, ok) > before);
    assert_true(metric_value(METRIC_STORE_STATEMENTS, busy) > 0);
}

/* --- faults of the statement --- */

static void a_stale_write_and_a_repeated_request_are_told_apart(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    ask(QUERY_PROBE_STALE, NULL, (struct duration){0}, NULL);
    run_loop();
    assert_true(fault_is_stale(&answers.fault));
    assert_int_equal(answers.fault.code, FAULT_BUSY);
    assert_false(fault_is_retryable(&answers.fault));
    for (int i = 0; i < 2; i++) {
        struct parameters parameters;
        parameters_init(&parameters);
        parameters_text(&parameters, "6f1e4b2a-0000-4000-8000-000000000001");
        ask(QUERY_PROBE_ANSWER, &parameters, (struct duration){0}, NULL);
        run_loop();
        assert_int_equal(answers.has_rows, i == 0);
    }
    assert_true(fault_is_repeated(&answers.fault));
}

static void the_server_ends_what_lasts_too_long(void **state)
{
    (void)state;
    open_with((struct store_options){.statement_timeout = MILLISECONDS(500)});
    wait_ready();
    ask_count("20", (struct duration){0});
    run_loop();
    assert_int_equal(answers.fault.code, FAULT_TIMEOUT);
    assert_string_equal(answers.fault.sqlstate, "57014");
    assert_false(answers.fault.outcome_unknown);
}

static void a_statement_past_its_bound_is_cancelled(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    struct tick start = clock_tick();
    ask_count("15", MILLISECONDS(300));
    run_loop();
    assert_false(duration_longer(clock_since(start), SECONDS(2)));
    assert_int_equal(answers.fault.code, FAULT_TIMEOUT);
    assert_true(answers.fault.outcome_unknown);
    long running = 1;
    for (int i = 0; i < 40 && running; i++) {
        run_for(MILLISECONDS(50));
        running = probe_admin_number(
            "select count(*) from pg_stat_activity where application_name = 'probe' and state = 'active'");
    }
    assert_int_equal(running, 0);
    ask(QUERY_PROBE_ONE, NULL, (struct duration){0}, "one");
    run_loop();
    assert_true(answers.has_rows);
}

static void waiting_past_the_bound_ends_with_a_known_outcome(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    ask_sleep("1", 1, (struct duration){0});
    ask_count("0", MILLISECONDS(200));
    for (int i = 0; i < 500 && answers.came < 1; i++) {
        run_for(MILLISECONDS(10));
    }
    assert_int_equal(answers.came, 1);
    assert_int_equal(answers.fault.code, FAULT_TIMEOUT);
    assert_false(answers.fault.outcome_unknown);
    run_loop();
    assert_int_equal(answers.numbers[1], 1);
}

/* --- for whom --- */

static char told_under[LOG_REQUEST_SIZE];

static void came_under(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)snprintf(told_under, sizeof told_under, "%s", log_request());
    came(arg, rows, fault);
}

static bool bears_name(const char *request, const char *name)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, name);
    {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(request);
        answers.awaited++;
        store_run(store, QUERY_PROBE_NAME, &parameters, came_under, (void *)(uintptr_t) "is_so");
    }
    parameters_clear(&parameters);
    run_loop();
    assert_true(answers.has_rows);
    return answers.numbers[answers.came - 1] == 1;
}

static void postgresql_and_who_is_told_know_the_request_that_asked(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    assert_true(bears_name("0123456789abcdef0123456789abcdef", "probe 0123456789abcdef0123456789abcdef"));
    assert_string_equal(told_under, "0123456789abcdef0123456789abcdef");
    assert_string_equal(log_request(), "");
    assert_true(bears_name("other", "probe other"));
    assert_true(bears_name("other", "probe other"));
    assert_true(bears_name("", "probe"));
    assert_string_equal(told_under, "");
}

/* What fails takes the name back; the next one says it again. */
static void a_statement_that_fails_leaves_no_name_behind(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("failing");
        ask(QUERY_PROBE_STALE, NULL, (struct duration){0}, NULL);
        run_loop();
    }
    assert_true(fault_is_stale(&answers.fault));
    assert_true(bears_name("failing", "probe failing"));
    assert_true(bears_name("", "probe"));
}

/* The audit trail's entry is written there: what it cannot hold has not been done. */
static void what_fails_at_the_end_of_its_transaction_has_failed(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    for (int i = 0; i < 2; i++) {
        struct parameters parameters;
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(i == 0 ? "one" : "two");
        parameters_init(&parameters);
        parameters_int64(&parameters, 7);
        ask(QUERY_PROBE_LATE, &parameters, (struct duration){0}, "number");
        run_loop();
        assert_int_equal(answers.has_rows, i == 0);
    }
    assert_string_equal(answers.fault.sqlstate, "23505");
    assert_false(answers.fault.outcome_unknown);
    assert_int_equal(probe_admin_number("select count(*) from probe.late"), 1);
    probe_admin_do("truncate probe.late");
    assert_true(bears_name("", "probe"));
}

/* --- connections that break --- */

static void a_read_that_was_cut_is_asked_again(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    ask_sleep("1", 42, (struct duration){0});
    wait_running();
    terminate_those("=");
    run_loop();
    assert_true(answers.has_rows);
    assert_int_equal(answers.numbers[0], 42);
}

/* What ended one connection may be about to end the others. */
static void what_was_cut_is_asked_again_on_a_connection_made_since(void **state)
{
    (void)state;
    open_with((struct store_options){.pool_size = 2});
    wait_connections(2);
    ask_sleep("1", 42, (struct duration){0});
    wait_running();
    long sister =
        probe_admin_number("select pid from pg_stat_activity where application_name = 'probe' and state = 'idle'");
    terminate_those("=");
    run_loop();
    assert_int_equal(answers.numbers[0], 42);
    char sql[200];
    snprintf(sql, sizeof sql, "select count(*) from pg_stat_activity where pid = %ld and query !~ 'pg_sleep'", sister);
    assert_int_equal(probe_admin_number(sql), 1);
}

static void a_read_that_was_cut_twice_is_given_up(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    ask_sleep("15", 42, (struct duration){0});
    wait_running();
    terminate_those("=");
    wait_running();
    terminate_those("=");
    run_loop();
    assert_false(answers.has_rows);
    assert_int_equal(answers.fault.code, FAULT_UNAVAILABLE);
    assert_false(answers.fault.outcome_unknown);
}

static void a_write_that_was_cut_has_an_unknown_outcome(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    long before = probe_admin_number("select count from probe.counter");
    ask_count("15", (struct duration){0});
    wait_running();
    terminate_those("=");
    run_loop();
    assert_false(answers.has_rows);
    assert_int_equal(answers.fault.code, FAULT_UNAVAILABLE);
    assert_true(answers.fault.outcome_unknown);
    assert_false(fault_is_retryable(&answers.fault));
    assert_int_equal(probe_admin_number("select count from probe.counter"), before);
}

static void an_idle_connection_that_breaks_comes_back(void **state)
{
    (void)state;
    open_with((struct store_options){.pool_size = 2});
    wait_connections(2);
    terminate_those("<>");
    ask(QUERY_PROBE_ONE, NULL, (struct duration){0}, "one");
    run_loop();
    assert_true(answers.has_rows);
}

static void the_pool_outlives_a_restart_of_postgresql(void **state)
{
    (void)state;
    open_with((struct store_options){.pool_size = 3});
    wait_ready();
    for (int i = 0; i < 6; i++) {
        ask_sleep("0.3", i, (struct duration){0});
    }
    run_for(MILLISECONDS(100));
    assert_int_equal(system(probe_setting("PREAU_TEST_RESTART")), 0);
    run_loop();
    assert_int_equal(answers.came, 6);
    assert_true(answers.has_rows);
    assert_int_equal(answers.fault.code, FAULT_NONE);
}

static void a_statement_outlives_a_change_of_its_table(void **state)
{
    (void)state;
    open_with((struct store_options){.pool_size = 2});
    wait_connections(2);
    for (int i = 0; i < 2; i++) { /* each connection gets one, and has its plan then */
        ask(QUERY_PROBE_ALL, NULL, (struct duration){0}, "count");
    }
    run_loop();
    probe_admin_do("alter table probe.counter add column if not exists more text");
    ask(QUERY_PROBE_ALL, NULL, (struct duration){0}, "count");
    run_loop();
    assert_true(answers.has_rows);
    probe_admin_do("alter table probe.counter drop column more");
}

/* --- databases that are not ready --- */

static void a_pool_waits_for_the_schema_and_goes_on_by_itself(void **state)
{
    (void)state;
    status = status_new("probe");
    status_phase_set(status, STATUS_RUNNING);
    open_with((struct store_options){.conninfo = probe_setting("PREAU_TEST_EMPTY"), .status = status});
    ask(QUERY_PROBE_ONE, NULL, (struct duration){0}, "one");
    run_for(MILLISECONDS(500));
    assert_false(store_is_ready(store));
    assert_false(status_is_ready(status));
    assert_int_equal(answers.came, 0);
    struct fault fault;
    int applied = 0;
    const struct migrate_telling telling = {.patience = MIGRATE_PATIENCE};
    if (!migrate_run(probe_setting("PREAU_TEST_EMPTY"), &telling, &applied, &fault)) {
        fail_msg("%s", fault.text);
    }
    run_loop();
    assert_true(store_is_ready(store));
    assert_true(status_is_ready(status));
    assert_int_equal(answers.numbers[0], 1);
}

static void a_server_that_never_answers_is_given_up(void **state)
{
    (void)state;
    char folder[] = "/tmp/preau-mute-XXXXXX";
    assert_non_null(mkdtemp(folder));
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432", folder);
    int mute = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(mute, (const void *)&address, sizeof address), 0);
    assert_int_equal(listen(mute, 50), 0);
    char conninfo[100];
    snprintf(conninfo, sizeof conninfo, "host=%s dbname=x user=x", folder);
    const char *const labels[] = {NULL};
    double before = metric_value(METRIC_STORE_RECONNECTS, labels);
    open_with((struct store_options){.conninfo = conninfo, .connect_timeout = MILLISECONDS(100)});
    ask(QUERY_PROBE_ONE, NULL, MILLISECONDS(900), NULL);
    run_loop();
    assert_int_equal(answers.fault.code, FAULT_TIMEOUT);
    assert_true(metric_value(METRIC_STORE_RECONNECTS, labels) >= before + 2);
    close(mute);
    unlink(address.sun_path);
    rmdir(folder);
}

static void closing_tells_everyone(void **state)
{
    (void)state;
    open_with((struct store_options){0});
    wait_ready();
    ask_sleep("5", 1, (struct duration){0});
    ask_count("0", (struct duration){0});
    run_for(MILLISECONDS(100));
    answers.awaited = 3; /* the loop does not run any more */
    store_close(&store);
    assert_int_equal(answers.came, 2);
    assert_int_equal(answers.fault.code, FAULT_UNAVAILABLE);
    assert_false(answers.fault.outcome_unknown); /* the write had not begun */
}

#define POOL_TEST(test) cmocka_unit_test_teardown(test, close_all)

int main(int argc, char **argv)
{
    if (argc > 1) {
        cmocka_set_test_filter(argv[1]);
    }
    const struct CMUnitTest tests[] = {
        POOL_TEST(a_query_is_answered_after_the_call_that_asked),
        POOL_TEST(ten_thousand_are_answered_once_each_in_order),
        POOL_TEST(waiting_takes_no_cpu),
        POOL_TEST(statements_run_side_by_side_on_the_pool),
        POOL_TEST(a_full_queue_says_busy),
        POOL_TEST(statements_are_counted_by_name_and_outcome),
        POOL_TEST(a_stale_write_and_a_repeated_request_are_told_apart),
        POOL_TEST(the_server_ends_what_lasts_too_long),
        POOL_TEST(a_statement_past_its_bound_is_cancelled),
        POOL_TEST(waiting_past_the_bound_ends_with_a_known_outcome),
        POOL_TEST(postgresql_and_who_is_told_know_the_request_that_asked),
        POOL_TEST(a_statement_that_fails_leaves_no_name_behind),
        POOL_TEST(what_fails_at_the_end_of_its_transaction_has_failed),
        POOL_TEST(a_read_that_was_cut_is_asked_again),
        POOL_TEST(what_was_cut_is_asked_again_on_a_connection_made_since),
        POOL_TEST(a_read_that_was_cut_twice_is_given_up),
        POOL_TEST(a_write_that_was_cut_has_an_unknown_outcome),
        POOL_TEST(an_idle_connection_that_breaks_comes_back),
        POOL_TEST(the_pool_outlives_a_restart_of_postgresql),
        POOL_TEST(a_statement_outlives_a_change_of_its_table),
        POOL_TEST(a_pool_waits_for_the_schema_and_goes_on_by_itself),
        POOL_TEST(a_server_that_never_answers_is_given_up),
        POOL_TEST(closing_tells_everyone),
    };
    return cmocka_run_group_tests_name("store pool", tests, NULL, NULL);
}
