/* Accounts as the rules need them: loaded with their version, so that a write applies only to what was read. */
#pragma once

#include "domain/account.h"
#include "domain/email.h"
#include "domain/identifier.h"
#include "runtime/fault.h"

#include <stddef.h>

struct rows;
struct store;

struct stored_account {
    struct account account;
    char login[IDENTIFIER_SIZE];
    char email[EMAIL_SIZE]; /* "" when the person gave none */
    struct instant email_confirmed_at;
};

/* accounts: those that exist, in order of academy and number, lent for the call; NULL with the fault. */
typedef void account_loaded(void *arg, const struct stored_account *accounts, size_t count, const struct fault *fault);

/* academies[i] and ids[i] name one account. */
void account_load(
    struct store *store, const int64_t *academies, const int64_t *ids, size_t count, account_loaded *loaded, void *arg);

/* Inside this room: an account from a row that has the columns of query account_load. */
void account_from_row(const struct rows *rows, int row, struct stored_account *out_account);
