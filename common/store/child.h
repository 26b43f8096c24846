/* A guardian who helps a child whose account is attached to theirs (the view preau.attached_pupil says whose). */
#pragma once

#include "domain/account.h"
#include "domain/lifecycle.h"
#include "runtime/fault.h"
#include "store/opening.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

/* For the guardian's page. Texts live for the call. */
struct listed_child {
    academy_code academy;
    account_id id;
    enum account_state state;
    const char *login, *nom, *prenom, *school, *class;
};
/* children: by birth date, lent for the call; NULL with the fault. */
typedef void child_listed(void *arg, const struct listed_child *children, size_t count, const struct fault *fault);
void child_list(struct store *store, academy_code academy, account_id guardian, child_listed *listed, void *arg);

struct child_asked {
    academy_code guardian_academy;
    account_id guardian;
    academy_code academy;
    account_id id;
    const unsigned char *request; /* OPENING_REQUEST_SIZE bytes */
    const char *method;
};
/* The child's account; NULL without a fault: it is not attached to that guardian's, or that one is not active. */
void child_load(struct store *store, const struct child_asked *asked, opening_loaded *loaded, void *arg);

struct child_change {
    const struct lifecycle_outcome *outcome; /* its account carries the version that was loaded */
    const void *sealed;                      /* the new provisional password */
    size_t sealed_length;
    struct instant changed_at;
};
/* Stored whole or not at all; stale when the account changed or is no longer attached, repeated when the request was
 * answered before (sqlstate.h). */
void child_reset(struct store *store, const struct child_asked *asked, const struct child_change *change,
    opening_applied *applied, void *arg);
