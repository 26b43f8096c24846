#include "portal/csrf_token.h"

#include "crypto/random.h"
#include "crypto/token.h"

#include <stdio.h>
#include <string.h>

void csrf_of_cookie(const char *cookie, char out_token[CSRF_SIZE])
{
    static const char purpose[] = "form:";
    char text[sizeof purpose + TOKEN_RANDOM_SIZE];
    unsigned char digest[DIGEST_SIZE];
    int length = snprintf(text, sizeof text, "%s%s", purpose, cookie);
    digest_make(text, (size_t)length, digest);
    for (size_t i = 0; i < DIGEST_SIZE; i++) {
        snprintf(out_token + 2 * i, 3, "%02x", digest[i]);
    }
}

bool csrf_is_same(const char *token, const char *sent)
{
    size_t length = strlen(token);
    return sent && length > 0 && strlen(sent) == length && bytes_are_same(token, sent, length);
}
