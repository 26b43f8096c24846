#include "store/own_mobile.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Whom to tell: one of the two. */
struct asking {
    own_mobile_done *done;
    own_mobile_found *found;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->done(asking->arg, rows_length(rows) > 0, fault);
    memory_free(&asking);
}

void own_mobile_ask(struct store *store, const struct own_mobile_demand *demand, own_mobile_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_uuid(&parameters, demand->request);
    parameters_int64(&parameters, demand->academy.v);
    parameters_int64(&parameters, demand->account.v);
    parameters_text(&parameters, demand->mobile);
    parameters_instant(&parameters, demand->credential_at);
    parameters_duration(&parameters, demand->lifetime);
    parameters_text(&parameters, OWN_MOBILE_ASKED_EVENT);
    store_run(
        store, QUERY_OWN_MOBILE_ASK, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void found_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct own_mobile_latest latest = {0};
    bool is_found = rows_length(rows) > 0;
    if (is_found) {
        latest = (struct own_mobile_latest){
            row_int64(rows, 0, "id"), row_bool(rows, 0, "is_now"), row_bool(rows, 0, "is_over")};
    }
    asking->found(asking->arg, is_found ? &latest : NULL, fault);
    memory_free(&asking);
}

void own_mobile_load(struct store *store, academy_code academy, account_id account, own_mobile_found *found, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, account.v);
    store_run(store, QUERY_OWN_MOBILE_LATEST, &parameters, found_rows,
        asking_new((struct asking){.found = found, .arg = arg}));
    parameters_clear(&parameters);
}

void own_mobile_confirm(struct store *store, academy_code academy, account_id account, int64_t registration,
    struct duration notice, own_mobile_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, account.v);
    parameters_int64(&parameters, registration);
    parameters_text(&parameters, OWN_MOBILE_CONFIRMED_EVENT);
    parameters_duration(&parameters, notice);
    store_run(
        store, QUERY_OWN_MOBILE_CONFIRM, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void own_mobile_remove(struct store *store, academy_code academy, account_id account, struct instant credential_at,
    struct duration notice, own_mobile_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, account.v);
    parameters_instant(&parameters, credential_at);
    parameters_text(&parameters, OWN_MOBILE_REMOVED_EVENT);
    parameters_duration(&parameters, notice);
    store_run(
        store, QUERY_OWN_MOBILE_REMOVE, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}
