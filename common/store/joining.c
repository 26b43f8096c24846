#include "store/joining.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <stdio.h>

/* Whom to tell: one of them. */
struct asking {
    joining_proved *proved;
    joining_loaded *loaded;
    joining_done *done;
    joining_listed *listed;
    joining_undo_loaded *undo_loaded;
    joining_resets_loaded *resets_loaded;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void account_put(struct parameters *parameters, struct joining_account account)
{
    parameters_int64(parameters, account.academy.v);
    parameters_int64(parameters, account.id.v);
}

static void proved_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->proved(asking->arg, rows ? row_int64(rows, 0, "id") : 0, fault);
    memory_free(&asking);
}

void joining_prove(struct store *store, const struct joining_proof *proof, joining_proved *proved, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_uuid(&parameters, proof->request);
    account_put(&parameters, proof->stays);
    account_put(&parameters, proof->other);
    parameters_instant(&parameters, proof->other_credential_at);
    parameters_bool(&parameters, proof->is_of_paper);
    parameters_duration(&parameters, proof->lifetime);
    store_run(store, QUERY_JOINING_PROVE, &parameters, proved_rows,
        asking_new((struct asking){.proved = proved, .arg = arg}));
    parameters_clear(&parameters);
}

static void pair_of_row(const struct rows *rows, struct joining_pair *out_pair)
{
    bool has_identity = row_bool(rows, 0, "has_identity");
    bool has_other = row_bool(rows, 0, "has_other_identity");
    *out_pair = (struct joining_pair){
        .other = {{(int16_t)row_int64(rows, 0, "other_academy")}, {row_int64(rows, 0, "other_account")}},
        .is_of_paper = row_bool(rows, 0, "is_of_paper"),
        .is_used = row_bool(rows, 0, "is_used"),
        .is_over = row_bool(rows, 0, "is_over"),
        .ends_identity = has_other,
        .own_version = row_int64(rows, 0, "own_version"),
        .other_version = row_int64(rows, 0, "other_version"),
        .rules = { .are_guardians = row_bool(rows, 0, "are_guardians"),
                  .is_closed = row_bool(rows, 0, "is_other_closed"),
                  .is_unfit = row_bool(rows, 0, "is_own_unfit"),
                  .names_agree = row_bool(rows, 0, "names_agree"),
                  .is_shared_child = row_bool(rows, 0, "is_shared_child"),
                  .was_parted = row_bool(rows, 0, "was_parted"),
                  .has_two_identities = has_identity && has_other},
    };
    snprintf(out_pair->login, sizeof out_pair->login, "%s", row_text(rows, 0, "login"));
    snprintf(out_pair->own_login, sizeof out_pair->own_login, "%s", row_text(rows, 0, "own_login"));
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct joining_pair pair;
    bool is_there = rows_length(rows) > 0;
    if (is_there) {
        pair_of_row(rows, &pair);
    }
    asking->loaded(asking->arg, is_there ? &pair : NULL, fault);
    memory_free(&asking);
}

void joining_load(struct store *store, int64_t proof, struct joining_account stays, joining_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, proof);
    account_put(&parameters, stays);
    store_run(
        store, QUERY_JOINING_LOAD, &parameters, loaded_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->done(asking->arg, rows_length(rows) > 0, fault);
    memory_free(&asking);
}

void joining_apply(
    struct store *store, int64_t proof, int64_t own_version, int64_t other_version, joining_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, proof);
    parameters_int64(&parameters, own_version);
    parameters_int64(&parameters, other_version);
    store_run(
        store, QUERY_JOINING_APPLY, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void asked_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->done(asking->arg, rows && row_bool(rows, 0, "is_joined"), fault);
    memory_free(&asking);
}

void joining_ask(struct store *store, struct joining_account account, joining_done *asked, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    account_put(&parameters, account);
    store_run(
        store, QUERY_JOINING_INTO, &parameters, asked_rows, asking_new((struct asking){.done = asked, .arg = arg}));
    parameters_clear(&parameters);
}

/* ---- the operator's */

static void joining_of_row(const struct rows *rows, int row, struct stored_joining *out_joining)
{
    *out_joining = (struct stored_joining){
        .id = row_int64(rows, row, "id"),
        .joined_at = row_instant(rows, row, "joined_at"),
        .undone_at = row_instant(rows, row, "undone_at"),
        .records = row_int64(rows, row, "records"),
    };
    snprintf(out_joining->from_login, IDENTIFIER_SIZE, "%s", row_text(rows, row, "from_login"));
    snprintf(out_joining->into_login, IDENTIFIER_SIZE, "%s", row_text(rows, row, "into_login"));
    snprintf(out_joining->evidence, JOINING_WORD_SIZE, "%s", row_text(rows, row, "evidence"));
    snprintf(out_joining->undone_by, JOINING_BY_SIZE, "%s", row_text(rows, row, "undone_by"));
    snprintf(out_joining->undone_reason, JOINING_WORD_SIZE, "%s", row_text(rows, row, "undone_reason"));
}

static void listed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct stored_joining *joinings = rows_list(rows, sizeof *joinings);
    for (size_t i = 0; i < count; i++) {
        joining_of_row(rows, (int)i, &joinings[i]);
    }
    asking->listed(asking->arg, joinings, count, rows ? NULL : fault);
    memory_free(&joinings);
    memory_free(&asking);
}

void joining_list(struct store *store, const char *login, int64_t limit, joining_listed *listed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, login);
    parameters_int64(&parameters, limit);
    store_run(
        store, QUERY_JOINING_LIST, &parameters, listed_rows, asking_new((struct asking){.listed = listed, .arg = arg}));
    parameters_clear(&parameters);
}

static void undo_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct joining_undo undo = {0};
    bool is_there = rows_length(rows) > 0;
    if (is_there) {
        undo.is_undone = row_bool(rows, 0, "is_undone");
        snprintf(undo.undone_reason, JOINING_WORD_SIZE, "%s", row_text(rows, 0, "undone_reason"));
        undo.from = (struct joining_account){
            {(int16_t)row_int64(rows, 0, "from_academy")}, {row_int64(rows, 0, "from_account")}};
        snprintf(undo.from_login, sizeof undo.from_login, "%s", row_text(rows, 0, "from_login"));
        snprintf(undo.into_login, sizeof undo.into_login, "%s", row_text(rows, 0, "into_login"));
        undo.rules = (struct parting){
            .is_erased = undo.from_login[0] == '\0' || undo.into_login[0] == '\0',
            .records = row_int64(rows, 0, "records"),
            .elsewhere = row_int64(rows, 0, "elsewhere"),
        };
    }
    asking->undo_loaded(asking->arg, is_there ? &undo : NULL, fault);
    memory_free(&asking);
}

void joining_load_undo(struct store *store, int64_t joining, joining_undo_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, joining);
    store_run(store, QUERY_JOINING_UNDO_LOAD, &parameters, undo_rows,
        asking_new((struct asking){.undo_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void joining_part(struct store *store, const struct joining_end *end, joining_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, end->joining);
    parameters_text(&parameters, end->author->operator_name);
    parameters_text(&parameters, parting_reason_code(end->reason));
    parameters_int64(&parameters, end->records);
    parameters_text(&parameters, audit_action_code(AUDIT_ACCOUNTS_SEPARATED));
    parameters_text(&parameters, end->author->trace);
    if (end->sealed) {
        parameters_bytes(&parameters, end->sealed, end->sealed_length);
    } else {
        parameters_null(&parameters);
    }
    store_run(store, QUERY_JOINING_UNDO, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void resets_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct identifier *logins = rows_list(rows, sizeof *logins);
    for (size_t i = 0; i < count; i++) {
        snprintf(logins[i].text, sizeof logins[i].text, "%s", row_text(rows, (int)i, "login"));
    }
    asking->resets_loaded(asking->arg, logins, count, rows ? NULL : fault);
    memory_free(&logins);
    memory_free(&asking);
}

void joining_load_resets(struct store *store, int64_t joining, joining_resets_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, joining);
    store_run(store, QUERY_JOINING_RESETS, &parameters, resets_rows,
        asking_new((struct asking){.resets_loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void joining_erase_old(struct store *store)
{
    store_run(store, QUERY_JOINING_ERASE_OLD, NULL, NULL, NULL);
}
