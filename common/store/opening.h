/* What linkd reads and writes when a person signs in, opens an account or changes its password. */
#pragma once

#include "domain/account.h"
#include "domain/date.h"
#include "domain/email.h"
#include "domain/lifecycle.h"
#include "domain/name.h"
#include "domain/school.h"
#include "runtime/fault.h"
#include "store/account.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum {
    OPENING_SEALED_MAX = 128, /* bytes of a sealed provisional password */
    OPENING_HASH_SIZE = 128,
    OPENING_REQUEST_SIZE = 16, /* bytes of a request id */
    OPENING_ANSWER_MAX = 1024  /* bytes of a stored answer: ours are short */
};

struct opening_account {
    struct stored_account stored;
    unsigned char sealed[OPENING_SEALED_MAX]; /* the provisional password; sealed_length 0: none */
    size_t sealed_length;
    char hash[OPENING_HASH_SIZE]; /* of the chosen one; "": none */
    struct instant changed_at;    /* of the password, by the person or the school */
    unsigned char answer[OPENING_ANSWER_MAX];
    size_t answer_length;
    bool is_answered; /* this request was answered before: `answer` is what was said */
};

/* account: lent for the call; NULL without a fault: there is none. */
typedef void opening_loaded(void *arg, const struct opening_account *account, const struct fault *fault);
typedef void opening_applied(void *arg, const struct fault *fault);

void opening_load_by_login(struct store *store, const char *login, opening_loaded *loaded, void *arg);
/* request: OPENING_REQUEST_SIZE bytes. */
void opening_load(struct store *store, academy_code academy, account_id id, const unsigned char *request,
    opening_loaded *loaded, void *arg);

/* names: in their order, lent for the call; NULL with the fault. */
typedef void opening_schools_loaded(void *arg, const char *const *names, size_t count, const struct fault *fault);
/* The schools that an account belongs to: for who proved to be its owner. */
void opening_load_schools(
    struct store *store, academy_code academy, account_id id, opening_schools_loaded *loaded, void *arg);

struct opening_person {
    bool is_child; /* else the account's own record of AAF */
    academy_code academy;
    int degree;
    int64_t aaf_id;
    char nom[NAME_SIZE], prenom[NAME_SIZE];
    struct date birth_date; /* not valid: none (guardians) */
    char mail[EMAIL_SIZE];  /* AAF's */
    char school[SCHOOL_NAME_SIZE], class_label[CLASS_LABEL_SIZE];
};

/* people: own records first, then children by birth date; lent for the call; NULL with the fault. */
typedef void opening_people_loaded(
    void *arg, const struct opening_person *people, size_t count, const struct fault *fault);
void opening_load_people(
    struct store *store, academy_code academy, account_id id, opening_people_loaded *loaded, void *arg);

/* The outcome of an action by the person, stored whole or not at all; stale when the account changed since it was
 * loaded, repeated when the request was answered before (sqlstate.h). */
struct opening_change {
    const struct lifecycle_outcome *outcome; /* its account carries the version that was loaded */
    enum account_action action;
    const char *hash;   /* of the password chosen; NULL: none was */
    const void *sealed; /* EFFECT_NEW_PROVISIONAL_PASSWORD; else sealed_length is 0 */
    size_t sealed_length;
    struct instant changed_at;
    const char *email; /* to be confirmed by a mailed link; NULL: none */
    struct instant link_expires_at;
    const char *issuer, *subject; /* of FranceConnect's identity, linked with it; NULL: none */
    const char *peer;             /* the ENT or ATEN that vouches for the person; NULL: none */
    int64_t proof; /* number of the mailed link by which the person proved who it is, used up with it; 0: none */
    const unsigned char *request; /* OPENING_REQUEST_SIZE bytes */
    const char *method;
    const void *answer;
    size_t answer_length;
};
void opening_apply(struct store *store, const struct opening_change *change, opening_applied *applied, void *arg);

/* The same password by another hash, if the one before is still there. Nobody is told. */
void opening_rehash(struct store *store, academy_code academy, account_id id, const char *before, const char *hash);
/* The person signed in now. Nobody is told. */
void opening_note_sign_in(struct store *store, academy_code academy, account_id id);
/* A birth date was refused now, in a try of this subject (attempt.h). */
void opening_note_birth_date_refused(
    struct store *store, academy_code academy, account_id id, const char *subject, opening_applied *noted, void *arg);
typedef void opening_counted(void *arg, int64_t count, const struct fault *fault);
/* So many were refused since the school last notified the account. */
void opening_count_birth_dates_refused(
    struct store *store, academy_code academy, account_id id, opening_counted *counted, void *arg);
/* Stored answers that nobody asks again for. */
void opening_erase_answers(struct store *store);
