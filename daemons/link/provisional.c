#include "link/provisional.h"

#include "crypto/random.h"
#include "crypto/seal.h"
#include "runtime/secret.h"

#include <string.h>

bool provisional_open(const struct key_ring *keys, const struct opening_account *account,
    struct provisional_password *out_password, struct fault *fault)
{
    const struct account *of = &account->stored.account;
    char place[SEAL_PLACE_SIZE];
    seal_place(place, "credential", of->academy.v, of->id.v);
    *out_password = (struct provisional_password){""};
    size_t length = account->sealed_length;
    if (length <= SEAL_OVERHEAD || length - SEAL_OVERHEAD >= sizeof out_password->text ||
        !seal_open(keys, place, account->sealed, length, out_password->text)) {
        fault_set(fault, FAULT_CRYPTO, "a provisional password does not open");
        return fault_hint(fault, "Put the sealing key that is missing back into keys.directory.");
    }
    return true;
}

bool provisional_is_same(const struct provisional_password *password, const char *typed)
{
    struct provisional_password tidy;
    return password_provisional_normalise(typed, &tidy) && bytes_are_same(tidy.text, password->text, sizeof tidy.text);
}

size_t provisional_renew(const struct key_ring *keys, academy_code academy, account_id id,
    struct provisional_password *out_password, unsigned char *out_sealed)
{
    uint8_t random[PASSWORD_PROVISIONAL_RANDOM];
    char place[SEAL_PLACE_SIZE];
    do {
        random_fill(random, sizeof random);
    } while (!password_provisional_make(random, sizeof random, out_password));
    seal_place(place, "credential", academy.v, id.v);
    size_t length = strlen(out_password->text);
    seal_make(keys, place, out_password->text, length, out_sealed);
    secret_wipe(random, sizeof random);
    return length + SEAL_OVERHEAD;
}
