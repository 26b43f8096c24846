/* One thread's means to write and hand over a mail. Blocking. */
#pragma once

#include "crypto/key.h"
#include "notify/mail_language.h"
#include "notify/return_address.h"
#include "notify/smtp.h"
#include "store/delivery.h"
#include "template/template.h"

struct mailer {
    struct template_set *templates;
    struct smtp *smtp;
    const struct key_ring *keys;
    const char *sender, *sender_name, *portal_url;
    const struct return_address *returns;
    const struct mail_languages *languages;
};

struct mailer_outcome {
    struct smtp_outcome smtp;
    struct duration smtp_time; /* 0: it was not asked */
    bool is_composed;          /* else `fault` says why not */
    struct fault fault;
};

void mailer_send(struct mailer *mailer, const struct owed_mail *mail, struct mailer_outcome *out_outcome);
