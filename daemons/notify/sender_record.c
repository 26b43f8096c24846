/* What the outbox is told of mails: those that left and those that begin in one statement, the others one by one. */
#include "notify/sender_own.h"

#include "notify/progress.h"
#include "runtime/clock.h"
#include "runtime/log.h"
#include "runtime/metric.h"

/* A record that the database did not take is tried again: the mail has left, nobody else can know it. */
#define RECORD_AGAIN MILLISECONDS(500)
/* What a mail that left waits for others: about what a statement and its commit take. */
#define STEP_TOGETHER MILLISECONDS(1)

static void tell_outcome(const struct sending *sending, const char *outcome)
{
    const struct owed_mail *mail = &sending->mail;
    const struct smtp_outcome *smtp = &sending->outcome.smtp;
    metric_count(METRIC_DELIVERIES, delivery_kind_code(mail->kind), outcome);
    log_event(LOG_INFO, "mail", F("outcome", outcome), F("academy", (int)mail->academy.v), F("delivery", mail->id),
        F("message_id", mail->message_id), F("account", mail->account), F("kind", delivery_kind_code(mail->kind)),
        F("attempt", mail->attempt), F("reason", delivery_reason_code(smtp->reason)), F("reply", smtp->reply),
        F("time", sending->outcome.smtp_time));
}

void sender_end(struct sending *sending)
{
    struct sender *sender = sending->sender;
    if (sending->is_paced) {
        mail_pace_end(sender->pace, sending->mail.recipient, sending->outcome.smtp_time);
    }
    sending_free(&sender->sendings, sending);
}

static void recorded(struct sending *sending, const char *outcome)
{
    struct notify *notify = sending->sender->notify;
    tell_outcome(sending, outcome);
    if (sending->mail.batch.v != 0) {
        progress_mark(notify->progress, sending->mail.batch_academy, sending->mail.batch);
    }
    sender_end(sending);
}

/* --- those that left, and those that begin --- */

struct step {
    struct delivery_ref left[CONNECTIONS_MAX], begin[CONNECTIONS_MAX];
    size_t left_count, begin_count;
};

static void step_add(struct step *step, const struct sending *sending)
{
    if (sending->state == SENDING_LEFT) {
        step->left[step->left_count++] = sending_ref(sending);
    } else {
        step->begin[step->begin_count++] = sending_ref(sending);
    }
}

static void step_over(void *arg)
{
    struct sender *sender = arg;
    timer_cancel(&sender->step_again);
    sender_wake(sender);
}

static void not_noted(struct sender *sender, const struct fault *fault)
{
    struct sending *sending;
    while ((sending = sendings_first(&sender->sendings, SENDING_NOTING))) {
        if (sender->notify->is_stopping) {
            sender_end(sending);
        } else {
            sending_move(&sender->sendings, sending, SENDING_LEFT);
        }
    }
    if (!sender->notify->is_stopping) {
        log_fault("delivery_not_recorded", fault);
        sender->step_again = loop_after(sender->notify->run->loop, RECORD_AGAIN, step_over, sender);
    }
}

static void noted(struct sender *sender)
{
    struct sending *sending;
    while ((sending = sendings_first(&sender->sendings, SENDING_NOTING))) {
        recorded(sending, "sent");
    }
}

static const struct delivery_ref *begun_of(
    const struct sending *sending, const struct delivery_ref *begun, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (begun[i].academy.v == sending->mail.academy.v && begun[i].id.v == sending->mail.id.v) {
            return &begun[i];
        }
    }
    return NULL;
}

/* Those that are not told as begun were cancelled, are another's, or nobody knows: they are not sent. */
static void begin(struct sender *sender, const struct delivery_ref *begun, size_t count)
{
    struct sending *sending;
    while ((sending = sendings_first(&sender->sendings, SENDING_BEGINNING))) {
        const struct delivery_ref *own = begun_of(sending, begun, count);
        if (own && !sender->notify->is_stopping) {
            sending->mail.attempt = own->attempt;
            sending_move(&sender->sendings, sending, SENDING_RUNNING);
            sender->begun++;
            sender_run(sending);
        } else {
            sender_end(sending);
        }
    }
}

static void stepped(void *arg, const struct delivery_ref *begun, size_t count, const struct fault *fault)
{
    struct sender *sender = arg;
    sender->is_stepping = false;
    if (fault) {
        not_noted(sender, fault);
    } else {
        noted(sender);
    }
    begin(sender, begun, count);
    sender_wake(sender);
}

/* One at a time: what ends while it runs goes with the next. */
void sender_step(struct sender *sender)
{
    if (sender->is_stepping || sender->step_again) {
        return;
    }
    if (sender->step_soon) {
        timer_clear(sender->step_soon);
    }
    sender_pick(sender);
    struct step step = {.left_count = 0};
    for (struct sending *sending = TAILQ_FIRST(&sender->sendings.all); sending; sending = TAILQ_NEXT(sending, link)) {
        if (sending->state == SENDING_LEFT || sending->state == SENDING_BEGINNING) {
            step_add(&step, sending);
        }
        if (sending->state == SENDING_LEFT) {
            sending_move(&sender->sendings, sending, SENDING_NOTING);
        }
    }
    if (step.left_count + step.begin_count == 0) {
        return;
    }
    sender->is_stepping = true;
    const struct delivery_step asked = {
        step.left, step.begin, step.left_count, step.begin_count, sender->settings.lease};
    delivery_step(sender->notify->store, &asked, stepped, sender);
}

static void step_now(void *arg)
{
    sender_step(arg);
}

void sender_step_soon(struct sender *sender)
{
    if (sender->sendings.counts[SENDING_RUNNING] == 0) {
        sender_step(sender);
        return;
    }
    if (!sender->step_soon) {
        sender->step_soon = loop_timer(sender->notify->run->loop, step_now, sender);
    }
    if (!timer_is_set(sender->step_soon)) {
        timer_set(sender->step_soon, STEP_TOGETHER);
    }
}

/* --- those that did not leave --- */

static void record_again(void *arg)
{
    sender_record_unsent(arg);
}

static void end_recorded(struct sending *sending, const char *outcome, const struct fault *fault)
{
    struct sender *sender = sending->sender;
    struct notify *notify = sender->notify;
    if (fault && !notify->is_stopping) {
        log_fault("delivery_not_recorded", fault);
        timer_cancel(&sending->again);
        sending->again = loop_after(notify->run->loop, RECORD_AGAIN, record_again, sending);
    } else if (fault) {
        sender_end(sending);
    } else {
        recorded(sending, outcome);
        sender_wake(sender);
    }
}

static void put_off_recorded(void *arg, bool is_cancelled, const struct fault *fault)
{
    end_recorded(arg, is_cancelled ? "cancelled" : "put_off", fault);
}

static void failure_recorded(void *arg, const struct fault *fault)
{
    end_recorded(arg, "failed", fault);
}

static void cancellation_recorded(void *arg, const struct fault *fault)
{
    end_recorded(arg, "cancelled", fault);
}

static enum delivery_reason why_dead(const struct owed_mail *mail)
{
    if (mail->is_closed) {
        return DELIVERY_REASON_ACCOUNT_CLOSED;
    }
    if (mail->has_moved) {
        return DELIVERY_REASON_ADDRESS_CHANGED;
    }
    return mail->is_unwanted ? DELIVERY_REASON_REMINDER_UNWANTED : DELIVERY_REASON_LINK_REPLACED;
}

void sender_record_unsent(struct sending *sending)
{
    struct sender *sender = sending->sender;
    struct store *store = sender->notify->store;
    const struct smtp_outcome *smtp = &sending->outcome.smtp;
    struct instant due_at;
    if (sending->is_dead) {
        sending->outcome.smtp.reason = why_dead(&sending->mail);
        delivery_cancelled(store, sending_ref(sending), smtp->reason, cancellation_recorded, sending);
        return;
    }
    const struct delivery_unsent unsent = {sending_ref(sending), smtp->reason, smtp->may_have_left};
    struct instant now = clock_now();
    bool may = smtp->end == SMTP_TRY_AGAIN &&
               retry_next(&sender->settings.retry, sending->mail.attempt, sending->mail.created_at, now, &due_at);
    if (may) {
        delivery_put_off(store, &unsent, instant_since(due_at, now), put_off_recorded, sending);
    } else {
        delivery_failed(store, &unsent, failure_recorded, sending);
    }
}
