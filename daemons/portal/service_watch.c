#include "portal/service_state.h"

#include "event.pb-c.h"
#include "runtime/cleanup.h"
#include "runtime/clock.h"
#include "runtime/memory.h"

struct service_watch {
    struct service_state state;
    struct subscriber *subscribers[3];
};

static void health_heard(void *arg, const char *topic, const void *body, size_t length)
{
    (void)topic;
    struct service_watch *watch = arg;
    Preau__Event__DaemonHealth *event = preau__event__daemon_health__unpack(NULL, length, body);
    if (!event) {
        return;
    }
    service_state_hear(
        &watch->state, event->daemon, event->ready, (const char *const *)event->troubled, event->n_troubled);
    if (event->moment_us > watch->state.data_at.us) {
        watch->state.data_at = (struct instant){event->moment_us};
    }
    preau__event__daemon_health__free_unpacked(event, NULL);
}

bool service_watch_open(struct loop *loop, const struct config *config, const struct bus_curve *curve,
    struct service_watch **out_watch, struct fault *fault)
{
    static const enum config_key endpoints[] = {
        CONFIG_BUS_EVENTS_LINK, CONFIG_BUS_EVENTS_NOTIFY, CONFIG_BUS_EVENTS_IMPORT};
    static const char *const topics[] = {"daemon.health", NULL};
    struct service_watch *watch = *out_watch = checked_calloc(1, sizeof *watch);
    watch->state.begun = clock_tick();
    bool opened = true;
    for (size_t i = 0; i < ARRAY_LENGTH(endpoints) && opened; i++) {
        opened = subscriber_open(
            loop, config_list(config, endpoints[i]), topics, curve, health_heard, watch, &watch->subscribers[i], fault);
    }
    return opened;
}

void service_watch_close(struct service_watch **watch)
{
    if (*watch) {
        for (size_t i = 0; i < ARRAY_LENGTH((*watch)->subscribers); i++) {
            subscriber_close(&(*watch)->subscribers[i]);
        }
        memory_free(watch);
    }
}

const struct service_state *service_watch_state(const struct service_watch *watch)
{
    return &watch->state;
}
