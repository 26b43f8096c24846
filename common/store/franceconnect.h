/* FranceConnect's identities, as linkd keeps them: which account one is linked to. Linking is opening_apply's (opening.h). */
#pragma once

#include "domain/types.h"
#include "runtime/fault.h"

#include <stdbool.h>

struct store;

/* What the life of an account remembers. */
#define FRANCECONNECT_UNLINKED_EVENT "franceconnect_unlinked"

struct franceconnect_account {
    academy_code academy;
    account_id id;
    bool is_active;
    struct instant credential_at;
};
/* account: lent for the call; NULL without a fault: the identity is linked to none that is open. */
typedef void franceconnect_found(void *arg, const struct franceconnect_account *account, const struct fault *fault);
void franceconnect_find(
    struct store *store, const char *issuer, const char *subject, franceconnect_found *found, void *arg);

struct franceconnect_standing {
    bool is_linked;           /* to each other */
    bool is_taken;            /* the identity, by another account */
    bool has_other;           /* the account, another identity */
    struct instant linked_at; /* the identity, to whichever account */
};
/* standing: lent for the call; NULL with the fault. */
typedef void franceconnect_stood(void *arg, const struct franceconnect_standing *standing, const struct fault *fault);
void franceconnect_stand(struct store *store, const char *issuer, const char *subject, academy_code academy,
    account_id account, franceconnect_stood *stood, void *arg);

/* Ends all sessions of the account. is_done: it was linked, and the password of that moment is still the account's. */
typedef void franceconnect_unlinked(void *arg, bool is_done, const struct fault *fault);
void franceconnect_unlink(struct store *store, academy_code academy, account_id account, struct instant credential_at,
    franceconnect_unlinked *unlinked, void *arg);
