#include "store/help.h"

#include "runtime/memory.h"
#include "store/delivery.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

/* Whom to tell: one of the three. */
struct asking {
    help_done *done;
    help_loaded *loaded;
    help_applied *applied;
    void *arg;
};

/* What a mail is in the store: the delivery's kind, the link that it carries, what the account's life remembers. */
static const struct {
    enum delivery_kind kind;
    const char *purpose; /* NULL: no link */
    const char *event;
} mails[HELP_MAIL_COUNT] = {
    [HELP_MAIL_IDENTIFIER] = {DELIVERY_FORGOTTEN_IDENTIFIER, NULL,         "help_identifier"},
    [HELP_MAIL_PASSWORD] = {DELIVERY_FORGOTTEN_PASSWORD,   "password",   "help_password"  },
    [HELP_MAIL_ACTIVATION] = {DELIVERY_ACTIVATION,           "activation", "help_activation"},
    [HELP_MAIL_NOT_OPENED] = {DELIVERY_NOT_OPENED,           NULL,         "help_not_opened"},
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

void help_ask(struct store *store, const struct help_request *request, help_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_uuid(&parameters, request->id);
    parameters_text(&parameters, help_code(request->wanted));
    parameters_text(&parameters, request->subject);
    parameters_bool(&parameters, request->is_known);
    store_run(store, QUERY_HELP_ASK, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void candidate_from_row(const struct rows *rows, int row, struct help_candidate *out_candidate)
{
    *out_candidate = (struct help_candidate){
        .request = row_int64(rows, row, "request"), .has_account = !row_is_null(rows, row, "id")};
    snprintf(out_candidate->trace, sizeof out_candidate->trace, "%s", row_text(rows, row, "trace"));
    bool known = help_from_code(row_text(rows, row, "wanted"), &out_candidate->wanted);
    assert(known); /* the table takes no other */
    if (out_candidate->has_account) {
        account_from_row(rows, row, &out_candidate->stored);
        snprintf(out_candidate->address, sizeof out_candidate->address, "%s", row_text(rows, row, "address"));
    }
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct help_candidate *candidates = checked_calloc(count + 1, sizeof *candidates);
    for (size_t i = 0; i < count; i++) {
        candidate_from_row(rows, (int)i, &candidates[i]);
    }
    asking->loaded(asking->arg, rows ? candidates : NULL, count, fault);
    memory_free(&candidates);
    memory_free(&asking);
}

void help_load(struct store *store, help_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, HELP_REQUESTS_MAX);
    parameters_int64(&parameters, HELP_ACCOUNTS_MAX);
    store_run(
        store, QUERY_HELP_LOAD, &parameters, loaded_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void applied_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_ours = rows && row_int64(rows, 0, "answered") > 0;
    asking->applied(asking->arg, is_ours, rows ? (size_t)row_int64(rows, 0, "owed") : 0, fault);
    memory_free(&asking);
}

static void add_accounts(struct parameters *parameters, const struct help_answer *answer)
{
    int64_t academies[HELP_ACCOUNTS_MAX], numbers[HELP_ACCOUNTS_MAX], versions[HELP_ACCOUNTS_MAX];
    for (size_t i = 0; i < answer->count; i++) {
        const struct account *account = &answer->owed[i].account->account;
        academies[i] = account->academy.v;
        numbers[i] = account->id.v;
        versions[i] = account->version;
    }
    parameters_int64_array(parameters, academies, answer->count);
    parameters_int64_array(parameters, numbers, answer->count);
    parameters_int64_array(parameters, versions, answer->count);
}

static void add_mails(struct parameters *parameters, const struct help_answer *answer)
{
    const char *kinds[HELP_ACCOUNTS_MAX], *recipients[HELP_ACCOUNTS_MAX], *purposes[HELP_ACCOUNTS_MAX],
        *events[HELP_ACCOUNTS_MAX];
    struct instant expiries[HELP_ACCOUNTS_MAX];
    for (size_t i = 0; i < answer->count; i++) {
        enum help_mail mail = answer->owed[i].mail;
        assert(mail != HELP_MAIL_NONE && mail < HELP_MAIL_COUNT);
        kinds[i] = delivery_kind_code(mails[mail].kind);
        recipients[i] = answer->owed[i].recipient;
        purposes[i] = mails[mail].purpose;
        expiries[i] = mail == HELP_MAIL_PASSWORD ? answer->password_expires_at : answer->activation_expires_at;
        events[i] = mails[mail].event;
    }
    parameters_text_array(parameters, kinds, answer->count);
    parameters_text_array(parameters, recipients, answer->count);
    parameters_text_array(parameters, purposes, answer->count);
    parameters_instant_array(parameters, expiries, answer->count);
    parameters_text_array(parameters, events, answer->count);
}

void help_apply(struct store *store, const struct help_answer *answer, help_applied *applied, void *arg)
{
    assert(answer->count <= HELP_ACCOUNTS_MAX);
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, answer->request);
    parameters_int64(&parameters, answer->per_day);
    add_accounts(&parameters, answer);
    add_mails(&parameters, answer);
    store_run(store, QUERY_HELP_APPLY, &parameters, applied_rows,
        asking_new((struct asking){.applied = applied, .arg = arg}));
    parameters_clear(&parameters);
}
