/* What people ask for who cannot sign in: kept without looking at anybody, answered with mails. */
#pragma once

#include "domain/email.h"
#include "domain/help.h"
#include "runtime/fault.h"
#include "runtime/log.h"
#include "store/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

typedef void help_done(void *arg, const struct fault *fault);

struct help_request {
    const unsigned char *id; /* 16 bytes */
    enum help_wanted wanted;
    const char *subject; /* an address, or an identifier */
    bool is_known;       /* the browser is one where the person signed in before */
};
/* Keeps it, once for each id. */
void help_ask(struct store *store, const struct help_request *request, help_done *done, void *arg);

/* A request, and one account that it is about. */
struct help_candidate {
    int64_t request;
    char trace[LOG_REQUEST_SIZE]; /* the number under which it was asked; "": none */
    enum help_wanted wanted;
    bool has_account; /* else there is none */
    struct stored_account stored;
    char address[EMAIL_SIZE]; /* where the school would notify it; "" nowhere */
};
enum { HELP_REQUESTS_MAX = 16, HELP_ACCOUNTS_MAX = 10 /* of one address */ };

/* candidates: of the oldest requests, those of one request in a row; lent for the call; NULL with the fault. */
typedef void help_loaded(void *arg, const struct help_candidate *candidates, size_t count, const struct fault *fault);
void help_load(struct store *store, help_loaded *loaded, void *arg);

/* A mail that a request calls for. */
struct help_owed {
    const struct stored_account *account; /* as it was loaded */
    enum help_mail mail;
    const char *recipient;
};
struct help_answer {
    int64_t request;
    int64_t per_day; /* mails of a kind to an account; of a known browser twice as many */
    struct instant activation_expires_at, password_expires_at;
    const struct help_owed *owed;
    size_t count; /* at most HELP_ACCOUNTS_MAX; 0: the request is about nobody */
};
/* is_ours: no other process answered it meanwhile. owed: mails that leave, the others being too many in a day. Stale when
 * an account changed since it was loaded (sqlstate.h). */
typedef void help_applied(void *arg, bool is_ours, size_t owed, const struct fault *fault);
void help_apply(struct store *store, const struct help_answer *answer, help_applied *applied, void *arg);
