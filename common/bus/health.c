#include "bus/health.h"

#include "event.pb-c.h"
#include "runtime/clock.h"
#include "runtime/daemon.h"
#include "runtime/memory.h"

enum { TROUBLED_MAX = 16 };

struct health {
    const struct daemon_run *run;
    struct publisher *publisher;
    health_moment *moment;
    void *arg;
    struct timer *timer;
};

static void health_tell(void *arg)
{
    struct health *health = arg;
    const char *troubled[TROUBLED_MAX];
    Preau__Event__DaemonHealth event = PREAU__EVENT__DAEMON_HEALTH__INIT;
    event.daemon = (char *)(uintptr_t)health->run->daemon->name;
    event.ready = status_is_ready(health->run->status);
    event.n_troubled = status_troubled(health->run->status, troubled, TROUBLED_MAX);
    event.troubled = (char **)(uintptr_t)troubled;
    event.moment_us = health->moment ? health->moment(health->arg).us : 0;
    publisher_tell(health->publisher, "daemon.health", &event.base);
}

struct health *health_new(const struct daemon_run *run, struct publisher *publisher, health_moment *moment, void *arg)
{
    struct health *health = checked_malloc(sizeof *health);
    *health = (struct health){.run = run, .publisher = publisher, .moment = moment, .arg = arg};
    health->timer = loop_every(run->loop, HEALTH_PERIOD, health_tell, health);
    return health;
}

void health_free(struct health **health)
{
    if (*health) {
        timer_cancel(&(*health)->timer);
        memory_free(health);
    }
}
