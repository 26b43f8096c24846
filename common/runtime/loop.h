/* The one event loop of a process. Daemons see this and never libevent, zmq or libpq.
 *
 * Rules: a completion is never called inside the call that started it (use loop_later); nothing on the loop takes more
 * than a millisecond (use worker.h): a callback that holds it longer than 50 ms is logged by name (event loop_stall,
 * metric preau_loop_stalls_total). All functions belong to the loop's thread, except loop_post.
 *
 * Handles (timer, watch, signal) belong to the caller until cancelled, also after a timer has fired; cancelling is
 * allowed anywhere, also inside the handle's own callback. loop_free cancels what remains. */
#pragma once

#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/clock.h"

#include <stdbool.h>

struct loop;
struct timer;
struct watch;
struct signal_watch;

typedef void loop_callback(void *arg);
/* ready: LOOP_READ and/or LOOP_WRITE. */
typedef void watch_callback(void *arg, unsigned ready);

NEVER_NULL MUST_USE struct loop *loop_new(void);
void loop_free(struct loop **loop);

/* Until loop_stop; gives its status. */
int loop_run(struct loop *loop);
void loop_stop(struct loop *loop, int status);

/* Once after the delay; arm the same handle again with timer_set. */
#define loop_after(loop, delay, function, arg) loop_after_named((loop), (delay), (function), (arg), #function)
/* First after one period, then each period (from start to start; missed ones are not made up for). */
#define loop_every(loop, period, function, arg) loop_every_named((loop), (period), (function), (arg), #function)
MUST_USE struct timer *loop_after_named(
    struct loop *loop, struct duration delay, loop_callback *function, void *arg, const char *name);
MUST_USE struct timer *loop_every_named(
    struct loop *loop, struct duration period, loop_callback *function, void *arg, const char *name);
/* A one-shot timer that was made without being started: timer_set starts it. */
#define loop_timer(loop, function, arg) loop_timer_named((loop), (function), (arg), #function)
MUST_USE struct timer *loop_timer_named(struct loop *loop, loop_callback *function, void *arg, const char *name);
void timer_set(struct timer *timer, struct duration delay); /* starts it or moves it */
void timer_clear(struct timer *timer);                      /* stops it, keeps the handle */
bool timer_is_set(const struct timer *timer);
void timer_cancel(struct timer **timer);

/* After the present callback has returned, in order of calls. Cannot be cancelled: arg must live until then. */
#define loop_later(loop, function, arg) loop_later_named((loop), (function), (arg), #function)
void loop_later_named(struct loop *loop, loop_callback *function, void *arg, const char *name);
/* loop_later from any thread; wakes the loop. */
#define loop_post(loop, function, arg) loop_post_named((loop), (function), (arg), #function)
void loop_post_named(struct loop *loop, loop_callback *function, void *arg, const char *name);

enum loop_want { LOOP_READ = 1, LOOP_WRITE = 2 };
/* Level-triggered watch of a descriptor that stays the caller's. `want` may be 0: only watch_arm() calls it then. */
#define loop_watch(loop, fd, want, function, arg) loop_watch_named((loop), (fd), (want), (function), (arg), #function)
MUST_USE struct watch *loop_watch_named(
    struct loop *loop, int fd, unsigned want, watch_callback *function, void *arg, const char *name);
void watch_change(struct watch *watch, unsigned want);
/* Calls the callback (with LOOP_READ) on the next turn even if the descriptor stays silent: for edge-triggered
 * descriptors (ZMQ_FD) after a send and after a full batch. Repeats before that turn are one. */
void watch_arm(struct watch *watch);
/* Before the descriptor is closed. */
void watch_cancel(struct watch **watch);

#define loop_signal(loop, number, function, arg) loop_signal_named((loop), (number), (function), (arg), #function)
MUST_USE struct signal_watch *loop_signal_named(
    struct loop *loop, int number, loop_callback *function, void *arg, const char *name);
void signal_cancel(struct signal_watch **watch);

/* For runtime's own http_server.c only: libevent's base, and the watch over what it calls by itself. */
struct event_base;
struct event_base *loop_event_base(struct loop *loop);
void loop_measure(const char *name, struct tick start);
