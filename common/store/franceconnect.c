#include "store/franceconnect.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Whom to tell: one of them. */
struct asking {
    franceconnect_found *found;
    franceconnect_stood *stood;
    franceconnect_unlinked *unlinked;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void found_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct franceconnect_account account;
    bool is_there = rows_length(rows) > 0;
    if (is_there) {
        account = (struct franceconnect_account){
            .academy = {(int16_t)row_int64(rows, 0, "academy")},
            .id = {row_int64(rows, 0, "account_id")},
            .is_active = row_bool(rows, 0, "is_active"),
            .credential_at = row_instant(rows, 0, "credential_at"),
        };
    }
    asking->found(asking->arg, is_there ? &account : NULL, fault);
    memory_free(&asking);
}

void franceconnect_find(
    struct store *store, const char *issuer, const char *subject, franceconnect_found *found, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, issuer);
    parameters_text(&parameters, subject);
    store_run(store, QUERY_FRANCECONNECT_FIND, &parameters, found_rows,
        asking_new((struct asking){.found = found, .arg = arg}));
    parameters_clear(&parameters);
}

static void stood_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct franceconnect_standing standing = {0};
    if (rows) {
        standing.is_linked = row_bool(rows, 0, "is_linked");
        standing.is_taken = row_bool(rows, 0, "is_taken");
        standing.has_other = row_bool(rows, 0, "has_other");
        standing.linked_at = row_instant(rows, 0, "linked_at");
    }
    asking->stood(asking->arg, rows ? &standing : NULL, fault);
    memory_free(&asking);
}

void franceconnect_stand(struct store *store, const char *issuer, const char *subject, academy_code academy,
    account_id account, franceconnect_stood *stood, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, issuer);
    parameters_text(&parameters, subject);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, account.v);
    store_run(store, QUERY_FRANCECONNECT_STANDING, &parameters, stood_rows,
        asking_new((struct asking){.stood = stood, .arg = arg}));
    parameters_clear(&parameters);
}

static void unlinked_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->unlinked(asking->arg, rows_length(rows) > 0, fault);
    memory_free(&asking);
}

void franceconnect_unlink(struct store *store, academy_code academy, account_id account, struct instant credential_at,
    franceconnect_unlinked *unlinked, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, account.v);
    parameters_instant(&parameters, credential_at);
    parameters_text(&parameters, FRANCECONNECT_UNLINKED_EVENT);
    store_run(store, QUERY_FRANCECONNECT_UNLINK, &parameters, unlinked_rows,
        asking_new((struct asking){.unlinked = unlinked, .arg = arg}));
    parameters_clear(&parameters);
}
