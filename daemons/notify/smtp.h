/* One conversation after another with the SMTP server; the connection is kept between mails. Blocking: for worker threads,
 * one smtp each. */
#pragma once

#include "domain/delivery_reason.h"
#include "domain/types.h"
#include "runtime/attributes.h"
#include "runtime/secret.h"

#include <stddef.h>

struct smtp;

enum { SMTP_ENHANCED_SIZE = 12 };

struct smtp_options {
    const char *url;      /* smtp://host:port, smtps:// */
    const char *starttls; /* "auto", "always", "never" */
    const char *ca_file;  /* "": the system's */
    const char *user;     /* "": no sign-in */
    const struct secret *password;
    struct duration timeout;
};

/* What was being said when the conversation ended. */
enum smtp_stage {
    SMTP_CONNECTING, /* greeting, EHLO, STARTTLS */
    SMTP_SIGNING_IN,
    SMTP_ADDRESSING, /* MAIL */
    SMTP_RECIPIENT,  /* RCPT */
    SMTP_CONTENT     /* DATA and after it */
};

enum smtp_end { SMTP_SENT, SMTP_TRY_AGAIN, SMTP_NEVER };

struct smtp_outcome {
    enum smtp_end end;
    enum delivery_reason reason;
    int reply;           /* the server's last code; 0: none */
    bool is_server_well; /* it answered as a working server does, whatever it said of this mail */
    bool may_have_left;  /* all of the mail was given, and the conversation ended without a word on it */
};

/* Once, before threads start. */
void smtp_begin(void);

/* The options are borrowed, texts and all. */
NEVER_NULL MUST_USE struct smtp *smtp_new(const struct smtp_options *options);
void smtp_free(struct smtp **smtp);

struct smtp_mail {
    const char *sender, *recipient; /* of the envelope */
    const char *content; /* lines end with CRLF, dots stuffed, the dot that ends it included (RFC 5321 4.5.2) */
    size_t length;
};
struct smtp_outcome smtp_send(struct smtp *smtp, const struct smtp_mail *mail);
/* Would it take a mail of this sender? A conversation that ends before there is any. */
struct smtp_outcome smtp_probe(struct smtp *smtp, const char *sender);

/* Pure: what a conversation's end means. code: a CURLcode; enhanced: the reply's status code "5.7.1" (RFC 3463), or "". */
struct smtp_outcome smtp_judge(int code, int reply, const char *enhanced, enum smtp_stage stage);
