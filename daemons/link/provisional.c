#include "link/provisional.h"

#include "crypto/random.h"
#include "crypto/seal.h"

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
