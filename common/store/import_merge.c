#include "store/import_merge.h"

#include "domain/lifecycle.h"
#include "runtime/cleanup.h"
#include "store/blocking_query.h"
#include "store/import_attach.h"

#include <assert.h>
#include <stdio.h>

/* --- loading --- */

static struct import_merge merge_of(const struct rows *rows, int64_t id)
{
    struct import_merge merge = {
        .id = id,
        .academy.v = (int16_t)row_int64(rows, 0, "academy"),
        .degree = (enum degree)row_int64(rows, 0, "degree"),
        .aaf_id = row_int64(rows, 0, "aaf_id"),
        .is_undone = row_bool(rows, 0, "is_undone"),
        .is_in_force = row_bool(rows, 0, "is_in_force"),
        .is_of_join = row_bool(rows, 0, "is_of_join"),
        .into = {.academy.v = (int16_t)row_int64(rows, 0, "into_academy"),   .id.v = row_int64(rows, 0, "into_account")},
        .former = {.academy.v = (int16_t)row_int64(rows, 0, "former_academy"), .id.v = row_int64(rows, 0, "former_id")   },
    };
    bool known = profile_from_code(row_text(rows, 0, "profile"), &merge.profile);
    assert(known);
    (void)snprintf(merge.nom, sizeof merge.nom, "%s", row_text(rows, 0, "nom"));
    (void)snprintf(merge.prenom, sizeof merge.prenom, "%s", row_text(rows, 0, "prenom"));
    (void)snprintf(merge.login, sizeof merge.login, "%s", row_text(rows, 0, "login"));
    (void)snprintf(merge.former.login, sizeof merge.former.login, "%s", row_text(rows, 0, "former_login"));
    return merge;
}

bool import_merge_load(
    struct session *session, int64_t merge, struct import_merge *out_merge, bool *out_found, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, merge);
    if (!session_ask(session, QUERY_IMPORT_MERGE_LOAD, &parameters, &rows, fault)) {
        return false;
    }
    *out_found = rows_count(rows) > 0;
    if (*out_found) {
        *out_merge = merge_of(rows, merge);
    }
    return true;
}

/* --- an account of its own --- */

static bool login_choose(
    struct session *session, const struct identifier *base, struct import_merge_account *account, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, base->text);
    if (!session_ask(session, QUERY_IMPORT_MERGE_IDENTIFIER, &parameters, &rows, fault)) {
        return false;
    }
    (void)snprintf(account->login, sizeof account->login, "%s", row_text(rows, 0, "login"));
    return true;
}

static bool account_create(struct session *session, const struct import_merge *merge,
    struct import_merge_account *account, struct fault *fault)
{
    _cleanup_(rows_free) struct rows *rows = NULL;
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, merge->academy.v);
    parameters_int64(&parameters, merge->degree);
    parameters_int64(&parameters, merge->aaf_id);
    parameters_text(&parameters, profile_code(merge->profile));
    parameters_text(&parameters, account->login);
    if (!session_ask(session, QUERY_IMPORT_MERGE_ACCOUNT, &parameters, &rows, fault)) {
        return false;
    }
    account->academy = merge->academy;
    account->id.v = row_int64(rows, 0, "id");
    return true;
}

static bool credential_write(struct session *session, const struct import_merge_account *account, import_seal *seal,
    void *arg, struct fault *fault)
{
    unsigned char sealed[IMPORT_SEALED_MAX];
    size_t length = seal(arg, account->academy, account->id, sealed);
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_bytes(&parameters, sealed, length);
    return session_ask(session, QUERY_IMPORT_MERGE_CREDENTIAL, &parameters, NULL, fault);
}

static bool former_reopen(struct session *session, const struct import_merge_account *former, struct fault *fault)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, former->academy.v);
    parameters_int64(&parameters, former->id.v);
    parameters_text(&parameters, action_code(ACTION_REOPEN));
    return session_ask(session, QUERY_IMPORT_MERGE_REOPEN, &parameters, NULL, fault);
}

/* --- the whole --- */

static bool record_move(struct session *session, const struct import_merge *merge, const struct audit_author *author,
    const struct import_merge_account *account, struct fault *fault)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, merge->id);
    parameters_text(&parameters, author->operator_name);
    parameters_int64(&parameters, account->academy.v);
    parameters_int64(&parameters, account->id.v);
    parameters_text(&parameters, audit_action_code(AUDIT_MERGE_UNDONE));
    parameters_text(&parameters, author->trace);
    return session_ask(session, QUERY_IMPORT_MERGE_UNDO, &parameters, NULL, fault) &&
           import_attach_open(session, fault) &&
           import_attach_touch(session, merge->into.academy, merge->into.id, fault) &&
           import_attach_touch(session, account->academy, account->id, fault) && import_attach_apply(session, fault);
}

bool import_merge_undo(struct session *session, const struct import_merge *merge, const struct identifier *base,
    const struct audit_author *author, import_seal *seal, void *arg, char out_login[IDENTIFIER_SIZE],
    struct fault *fault)
{
    struct import_merge_account account = merge->former;
    bool done = session_begin(session, fault);
    if (done && account.id.v != 0) {
        done = former_reopen(session, &account, fault);
    } else if (done) {
        done = session_run(session, QUERY_IMPORT_MERGE_IDENTIFIERS_LOCK, NULL, NULL, fault) &&
               login_choose(session, base, &account, fault) && account_create(session, merge, &account, fault) &&
               credential_write(session, &account, seal, arg, fault);
    }
    done = done && record_move(session, merge, author, &account, fault) && session_commit(session, fault);
    if (!done) {
        session_rollback(session);
        return false;
    }
    (void)snprintf(out_login, IDENTIFIER_SIZE, "%s", account.login);
    return true;
}
