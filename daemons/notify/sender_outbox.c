/* Mails set aside in the outbox, and those of them that may begin. */
#include "notify/ahead.h"
#include "notify/sender_own.h"
#include "runtime/clock.h"
#include "runtime/fault_point.h"
#include "runtime/log.h"
#include "runtime/metric.h"

/* Mails that wait for their turn are looked for more often than the scan does. */
#define TURN_PERIOD MILLISECONDS(200)

/* --- given back --- */

static void held(void *arg, const struct fault *fault)
{
    struct sender *sender = arg;
    (void)fault; /* then they are due again after their lease */
    sender->holding--;
}

static void turn(void *arg)
{
    struct sender *sender = arg;
    if (instant_before(clock_now(), sender->turns_until) && !sender->is_draining) {
        timer_set(sender->turn, TURN_PERIOD);
    }
    sender_wake(sender);
}

struct held_mails {
    struct held_mail each[DELIVERY_TOGETHER_MAX];
    size_t count;
};

static void hold(struct sender *sender, struct held_mails *mails)
{
    if (mails->count > 0) {
        sender->holding++;
        delivery_hold(sender->notify->store, mails->each, mails->count, held, sender);
        mails->count = 0;
    }
}

static void hold_add(struct held_mails *mails, struct sending *sending, struct instant due_at)
{
    struct sender *sender = sending->sender;
    mails->each[mails->count++] = (struct held_mail){sending_ref(sending), due_at};
    sender_end(sending);
    if (mails->count == DELIVERY_TOGETHER_MAX) {
        hold(sender, mails);
    }
}

void sender_give_back(struct sender *sender)
{
    struct held_mails mails = {.count = 0};
    struct sending *sending;
    while ((sending = sendings_first(&sender->sendings, SENDING_READY))) {
        hold_add(&mails, sending, clock_now());
    }
    hold(sender, &mails);
}

static void wait_for_turn(struct sender *sender, struct instant due_at)
{
    metric_add(METRIC_MAILS_HELD, 1);
    if (instant_before(sender->turns_until, due_at)) {
        sender->turns_until = due_at;
    }
    if (!sender->turn) {
        sender->turn = loop_timer(sender->notify->run->loop, turn, sender);
    }
    if (!timer_is_set(sender->turn)) {
        timer_set(sender->turn, TURN_PERIOD);
    }
}

/* --- those that may begin --- */

/* What is being written down makes room: the same statement lets the next begin. */
static unsigned room(const struct sender *sender)
{
    const unsigned *counts = sender->sendings.counts;
    unsigned busy = counts[SENDING_BEGINNING] + counts[SENDING_RUNNING] + counts[SENDING_ENDING];
    return busy < sender->settings.connections ? sender->settings.connections - busy : 0;
}

static void pick(struct sending *sending, struct instant now, struct held_mails *waiting)
{
    struct sender *sender = sending->sender;
    struct instant due_at;
    if (!instant_before(now, sending->aside_until)) {
        sender_end(sending); /* anybody's by now */
    } else if (sending->is_dead) {
        sending_move(&sender->sendings, sending, SENDING_ENDING);
        sender_record_unsent(sending);
    } else if (mail_pace_begin(sender->pace, sending->mail.recipient, now, &due_at)) {
        sending->is_paced = true;
        sending_move(&sender->sendings, sending, SENDING_BEGINNING);
    } else {
        wait_for_turn(sender, due_at);
        hold_add(waiting, sending, due_at);
    }
}

void sender_pick(struct sender *sender)
{
    if (sender->is_draining || sender->pause) {
        return;
    }
    struct held_mails waiting = {.count = 0};
    struct instant now = clock_now();
    struct sending *sending;
    while (room(sender) > 0 && (sending = sendings_first(&sender->sendings, SENDING_READY))) {
        pick(sending, now, &waiting);
    }
    hold(sender, &waiting);
}

/* --- set aside --- */

static void keep(struct sender *sender, const struct owed_mail *mails, size_t count)
{
    /* from before it was asked, so that it ends here first */
    struct instant until =
        instant_add(clock_now(), (struct duration){sender->settings.lease.us - clock_since(sender->aside_at).us});
    for (size_t i = 0; i < count; i++) {
        /* else the record of it waits for the database, and its lease went by meanwhile */
        if (!sendings_hold(&sender->sendings, &mails[i])) {
            sending_new(&sender->sendings, sender, &mails[i])->aside_until = until;
        }
    }
}

static void reserved(void *arg, const struct owed_mail *mails, size_t count, const struct fault *fault)
{
    struct sender *sender = arg;
    sender->is_reserving = false;
    if (fault) {
        if (!sender->notify->is_stopping) {
            log_event(LOG_NOTICE, "mails_wait", F("fault", fault));
        }
        return; /* the scan looks again */
    }
    if (count > 0) {
        FAULT_POINT("notify_mails_reserved");
    }
    keep(sender, mails, count);
    if (sender->is_draining) {
        sender_give_back(sender);
    } else if (count > 0 || sender->wants_more) {
        sender_wake(sender);
    }
}

void sender_look_ahead(struct sender *sender)
{
    sender->wants_more = sender->is_reserving;
    if (sender->is_draining || sender->is_reserving || sender->pause) {
        return;
    }
    unsigned connections = sender->settings.connections;
    unsigned ahead = ahead_of(sender->begun, clock_since(sender->aside_at), connections, DELIVERY_TOGETHER_MAX);
    if (sender->sendings.counts[SENDING_READY] > ahead / 2) {
        return;
    }
    sender->is_reserving = true;
    sender->begun = 0;
    sender->aside_at = clock_tick();
    delivery_reserve(sender->notify->store, ahead, sender->settings.lease, sender->settings.domain, reserved, sender);
}
