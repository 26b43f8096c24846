#include "store/password_link.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <stdio.h>

struct loading {
    password_link_loaded *loaded;
    int64_t number;
    void *arg;
};

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct loading *loading = arg;
    struct password_link link = {.number = loading->number};
    bool found = rows && rows_count(rows) > 0;
    if (found) {
        link.account.v = row_int64(rows, 0, "account_id");
        link.is_dead = row_bool(rows, 0, "is_dead");
        link.credential_at = row_instant(rows, 0, "credential_at");
        snprintf(link.login, sizeof link.login, "%s", row_text(rows, 0, "login"));
    }
    loading->loaded(loading->arg, found ? &link : NULL, fault);
    memory_free(&loading);
}

void password_link_load(
    struct store *store, academy_code academy, int64_t number, password_link_loaded *loaded, void *arg)
{
    struct loading *loading = checked_malloc(sizeof *loading);
    *loading = (struct loading){loaded, number, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, number);
    store_run(store, QUERY_PASSWORD_LINK_LOAD, &parameters, loaded_rows, loading);
    parameters_clear(&parameters);
}
