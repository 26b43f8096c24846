/* Accounts of a school that an administrator selected: loaded with all that decides, then moved in one statement. */
#pragma once

#include "domain/audit.h"
#include "domain/lifecycle.h"
#include "domain/school.h"
#include "runtime/fault.h"
#include "store/account.h"

#include <stdbool.h>
#include <stddef.h>

struct store;

enum { SELECTION_REQUEST_ID = 16, SEALED_PASSWORD_MAX = 128 };

/* Who asks for what: the school, the administrator, the request. Texts are borrowed for the call. */
struct selection_asked {
    administrator_id administrator;
    academy_code academy;
    const char *uai;
    const unsigned char *request; /* SELECTION_REQUEST_ID bytes */
    const char *method, *trace;
    const int64_t *academies, *ids; /* of the accounts */
    size_t count;
};

struct selected_account {
    struct stored_account stored;          /* only academy and number when it is not here */
    bool is_here;                          /* it exists and belongs to the school */
    char notification_address[EMAIL_SIZE]; /* where a notification goes; "" nowhere */
    bool address_is_anothers;              /* as well: nothing may be sent there */
};

struct selection {
    const struct selected_account *accounts; /* in order of academy and number, each once */
    size_t count;
    const unsigned char *stored_answer; /* what this request was answered before; NULL: it was not */
    size_t stored_answer_length;
    int64_t stored_batch; /* of that answer; 0: none */
};

/* selection: lent for the call; without any account when the administrator may not administer the school; NULL with
 * the fault. `asked->count` at least 1. */
typedef void selection_loaded(void *arg, const struct selection *selection, const struct fault *fault);
void selection_load(struct store *store, const struct selection_asked *asked, selection_loaded *loaded, void *arg);

/* What the life of an account remembers when the school forgot what was confirmed. */
#define SELECTION_FORGOTTEN_EVENT "contacts_forgotten"

/* What was decided for one account. */
struct account_change {
    struct account after; /* with the version that was loaded */
    unsigned char sealed[SEALED_PASSWORD_MAX];
    size_t sealed_length;       /* 0: the password stays */
    char recipient[EMAIL_SIZE]; /* of the mail that is owed; "" none */
    bool is_told;               /* of the reset, by mail, elsewhere than at the recipient */
};

struct selection_outcome {
    enum account_action action;
    enum audit_action audited;
    const char *channel; /* "mail", "sheet"; NULL: no batch */
    bool reset;
    bool forget; /* the address and the mobile that were confirmed, too */
    const struct account_change *changes;
    size_t count;
    const void *answer; /* kept for a repeat of the request */
    size_t answer_length;
};

/* batch: 0 without a channel. Faults: those that fault_is_stale and fault_is_repeated know among them. */
typedef void selection_applied(void *arg, int64_t batch, const struct fault *fault);
void selection_apply(struct store *store, const struct selection_asked *asked, const struct selection_outcome *outcome,
    selection_applied *applied, void *arg);

/* The same for accounts of a batch whose mail or sheet failed, or was cancelled: owed once more in that batch. Its channel and
 * reset are those of the batch. */
void selection_retry(struct store *store, const struct selection_asked *asked, batch_id batch, bool is_cancelled,
    const struct selection_outcome *outcome, selection_applied *applied, void *arg);

/* The activation mail again. */
struct selection_resend {
    const char *email;
    bool is_new;               /* another address than the account's */
    struct instant expires_at; /* of the link */
    const void *answer;
    size_t answer_length;
};
typedef void selection_done(void *arg, const struct fault *fault);
/* account: as loaded. */
void selection_resend_activation(struct store *store, const struct selection_asked *asked,
    const struct account *account, const struct selection_resend *resend, selection_done *done, void *arg);

/* Remembers the display, for the account and in the audit trail, and gives the sealed password; length 0: the account changed since it was loaded, or its
 * password is no longer readable. */
typedef void selection_shown(
    void *arg, const unsigned char *sealed, size_t length, struct instant expires_at, const struct fault *fault);
void selection_show_password(struct store *store, const struct selection_asked *asked, const struct account *account,
    selection_shown *shown, void *arg);
