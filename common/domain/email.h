/*
 * Mail addresses: a shape check that refuses what no mail server would take, without claiming that the address exists.
 * Only the link in the mail proves that (guide 1.1, step 5).
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum {
    EMAIL_SIZE = 255,     /* bytes: RFC 5321's 254, the end included */
    EMAIL_LOCAL_MAX = 64, /* bytes: RFC 5321 4.5.3.1.1 */
    EMAIL_MASK_SIZE = 40  /* bytes, in UTF-8 */
};

struct email {
    char text[EMAIL_SIZE];
};

/*
 * Blanks around dropped, domain lower-cased, local part kept as written. False when it is no address: not exactly one
 * @, a space, control character or one of `<>()[],;:\"` in it, dots at an end or in a row, no domain with a top level.
 * ASCII only: mail servers that take other addresses are too few to rely on.
 */
bool email_parse(const char *typed, struct email *out_email);

/* The same mailbox in practice: case aside. */
bool email_is_same(const struct email *a, const struct email *b);

/* "j•••@e•••.fr": enough for its owner to know it, not for a stranger to learn it. */
void email_mask(const struct email *email, char out_text[EMAIL_MASK_SIZE]);
