/* How an administrator proves who it is, as the store keeps it. credential_at is what was loaded: when it is no longer
 * that, nothing is done. What is done has its entry of the audit trail; author, where there is one: the operator or the
 * administrator itself, else the trace of the latter's request. */
#pragma once

#include "crypto/random.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>

struct store;
struct stored_administrator;

enum { RECOVERY_CODES = 10 };

struct recovery_digests {
    unsigned char of[RECOVERY_CODES][DIGEST_SIZE];
};

/* is_done: false when it was taken before, or the world has changed. */
typedef void second_factor_done(void *arg, bool is_done, const struct fault *fault);
/* sealed: lent for the call; length 0 when there is no such session, or with the fault. */
typedef void second_factor_offer_loaded(
    void *arg, const unsigned char *sealed, size_t length, const struct fault *fault);

/* Of two at once one is done. sealed: the same secret, sealed anew. */
void second_factor_take_step(struct store *store, const struct stored_administrator *administrator, int64_t step,
    const unsigned char *sealed, size_t length, second_factor_done *done, void *arg);
void second_factor_take_recovery(struct store *store, const struct stored_administrator *administrator,
    const unsigned char digest[DIGEST_SIZE], const char *trace, second_factor_done *done, void *arg);

/* session: a digest. The first secret that a session is offered stays its own; with length 0 only looks. */
void second_factor_offer(struct store *store, const unsigned char session[DIGEST_SIZE], administrator_id id,
    const unsigned char *sealed, size_t length, second_factor_offer_loaded *loaded, void *arg);

struct second_factor_enrolment {
    const unsigned char *session; /* that was offered the secret */
    const unsigned char *sealed;
    size_t length;
    int64_t step; /* of the code that confirmed it */
    struct instant changed_at;
    const struct recovery_digests *recovery;
    const char *trace;
};
/* Where the session waited for it, it is the sign-in too. */
void second_factor_enrol(struct store *store, const struct stored_administrator *administrator,
    const struct second_factor_enrolment *enrolment, second_factor_done *done, void *arg);

struct second_factor_removal {
    administrator_id of;
    struct audit_author author;
    struct instant credential_at; /* INSTANT_NEVER: whatever it is */
    struct instant changed_at;
};
void second_factor_remove(
    struct store *store, const struct second_factor_removal *removal, second_factor_done *done, void *arg);
void second_factor_renew_recovery(struct store *store, const struct stored_administrator *administrator,
    const struct recovery_digests *recovery, const char *trace, second_factor_done *done, void *arg);

/* The same password by another hash, if the one before is still there. Nobody is told. */
void administrator_rehash(struct store *store, administrator_id id, const char *before, const char *hash);

struct administrator_password {
    const char *hash;
    bool is_provisional;
    struct instant credential_at; /* as above */
    struct instant changed_at;
    struct audit_author author;
};
void administrator_replace_password(struct store *store, administrator_id id,
    const struct administrator_password *password, second_factor_done *done, void *arg);
