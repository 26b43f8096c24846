#include "store/email_change.h"

#include "runtime/memory.h"
#include "store/account.h"
#include "store/query.h"

/* Whom to tell: one of the two. */
struct asking {
    email_change_loaded *loaded;
    email_change_done *done;
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
    (void)rows;
    struct asking *asking = arg;
    asking->done(asking->arg, fault);
    memory_free(&asking);
}

/* What both demands are made of; one more parameter is each one's own. */
static void demand_fill(struct parameters *parameters, const struct email_change_demand *demand)
{
    const struct account *account = &demand->outcome->account;
    parameters_init(parameters);
    parameters_int64(parameters, account->academy.v);
    parameters_int64(parameters, account->id.v);
    parameters_int64(parameters, account->version);
    parameters_text(parameters, demand->email);
    parameters_instant(parameters, demand->expires_at);
    parameters_text(parameters, action_code(ACTION_CHANGE_EMAIL));
    parameters_uuid(parameters, demand->request);
    parameters_text(parameters, demand->method);
    parameters_bytes(parameters, demand->answer, demand->answer_length);
}

void email_change_ask(struct store *store, const struct email_change_demand *demand, email_change_done *done, void *arg)
{
    struct parameters parameters;
    demand_fill(&parameters, demand);
    parameters_instant(&parameters, demand->credential_at);
    store_run(
        store, QUERY_EMAIL_CHANGE_ASK, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void email_change_correct(
    struct store *store, const struct email_change_demand *demand, email_change_done *done, void *arg)
{
    struct parameters parameters;
    demand_fill(&parameters, demand);
    parameters_bool(&parameters, demand->outcome->effects & EFFECT_TELL_OPENING);
    store_run(store, QUERY_EMAIL_CHANGE_CORRECT, &parameters, done_rows,
        asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct email_change_link link = {0};
    bool found = rows && rows_count(rows) > 0;
    if (found) {
        struct stored_account stored;
        account_from_row(rows, 0, &stored);
        link = (struct email_change_link){stored.account, row_bool(rows, 0, "is_pending"), row_bool(rows, 0, "is_now")};
    }
    asking->loaded(asking->arg, found ? &link : NULL, fault);
    memory_free(&asking);
}

void email_change_load(
    struct store *store, academy_code academy, int64_t number, email_change_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, number);
    store_run(store, QUERY_EMAIL_CHANGE_LOAD, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void email_change_confirm(
    struct store *store, const struct lifecycle_outcome *outcome, int64_t number, email_change_done *done, void *arg)
{
    const struct account *account = &outcome->account;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_int64(&parameters, account->version);
    parameters_int64(&parameters, number);
    parameters_text(&parameters, action_code(ACTION_CONFIRM_EMAIL));
    store_run(store, QUERY_EMAIL_CHANGE_CONFIRM, &parameters, done_rows,
        asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void email_change_cancel(struct store *store, academy_code academy, account_id id, email_change_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    parameters_text(&parameters, EMAIL_CHANGE_CANCELLED_EVENT);
    store_run(store, QUERY_EMAIL_CHANGE_CANCEL, &parameters, done_rows,
        asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}
