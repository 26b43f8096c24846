#include "store/account.h"

#include "runtime/cleanup.h"
#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

struct loading {
    account_loaded *loaded;
    void *arg;
};

static enum account_profile profile_of(const struct rows *rows, int row)
{
    enum account_profile profile = PROFILE_COUNT;
    bool known = profile_from_code(row_text(rows, row, "profile"), &profile);
    assert(known);
    return profile;
}

void account_from_row(const struct rows *rows, int row, struct stored_account *out_account)
{
    *out_account = (struct stored_account){0};
    struct account *account = &out_account->account;
    account->academy.v = (int16_t)row_int64(rows, row, "academy");
    account->id.v = row_int64(rows, row, "id");
    account->version = row_int64(rows, row, "version");
    account->profile = profile_of(rows, row);
    /* the column types are enumerations of the same codes */
    bool known = state_from_code(row_text(rows, row, "state"), &account->state) &&
                 origin_from_code(row_text(rows, row, "origin"), &account->origin) &&
                 password_kind_from_code(row_text(rows, row, "password"), &account->password);
    assert(known);
    account->in_second_degree = row_bool(rows, row, "in_second_degree");
    account->closed = !row_is_null(rows, row, "closed_at");
    account->notified_at = row_instant(rows, row, "notified_at");
    account->notification_expires_at = row_instant(rows, row, "notification_expires_at");
    account->activated_at = row_instant(rows, row, "activated_at");
    out_account->email_confirmed_at = row_instant(rows, row, "email_confirmed_at");
    snprintf(out_account->login, sizeof out_account->login, "%s", row_text(rows, row, "login"));
    snprintf(out_account->email, sizeof out_account->email, "%s", row_text(rows, row, "email"));
}

static void account_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct loading *loading = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct stored_account *accounts = checked_calloc(count + 1, sizeof *accounts);
    for (size_t i = 0; i < count; i++) {
        account_from_row(rows, (int)i, &accounts[i]);
    }
    loading->loaded(loading->arg, rows ? accounts : NULL, count, fault);
    memory_free(&accounts);
    memory_free(&loading);
}

void account_load(
    struct store *store, const int64_t *academies, const int64_t *ids, size_t count, account_loaded *loaded, void *arg)
{
    struct loading *loading = checked_calloc(1, sizeof *loading);
    *loading = (struct loading){loaded, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64_array(&parameters, academies, count);
    parameters_int64_array(&parameters, ids, count);
    store_run(store, QUERY_ACCOUNT_LOAD, &parameters, account_rows, loading);
    parameters_clear(&parameters);
}
