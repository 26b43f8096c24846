#include "link/sms_watch.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <stdatomic.h>
#include <stdio.h>

/* While one is not well, it is looked for more often. */
#define LOOK_AGAIN SECONDS(5)
enum { DOUBLINGS_MAX = 4 }; /* of the pause between two messages that are tried with it: 80 s at most */

struct watched {
    struct sms_watch *watch;
    const struct sms_provider *provider;
    size_t place;
    struct tick heard;  /* it was asked something, and answered or did not */
    struct tick tried;  /* a message, while it failed */
    unsigned failures;  /* messages one after the other */
    bool needs_message; /* only one that it takes says that its trouble is over */
    atomic_bool fails;  /* there is a trouble: for threads */
    char trouble[240];  /* "": none */
    bool is_probing;
    enum sms_outcome outcome; /* of the probe */
    struct fault fault;
};

struct sms_watch {
    struct status_check *check;
    struct workers *workers;
    struct duration interval;
    struct timer *timer;
    bool is_full;
    size_t count;
    struct watched providers[];
};

static void tell(const struct sms_watch *watch)
{
    const struct watched *first = NULL;
    size_t failing = 0;
    for (size_t i = 0; i < watch->count; i++) {
        if (watch->providers[i].trouble[0] != '\0') {
            first = first ? first : &watch->providers[i];
            failing++;
        }
    }
    if (first && watch->count > 1) {
        char cause[400]; /* a longer one is cut by the status */
        (void)snprintf(cause, sizeof cause, "%zu of %zu SMS providers fail; %s", failing, watch->count, first->trouble);
        status_check_set(watch->check, STATUS_DEGRADED, cause);
    } else if (first) {
        status_check_set(watch->check, STATUS_DEGRADED, first->trouble);
    } else if (watch->is_full) {
        status_check_set(watch->check, STATUS_DEGRADED, "sms.hourly_max was reached: codes wait");
    } else {
        status_check_set(watch->check, STATUS_OK, "");
    }
}

static bool is_well(const struct watched *one)
{
    return one->trouble[0] == '\0';
}

static struct duration pause_of(const struct watched *one)
{
    unsigned doublings = one->failures > 0 ? one->failures - 1 : 0;
    return (struct duration){LOOK_AGAIN.us << (doublings < DOUBLINGS_MAX ? doublings : DOUBLINGS_MAX)};
}

bool sms_watch_fails(const struct sms_watch *watch, size_t provider)
{
    return atomic_load(&watch->providers[provider].fails);
}

void sms_watch_note_failure(struct sms_watch *watch, size_t provider)
{
    atomic_store(&watch->providers[provider].fails, true);
}

bool sms_watch_takes_turn(struct sms_watch *watch, size_t provider)
{
    struct watched *one = &watch->providers[provider];
    if (is_well(one) || !one->needs_message || duration_longer(pause_of(one), clock_since(one->tried))) {
        return false;
    }
    one->tried = clock_tick();
    return true;
}

/* Kannel answers a probe as it does a message: after one silence that says enough, but not after another. An HTTPS provider
 * is only found to be there. */
static bool needs_message_after(const struct watched *one, enum sms_outcome outcome)
{
    bool is_proved_by_probe = one->provider->kind == SMS_KANNEL && one->failures == 0;
    return outcome == SMS_REFUSED || (outcome == SMS_SILENT && !is_proved_by_probe);
}

static void set_trouble(struct watched *one, enum sms_outcome outcome, const struct fault *fault)
{
    one->heard = clock_tick();
    (void)snprintf(one->trouble, sizeof one->trouble, "%s", outcome == SMS_TAKEN ? "" : fault->text);
    atomic_store(&one->fails, !is_well(one));
    tell(one->watch);
}

void sms_watch_judge(struct sms_watch *watch, size_t provider, enum sms_outcome outcome, const struct fault *fault)
{
    struct watched *one = &watch->providers[provider];
    if (outcome == SMS_UNFIT) {
        return; /* one number's trouble is not everybody's; that many fail is counted (preau_sms_provider_total) */
    }
    one->needs_message = needs_message_after(one, outcome);
    one->failures = outcome == SMS_TAKEN ? 0 : one->failures + 1;
    one->tried = clock_tick();
    set_trouble(one, outcome, fault);
}

void sms_watch_full(struct sms_watch *watch, bool is_full)
{
    if (watch->is_full != is_full) {
        watch->is_full = is_full;
        tell(watch);
    }
}

/* --- asked --- */

static void probe_run(void *arg, void *context)
{
    struct watched *one = arg;
    struct sms_gateway *const *gateways = context;
    one->outcome = sms_gateway_probe(gateways[one->place], &one->fault);
}

static void probe_done(void *arg, bool was_run)
{
    struct watched *one = arg;
    one->is_probing = false;
    if (!was_run) {
        return;
    }
    if (one->outcome == SMS_TAKEN && one->needs_message) {
        one->heard = clock_tick();
        return;
    }
    if (is_well(one) && one->outcome != SMS_TAKEN) {
        log_event(LOG_WARNING, "sms_gateway_unwell", F("provider", one->provider->name),
            F("fault", (const struct fault *)&one->fault));
    }
    set_trouble(one, one->outcome, &one->fault);
}

/* How long until it is to be asked; asks now when that is nothing. */
static struct duration look_at(struct watched *one)
{
    struct sms_watch *watch = one->watch;
    bool is_soon = !is_well(one) && duration_longer(watch->interval, LOOK_AGAIN);
    struct duration pause = is_soon ? LOOK_AGAIN : watch->interval;
    struct duration left = {pause.us - clock_since(one->heard).us};
    if (left.us > 0) {
        return left;
    }
    if (!one->is_probing) {
        one->is_probing = worker_submit(watch->workers, probe_run, probe_done, one);
    }
    return pause;
}

static void look(void *arg)
{
    struct sms_watch *watch = arg;
    struct duration least = watch->interval;
    for (size_t i = 0; i < watch->count; i++) {
        struct duration left = look_at(&watch->providers[i]);
        least = duration_longer(least, left) ? left : least;
    }
    timer_set(watch->timer, least);
}

/* --- its life --- */

struct sms_watch *sms_watch_new(
    const struct daemon_run *run, struct workers *workers, const struct sms_providers *providers)
{
    struct sms_watch *watch = checked_calloc(1, sizeof *watch + providers->count * sizeof watch->providers[0]);
    watch->workers = workers;
    watch->interval = config_duration(run->config, CONFIG_SMS_CHECK_INTERVAL);
    watch->check = status_check_add(run->status, "sms", false);
    watch->count = providers->count;
    for (size_t i = 0; i < watch->count; i++) {
        watch->providers[i] = (struct watched){.watch = watch, .provider = &providers->list[i], .place = i};
        /* nothing is known of it: asked at once */
        watch->providers[i].heard = (struct tick){clock_tick().us - watch->interval.us};
    }
    watch->timer = loop_timer(run->loop, look, watch);
    timer_set(watch->timer, MILLISECONDS(100));
    return watch;
}

void sms_watch_stop(struct sms_watch *watch)
{
    timer_cancel(&watch->timer);
}

void sms_watch_free(struct sms_watch **watch)
{
    memory_free(watch);
}
