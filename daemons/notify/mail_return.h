/* What a mail says that came to the address of returns: the report of a server on a mail of ours (RFC 3464, 6533), the
 * answer of a machine (RFC 3834), or neither. Pure; GMime parses. Whatever the bytes are. */
#pragma once

#include "crypto/token.h"
#include "domain/delivery_reason.h"

#include <stddef.h>

enum mail_return_kind {
    MAIL_RETURN_UNREADABLE, /* no mail at all */
    MAIL_RETURN_OTHER,      /* a person's answer, a report of another form: for a person to read */
    MAIL_RETURN_FAILED,     /* it did not arrive, and will not */
    MAIL_RETURN_DELAYED,
    MAIL_RETURN_DELIVERED, /* or handed on to servers that report no more */
    MAIL_RETURN_AUTOMATIC  /* out of office, read receipt */
};

enum {
    MAIL_RETURN_STATUS_SIZE = 16,
    MAIL_RETURN_TOKENS_MAX = 8, /* addresses of ours in its head */
    MAIL_RETURN_LOCAL_SIZE = 64 - TOKEN_RETURN_SIZE + 1
};

struct mail_return {
    enum mail_return_kind kind;
    enum delivery_reason reason;          /* of FAILED */
    char status[MAIL_RETURN_STATUS_SIZE]; /* "5.1.1" (RFC 3463) of FAILED, or "" */
    size_t token_count;
    char tokens[MAIL_RETURN_TOKENS_MAX][TOKEN_RETURN_SIZE]; /* to be proved */
};

/* local: what stands before the + in the address of returns. */
void mail_return_read(const char *bytes, size_t length, const char *local, struct mail_return *out_return);

/* Why it came back, of a report's status code and what the server said. out_status: the more precise of the two. */
enum delivery_reason mail_return_reason(
    const char *status, const char *diagnostic, char out_status[MAIL_RETURN_STATUS_SIZE]);
