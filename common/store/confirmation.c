#include "store/confirmation.h"

#include "runtime/memory.h"
#include "store/account.h"
#include "store/query.h"

/* Whom to tell: one of the two. */
struct asking {
    confirmation_loaded *loaded;
    confirmation_applied *applied;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void confirmation_of_row(const struct rows *rows, struct confirmation *out_confirmation)
{
    struct stored_account stored;
    account_from_row(rows, 0, &stored);
    *out_confirmation = (struct confirmation){
        .account = stored.account,
        .is_expired = row_bool(rows, 0, "expired"),
        .is_used = row_bool(rows, 0, "used"),
        .is_superseded = row_bool(rows, 0, "superseded"),
    };
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct confirmation confirmation = {0};
    bool found = rows && rows_count(rows) > 0;
    if (found) {
        confirmation_of_row(rows, &confirmation);
    }
    asking->loaded(asking->arg, found ? &confirmation : NULL, fault);
    memory_free(&asking);
}

void confirmation_load(
    struct store *store, academy_code academy, int64_t number, confirmation_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, number);
    store_run(store, QUERY_CONFIRMATION_LOAD, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void applied_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->applied(asking->arg, fault);
    memory_free(&asking);
}

void confirmation_apply(struct store *store, const struct lifecycle_outcome *outcome, int64_t number,
    confirmation_applied *applied, void *arg)
{
    const struct account *account = &outcome->account;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_int64(&parameters, account->version);
    parameters_text(&parameters, state_code(account->state));
    parameters_text(&parameters, origin_code(account->origin));
    parameters_instant(&parameters, account->activated_at);
    parameters_int64(&parameters, number);
    parameters_text(&parameters, action_code(ACTION_CONFIRM_EMAIL));
    store_run(store, QUERY_CONFIRMATION_APPLY, &parameters, applied_rows,
        asking_new((struct asking){.applied = applied, .arg = arg}));
    parameters_clear(&parameters);
}
