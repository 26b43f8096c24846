#include "crypto/random.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

bool crypto_begin(void)
{
    return sodium_init() >= 0;
}

void random_fill(void *out_bytes, size_t length)
{
    randombytes_buf(out_bytes, length);
}

void uuid_make(unsigned char out_uuid[UUID_SIZE])
{
    randombytes_buf(out_uuid, UUID_SIZE);
    out_uuid[6] = (unsigned char)((out_uuid[6] & 0x0f) | 0x40);
    out_uuid[8] = (unsigned char)((out_uuid[8] & 0x3f) | 0x80);
}

void uuid_write(const unsigned char uuid[UUID_SIZE], char out_text[UUID_TEXT_SIZE])
{
    char *to = out_text;
    for (int i = 0; i < UUID_SIZE; i++) {
        to += snprintf(to, 4, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
    }
}

bool uuid_read(const char *text, unsigned char out_uuid[UUID_SIZE])
{
    unsigned char bytes[UUID_SIZE];
    size_t length = 0;
    if (strlen(text) != UUID_TEXT_SIZE - 1 || text[8] != '-' || text[13] != '-' || text[18] != '-' || text[23] != '-' ||
        sodium_hex2bin(bytes, sizeof bytes, text, UUID_TEXT_SIZE - 1, "-", &length, NULL) != 0 || length != UUID_SIZE) {
        return false;
    }
    memcpy(out_uuid, bytes, UUID_SIZE);
    return true;
}

bool bytes_are_same(const void *a, const void *b, size_t length)
{
    return sodium_memcmp(a, b, length) == 0;
}

void digest_make(const void *bytes, size_t length, unsigned char out_digest[DIGEST_SIZE])
{
    crypto_generichash(out_digest, DIGEST_SIZE, bytes, length, NULL, 0);
}
