/* A connection to the SMTP server, open and signed in: libcurl makes it (STARTTLS, certificates, sign-in), commands and replies
 * go over it. Blocking: for one thread. */
#pragma once

#include "notify/smtp.h"

#include <stdbool.h>

struct smtp_line;

struct smtp_reply {
    int code;                          /* 0: none */
    char enhanced[SMTP_ENHANCED_SIZE]; /* status code of a refusal (RFC 2034), "" none */
};

/* The options are borrowed. Closed at first. */
NEVER_NULL MUST_USE struct smtp_line *smtp_line_new(const struct smtp_options *options);
/* Says good-bye. */
void smtp_line_free(struct smtp_line **line);

/* All that is said and heard from now on has so long. */
void smtp_line_begin(struct smtp_line *line);
/* These give a CURLcode. out_stage, out_reply: how far it came, and the server's last word. */
int smtp_line_open(struct smtp_line *line, enum smtp_stage *out_stage, struct smtp_reply *out_reply);
int smtp_line_say(struct smtp_line *line, const char *bytes, size_t length);
int smtp_line_hear(struct smtp_line *line, struct smtp_reply *out_reply);
void smtp_line_close(struct smtp_line *line);

bool smtp_line_is_open(const struct smtp_line *line);
/* The server takes commands in groups (RFC 2920); it wants to know a mail's size (RFC 1870). */
bool smtp_line_takes_groups(const struct smtp_line *line);
bool smtp_line_takes_size(const struct smtp_line *line);
