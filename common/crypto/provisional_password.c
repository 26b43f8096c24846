#include "crypto/provisional_password.h"

#include "crypto/random.h"
#include "crypto/seal.h"

#include <sodium.h>
#include <string.h>

void provisional_password_generate(struct provisional_password *out_password)
{
    uint8_t random[PASSWORD_PROVISIONAL_RANDOM];
    do {
        random_fill(random, sizeof random);
    } while (!password_provisional_make(random, sizeof random, out_password));
    sodium_memzero(random, sizeof random);
}

size_t provisional_password_renew(const struct key_ring *keys, academy_code academy, account_id id,
    struct provisional_password *out_password, unsigned char *out_sealed)
{
    char place[SEAL_PLACE_SIZE];
    provisional_password_generate(out_password);
    seal_place(place, "credential", academy.v, id.v);
    size_t length = strlen(out_password->text);
    seal_make(keys, place, out_password->text, length, out_sealed);
    return length + SEAL_OVERHEAD;
}
