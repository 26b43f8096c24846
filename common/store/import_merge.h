/* Records that were given the account of another record of the same person: undoing one (import_merge.sql). The statements
 * that match records skip those of which a merge was undone. */
#pragma once

#include "domain/account.h"
#include "domain/identifier.h"
#include "domain/name.h"
#include "domain/school.h"
#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "store/audit.h"
#include "store/import_apply.h"

#include <stdbool.h>
#include <stdint.h>

struct session;

struct import_merge_account {
    academy_code academy;
    account_id id; /* 0: there is none */
    char login[IDENTIFIER_SIZE];
};

struct import_merge {
    int64_t id;
    academy_code academy; /* of the record */
    enum degree degree;
    int64_t aaf_id;
    enum account_profile profile;
    char nom[NAME_SIZE], prenom[NAME_SIZE];
    bool is_undone;
    bool is_in_force;            /* the record has the account that the merge gave it */
    bool is_of_join;             /* its account was joined whole, which is undone whole: preauctl account separate */
    char login[IDENTIFIER_SIZE]; /* of the account that the record has now; "" */
    struct import_merge_account into;   /* its login is not loaded */
    struct import_merge_account former; /* what the record had before, if that is still there */
};

/* *out_found false: no such merge, or its record was erased. */
MUST_USE bool import_merge_load(
    struct session *session, int64_t merge, struct import_merge *out_merge, bool *out_found, struct fault *fault);

/* Gives the record its former account back, or a new one with an identifier and a sealed provisional password of its own:
 * one transaction, whole or not at all. The merge was just loaded, is in force, and its academy is this session's
 * (import_lock). `base`: of a new identifier. author: the operator, by name. */
MUST_USE bool import_merge_undo(struct session *session, const struct import_merge *merge,
    const struct identifier *base, const struct audit_author *author, import_seal *seal, void *arg,
    char out_login[IDENTIFIER_SIZE], struct fault *fault);
