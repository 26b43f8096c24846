/* Loop and workers, alone and under load. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/loop.h"
#include "runtime/metric.h"
#include "runtime/worker.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static struct loop *loop;
static char trace[64];
static int count;

static int fresh(void **state)
{
    (void)state;
    loop = loop_new();
    trace[0] = '\0';
    count = 0;
    return 0;
}

static int done(void **state)
{
    (void)state;
    loop_free(&loop);
    return 0;
}

static void note(const char *word)
{
    size_t length = strlen(trace);
    (void)snprintf(trace + length, sizeof trace - length, "%s", word);
}

static void stop(void *arg)
{
    (void)arg;
    loop_stop(loop, 7);
}

static void say_b(void *arg)
{
    (void)arg;
    note("b");
    if (++count == 2)
        loop_stop(loop, 7);
}

static void say_a(void *arg)
{
    note("a(");
    loop_later(loop, say_b, arg);
    note(")");
}

static void what_is_later_runs_after_the_callback_in_order(void **state)
{
    (void)state;
    loop_later(loop, say_a, NULL);
    loop_later(loop, say_a, NULL);
    assert_int_equal(loop_run(loop), 7);
    assert_string_equal(trace, "a()a()bb");
}

static void count_to_five(void *arg)
{
    struct timer **timer = arg;
    if (++count == 5) {
        timer_cancel(timer);
        loop_stop(loop, 0);
    }
}

static void a_timer_repeats_until_it_cancels_itself(void **state)
{
    (void)state;
    struct timer *timer = NULL;
    struct tick start = clock_tick();
    timer = loop_every(loop, MILLISECONDS(5), count_to_five, &timer);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(count, 5);
    assert_null(timer);
    assert_true(duration_longer(clock_since(start), MILLISECONDS(24)));
}

static void fired(void *arg)
{
    (void)arg;
    note("fired");
}

static void a_cleared_timer_does_not_fire_and_may_be_set_again(void **state)
{
    (void)state;
    struct timer *timer = loop_timer(loop, fired, NULL);
    assert_false(timer_is_set(timer));
    timer_set(timer, MILLISECONDS(1));
    assert_true(timer_is_set(timer));
    timer_clear(timer);
    struct timer *end = loop_after(loop, MILLISECONDS(10), stop, NULL);
    (void)loop_run(loop);
    assert_string_equal(trace, "");
    timer_set(timer, MILLISECONDS(1));
    timer_set(end, MILLISECONDS(10));
    (void)loop_run(loop);
    assert_string_equal(trace, "fired");
    assert_false(timer_is_set(timer));
    timer_cancel(&end);
    assert_null(end);
}

struct pipe_end {
    int fd;
    struct watch *watch;
    int reads;
};

static void read_one(void *arg, unsigned ready)
{
    struct pipe_end *end = arg;
    char byte;
    assert_int_equal(ready, LOOP_READ);
    end->reads++;
    if (read(end->fd, &byte, 1) == 1 && byte == 'q')
        loop_stop(loop, 0);
}

static void a_descriptor_is_watched_until_all_is_read(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct pipe_end end = {.fd = ends[0]};
    end.watch = loop_watch(loop, ends[0], LOOP_READ, read_one, &end);
    assert_int_equal(write(ends[1], "abcq", 4), 4);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(end.reads, 4);
    watch_cancel(&end.watch);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void write_ready(void *arg, unsigned ready)
{
    struct watch **watch = arg;
    assert_int_equal(ready, LOOP_WRITE);
    count++;
    watch_change(*watch, 0);
}

static void a_watch_that_wants_nothing_is_silent(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    struct watch *watch = NULL;
    watch = loop_watch(loop, ends[1], LOOP_WRITE, write_ready, &watch);
    struct timer *end = loop_after(loop, MILLISECONDS(10), stop, NULL);
    (void)loop_run(loop);
    assert_int_equal(count, 1);
    watch_cancel(&watch);
    timer_cancel(&end);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static struct watch *armed;

static void arm_again(void *arg, unsigned ready)
{
    (void)arg;
    assert_int_equal(ready, LOOP_READ);
    count++;
    watch_arm(armed);
    watch_arm(armed);
}

static void an_armed_watch_is_called_without_the_descriptor_and_starves_nobody(void **state)
{
    (void)state;
    int silent = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    armed = loop_watch(loop, silent, LOOP_READ, arm_again, NULL);
    struct pipe_end other = {.fd = ends[0]};
    other.watch = loop_watch(loop, ends[0], LOOP_READ, read_one, &other);
    watch_arm(armed);
    assert_int_equal(write(ends[1], "xxxxxq", 6), 6);
    assert_int_equal(loop_run(loop), 0);
    assert_int_equal(other.reads, 6);
    assert_in_range(count, 3, 50); /* about one call a turn, not two, not thousands */
    watch_cancel(&armed);
    watch_cancel(&other.watch);
    (void)close(silent);
    (void)close(ends[0]);
    (void)close(ends[1]);
}

static void a_signal_reaches_the_loop(void **state)
{
    (void)state;
    struct signal_watch *watch = loop_signal(loop, SIGUSR1, stop, NULL);
    assert_int_equal(raise(SIGUSR1), 0);
    assert_int_equal(loop_run(loop), 7);
    signal_cancel(&watch);
}

static void sleep_long(void *arg)
{
    (void)arg;
    const struct timespec pause = {.tv_nsec = 60 * 1000 * 1000};
    (void)nanosleep(&pause, NULL);
    loop_stop(loop, 0);
}

static void a_callback_that_holds_the_loop_is_counted(void **state)
{
    (void)state;
    double before = metric_value(METRIC_LOOP_STALLS, NULL);
    loop_later(loop, sleep_long, NULL);
    (void)loop_run(loop);
    assert_int_equal((int)(metric_value(METRIC_LOOP_STALLS, NULL) - before), 1);
}

static void *post_thousand(void *arg)
{
    for (int i = 0; i < 1000; i++)
        loop_post(loop, arg != NULL ? say_a : stop, NULL);
    return NULL;
}

static void count_one(void *arg)
{
    (void)arg;
    if (++count == 4000)
        loop_stop(loop, 0);
}

static void *post_counts(void *arg)
{
    for (int i = 0; i < 1000; i++)
        loop_post(loop, count_one, arg);
    return NULL;
}

static void other_threads_post_to_the_loop(void **state)
{
    (void)state;
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_counts, NULL), 0);
    assert_int_equal(loop_run(loop), 0);
    for (size_t i = 0; i < 4; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(count, 4000);
}

static void what_is_left_at_the_end_is_freed(void **state)
{
    (void)state;
    const struct timer *timer = loop_after(loop, HOURS(1), fired, NULL);
    const struct watch *watch = loop_watch(loop, 0, 0, read_one, NULL);
    assert_true(timer != NULL && watch != NULL);
    loop_later(loop, fired, NULL);
    (void)post_thousand(NULL);
    loop_stop(loop, 3);
    assert_int_equal(loop_run(loop), 3);
    assert_string_equal(trace, "");
}

/* --- workers --- */

struct sum {
    int64_t from, result;
    bool is_done, was_run;
    char request[LOG_REQUEST_SIZE];
};

static _Atomic int contexts;
static _Atomic bool is_held;
static int wanted;

static void *context_start(void *arg)
{
    (void)atomic_fetch_add(&contexts, 1);
    return arg;
}

static void context_stop(void *context)
{
    assert_ptr_equal(context, &contexts);
    (void)atomic_fetch_sub(&contexts, 1);
}

static void sum_run(void *job, void *context)
{
    struct sum *sum = job;
    (void)context;
    while (atomic_load(&is_held))
        (void)sched_yield();
    for (int64_t i = 0; i < 1000; i++)
        sum->result += sum->from + i;
    (void)snprintf(sum->request, sizeof sum->request, "%s", log_request());
}

static void sum_done(void *job, bool was_run)
{
    struct sum *sum = job;
    assert_false(sum->is_done);
    sum->is_done = true;
    sum->was_run = was_run;
    if (++count == wanted)
        loop_stop(loop, 0);
}

static struct workers *pool(unsigned threads, size_t limit)
{
    return workers_new(loop, &(struct worker_options){.name = "test",
                                 .threads = threads,
                                 .queue_limit = limit,
                                 .start = context_start,
                                 .stop = context_stop,
                                 .arg = &contexts});
}

static void every_job_is_done_once_under_load(void **state)
{
    (void)state;
    enum { JOBS = 20000 };
    static struct sum sums[JOBS];
    memset(sums, 0, sizeof sums);
    struct workers *workers = pool(4, JOBS);
    wanted = JOBS;
    for (int64_t i = 0; i < JOBS; i++) {
        sums[i].from = i;
        assert_true(worker_submit(workers, sum_run, sum_done, &sums[i]));
    }
    assert_int_equal(loop_run(loop), 0);
    for (int64_t i = 0; i < JOBS; i++)
        assert_true(sums[i].was_run && sums[i].result == 1000 * i + 499500);
    assert_int_equal(atomic_load(&contexts), 4);
    assert_true(workers_stop(&workers, SECONDS(5)));
    assert_int_equal(atomic_load(&contexts), 0);
}

static void a_full_queue_refuses_and_the_refused_job_is_untouched(void **state)
{
    (void)state;
    static struct sum sums[4];
    memset(sums, 0, sizeof sums);
    struct workers *workers = pool(1, 2);
    atomic_store(&is_held, true);
    assert_true(worker_submit(workers, sum_run, sum_done, &sums[0]));
    while (workers_running(workers) == 0)
        (void)sched_yield();
    assert_true(worker_submit(workers, sum_run, sum_done, &sums[1]));
    assert_true(worker_submit(workers, sum_run, sum_done, &sums[2]));
    assert_false(worker_submit(workers, sum_run, sum_done, &sums[3]));
    assert_int_equal(workers_waiting(workers), 2);
    atomic_store(&is_held, false);
    wanted = 3;
    (void)loop_run(loop);
    assert_false(sums[3].is_done);
    assert_true(workers_stop(&workers, SECONDS(5)));
}

static void a_stopped_pool_hands_back_what_it_did_not_begin(void **state)
{
    (void)state;
    static struct sum sums[3];
    memset(sums, 0, sizeof sums);
    struct workers *workers = pool(1, 10);
    atomic_store(&is_held, true);
    wanted = 0;
    for (size_t i = 0; i < 3; i++)
        assert_true(worker_submit(workers, sum_run, sum_done, &sums[i]));
    while (workers_running(workers) == 0)
        (void)sched_yield();
    assert_false(workers_stop(&workers, MILLISECONDS(20)));
    assert_null(workers);
    assert_false(sums[0].is_done); /* still at work */
    assert_true(sums[1].is_done && !sums[1].was_run);
    assert_true(sums[2].is_done && !sums[2].was_run);
    atomic_store(&is_held, false);
    while (atomic_load(&contexts) > 0)
        (void)sched_yield();
}

static void a_job_logs_under_the_request_that_gave_it(void **state)
{
    (void)state;
    struct sum sum = {0};
    struct workers *workers = pool(1, 1);
    {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("r-42");
        assert_true(worker_submit(workers, sum_run, sum_done, &sum));
    }
    assert_string_equal(log_request(), "");
    wanted = 1;
    (void)loop_run(loop);
    assert_string_equal(sum.request, "r-42");
    assert_true(workers_stop(&workers, SECONDS(5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_later_runs_after_the_callback_in_order, fresh, done),
        cmocka_unit_test_setup_teardown(a_timer_repeats_until_it_cancels_itself, fresh, done),
        cmocka_unit_test_setup_teardown(a_cleared_timer_does_not_fire_and_may_be_set_again, fresh, done),
        cmocka_unit_test_setup_teardown(a_descriptor_is_watched_until_all_is_read, fresh, done),
        cmocka_unit_test_setup_teardown(a_watch_that_wants_nothing_is_silent, fresh, done),
        cmocka_unit_test_setup_teardown(
            an_armed_watch_is_called_without_the_descriptor_and_starves_nobody, fresh, done),
        cmocka_unit_test_setup_teardown(a_signal_reaches_the_loop, fresh, done),
        cmocka_unit_test_setup_teardown(a_callback_that_holds_the_loop_is_counted, fresh, done),
        cmocka_unit_test_setup_teardown(other_threads_post_to_the_loop, fresh, done),
        cmocka_unit_test_setup_teardown(what_is_left_at_the_end_is_freed, fresh, done),
        cmocka_unit_test_setup_teardown(every_job_is_done_once_under_load, fresh, done),
        cmocka_unit_test_setup_teardown(a_full_queue_refuses_and_the_refused_job_is_untouched, fresh, done),
        cmocka_unit_test_setup_teardown(a_job_logs_under_the_request_that_gave_it, fresh, done),
        /* last: it leaves a thread behind on purpose */
        cmocka_unit_test_setup_teardown(a_stopped_pool_hands_back_what_it_did_not_begin, fresh, done),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
