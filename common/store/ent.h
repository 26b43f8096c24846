/* The transition from an ENT or ATEN, as linkd keeps it: who a peer vouched for, until the password is chosen, and which answers came. */
#pragma once

#include "crypto/random.h"
#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

enum { ENT_PEER_SIZE = 64 };

/* digest: DIGEST_SIZE bytes. is_first: it was not taken before. */
typedef void ent_answer_taken(void *arg, bool is_first, const struct fault *fault);
void ent_answer_take(
    struct store *store, const unsigned char *digest, struct instant expires_at, ent_answer_taken *taken, void *arg);

struct ent_person {
    academy_code academy; /* of the account: another than the key's where accounts of a person were joined */
    account_id account;   /* 0: nobody of the second degree, or one who has none */
    bool in_first_degree;
};
/* person: lent for the call; NULL with the fault. */
typedef void ent_found(void *arg, const struct ent_person *person, const struct fault *fault);
void ent_find(struct store *store, academy_code academy, int64_t aaf_id, ent_found *found, void *arg);

struct ent_opening {
    char peer[ENT_PEER_SIZE];
    academy_code academy;
    account_id account;
    struct instant vouched_at;
};
typedef void ent_opening_begun(void *arg, int64_t id, const struct fault *fault);
/* browser: a digest, DIGEST_SIZE bytes. vouched_at of `opening` is not looked at. */
void ent_opening_begin(struct store *store, const unsigned char *browser, const struct ent_opening *opening,
    struct duration lifetime, ent_opening_begun *begun, void *arg);
/* opening: lent for the call; NULL without a fault: there is none of this browser, or it is over. */
typedef void ent_opening_loaded(void *arg, const struct ent_opening *opening, const struct fault *fault);
void ent_opening_load(
    struct store *store, int64_t id, const unsigned char *browser, ent_opening_loaded *loaded, void *arg);

void ent_erase_old(struct store *store);
