/* The sender of a mail's envelope, by which a report on it is known (VERP). Pure. */
#pragma once

#include "crypto/token.h"
#include "domain/email.h"
#include "notify/mail_return.h"
#include "runtime/fault.h"

#include <stdbool.h>

/* "retours@exemple.fr": each mail's envelope says "retours+TOKEN@exemple.fr". */
struct return_address {
    char local[MAIL_RETURN_LOCAL_SIZE]; /* "": mails go under the sender's own address */
    char domain[EMAIL_SIZE];
};

/* Of notify.return_address. Faults: CONFIG. */
MUST_USE bool return_address_read(const char *text, struct return_address *out_address, struct fault *fault);
enum { RETURN_ENVELOPE_SIZE = MAIL_RETURN_LOCAL_SIZE + TOKEN_RETURN_SIZE + EMAIL_SIZE };
/* The sender of the envelope of one try. */
void return_address_make(const struct return_address *address, const struct key_ring *keys, struct token_try of,
    char out_text[RETURN_ENVELOPE_SIZE]);
