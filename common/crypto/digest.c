#include "crypto/digest.h"

#include <sodium.h>
#include <stdint.h>
#include <string.h>

_Static_assert(sizeof(crypto_generichash_state) <= sizeof((struct digest){0}.state), "libsodium's state grew");

static crypto_generichash_state *state_of(struct digest *digest)
{
    return (crypto_generichash_state *)(void *)digest->state;
}

void digest_begin(struct digest *digest, size_t size)
{
    digest->size = size;
    crypto_generichash_init(state_of(digest), NULL, 0, size);
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
    crypto_generichash_update(state_of(digest), bytes, length);
}

void digest_add_text(struct digest *digest, const char *text)
{
    uint32_t length = text ? (uint32_t)strlen(text) : UINT32_MAX;
    digest_add(digest, &length, sizeof length);
    if (text) {
        digest_add(digest, text, length);
    }
}

void digest_end(struct digest *digest, unsigned char *out_bytes)
{
    crypto_generichash_final(state_of(digest), out_bytes, digest->size);
}
