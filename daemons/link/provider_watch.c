#include "link/provider_watch.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <stdio.h>

/* One that is not to be had is asked more often. */
#define LOOK_AGAIN SECONDS(5)

struct watched {
    struct provider_watch *watch;
    struct provider_watched provider;
    bool is_asked, is_away;
    struct fault fault;
};

struct provider_watch {
    struct status_check *check;
    struct duration interval;
    struct timer *timer;
    struct tick all_asked;
    bool is_hurried; /* the next look is for those that are away */
    size_t count;
    struct watched providers[];
};

static void tell(const struct provider_watch *watch)
{
    const struct watched *first = NULL;
    size_t away = 0;
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->providers[i].is_away) {
            first = first ? first : &watch->providers[i];
            away++;
        }
    }
    if (first) {
        char cause[400]; /* a longer one is cut by the status */
        (void)snprintf(cause, sizeof cause, "%zu of %zu away; %s: %s", away, watch->count, first->provider.name,
            first->fault.text);
        status_check_set(watch->check, STATUS_DEGRADED, cause);
    } else {
        status_check_set(watch->check, STATUS_OK, "");
    }
}

/* Until all are asked again. */
static struct duration time_left(const struct provider_watch *watch)
{
    return (struct duration){watch->interval.us - clock_since(watch->all_asked).us};
}

static void looked(void *arg, const char *url, const struct fault *fault)
{
    struct watched *watched = arg;
    (void)url;
    watched->is_asked = false;
    if (fault && fault->code == FAULT_UNAVAILABLE) { /* we stop */
        return;
    }
    if (fault && !watched->is_away) {
        log_event(LOG_WARNING, "provider_away", F("provider", watched->provider.name), F("fault", fault));
    } else if (!fault && watched->is_away) {
        log_event(LOG_NOTICE, "provider_back", F("provider", watched->provider.name));
    }
    watched->is_away = fault != NULL;
    watched->fault = fault ? *fault : (struct fault){0};
    tell(watched->watch);
    if (fault && !watched->watch->is_hurried &&
        duration_longer(
            time_left(watched->watch), LOOK_AGAIN)) { /* the first of them: not only when all have their turn */
        watched->watch->is_hurried = true;
        timer_set(watched->watch->timer, LOOK_AGAIN);
    }
}

static void ent_looked_at(void *arg, const struct fault *fault)
{
    looked(arg, "", fault);
}

static bool ask(struct watched *watched)
{
    const struct provider_watched *provider = &watched->provider;
    return provider->oidc ? oidc_look(provider->oidc, looked, watched)
                          : ent_peer_look(provider->ent, ent_looked_at, watched);
}

static void look(void *arg)
{
    struct provider_watch *watch = arg;
    bool is_any_away = false;
    struct duration left = time_left(watch);
    bool is_turn_of_all = left.us <= 0;
    if (is_turn_of_all) {
        watch->all_asked = clock_tick();
        left = watch->interval;
    }
    for (size_t i = 0; i < watch->count; i++) {
        struct watched *watched = &watch->providers[i];
        is_any_away = is_any_away || watched->is_away;
        bool is_due = is_turn_of_all || watched->is_away;
        if (is_due && !watched->is_asked) { /* else it has not answered the time before */
            watched->is_asked = ask(watched);
        }
    }
    watch->is_hurried = is_any_away && duration_longer(left, LOOK_AGAIN);
    timer_set(watch->timer, watch->is_hurried ? LOOK_AGAIN : left);
}

void provider_watch_new(const struct daemon_run *run, const char *check, const struct provider_watched *providers,
    size_t count, struct provider_watch **out_watch)
{
    *out_watch = NULL;
    if (count == 0) {
        return;
    }
    struct provider_watch *watch = checked_calloc(1, sizeof *watch + count * sizeof watch->providers[0]);
    watch->count = count;
    for (size_t i = 0; i < count; i++) {
        watch->providers[i] = (struct watched){.watch = watch, .provider = providers[i]};
    }
    watch->interval = config_duration(run->config, CONFIG_LINK_PROVIDER_CHECK_INTERVAL);
    watch->all_asked =
        (struct tick){clock_tick().us - watch->interval.us}; /* nothing is known of them: asked at once */
    watch->check = status_check_add(run->status, check, false);
    watch->timer = loop_timer(run->loop, look, watch);
    timer_set(watch->timer, MILLISECONDS(100));
    *out_watch = watch;
}

void provider_watch_free(struct provider_watch **watch)
{
    if (*watch) {
        timer_cancel(&(*watch)->timer);
        memory_free(watch);
    }
}
