/* A mail as the SMTP server takes it: RFC 5322 and MIME, over GMime. */
#pragma once

#include "domain/types.h"
#include "notify/mail_text.h"
#include "runtime/attributes.h"

#include <stddef.h>

struct mail_head {
    const char *sender_name, *sender;
    const char *recipient_name, *recipient;
    const char *message_id; /* without < > */
    const char *language;   /* the second one; "" none */
    struct instant date;
};

/* Once, before threads start. */
void mail_message_begin(void);

/* Lines end with CRLF; the caller frees, and wipes if it holds a secret. */
NEVER_NULL MUST_USE char *mail_message_make(
    const struct mail_head *head, const struct mail_text *text, size_t *out_length);
/* As SMTP carries it: dots stuffed, and the one that ends it. To be wiped and freed too. */
FRESH_MEMORY char *mail_message_for_smtp(const char *message, size_t length, size_t *out_length);
