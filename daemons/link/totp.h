/* The second factor: one-time passwords by time (RFC 6238), as every authenticator application makes them: SHA-1, six
 * digits, steps of thirty seconds. Over liboath. */
#pragma once

#include "domain/types.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    TOTP_SECRET_SIZE = 20, /* bytes: the length of the HMAC, as RFC 4226 wants it */
    TOTP_DIGITS = 6,
    TOTP_STEP_SECONDS = 30,
    TOTP_BASE32_SIZE = 33, /* bytes of the secret's text, the end included */
    TOTP_URI_SIZE = 512
};

struct totp_secret {
    unsigned char bytes[TOTP_SECRET_SIZE];
};

/* Once, before the others. False: the library does not start. */
bool totp_begin(void);

void totp_secret_make(struct totp_secret *out_secret);
void totp_secret_write(const struct totp_secret *secret, char out_text[TOTP_BASE32_SIZE]);
/* What a QR code holds for the application. */
void totp_uri_write(const struct totp_secret *secret, const char *login, char out_uri[TOTP_URI_SIZE]);

/* What was typed, blanks aside, is a code of now, or of the step before or after: clocks differ, and people type slowly.
 * out_step: which, since each counts once. */
bool totp_check(const struct totp_secret *secret, const char *typed, struct instant now, int64_t *out_step);
