#include "crypto/sha256.h"

#include <sodium.h>

static void text_of(const void *bytes, size_t length, size_t kept, char *out_text, size_t size)
{
    unsigned char digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, bytes, length);
    sodium_bin2base64(out_text, size, digest, kept, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void sha256_text(const void *bytes, size_t length, char out_text[SHA256_TEXT_SIZE])
{
    text_of(bytes, length, crypto_hash_sha256_BYTES, out_text, SHA256_TEXT_SIZE);
}

void sha256_half_text(const void *bytes, size_t length, char out_text[SHA256_HALF_TEXT_SIZE])
{
    text_of(bytes, length, crypto_hash_sha256_BYTES / 2, out_text, SHA256_HALF_TEXT_SIZE);
}
