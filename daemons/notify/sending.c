#include "notify/sending.h"

#include "runtime/memory.h"
#include "runtime/secret.h"

#include <assert.h>

void sendings_init(struct sendings *sendings)
{
    TAILQ_INIT(&sendings->all);
}

bool sendings_are_none(const struct sendings *sendings)
{
    return TAILQ_EMPTY(&sendings->all);
}

struct sending *sendings_first(const struct sendings *sendings, enum sending_state state)
{
    struct sending *sending = TAILQ_FIRST(&sendings->all);
    while (sending && sending->state != state) {
        sending = TAILQ_NEXT(sending, link);
    }
    return sending;
}

bool sendings_hold(const struct sendings *sendings, const struct owed_mail *mail)
{
    const struct sending *sending;
    TAILQ_FOREACH(sending, &sendings->all, link)
    {
        if (sending->mail.academy.v == mail->academy.v && sending->mail.id.v == mail->id.v) {
            return true;
        }
    }
    return false;
}

struct sending *sending_new(struct sendings *sendings, struct sender *sender, const struct owed_mail *mail)
{
    struct sending *sending = checked_calloc(1, sizeof *sending);
    sending->sender = sender;
    sending->mail = *mail;
    sending->mail.reminder = sending->reminder = mail->reminder ? checked_strdup(mail->reminder) : NULL;
    sending->is_dead = mail->is_closed || mail->link_is_dead || mail->has_moved || mail->is_unwanted;
    sendings->counts[SENDING_READY]++;
    TAILQ_INSERT_TAIL(&sendings->all, sending, link);
    return sending;
}

/* What may follow each state: a mail that a thread has is never taken for one that waits. */
static const unsigned may_follow[SENDING_STATES] = {
    [SENDING_READY] = 1U << SENDING_BEGINNING | 1U << SENDING_ENDING,
    [SENDING_BEGINNING] = 1U << SENDING_RUNNING,
    [SENDING_RUNNING] = 1U << SENDING_LEFT | 1U << SENDING_ENDING,
    [SENDING_LEFT] = 1U << SENDING_NOTING,
    [SENDING_NOTING] = 1U << SENDING_LEFT,
};

void sending_move(struct sendings *sendings, struct sending *sending, enum sending_state state)
{
    assert(may_follow[sending->state] & 1U << state);
    sendings->counts[sending->state]--;
    sendings->counts[state]++;
    sending->state = state;
}

void sending_free(struct sendings *sendings, struct sending *sending)
{
    sendings->counts[sending->state]--;
    TAILQ_REMOVE(&sendings->all, sending, link);
    timer_cancel(&sending->again);
    secret_wipe(&sending->mail, sizeof sending->mail);
    memory_free(&sending->reminder);
    memory_free(&sending);
}

struct delivery_ref sending_ref(const struct sending *sending)
{
    return (struct delivery_ref){sending->mail.academy, sending->mail.id, sending->mail.attempt};
}
