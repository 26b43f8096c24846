/* Passwords that a person chose: Argon2id (RFC 9106) by libsodium. Slow on purpose: never on the loop. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct password_cost {
    size_t memory;                 /* bytes */
    unsigned long long operations; /* passes */
};

enum { PASSWORD_HASH_SIZE = 128 /* bytes of the text, the end included */ };

/* False: there is not that much memory. */
bool password_hash_make(const char *password, const struct password_cost *cost, char out_hash[PASSWORD_HASH_SIZE]);
bool password_hash_verify(const char *password, const char *hash);
/* It was made with other costs than today's. */
bool password_hash_is_outdated(const char *hash, const struct password_cost *cost);
/* Takes the time that a verification at today's cost takes beyond one of this hash, which is cheaper: times would tell who has
 * not signed in since the cost was raised, hence who exists. Nothing for a hash that costs as much or more. */
void password_hash_waste_rest(const char *password, const char *hash, const struct password_cost *cost);
/* Takes the time of a verification, for a person who does not exist. */
void password_hash_waste(const char *password, const struct password_cost *cost);
