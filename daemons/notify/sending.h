/* Mails on their way from the outbox to their record, in this process. What each state means is a promise: see sender.h. */
#pragma once

#include "notify/mailer.h"
#include "runtime/loop.h"
#include "store/delivery.h"

#include <sys/queue.h>

struct sender;

enum sending_state {
    SENDING_READY,     /* set aside: in the outbox it waits, and may be cancelled */
    SENDING_BEGINNING, /* the outbox is asked whether it may begin */
    SENDING_RUNNING,   /* a thread has it */
    SENDING_LEFT,      /* the server has it; to be written down */
    SENDING_NOTING,    /* is being written down */
    SENDING_ENDING,    /* it did not leave, which is being written down */
    SENDING_STATES
};

struct sending {
    TAILQ_ENTRY(sending) link;
    struct sender *sender;
    enum sending_state state;
    struct owed_mail mail;
    char *reminder; /* the mail's own copy */
    struct instant aside_until;
    struct mailer_outcome outcome;
    struct timer *again;
    bool is_dead;  /* nothing is to be sent: the account or the link is no more, or nobody wants it */
    bool is_paced; /* counted for its domain */
};

/* Oldest first. */
struct sendings {
    TAILQ_HEAD(, sending) all;
    unsigned counts[SENDING_STATES];
};

void sendings_init(struct sendings *sendings);
bool sendings_are_none(const struct sendings *sendings);
/* The first that is in this state; NULL: none is. */
struct sending *sendings_first(const struct sendings *sendings, enum sending_state state);
bool sendings_hold(const struct sendings *sendings, const struct owed_mail *mail);

/* Ready. */
struct sending *sending_new(struct sendings *sendings, struct sender *sender, const struct owed_mail *mail);
void sending_move(struct sendings *sendings, struct sending *sending, enum sending_state state);
void sending_free(struct sendings *sendings, struct sending *sending);
struct delivery_ref sending_ref(const struct sending *sending);
