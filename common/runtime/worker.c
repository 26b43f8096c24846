/* A pool of threads with one bounded queue; completions come back to the loop by an eventfd. */
#include "runtime/worker.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <time.h>
#include <unistd.h>

struct task {
    worker_run *run;
    worker_done *done;
    void *job;
    char request[LOG_REQUEST_SIZE]; /* the log line of a job belongs to the request that gave it */
    STAILQ_ENTRY(task) link;
};
STAILQ_HEAD(task_list, task);

struct workers {
    struct worker_options options;
    pthread_t *threads;
    pthread_mutex_t lock; /* everything below */
    pthread_cond_t work;  /* something waits, or the pool stops */
    pthread_cond_t idle;  /* a job has ended */
    struct task_list waiting;
    struct task_list ended;
    size_t waiting_count;
    size_t running_count;
    bool is_stopping;
    int ended_fd;
    struct watch *ended_watch;
    SLIST_ENTRY(workers) abandoned;
};

/* Pools whose thread outlived its bound: the thread still uses them, so they stay until the process ends. */
static SLIST_HEAD(, workers) abandoned_pools = SLIST_HEAD_INITIALIZER(abandoned_pools);

static void lock(struct workers *workers)
{
    (void)pthread_mutex_lock(&workers->lock);
}

static void unlock(struct workers *workers)
{
    (void)pthread_mutex_unlock(&workers->lock);
}

static struct task *task_take(struct workers *workers)
{
    lock(workers);
    while (STAILQ_EMPTY(&workers->waiting) && !workers->is_stopping)
        (void)pthread_cond_wait(&workers->work, &workers->lock);
    struct task *task = STAILQ_FIRST(&workers->waiting);
    if (task != NULL) {
        STAILQ_REMOVE_HEAD(&workers->waiting, link);
        workers->waiting_count--;
        workers->running_count++;
    }
    unlock(workers);
    return task;
}

static void task_ended(struct workers *workers, struct task *task)
{
    lock(workers);
    STAILQ_INSERT_TAIL(&workers->ended, task, link);
    workers->running_count--;
    (void)pthread_cond_signal(&workers->idle);
    unlock(workers);
    (void)eventfd_write(workers->ended_fd, 1);
}

static void *thread_main(void *arg)
{
    struct workers *workers = arg;
    (void)pthread_setname_np(pthread_self(), workers->options.name);
    void *context = workers->options.start != NULL ? workers->options.start(workers->options.arg) : NULL;
    struct task *task;
    while ((task = task_take(workers)) != NULL) {
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(task->request);
        struct tick start = clock_tick();
        task->run(task->job, context);
        metric_observe(METRIC_WORKER_SECONDS, clock_since(start), workers->options.name);
        task_ended(workers, task);
    }
    if (workers->options.stop != NULL)
        workers->options.stop(context);
    return NULL;
}

/* Signals are the loop's: a thread that took SIGTERM would end nothing. */
static void thread_start(pthread_t *thread, struct workers *workers)
{
    sigset_t all;
    sigset_t before;
    (void)sigfillset(&all);
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, NULL, thread_main, workers);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    assert(error == 0);
}

static void finish(const struct workers *workers, struct task_list *list, bool was_run)
{
    struct task *task;
    while ((task = STAILQ_FIRST(list)) != NULL) {
        STAILQ_REMOVE_HEAD(list, link);
        struct task one = *task;
        free(task);
        _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter(one.request);
        metric_count(METRIC_WORKER_JOBS, workers->options.name, was_run ? "done" : "dropped");
        if (one.done != NULL)
            one.done(one.job, was_run);
    }
}

static void tasks_ended(void *arg, unsigned ready)
{
    (void)ready;
    struct workers *workers = arg;
    eventfd_t count;
    (void)eventfd_read(workers->ended_fd, &count);
    /* one completion a turn: together they may hold the loop, and one of them may stop this pool */
    lock(workers);
    struct task *task = STAILQ_FIRST(&workers->ended);
    if (task != NULL)
        STAILQ_REMOVE_HEAD(&workers->ended, link);
    if (!STAILQ_EMPTY(&workers->ended))
        watch_arm(workers->ended_watch);
    metric_set(METRIC_WORKER_WAITING, (double)workers->waiting_count, workers->options.name);
    unlock(workers);
    if (task == NULL)
        return;
    struct task_list one = STAILQ_HEAD_INITIALIZER(one);
    STAILQ_INSERT_TAIL(&one, task, link);
    finish(workers, &one, true);
}

struct workers *workers_new(struct loop *loop, const struct worker_options *options)
{
    assert(options->threads >= 1 && options->queue_limit >= 1);
    struct workers *workers = checked_calloc(1, sizeof *workers);
    workers->options = *options;
    STAILQ_INIT(&workers->waiting);
    STAILQ_INIT(&workers->ended);
    metric_label_add(METRIC_WORKER_JOBS, 1, options->name);
    metric_label_add(METRIC_WORKER_WAITING, 1, options->name);
    metric_label_add(METRIC_WORKER_SECONDS, 1, options->name);
    (void)pthread_mutex_init(&workers->lock, NULL);
    (void)pthread_cond_init(&workers->work, NULL);
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&workers->idle, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    workers->ended_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(workers->ended_fd >= 0);
    workers->ended_watch = loop_watch(loop, workers->ended_fd, LOOP_READ, tasks_ended, workers);
    workers->threads = checked_calloc(options->threads, sizeof *workers->threads);
    for (unsigned i = 0; i < options->threads; i++)
        thread_start(&workers->threads[i], workers);
    return workers;
}

bool worker_submit(struct workers *workers, worker_run *run, worker_done *done, void *job)
{
    lock(workers);
    bool is_taken = !workers->is_stopping && workers->waiting_count < workers->options.queue_limit;
    if (is_taken) {
        struct task *task = checked_malloc(sizeof *task);
        *task = (struct task){.run = run, .done = done, .job = job};
        memcpy(task->request, log_request(), strlen(log_request()) + 1);
        STAILQ_INSERT_TAIL(&workers->waiting, task, link);
        workers->waiting_count++;
    }
    metric_set(METRIC_WORKER_WAITING, (double)workers->waiting_count, workers->options.name);
    unlock(workers);
    if (is_taken)
        (void)pthread_cond_signal(&workers->work); /* without the lock: who wakes up needs it */
    else
        metric_count(METRIC_WORKER_JOBS, workers->options.name, "refused");
    return is_taken;
}

size_t workers_waiting(const struct workers *workers)
{
    struct workers *locked = (struct workers *)(uintptr_t)workers;
    lock(locked);
    size_t count = locked->waiting_count;
    unlock(locked);
    return count;
}

size_t workers_running(const struct workers *workers)
{
    struct workers *locked = (struct workers *)(uintptr_t)workers;
    lock(locked);
    size_t count = locked->running_count;
    unlock(locked);
    return count;
}

/* With the lock: waits until no job runs or the bound is over. */
static bool wait_for_idle(struct workers *workers, struct duration bound)
{
    int64_t until = clock_tick().us + bound.us;
    struct timespec deadline = {.tv_sec = until / 1000000, .tv_nsec = until % 1000000 * 1000};
    int error = 0;
    while (workers->running_count > 0 && error != ETIMEDOUT)
        error = pthread_cond_timedwait(&workers->idle, &workers->lock, &deadline);
    return workers->running_count == 0;
}

bool workers_stop(struct workers **address, struct duration bound)
{
    struct workers *workers = *address;
    if (workers == NULL)
        return true;
    *address = NULL;
    struct task_list dropped = STAILQ_HEAD_INITIALIZER(dropped);
    struct task_list ended = STAILQ_HEAD_INITIALIZER(ended);
    lock(workers);
    workers->is_stopping = true;
    STAILQ_CONCAT(&dropped, &workers->waiting);
    workers->waiting_count = 0;
    (void)pthread_cond_broadcast(&workers->work);
    bool is_idle = wait_for_idle(workers, bound);
    STAILQ_CONCAT(&ended, &workers->ended);
    unlock(workers);
    watch_cancel(&workers->ended_watch);
    finish(workers, &ended, true);
    finish(workers, &dropped, false);
    if (!is_idle) {
        SLIST_INSERT_HEAD(&abandoned_pools, workers, abandoned);
        for (unsigned i = 0; i < workers->options.threads; i++)
            (void)pthread_detach(workers->threads[i]);
        return false;
    }
    for (unsigned i = 0; i < workers->options.threads; i++)
        (void)pthread_join(workers->threads[i], NULL);
    (void)close(workers->ended_fd);
    (void)pthread_cond_destroy(&workers->work);
    (void)pthread_cond_destroy(&workers->idle);
    (void)pthread_mutex_destroy(&workers->lock);
    free(workers->threads);
    free(workers);
    return true;
}
