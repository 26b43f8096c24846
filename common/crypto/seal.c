#include "crypto/seal.h"

#include <assert.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum {
    VERSION = 1,
    NUMBER_AT = 1,
    NONCE_AT = 5,
    NONCE_SIZE = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
    BODY_AT = 29
};

_Static_assert(BODY_AT == NONCE_AT + NONCE_SIZE, "the format is fixed");
_Static_assert(SEAL_OVERHEAD == BODY_AT + crypto_aead_xchacha20poly1305_ietf_ABYTES, "the format is fixed");

void seal_place(char out_place[SEAL_PLACE_SIZE], const char *what, int academy, long long number)
{
    snprintf(out_place, SEAL_PLACE_SIZE, "%s:%d:%lld", what, academy, number);
}

void seal_make(const struct key_ring *ring, const char *place, const void *bytes, size_t length, void *out_sealed)
{
    unsigned char *out = out_sealed;
    uint32_t number = 0;
    const unsigned char *key = key_newest(ring, KEY_SEALING, &number);
    assert(key);
    out[0] = VERSION;
    for (int i = 0; i < 4; i++) {
        out[NUMBER_AT + i] = (unsigned char)(number >> (24 - 8 * i));
    }
    randombytes_buf(out + NONCE_AT, NONCE_SIZE);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out + BODY_AT, NULL, bytes, length, (const unsigned char *)place, strlen(place), NULL, out + NONCE_AT, key);
}

bool seal_open(const struct key_ring *ring, const char *place, const void *sealed, size_t length, void *out_bytes)
{
    const unsigned char *in = sealed;
    if (length < SEAL_OVERHEAD || in[0] != VERSION) {
        return false;
    }
    uint32_t number = 0;
    for (int i = 0; i < 4; i++) {
        number = number << 8 | in[NUMBER_AT + i];
    }
    const unsigned char *key = key_numbered(ring, KEY_SEALING, number);
    return key && crypto_aead_xchacha20poly1305_ietf_decrypt(out_bytes, NULL, NULL, in + BODY_AT, length - BODY_AT,
                      (const unsigned char *)place, strlen(place), in + NONCE_AT, key) == 0;
}
