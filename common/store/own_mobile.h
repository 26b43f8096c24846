/* A mobile of the person's own: asked for at the desk, proved by a code by SMS (registration.h sends it), taken away. */
#pragma once

#include "domain/account.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stdint.h>

struct store;

/* What the life of an account remembers. */
#define OWN_MOBILE_ASKED_EVENT "change_mobile"
#define OWN_MOBILE_CONFIRMED_EVENT "confirm_mobile"
#define OWN_MOBILE_REMOVED_EVENT "remove_mobile"

/* is_done: it was as it had to be for that. */
typedef void own_mobile_done(void *arg, bool is_done, const struct fault *fault);

/* Kept once for each request; not done: the password of that moment is no longer the account's, or it is not in use. */
struct own_mobile_demand {
    const unsigned char *request; /* 16 bytes */
    academy_code academy;
    account_id account;
    const char *mobile;           /* E.164 */
    struct instant credential_at; /* of the password that it was asked for with */
    struct duration lifetime;     /* of the code */
};
void own_mobile_ask(struct store *store, const struct own_mobile_demand *demand, own_mobile_done *done, void *arg);

/* The number that was asked for last. */
struct own_mobile_latest {
    int64_t registration; /* that its code is made of */
    bool is_now;          /* it was proved, and is the account's */
    bool is_over;         /* no code counts any more */
};
/* latest: lent for the call; NULL without a fault: none was asked for. */
typedef void own_mobile_found(void *arg, const struct own_mobile_latest *latest, const struct fault *fault);
void own_mobile_load(struct store *store, academy_code academy, account_id account, own_mobile_found *found, void *arg);

/* The code was right. notice: how long the number before may wait to be told. */
void own_mobile_confirm(struct store *store, academy_code academy, account_id account, int64_t registration,
    struct duration notice, own_mobile_done *done, void *arg);
/* Not done: there is none, or the password of that moment is no longer the account's. */
void own_mobile_remove(struct store *store, academy_code academy, account_id account, struct instant credential_at,
    struct duration notice, own_mobile_done *done, void *arg);
