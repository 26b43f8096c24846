/* SHA-256, as PostgreSQL takes it too; and as OpenID Connect and PKCE write it: base64url without padding, whole or its
 * left half. */
#pragma once

#include <stddef.h>

enum {
    SHA256_SIZE = 32,
    SHA256_TEXT_SIZE = 44,     /* bytes of the text of 32 bytes, the end included */
    SHA256_HALF_TEXT_SIZE = 23 /* of 16 bytes */
};

void sha256_make(const void *bytes, size_t length, unsigned char out_bytes[SHA256_SIZE]);
void sha256_text(const void *bytes, size_t length, char out_text[SHA256_TEXT_SIZE]);
/* OpenID Connect Core 3.1.3.6: at_hash. */
void sha256_half_text(const void *bytes, size_t length, char out_text[SHA256_HALF_TEXT_SIZE]);
