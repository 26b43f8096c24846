/* The event loop, over libevent.
 *
 * What must happen "on the next turn" is a timer of zero length, not event_active(): libevent 2.1 runs an event made
 * active inside a callback in the same pass, so that a source which keeps re-arming itself would starve the others. */
#include "runtime/loop.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

#include <assert.h>
#include <errno.h>
#include <event2/event.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/queue.h>
#include <unistd.h>

/* A person notices 100 ms; half of it leaves room for the rest of the way. */
#define STALL MILLISECONDS(50)

struct timer {
    struct event *event;
    struct duration period; /* zero: once */
    loop_callback *function;
    void *arg;
    const char *name;
    LIST_ENTRY(timer) link;
};

struct watch {
    struct loop *loop;
    struct event *event;
    struct event *armed; /* of zero length, see above */
    int fd;
    unsigned want;
    watch_callback *function;
    void *arg;
    const char *name;
    LIST_ENTRY(watch) link;
};

struct signal_watch {
    struct event *event;
    loop_callback *function;
    void *arg;
    const char *name;
    LIST_ENTRY(signal_watch) link;
};

struct later {
    loop_callback *function;
    void *arg;
    const char *name;
    STAILQ_ENTRY(later) link;
};
STAILQ_HEAD(later_list, later);

struct loop {
    struct event_base *base;
    struct event *turn; /* runs `later` */
    struct later_list later;
    struct watch *posts; /* eventfd that other threads write */
    int post_fd;
    pthread_mutex_t post_lock;
    struct later_list posted;
    LIST_HEAD(, timer) timers;
    LIST_HEAD(, watch) watches;
    LIST_HEAD(, signal_watch) signals;
    bool is_stopped;
    int status;
};

static const struct timeval at_once = {0, 0};

static struct timeval timeval_of(struct duration duration)
{
    int64_t us = duration.us > 0 ? duration.us : 0;
    return (struct timeval){.tv_sec = us / 1000000, .tv_usec = us % 1000000};
}

/* The handle may be gone when its callback has returned: only what was read before may be used. */
void loop_measure(const char *name, struct tick start)
{
    struct duration held = clock_since(start);
    metric_observe(METRIC_LOOP_LATENCY, held);
    if (!duration_longer(held, STALL))
        return;
    metric_count(METRIC_LOOP_STALLS);
    log_event(LOG_WARNING, "loop_stall", F("callback", name), F("held", held));
}

static void call(loop_callback *function, void *arg, const char *name)
{
    struct tick start = clock_tick();
    function(arg);
    loop_measure(name, start);
}

/* --- later and posts --- */

static void later_append(struct later_list *list, loop_callback *function, void *arg, const char *name)
{
    struct later *later = checked_malloc(sizeof *later);
    *later = (struct later){.function = function, .arg = arg, .name = name};
    STAILQ_INSERT_TAIL(list, later, link);
}

static void later_run(struct loop *loop, struct later_list *list)
{
    struct later *later;
    while (!loop->is_stopped && (later = STAILQ_FIRST(list)) != NULL) {
        STAILQ_REMOVE_HEAD(list, link);
        struct later one = *later;
        free(later);
        call(one.function, one.arg, one.name);
    }
}

static void turn_comes(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    struct loop *loop = arg;
    /* what is added meanwhile waits for the next turn, so that descriptors get theirs */
    struct later_list now = STAILQ_HEAD_INITIALIZER(now);
    STAILQ_CONCAT(&now, &loop->later);
    later_run(loop, &now);
    /* loop_stop leaves a rest: it goes in front of what was added */
    STAILQ_CONCAT(&now, &loop->later);
    STAILQ_CONCAT(&loop->later, &now);
}

void loop_later_named(struct loop *loop, loop_callback *function, void *arg, const char *name)
{
    later_append(&loop->later, function, arg, name);
    (void)event_add(loop->turn, &at_once);
}

void loop_post_named(struct loop *loop, loop_callback *function, void *arg, const char *name)
{
    (void)pthread_mutex_lock(&loop->post_lock);
    later_append(&loop->posted, function, arg, name);
    (void)pthread_mutex_unlock(&loop->post_lock);
    (void)eventfd_write(loop->post_fd, 1);
}

static void posts_come(void *arg, unsigned ready)
{
    (void)ready;
    struct loop *loop = arg;
    eventfd_t count;
    (void)eventfd_read(loop->post_fd, &count);
    struct later_list now = STAILQ_HEAD_INITIALIZER(now);
    (void)pthread_mutex_lock(&loop->post_lock);
    STAILQ_CONCAT(&now, &loop->posted);
    (void)pthread_mutex_unlock(&loop->post_lock);
    STAILQ_CONCAT(&loop->later, &now);
    (void)event_add(loop->turn, &at_once);
}

/* --- the loop itself --- */

static void libevent_says(int severity, const char *text)
{
    int level = severity == EVENT_LOG_ERR ? LOG_ERR : severity == EVENT_LOG_WARN ? LOG_WARNING : LOG_DEBUG;
    log_event(level, "libevent", F("text", text));
}

struct loop *loop_new(void)
{
    struct loop *loop = checked_calloc(1, sizeof *loop);
    struct event_config *config = event_config_new();
    assert(config != NULL);
    /* a cached clock makes a timer that is set after a long callback too short */
    (void)event_config_set_flag(config, EVENT_BASE_FLAG_NO_CACHE_TIME);
    loop->base = event_base_new_with_config(config);
    event_config_free(config);
    event_set_log_callback(libevent_says);
    assert(loop->base != NULL);
    STAILQ_INIT(&loop->later);
    STAILQ_INIT(&loop->posted);
    (void)pthread_mutex_init(&loop->post_lock, NULL);
    loop->turn = evtimer_new(loop->base, turn_comes, loop);
    assert(loop->turn != NULL);
    loop->post_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    assert(loop->post_fd >= 0);
    loop->posts = loop_watch(loop, loop->post_fd, LOOP_READ, posts_come, loop);
    return loop;
}

static void later_drop(struct later_list *list)
{
    struct later *later;
    while ((later = STAILQ_FIRST(list)) != NULL) {
        STAILQ_REMOVE_HEAD(list, link);
        free(later);
    }
}

void loop_free(struct loop **address)
{
    struct loop *loop = *address;
    if (loop == NULL)
        return;
    struct timer *timer;
    while ((timer = LIST_FIRST(&loop->timers)) != NULL)
        timer_cancel(&timer);
    struct watch *watch;
    while ((watch = LIST_FIRST(&loop->watches)) != NULL)
        watch_cancel(&watch);
    struct signal_watch *signal;
    while ((signal = LIST_FIRST(&loop->signals)) != NULL)
        signal_cancel(&signal);
    later_drop(&loop->later);
    later_drop(&loop->posted);
    (void)close(loop->post_fd);
    (void)pthread_mutex_destroy(&loop->post_lock);
    event_free(loop->turn);
    event_base_free(loop->base);
    memory_free(address);
}

int loop_run(struct loop *loop)
{
    if (!loop->is_stopped)
        (void)event_base_loop(loop->base, EVLOOP_NO_EXIT_ON_EMPTY);
    loop->is_stopped = false;
    return loop->status;
}

void loop_stop(struct loop *loop, int status)
{
    loop->is_stopped = true;
    loop->status = status;
    (void)event_base_loopbreak(loop->base);
}

struct event_base *loop_event_base(struct loop *loop)
{
    return loop->base;
}

/* --- timers --- */

static void timer_comes(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    const struct timer *timer = arg;
    call(timer->function, timer->arg, timer->name);
}

static struct timer *timer_make(
    struct loop *loop, struct duration period, loop_callback *function, void *arg, const char *name)
{
    struct timer *timer = checked_malloc(sizeof *timer);
    *timer = (struct timer){.period = period, .function = function, .arg = arg, .name = name};
    timer->event = event_new(loop->base, -1, (short)(period.us > 0 ? EV_PERSIST : 0), timer_comes, timer);
    assert(timer->event != NULL);
    LIST_INSERT_HEAD(&loop->timers, timer, link);
    return timer;
}

struct timer *loop_timer_named(struct loop *loop, loop_callback *function, void *arg, const char *name)
{
    return timer_make(loop, (struct duration){0}, function, arg, name);
}

struct timer *loop_after_named(
    struct loop *loop, struct duration delay, loop_callback *function, void *arg, const char *name)
{
    struct timer *timer = timer_make(loop, (struct duration){0}, function, arg, name);
    timer_set(timer, delay);
    return timer;
}

struct timer *loop_every_named(
    struct loop *loop, struct duration period, loop_callback *function, void *arg, const char *name)
{
    assert(period.us > 0);
    struct timer *timer = timer_make(loop, period, function, arg, name);
    timer_set(timer, period);
    return timer;
}

void timer_set(struct timer *timer, struct duration delay)
{
    struct timeval wait = timeval_of(delay);
    (void)event_add(timer->event, &wait);
}

void timer_clear(struct timer *timer)
{
    (void)event_del(timer->event);
}

bool timer_is_set(const struct timer *timer)
{
    return event_pending(timer->event, EV_TIMEOUT, NULL) != 0;
}

void timer_cancel(struct timer **timer)
{
    if (*timer == NULL)
        return;
    event_free((*timer)->event);
    LIST_REMOVE(*timer, link);
    memory_free(timer);
}

/* --- descriptors --- */

static short events_of(unsigned want)
{
    return (short)(EV_PERSIST | ((want & LOOP_READ) != 0 ? EV_READ : 0) | ((want & LOOP_WRITE) != 0 ? EV_WRITE : 0));
}

static void watch_call(const struct watch *watch, unsigned ready)
{
    const char *name = watch->name;
    struct tick start = clock_tick();
    watch->function(watch->arg, ready);
    loop_measure(name, start);
}

static void watch_comes(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    unsigned ready = ((what & EV_READ) != 0 ? LOOP_READ : 0u) | ((what & EV_WRITE) != 0 ? LOOP_WRITE : 0u);
    watch_call(arg, ready);
}

static void watch_is_armed(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    watch_call(arg, LOOP_READ);
}

struct watch *loop_watch_named(
    struct loop *loop, int fd, unsigned want, watch_callback *function, void *arg, const char *name)
{
    struct watch *watch = checked_malloc(sizeof *watch);
    *watch = (struct watch){.loop = loop, .fd = fd, .function = function, .arg = arg, .name = name};
    watch->event = event_new(loop->base, fd, events_of(0), watch_comes, watch);
    watch->armed = evtimer_new(loop->base, watch_is_armed, watch);
    assert(watch->event != NULL && watch->armed != NULL);
    LIST_INSERT_HEAD(&loop->watches, watch, link);
    watch_change(watch, want);
    return watch;
}

void watch_change(struct watch *watch, unsigned want)
{
    if (want == watch->want)
        return;
    (void)event_del(watch->event);
    watch->want = want;
    if (want == 0)
        return;
    (void)event_assign(watch->event, watch->loop->base, watch->fd, events_of(want), watch_comes, watch);
    if (event_add(watch->event, NULL) != 0)
        log_event(LOG_ERR, "watch_failed", F("callback", watch->name), F("errno", errno));
}

void watch_arm(struct watch *watch)
{
    if (event_pending(watch->armed, EV_TIMEOUT, NULL) == 0)
        (void)event_add(watch->armed, &at_once);
}

void watch_cancel(struct watch **watch)
{
    if (*watch == NULL)
        return;
    event_free((*watch)->event);
    event_free((*watch)->armed);
    LIST_REMOVE(*watch, link);
    memory_free(watch);
}

/* --- signals --- */

static void signal_comes(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    const struct signal_watch *watch = arg;
    call(watch->function, watch->arg, watch->name);
}

struct signal_watch *loop_signal_named(
    struct loop *loop, int number, loop_callback *function, void *arg, const char *name)
{
    struct signal_watch *watch = checked_malloc(sizeof *watch);
    *watch = (struct signal_watch){.function = function, .arg = arg, .name = name};
    watch->event = evsignal_new(loop->base, number, signal_comes, watch);
    assert(watch->event != NULL);
    (void)event_add(watch->event, NULL);
    LIST_INSERT_HEAD(&loop->signals, watch, link);
    return watch;
}

void signal_cancel(struct signal_watch **watch)
{
    if (*watch == NULL)
        return;
    event_free((*watch)->event);
    LIST_REMOVE(*watch, link);
    memory_free(watch);
}
