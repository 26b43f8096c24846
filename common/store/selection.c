#include "store/selection.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

struct asking {
    selection_loaded *loaded;
    selection_applied *applied;
    selection_done *done;
    selection_shown *shown;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void selected_from_row(const struct rows *rows, int row, struct selected_account *out_account)
{
    *out_account = (struct selected_account){.is_here = row_bool(rows, row, "is_here")};
    if (out_account->is_here) {
        account_from_row(rows, row, &out_account->stored);
        snprintf(out_account->notification_address, sizeof out_account->notification_address, "%s",
            row_text(rows, row, "notification_address"));
        out_account->address_is_anothers = row_bool(rows, row, "is_anothers");
    }
    out_account->stored.account.academy.v = (int16_t)row_int64(rows, row, "wanted_academy");
    out_account->stored.account.id.v = row_int64(rows, row, "wanted_id");
}

static void load_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct selection selection = {.count = rows ? (size_t)rows_count(rows) : 0};
    struct selected_account *accounts = checked_calloc(selection.count + 1, sizeof *accounts);
    unsigned char *answer = NULL;
    for (size_t i = 0; i < selection.count; i++) {
        selected_from_row(rows, (int)i, &accounts[i]);
    }
    selection.accounts = accounts;
    if (selection.count > 0 && !row_is_null(rows, 0, "stored_answer")) {
        selection.stored_answer_length = row_bytes(rows, 0, "stored_answer", NULL, 0);
        answer = checked_calloc(selection.stored_answer_length + 1, 1);
        row_bytes(rows, 0, "stored_answer", answer, selection.stored_answer_length);
        selection.stored_answer = answer;
        selection.stored_batch = row_int64(rows, 0, "stored_batch");
    }
    asking->loaded(asking->arg, rows ? &selection : NULL, fault);
    memory_free(&answer);
    memory_free(&accounts);
    memory_free(&asking);
}

void selection_load(struct store *store, const struct selection_asked *asked, selection_loaded *loaded, void *arg)
{
    assert(asked->count > 0);
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, asked->administrator.v);
    parameters_int64(&parameters, asked->academy.v);
    parameters_text(&parameters, asked->uai);
    parameters_int64_array(&parameters, asked->academies, asked->count);
    parameters_int64_array(&parameters, asked->ids, asked->count);
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    store_run(
        store, QUERY_SELECTION_LOAD, &parameters, load_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

/* The changes, column by column. */
struct columns {
    int64_t *academies, *ids, *versions;
    const char **states, **origins, **passwords, **recipients;
    bool *told;
    struct instant *notified, *expiries;
    const void **sealed;
    size_t *sizes;
};

static void columns_new(struct columns *out_columns, size_t count)
{
    *out_columns = (struct columns){
        .academies = checked_calloc(count, sizeof(int64_t)),
        .ids = checked_calloc(count, sizeof(int64_t)),
        .versions = checked_calloc(count, sizeof(int64_t)),
        .states = checked_calloc(count, sizeof(char *)),
        .origins = checked_calloc(count, sizeof(char *)),
        .passwords = checked_calloc(count, sizeof(char *)),
        .recipients = checked_calloc(count, sizeof(char *)),
        .told = checked_calloc(count, sizeof(bool)),
        .notified = checked_calloc(count, sizeof(struct instant)),
        .expiries = checked_calloc(count, sizeof(struct instant)),
        .sealed = checked_calloc(count, sizeof(void *)),
        .sizes = checked_calloc(count, sizeof(size_t)),
    };
}

static void columns_free(struct columns *columns)
{
    memory_free(&columns->academies);
    memory_free(&columns->ids);
    memory_free(&columns->versions);
    memory_free(&columns->states);
    memory_free(&columns->origins);
    memory_free(&columns->passwords);
    memory_free(&columns->recipients);
    memory_free(&columns->told);
    memory_free(&columns->notified);
    memory_free(&columns->expiries);
    memory_free(&columns->sealed);
    memory_free(&columns->sizes);
}

static void columns_set(struct columns *columns, size_t at, const struct account_change *change)
{
    const struct account *after = &change->after;
    columns->academies[at] = after->academy.v;
    columns->ids[at] = after->id.v;
    columns->versions[at] = after->version;
    columns->states[at] = state_code(after->state);
    columns->origins[at] = origin_code(after->origin);
    columns->passwords[at] = password_kind_code(after->password);
    columns->recipients[at] = change->recipient[0] ? change->recipient : NULL;
    columns->told[at] = change->is_told;
    columns->notified[at] = after->notified_at;
    columns->expiries[at] = after->notification_expires_at;
    columns->sealed[at] = change->sealed_length > 0 ? change->sealed : NULL;
    columns->sizes[at] = change->sealed_length;
}

static void columns_fill(struct columns *out_columns, const struct selection_outcome *outcome)
{
    columns_new(out_columns, outcome->count + 1);
    for (size_t i = 0; i < outcome->count; i++) {
        columns_set(out_columns, i, &outcome->changes[i]);
    }
}

/* What every move stores. */
static void add_moved(struct parameters *parameters, const struct columns *columns, size_t count)
{
    parameters_int64_array(parameters, columns->academies, count);
    parameters_int64_array(parameters, columns->ids, count);
    parameters_int64_array(parameters, columns->versions, count);
    parameters_text_array(parameters, columns->states, count);
    parameters_text_array(parameters, columns->origins, count);
    parameters_text_array(parameters, columns->passwords, count);
    parameters_instant_array(parameters, columns->notified, count);
    parameters_instant_array(parameters, columns->expiries, count);
}

static void add_changes(struct parameters *parameters, const struct selection_outcome *outcome)
{
    size_t count = outcome->count;
    struct columns columns;
    columns_fill(&columns, outcome);
    add_moved(parameters, &columns, count);
    parameters_bytes_array(parameters, columns.sealed, columns.sizes, count);
    parameters_text_array(parameters, columns.recipients, count);
    parameters_bool_array(parameters, columns.told, count);
    columns_free(&columns);
}

static void apply_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->applied(asking->arg, rows ? row_int64(rows, 0, "batch") : 0, fault);
    memory_free(&asking);
}

void selection_apply(struct store *store, const struct selection_asked *asked, const struct selection_outcome *outcome,
    selection_applied *applied, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, asked->academy.v);
    parameters_text(&parameters, asked->uai);
    parameters_text(&parameters, outcome->channel);
    parameters_bool(&parameters, outcome->reset);
    parameters_int64(&parameters, asked->administrator.v);
    parameters_text(&parameters, action_code(outcome->action));
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    parameters_bytes(&parameters, outcome->answer, outcome->answer_length);
    add_changes(&parameters, outcome);
    parameters_text(&parameters, audit_action_code(outcome->audited));
    parameters_text(&parameters, asked->trace);
    parameters_bool(&parameters, outcome->forget);
    parameters_text(&parameters, SELECTION_FORGOTTEN_EVENT);
    store_run(store, QUERY_SELECTION_APPLY, &parameters, apply_rows,
        asking_new((struct asking){.applied = applied, .arg = arg}));
    parameters_clear(&parameters);
}

static void add_retried(struct parameters *parameters, const struct selection_outcome *outcome)
{
    struct columns columns;
    columns_fill(&columns, outcome);
    add_moved(parameters, &columns, outcome->count);
    parameters_text_array(parameters, columns.recipients, outcome->count);
    columns_free(&columns);
}

void selection_retry(struct store *store, const struct selection_asked *asked, batch_id batch, bool is_cancelled,
    const struct selection_outcome *outcome, selection_applied *applied, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, asked->academy.v);
    parameters_text(&parameters, asked->uai);
    parameters_int64(&parameters, batch.v);
    parameters_text(&parameters, is_cancelled ? "cancelled" : "failed");
    parameters_int64(&parameters, asked->administrator.v);
    parameters_text(&parameters, action_code(outcome->action));
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    parameters_bytes(&parameters, outcome->answer, outcome->answer_length);
    add_retried(&parameters, outcome);
    parameters_text(&parameters, audit_action_code(outcome->audited));
    parameters_text(&parameters, asked->trace);
    store_run(store, QUERY_SELECTION_RETRY, &parameters, apply_rows,
        asking_new((struct asking){.applied = applied, .arg = arg}));
    parameters_clear(&parameters);
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->done(asking->arg, fault);
    memory_free(&asking);
}

void selection_resend_activation(struct store *store, const struct selection_asked *asked,
    const struct account *account, const struct selection_resend *resend, selection_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_int64(&parameters, account->version);
    parameters_text(&parameters, resend->email);
    parameters_instant(&parameters, resend->expires_at);
    parameters_int64(&parameters, asked->administrator.v);
    parameters_text(&parameters, action_code(ACTION_RESEND_ACTIVATION));
    parameters_text(&parameters, asked->uai);
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    parameters_bytes(&parameters, resend->answer, resend->answer_length);
    parameters_int64(&parameters, asked->academy.v);
    parameters_text(&parameters, audit_action_code(AUDIT_ACTIVATION_RESENT));
    parameters_bool(&parameters, resend->is_new);
    parameters_text(&parameters, asked->trace);
    store_run(store, QUERY_SELECTION_RESEND_ACTIVATION, &parameters, done_rows,
        asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void show_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    unsigned char sealed[SEALED_PASSWORD_MAX];
    size_t length = 0;
    struct instant expires_at = INSTANT_NEVER;
    if (rows && rows_count(rows) > 0) {
        length = row_bytes(rows, 0, "sealed", sealed, sizeof sealed);
        length = length <= sizeof sealed ? length : 0; /* none that we sealed is longer */
        expires_at = row_instant(rows, 0, "notification_expires_at");
    }
    asking->shown(asking->arg, sealed, length, expires_at, fault);
    memory_free(&asking);
}

void selection_show_password(struct store *store, const struct selection_asked *asked, const struct account *account,
    selection_shown *shown, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_int64(&parameters, account->version);
    parameters_int64(&parameters, asked->administrator.v);
    parameters_text(&parameters, asked->uai);
    parameters_int64(&parameters, asked->academy.v);
    parameters_text(&parameters, audit_action_code(AUDIT_PASSWORD_SHOWN));
    parameters_text(&parameters, asked->trace);
    store_run(store, QUERY_SELECTION_SHOW_PASSWORD, &parameters, show_rows,
        asking_new((struct asking){.shown = shown, .arg = arg}));
    parameters_clear(&parameters);
}
