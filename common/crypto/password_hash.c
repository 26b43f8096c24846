#include "crypto/password_hash.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

_Static_assert(PASSWORD_HASH_SIZE == crypto_pwhash_STRBYTES, "libsodium's text");

bool password_hash_make(const char *password, const struct password_cost *cost, char out_hash[PASSWORD_HASH_SIZE])
{
    return crypto_pwhash_str_alg(
               out_hash, password, strlen(password), cost->operations, cost->memory, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

bool password_hash_verify(const char *password, const char *hash)
{
    return crypto_pwhash_str_verify(hash, password, strlen(password)) == 0;
}

bool password_hash_is_outdated(const char *hash, const struct password_cost *cost)
{
    return crypto_pwhash_str_needs_rehash(hash, cost->operations, cost->memory) != 0;
}

void password_hash_waste(const char *password, const struct password_cost *cost)
{
    char hash[PASSWORD_HASH_SIZE];
    (void)!password_hash_make(password, cost, hash);
    sodium_memzero(hash, sizeof hash);
}

/* The time is that of the memory filled, times the passes over it. */
void password_hash_waste_rest(const char *password, const char *hash, const struct password_cost *cost)
{
    unsigned long kib = 0;
    unsigned long long passes = 0;
    if (sscanf(hash, "$argon2id$v=19$m=%lu,t=%llu,", &kib, &passes) != 2) { // NOLINT(cert-err34-c)
        return;
    }
    unsigned long long done = kib * 1024ULL * passes;
    unsigned long long wanted = cost->memory * cost->operations;
    size_t memory = wanted > done ? (size_t)((wanted - done) / cost->operations) : 0;
    if (memory >= crypto_pwhash_MEMLIMIT_MIN) {
        password_hash_waste(password, &(struct password_cost){memory, cost->operations});
    }
}
