#include "notify/reminder_night.h"

#include "notify/sender.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"
#include "runtime/schedule.h"
#include "store/reminder.h"

/* Between two looks at whether a night was missed; also the pause after a failure. */
#define LOOK_AGAIN MINUTES(1)
/* What is told of a reminder on its head's page, and kept. */
#define REMINDERS_KEPT DAYS(90)

/* Each statement stays short: a few schools for each of them. */
enum { ADMINISTRATORS_AT_ONCE = 10 };

struct reminder_watch {
    struct notify *notify;
    struct day_time time;
    struct timer *timer;
    struct status_check *check;
    struct reminder_night night; /* the one that is being seen through */
    struct tick begun;
    int64_t owed;
    bool is_running;
};

static void night_failed(struct reminder_watch *watch, const struct fault *fault)
{
    watch->is_running = false;
    if (!watch->notify->is_stopping) {
        metric_count(METRIC_REMINDER_NIGHTS, "fault");
        log_fault("reminders_failed", fault);
        status_check_set(watch->check, STATUS_DEGRADED, fault->text);
    }
}

static void night_ended(void *arg, const struct fault *fault)
{
    struct reminder_watch *watch = arg;
    if (fault) {
        night_failed(watch, fault);
        return;
    }
    watch->is_running = false;
    metric_count(METRIC_REMINDER_NIGHTS, "ok");
    log_event(LOG_INFO, "reminders_owed", F("mails", watch->owed), F("time", clock_since(watch->begun)));
    status_check_set(watch->check, STATUS_OK, "");
}

static void some_owed(void *arg, int64_t last, int64_t owed, const struct fault *fault)
{
    struct reminder_watch *watch = arg;
    if (fault || watch->notify->is_stopping) {
        if (fault) {
            night_failed(watch, fault);
        }
        return;
    }
    watch->owed += owed;
    if (owed > 0) {
        FAULT_POINT("notify_reminders_owed");
        sender_wake(watch->notify->sender);
    }
    if (last > 0) {
        reminder_owe(watch->notify->store, &watch->night, last, ADMINISTRATORS_AT_ONCE, some_owed, watch);
    } else {
        struct instant before = {watch->night.now.us - REMINDERS_KEPT.us};
        reminder_end_night(watch->notify->store, &watch->night, before, night_ended, watch);
    }
}

static void night_begin(struct reminder_watch *watch, struct instant now)
{
    watch->is_running = true;
    watch->begun = clock_tick();
    watch->owed = 0;
    watch->night = (struct reminder_night){
        .now = now,
        .today = clock_date(now),
        .zone = config_text(watch->notify->run->config, CONFIG_TIME_ZONE),
    };
    reminder_owe(watch->notify->store, &watch->night, 0, ADMINISTRATORS_AT_ONCE, some_owed, watch);
}

/* The last hour at which heads should have been reminded: was it seen through? */
static void night_judge(void *arg, struct instant finished_at, const struct fault *fault)
{
    struct reminder_watch *watch = arg;
    struct instant now = clock_now();
    if (watch->notify->is_stopping) {
        return;
    }
    if (fault) {
        log_event(LOG_NOTICE, "reminders_wait", F("fault", fault));
    } else if (instant_before(finished_at, schedule_previous(now, watch->time))) {
        night_begin(watch, now);
    } else {
        status_check_set(watch->check, STATUS_OK, "");
    }
}

static void look(void *arg)
{
    struct reminder_watch *watch = arg;
    timer_set(watch->timer, LOOK_AGAIN);
    if (!watch->is_running) {
        reminder_load_night(watch->notify->store, clock_date(clock_now()), night_judge, watch);
    }
}

bool reminder_night_new(struct notify *notify, struct reminder_watch **out_watch, struct fault *fault)
{
    struct reminder_watch *watch = *out_watch = checked_calloc(1, sizeof *watch);
    watch->notify = notify;
    if (!schedule_parse(config_text(notify->run->config, CONFIG_NOTIFY_REMINDER_TIME), &watch->time)) {
        return fault_set(fault, FAULT_CONFIG, "notify.reminder_time: not a time of day");
    }
    watch->check = status_check_add(notify->run->status, "reminders", false);
    status_check_set(watch->check, STATUS_OK, "");
    watch->timer = loop_timer(notify->run->loop, look, watch);
    timer_set(watch->timer, SECONDS(1));
    return true;
}

void reminder_night_free(struct reminder_watch **watch)
{
    if (*watch) {
        timer_cancel(&(*watch)->timer);
        memory_free(watch);
    }
}
