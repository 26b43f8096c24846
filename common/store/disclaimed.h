/* Children of whom a guardian said not to be the legal guardian: said, listed for the school, dismissed by it. */
#pragma once

#include "domain/account.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/listing.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* A pupil's record, as AAF numbers it. */
struct disclaimed_pupil {
    academy_code academy;
    int degree;
    int64_t aaf_id;
};
/* known: it is a child of that account. The fault is stale when the account changed since it was loaded. */
typedef void disclaimed_added(void *arg, bool known, const struct fault *fault);
void disclaimed_add(struct store *store, const struct account *account, const struct disclaimed_pupil *pupil,
    disclaimed_added *added, void *arg);

/* Texts live for the call. */
struct disclaimed_claim {
    int64_t claim;
    academy_code academy; /* of the guardian's account */
    account_id id;
    const char *nom, *prenom; /* the guardian's */
    const char *child_nom, *child_prenom;
    struct instant at;
};
/* Newest first, of `total`; NULL with the fault. */
typedef void disclaimed_listed(
    void *arg, const struct disclaimed_claim *claims, size_t count, int64_t total, const struct fault *fault);
/* Of which AAF still says otherwise, on pupils of the school. id 0: of all its accounts. */
void disclaimed_list(struct store *store, const struct listed_school *school, academy_code academy, account_id id,
    int64_t limit, disclaimed_listed *listed, void *arg);

struct disclaimed_dismissal {
    academy_code academy;
    const char *uai;
    academy_code account_academy;
    account_id id;
    int64_t claim;
    administrator_id administrator;
    const char *trace;
};
/* known: it is one of that account's, on a pupil of the school. done: it was in force until now. */
typedef void disclaimed_dismissed(void *arg, bool known, bool done, const struct fault *fault);
void disclaimed_dismiss(
    struct store *store, const struct disclaimed_dismissal *dismissal, disclaimed_dismissed *dismissed, void *arg);
