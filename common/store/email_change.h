/* Another mail address of a person: asked for, proved by the link of a mail, taken back. */
#pragma once

#include "domain/account.h"
#include "domain/lifecycle.h"
#include "runtime/fault.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

/* What the life of an account remembers of a demand that was taken back. */
#define EMAIL_CHANGE_CANCELLED_EVENT "email_change_cancelled"

typedef void email_change_done(void *arg, const struct fault *fault);

/* Stored whole or not at all; stale when the account changed since it was loaded, repeated when the request was answered
 * before (sqlstate.h). */
struct email_change_demand {
    const struct lifecycle_outcome *outcome; /* its account carries the version that was loaded */
    const char *email;
    struct instant expires_at;    /* of the link */
    struct instant credential_at; /* of the password that it was asked for with */
    const unsigned char *request; /* OPENING_REQUEST_SIZE bytes */
    const char *method;
    const void *answer;
    size_t answer_length;
};
void email_change_ask(
    struct store *store, const struct email_change_demand *demand, email_change_done *done, void *arg);

/* Of an account that waits for its first address: the link goes to this one instead. credential_at is not asked. */
void email_change_correct(
    struct store *store, const struct email_change_demand *demand, email_change_done *done, void *arg);

struct email_change_link {
    struct account account; /* whose it is */
    bool is_pending;        /* it may be followed */
    bool is_now;            /* it was, and the address is still the account's */
};
/* link: lent for the call; NULL without a fault: there is none. */
typedef void email_change_loaded(void *arg, const struct email_change_link *link, const struct fault *fault);
void email_change_load(
    struct store *store, academy_code academy, int64_t number, email_change_loaded *loaded, void *arg);
/* The link was followed. Stale when the account or the link changed since they were loaded. */
void email_change_confirm(
    struct store *store, const struct lifecycle_outcome *outcome, int64_t number, email_change_done *done, void *arg);

/* Done also when there was nothing to take back. */
void email_change_cancel(struct store *store, academy_code academy, account_id id, email_change_done *done, void *arg);
