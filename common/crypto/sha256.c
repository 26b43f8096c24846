#include "crypto/sha256.h"

#include <sodium.h>

void sha256_make(const void *bytes, size_t length, unsigned char out_bytes[SHA256_SIZE])
{
    crypto_hash_sha256(out_bytes, bytes, length);
}

static void text_of(const void *bytes, size_t length, size_t kept, char *out_text, size_t size)
{
    unsigned char digest[SHA256_SIZE];
    sha256_make(bytes, length, digest);
    sodium_bin2base64(out_text, size, digest, kept, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

void sha256_text(const void *bytes, size_t length, char out_text[SHA256_TEXT_SIZE])
{
    text_of(bytes, length, SHA256_SIZE, out_text, SHA256_TEXT_SIZE);
}

void sha256_half_text(const void *bytes, size_t length, char out_text[SHA256_HALF_TEXT_SIZE])
{
    text_of(bytes, length, SHA256_SIZE / 2, out_text, SHA256_HALF_TEXT_SIZE);
}
