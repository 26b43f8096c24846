/* Threads that send what may begin, and the sender's own life. */
#include "notify/sender_own.h"

#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/memory.h"
#include "runtime/metric.h"

/* --- the server --- */

static void pause_over(void *arg)
{
    struct sender *sender = arg;
    timer_cancel(&sender->pause);
    sender_wake(sender);
}

/* A server that refuses us refuses every mail: the others are not tried on it meanwhile, and stay as new. */
static void judge_server(struct sender *sender, const struct smtp_outcome *smtp)
{
    if (relay_judge(sender->relay, smtp) && !sender->pause && !sender->is_draining) {
        sender->pause = loop_after(sender->notify->run->loop, sender->settings.retry.first, pause_over, sender);
        log_event(LOG_WARNING, "smtp_pause", F("reason", delivery_reason_code(smtp->reason)), F("reply", smtp->reply),
            F("time", sender->settings.retry.first));
    }
}

/* --- threads --- */

static void run(void *arg, void *context)
{
    struct sending *sending = arg;
    mailer_send(context, &sending->mail, &sending->outcome);
}

static void done(void *arg, bool was_run)
{
    struct sending *sending = arg;
    struct sender *sender = sending->sender;
    if (!was_run) { /* stopping: it is due again after its lease */
        sender_end(sending);
        return;
    }
    if (sending->outcome.is_composed) {
        metric_observe(METRIC_SMTP_SECONDS, sending->outcome.smtp_time);
        judge_server(sender, &sending->outcome.smtp);
    } else {
        log_fault("mail_not_composed", &sending->outcome.fault);
    }
    if (sending->outcome.smtp.end == SMTP_SENT) {
        sending_move(&sender->sendings, sending, SENDING_LEFT);
        sender_step_soon(sender);
    } else {
        sending_move(&sender->sendings, sending, SENDING_ENDING);
        sender_record_unsent(sending);
    }
}

void sender_run(struct sending *sending)
{
    if (!worker_submit(sending->sender->workers, run, done, sending)) {
        sender_end(sending); /* stopping */
    }
}

/* On each thread, once. */
static void *mailer_take(void *arg)
{
    struct sender *sender = arg;
    return &sender->mailers[atomic_fetch_add(&sender->mailers_given, 1)];
}

/* --- its life --- */

void sender_wake(struct sender *sender)
{
    /* what is due is not the work of the request that says there is some */
    _cleanup_(log_scope_leave) struct log_scope scope = log_scope_enter("");
    sender_step(sender);
    sender_look_ahead(sender);
}

static void scan(void *arg)
{
    sender_wake(arg);
}

void sender_drain(struct sender *sender)
{
    sender->is_draining = true;
    sender_give_back(sender);
}

bool sender_is_idle(const struct sender *sender)
{
    return sendings_are_none(&sender->sendings) && !sender->is_reserving && sender->holding == 0;
}

bool sender_new(struct notify *notify, struct sender **out_sender, struct fault *fault)
{
    const struct config *config = notify->run->config;
    struct sender *sender = *out_sender = checked_calloc(1, sizeof *sender);
    sender->notify = notify;
    sendings_init(&sender->sendings);
    if (!sender_settings_read(&sender->settings, config, fault) || !sender_mailers_make(sender, config, fault)) {
        return false;
    }
    unsigned connections = sender->settings.connections;
    sender->pace = sender_pace_make(config, connections);
    const struct worker_options options = {
        .name = "mail",
        .threads = connections,
        .queue_limit = connections,
        .start = mailer_take,
        .arg = sender,
    };
    sender->workers = workers_new(notify->run->loop, &options);
    sender->relay = relay_new(sender, notify->run);
    metric_label_add(METRIC_CERTIFICATE_END, 1, "smtp");
    sender->aside_at = clock_tick();
    sender->scan = loop_every(notify->run->loop, config_duration(config, CONFIG_NOTIFY_SCAN_INTERVAL), scan, sender);
    return true;
}

void sender_stop(struct sender *sender)
{
    sender_drain(sender);
    timer_cancel(&sender->scan);
    timer_cancel(&sender->pause);
    timer_cancel(&sender->turn);
    timer_cancel(&sender->step_again);
    if (sender->relay) {
        relay_stop(sender->relay);
    }
    if (sender->workers && !workers_stop(&sender->workers, SECONDS(1))) {
        log_event(LOG_WARNING, "smtp_conversation_left", F("mails", sender->sendings.counts[SENDING_RUNNING]));
    }
    timer_cancel(&sender->step_soon);
    sender_step(sender); /* what ended until now */
}

void sender_free(struct sender **address)
{
    struct sender *sender = *address;
    if (!sender || !sendings_are_none(&sender->sendings) ||
        relay_is_busy(sender->relay)) { /* a thread still uses it: left to the end of the process */
        return;
    }
    for (unsigned i = 0; i < sender->settings.connections; i++) {
        template_set_free(&sender->mailers[i].templates);
        smtp_free(&sender->mailers[i].smtp);
    }
    relay_free(&sender->relay);
    sender_settings_clear(&sender->settings);
    mail_pace_free(&sender->pace);
    memory_free(address);
}
