#include "link/totp.h"

#include "crypto/random.h"
#include "domain/text.h"

#include <assert.h>
#include <liboath/oath.h>
#include <stdlib.h>
#include <string.h>

enum { WINDOW = 1 /* steps before and after */ };

bool totp_begin(void)
{
    return oath_init() == OATH_OK;
}

void totp_secret_make(struct totp_secret *out_secret)
{
    random_fill(out_secret->bytes, sizeof out_secret->bytes);
}

/* The library's texts of bytes are of char. */
static const char *bytes_of(const struct totp_secret *secret)
{
    return (const char *)secret->bytes;
}

void totp_secret_write(const struct totp_secret *secret, char out_text[TOTP_BASE32_SIZE])
{
    char *text = NULL;
    size_t length = 0;
    int code = oath_base32_encode(bytes_of(secret), sizeof secret->bytes, &text, &length);
    assert(code == OATH_OK && length < TOTP_BASE32_SIZE); /* 20 bytes are 32 letters, without padding */
    memcpy(out_text, text, length + 1);
    explicit_bzero(text, length);
    free(text);
}

void totp_uri_write(const struct totp_secret *secret, const char *login, char out_uri[TOTP_URI_SIZE])
{
    char base32[TOTP_BASE32_SIZE];
    struct text_builder uri = text_begin(out_uri, TOTP_URI_SIZE);
    totp_secret_write(secret, base32);
    text_add(&uri, "otpauth://totp/Pr%C3%A9au:");
    for (; *login != '\0'; login++) { /* letters, digits, . _ - and @, which alone is escaped */
        if (*login == '@') {
            text_add(&uri, "%40");
        } else {
            text_add_char(&uri, *login);
        }
    }
    text_add(&uri, "?secret=");
    text_add(&uri, base32);
    text_add(&uri, "&issuer=Pr%C3%A9au");
    explicit_bzero(base32, sizeof base32);
}

static bool code_tidy(const char *typed, char out_code[TOTP_DIGITS + 1])
{
    size_t length = 0;
    for (; *typed != '\0'; typed++) {
        if (text_is_blank(*typed)) {
            continue;
        }
        if (!text_is_digit(*typed) || length == TOTP_DIGITS) {
            return false;
        }
        out_code[length++] = *typed;
    }
    out_code[length] = '\0';
    return length == TOTP_DIGITS;
}

bool totp_check(const struct totp_secret *secret, const char *typed, struct instant now, int64_t *out_step)
{
    char code[TOTP_DIGITS + 1];
    uint64_t step = 0;
    time_t seconds = (time_t)(now.us / 1000000);
    if (!code_tidy(typed, code) ||
        oath_totp_validate3(bytes_of(secret), sizeof secret->bytes, seconds, TOTP_STEP_SECONDS,
            OATH_TOTP_DEFAULT_START_TIME, WINDOW, NULL, &step, code) < 0) {
        return false;
    }
    *out_step = (int64_t)step;
    return true;
}
