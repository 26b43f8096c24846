#include "import/provisional.h"

#include "crypto/random.h"
#include "crypto/seal.h"
#include "domain/password.h"
#include "runtime/memory.h"
#include "runtime/secret.h"
#include "store/import_apply.h"

#include <string.h>

enum { PASSWORDS_AT_ONCE = 128 };

struct provisional_sealer {
    const struct key_ring *keys;
    unsigned char random[PASSWORDS_AT_ONCE * PASSWORD_PROVISIONAL_RANDOM];
    size_t used;
};

struct provisional_sealer *provisional_sealer_new(const struct key_ring *keys)
{
    struct provisional_sealer *sealer = checked_malloc(sizeof *sealer);
    sealer->keys = keys;
    sealer->used = sizeof sealer->random;
    return sealer;
}

void provisional_sealer_free(struct provisional_sealer **sealer)
{
    if (*sealer) {
        secret_wipe(*sealer, sizeof **sealer);
    }
    memory_free(sealer);
}

static void password_make(struct provisional_sealer *sealer, struct provisional_password *out_password)
{
    bool is_made = false;
    while (!is_made) {
        if (sealer->used == sizeof sealer->random) {
            random_fill(sealer->random, sizeof sealer->random);
            sealer->used = 0;
        }
        is_made = password_provisional_make(sealer->random + sealer->used, PASSWORD_PROVISIONAL_RANDOM, out_password);
        sealer->used += PASSWORD_PROVISIONAL_RANDOM;
    }
}

size_t provisional_seal(void *arg, academy_code academy, account_id account, unsigned char *out_sealed)
{
    struct provisional_sealer *sealer = arg;
    struct provisional_password password;
    password_make(sealer, &password);
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "credential", academy.v, account.v);
    size_t length = strlen(password.text);
    _Static_assert(PASSWORD_PROVISIONAL_SIZE + SEAL_OVERHEAD <= IMPORT_SEALED_MAX, "a sealed password has no room");
    seal_make(sealer->keys, place, password.text, length, out_sealed);
    secret_wipe(&password, sizeof password);
    return length + SEAL_OVERHEAD;
}
