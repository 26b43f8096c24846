#include "link/sms_watch.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"

#include <stdio.h>

/* While it is not well, it is looked for more often. */
#define LOOK_AGAIN SECONDS(5)

struct sms_watch {
    struct status_check *check;
    struct workers *workers;
    struct duration interval;
    struct timer *timer;
    struct tick heard;  /* it was asked something, and answered or did not */
    char trouble[240];  /* "": none */
    bool needs_message; /* it refused one: only one that it takes says that this is over */
    bool is_full;
    bool is_probing;
    enum sms_outcome outcome; /* of the probe */
    struct fault fault;
};

static void tell(const struct sms_watch *watch)
{
    if (watch->trouble[0] != '\0') {
        status_check_set(watch->check, STATUS_DEGRADED, watch->trouble);
    } else if (watch->is_full) {
        status_check_set(watch->check, STATUS_DEGRADED, "sms.hourly_max was reached: codes wait");
    } else {
        status_check_set(watch->check, STATUS_OK, "");
    }
}

void sms_watch_judge(struct sms_watch *watch, enum sms_outcome outcome, const struct fault *fault)
{
    if (outcome == SMS_UNFIT) {
        return; /* one number's trouble is not everybody's; that many fail is counted (preau_sms_total) */
    }
    watch->heard = clock_tick();
    watch->needs_message = outcome == SMS_REFUSED;
    (void)snprintf(watch->trouble, sizeof watch->trouble, "%s", outcome == SMS_TAKEN ? "" : fault->text);
    tell(watch);
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
    struct sms_watch *watch = arg;
    watch->outcome = sms_gateway_probe(context, &watch->fault);
}

static void probe_done(void *arg, bool was_run)
{
    struct sms_watch *watch = arg;
    watch->is_probing = false;
    if (!was_run || (watch->outcome == SMS_TAKEN && watch->needs_message)) {
        return;
    }
    bool was_well = watch->trouble[0] == '\0';
    bool needed_message = watch->needs_message;
    sms_watch_judge(watch, watch->outcome, &watch->fault);
    watch->needs_message = needed_message;
    if (was_well && watch->outcome != SMS_TAKEN) {
        log_event(LOG_WARNING, "sms_gateway_unwell", F("fault", (const struct fault *)&watch->fault));
    }
}

static void look(void *arg)
{
    struct sms_watch *watch = arg;
    bool is_soon = watch->trouble[0] != '\0' && duration_longer(watch->interval, LOOK_AGAIN);
    struct duration pause = is_soon ? LOOK_AGAIN : watch->interval;
    struct duration left = {pause.us - clock_since(watch->heard).us};
    timer_set(watch->timer, left.us > 0 ? left : pause);
    if (left.us <= 0 && !watch->is_probing) {
        watch->is_probing = worker_submit(watch->workers, probe_run, probe_done, watch);
    }
}

/* --- its life --- */

struct sms_watch *sms_watch_new(const struct daemon_run *run, struct workers *workers)
{
    struct sms_watch *watch = checked_calloc(1, sizeof *watch);
    watch->workers = workers;
    watch->interval = config_duration(run->config, CONFIG_SMS_CHECK_INTERVAL);
    watch->check = status_check_add(run->status, "sms", false);
    watch->heard = (struct tick){clock_tick().us - watch->interval.us}; /* nothing is known of it: asked at once */
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
