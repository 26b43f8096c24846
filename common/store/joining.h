/* A guardian's second account, joined to the one that stays (domain/joining.h); what was joined, and parted again. */
#pragma once

#include "domain/audit.h"
#include "domain/identifier.h"
#include "domain/joining.h"
#include "domain/types.h"
#include "runtime/fault.h"
#include "store/audit.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

struct joining_account {
    academy_code academy;
    account_id id;
};

/* The password of a second account was right. */
struct joining_proof {
    const unsigned char *request; /* 16 bytes: kept once for each */
    struct joining_account stays, other;
    struct instant other_credential_at; /* of that password */
    bool is_of_paper;                   /* one that was handed out */
    struct duration lifetime;
};
typedef void joining_proved(void *arg, int64_t proof, const struct fault *fault);
void joining_prove(struct store *store, const struct joining_proof *proof, joining_proved *proved, void *arg);

/* A proof, with all that the rules ask of both accounts. */
struct joining_pair {
    struct joining_account other;
    char login[IDENTIFIER_SIZE], own_login[IDENTIFIER_SIZE]; /* of the other; of the one that stays */
    bool is_of_paper;
    bool is_used;       /* it was joined by this proof */
    bool is_over;       /* out of date, or that password is no longer the account's */
    bool ends_identity; /* FranceConnect's, of the other, which is linked to neither then */
    int64_t own_version, other_version;
    struct joining rules;
};
/* pair: lent for the call; NULL without a fault: there is no such proof of this account's. */
typedef void joining_loaded(void *arg, const struct joining_pair *pair, const struct fault *fault);
void joining_load(struct store *store, int64_t proof, struct joining_account stays, joining_loaded *loaded, void *arg);

/* is_done: else the proof is over or was used. Stale when an account changed since it was loaded, busy when an import is at work. */
typedef void joining_done(void *arg, bool is_done, const struct fault *fault);
void joining_apply(
    struct store *store, int64_t proof, int64_t own_version, int64_t other_version, joining_done *done, void *arg);

/* is_done: it was joined to another account, and not parted from it since. */
void joining_ask(struct store *store, struct joining_account account, joining_done *asked, void *arg);

/* ---- the operator's */

enum { JOINING_WORD_SIZE = 16, JOINING_BY_SIZE = 101 };

struct stored_joining {
    int64_t id;
    char from_login[IDENTIFIER_SIZE], into_login[IDENTIFIER_SIZE]; /* "": erased */
    char evidence[JOINING_WORD_SIZE];
    struct instant joined_at, undone_at; /* undone_at not set: it holds */
    char undone_by[JOINING_BY_SIZE], undone_reason[JOINING_WORD_SIZE];
    int64_t records; /* that would go back */
};
/* joinings: newest first, lent for the call; NULL with the fault. */
typedef void joining_listed(void *arg, const struct stored_joining *joinings, size_t count, const struct fault *fault);
/* login: of either account; "": all. */
void joining_list(struct store *store, const char *login, int64_t limit, joining_listed *listed, void *arg);

struct joining_undo {
    bool is_undone;
    char undone_reason[JOINING_WORD_SIZE]; /* if it is */
    struct joining_account from;           /* that was closed */
    char from_login[IDENTIFIER_SIZE], into_login[IDENTIFIER_SIZE];
    struct parting rules;
};
/* undo: lent for the call; NULL without a fault: there is no such joining. */
typedef void joining_undo_loaded(void *arg, const struct joining_undo *undo, const struct fault *fault);
void joining_load_undo(struct store *store, int64_t joining, joining_undo_loaded *loaded, void *arg);
struct joining_end {
    int64_t joining;
    const struct audit_author *author;
    enum parting_reason reason;
    int64_t records;             /* of the rules that were asked */
    const unsigned char *sealed; /* the password of the account that opens again; NULL: it keeps its own */
    size_t sealed_length;
};
/* Stale when there are not as many records, when an account is erased, or when it was undone. is_done: else it was undone meanwhile. */
void joining_part(struct store *store, const struct joining_end *end, joining_done *done, void *arg);

/* logins: of the pupils of the account that opened again to whom the other one gave a password while they were one; lent for the call; NULL with
 * the fault. */
typedef void joining_resets_loaded(void *arg, const struct identifier *logins, size_t count, const struct fault *fault);
void joining_load_resets(struct store *store, int64_t joining, joining_resets_loaded *loaded, void *arg);

/* Proofs that nobody can use any more. Nobody is told. */
void joining_erase_old(struct store *store);
