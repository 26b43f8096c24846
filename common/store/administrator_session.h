/* Where an administrator is signed in: for the list that it sees of its own, and for the operator. */
#pragma once

#include "crypto/random.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum { ADMINISTRATOR_BROWSER_SIZE = 64, ADMINISTRATOR_ADDRESS_SIZE = 64 };

struct administrator_session {
    int64_t number;
    unsigned char digest[DIGEST_SIZE];
    bool is_open; /* else the sign-in is under way */
    struct instant created_at, seen_at, expires_at;
    char address[ADMINISTRATOR_ADDRESS_SIZE];
    char browser[ADMINISTRATOR_BROWSER_SIZE];
};

typedef void administrator_sessions_loaded(
    void *arg, const struct administrator_session *sessions, size_t count, const struct fault *fault);
void administrator_load_sessions(struct store *store, administrator_id id, struct instant now, struct duration idle,
    administrator_sessions_loaded *loaded, void *arg);

typedef void administrator_sessions_ended(void *arg, int64_t count, const struct fault *fault);
/* By the operator: the one with this number; with 0 all. With the entry of the audit trail, as below. */
void administrator_end_sessions(struct store *store, const struct audit_author *author, administrator_id id,
    int64_t number, administrator_sessions_ended *ended, void *arg);
/* By the administrator: the one with this number; with 0 all but that of `kept`, a digest. */
void administrator_end_own_sessions(struct store *store, const struct audit_author *author, int64_t number,
    const unsigned char kept[DIGEST_SIZE], administrator_sessions_ended *ended, void *arg);
