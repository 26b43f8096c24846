/* Is the mail server well? */
#include "notify/sender_own.h"

#include "runtime/clock.h"
#include "runtime/memory.h"
#include "runtime/status.h"

#include <stdio.h>

enum {
    REFUSALS_IN_A_ROW = 5, /* of us: then it is left alone for a while */
    DELAYS_IN_A_ROW = 5,   /* of whatever it is given: one greylisted mail says nothing of the server, five do */
};
/* While it is not well, it is looked for more often. */
#define LOOK_AGAIN SECONDS(5)

struct relay {
    struct sender *sender;
    struct status_check *check;
    struct duration interval;
    struct timer *timer;
    struct tick heard; /* a conversation ended, whichever way */
    unsigned refusals, delays;
    bool is_well;
    bool needs_mail; /* it said no to a mail: only one that it takes says that this is over */
    bool is_probing;
    struct smtp_outcome probe;
};

static void tell_trouble(struct relay *relay, const struct smtp_outcome *smtp)
{
    char cause[160];
    relay->is_well = false;
    (void)snprintf(cause, sizeof cause, "mail server of notify.smtp_url: %s (last reply %d)",
        delivery_reason_code(smtp->reason), smtp->reply);
    status_check_set(relay->check, STATUS_DEGRADED, cause);
}

static void tell_well(struct relay *relay)
{
    relay->is_well = true;
    relay->needs_mail = false;
    status_check_set(relay->check, STATUS_OK, "");
}

static bool is_delayed(const struct smtp_outcome *smtp)
{
    return smtp->reason == DELIVERY_REASON_REFUSED_FOR_NOW;
}

static bool is_refusing_us(const struct smtp_outcome *smtp)
{
    return smtp->reason == DELIVERY_REASON_SERVER_REFUSED || smtp->reason == DELIVERY_REASON_SIGN_IN_REFUSED;
}

bool relay_judge(struct relay *relay, const struct smtp_outcome *smtp)
{
    relay->heard = clock_tick();
    relay->delays = is_delayed(smtp) ? relay->delays + 1 : 0;
    if (is_refusing_us(smtp)) {
        relay->refusals++;
    } else if (smtp->is_server_well) {
        relay->refusals = 0;
    }
    if (!smtp->is_server_well || relay->delays >= DELAYS_IN_A_ROW) {
        relay->needs_mail = smtp->reply >= 400;
        tell_trouble(relay, smtp);
    } else if (!is_delayed(smtp)) {
        tell_well(relay);
    }
    return relay->refusals >= REFUSALS_IN_A_ROW && is_refusing_us(smtp);
}

/* --- asked --- */

static void probe_run(void *arg, void *context)
{
    struct relay *relay = arg;
    const struct mailer *mailer = context;
    relay->probe = smtp_probe(mailer->smtp, mailer->sender);
}

static void probe_done(void *arg, bool was_run)
{
    struct relay *relay = arg;
    relay->is_probing = false;
    if (!was_run) {
        return;
    }
    relay->heard = clock_tick();
    if (!relay->probe.is_server_well) {
        tell_trouble(relay, &relay->probe);
    } else if (!relay->needs_mail) {
        tell_well(relay);
    }
}

static void look(void *arg)
{
    struct relay *relay = arg;
    bool is_soon = !relay->is_well && duration_longer(relay->interval, LOOK_AGAIN);
    struct duration pause = is_soon ? LOOK_AGAIN : relay->interval;
    struct duration left = {pause.us - clock_since(relay->heard).us};
    if (left.us > 0) {
        timer_set(relay->timer, left);
        return;
    }
    timer_set(relay->timer, pause);
    if (!relay->is_probing) { /* else all threads are at work, which tells as much */
        relay->is_probing = worker_submit(relay->sender->workers, probe_run, probe_done, relay);
    }
}

/* --- its life --- */

struct relay *relay_new(struct sender *sender, const struct daemon_run *run)
{
    struct relay *relay = checked_calloc(1, sizeof *relay);
    relay->sender = sender;
    relay->interval = config_duration(run->config, CONFIG_NOTIFY_SMTP_CHECK_INTERVAL);
    relay->check = status_check_add(run->status, "smtp", false);
    relay->heard = clock_tick();
    relay->timer = loop_timer(run->loop, look, relay);
    timer_set(relay->timer, MILLISECONDS(100));
    relay->heard.us -= relay->interval.us; /* the first time at once: nothing is known of it */
    return relay;
}

void relay_stop(struct relay *relay)
{
    timer_cancel(&relay->timer);
}

bool relay_is_busy(const struct relay *relay)
{
    return relay && relay->is_probing;
}

void relay_free(struct relay **relay)
{
    memory_free(relay);
}
