/* What the files of the sender share. Only sender*.c include it. */
#pragma once

#include "notify/mail_pace.h"
#include "notify/retry.h"
#include "notify/sender.h"
#include "notify/sending.h"
#include "runtime/worker.h"

#include <stdatomic.h>

enum { CONNECTIONS_MAX = 64 };

struct relay;

struct sender_settings {
    struct smtp_options smtp;
    struct secret *password;
    const char *address; /* in the header From */
    const char *domain;  /* of Message-IDs */
    struct return_address returns;
    struct mail_languages *languages;
    struct retry_bounds retry;
    struct duration lease;
    unsigned connections;
};

struct sender {
    struct notify *notify;
    struct sender_settings settings;
    struct workers *workers;
    struct mailer mailers[CONNECTIONS_MAX];
    atomic_uint mailers_given;
    struct mail_pace *pace;
    struct sendings sendings;

    struct timer *scan;
    bool is_reserving, wants_more;
    unsigned begun; /* since mails were last set aside */
    struct tick aside_at;
    unsigned holding; /* statements that give mails back */
    struct timer *turn;
    struct instant turns_until; /* the latest turn that a mail was given */

    bool is_stepping;
    struct timer *step_again;
    struct timer *step_soon; /* some left, others that began beside them are about to */

    struct relay *relay;
    struct timer *pause; /* the server refuses us: it is left alone for a while */
    bool is_draining;
};

/* sender_settings.c. Faults: CONFIG, IO, FORMAT. */
MUST_USE bool sender_settings_read(struct sender_settings *settings, const struct config *config, struct fault *fault);
MUST_USE bool sender_mailers_make(struct sender *sender, const struct config *config, struct fault *fault);
MUST_USE struct mail_pace *sender_pace_make(const struct config *config, unsigned connections);
void sender_settings_clear(struct sender_settings *settings);

/* sender_outbox.c: mails set aside, and those that may begin. */
void sender_look_ahead(struct sender *sender);
/* Moves as many as there is room for from ready to beginning; gives back those whose domain has enough. */
void sender_pick(struct sender *sender);
/* Gives back all that did not begin. */
void sender_give_back(struct sender *sender);

/* sender_record.c: what the outbox is told. */
void sender_step(struct sender *sender);
/* Once all that are on their way have left, or in a moment: one commit for them, and not one each. */
void sender_step_soon(struct sender *sender);
void sender_record_unsent(struct sending *sending);
void sender_end(struct sending *sending);

/* sender.c */
void sender_run(struct sending *sending);

/* relay.c: is the server well? The check "smtp". What was said to it with a mail tells, and when nothing was for
 * notify.smtp_check_interval, it is asked. */
NEVER_NULL MUST_USE struct relay *relay_new(struct sender *sender, const struct daemon_run *run);
/* Of a mail's conversation. True: it refuses us each time, and is to be left alone for a while. */
MUST_USE bool relay_judge(struct relay *relay, const struct smtp_outcome *smtp);
void relay_stop(struct relay *relay);
/* A thread asks it at this moment. relay may be NULL. */
bool relay_is_busy(const struct relay *relay);
void relay_free(struct relay **relay);
