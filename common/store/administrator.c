#include "store/administrator.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whom to tell: one of them. */
struct asking {
    administrators_loaded *loaded;
    administrator_added *added;
    administrator_changed *changed;
    administrator_noted *noted;
    void *arg;
    administrator_id id; /* that was asked for */
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void role_of_row(const struct rows *rows, int row, struct stored_administrator *out_administrator)
{
    /* the column's type is an enumeration of the same codes */
    bool known = role_from_code(row_text(rows, row, "role"), &out_administrator->role);
    assert(known);
}

static struct administrator_scope *scope_of_row(
    const struct rows *rows, int row, struct stored_administrator *administrator)
{
    if (administrator->scope_count == ADMINISTRATOR_SCOPES_MAX) {
        return NULL;
    }
    struct administrator_scope *scope = &administrator->scopes[administrator->scope_count++];
    *scope = (struct administrator_scope){.academy = {(int16_t)row_int64(rows, row, "academy")}};
    snprintf(scope->uai.text, sizeof scope->uai.text, "%s", row_text(rows, row, "uai"));
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        scope->may[profile] = true;
    }
    return scope;
}

static void given_of_row(const struct rows *rows, int row, struct administrator_scope *scope)
{
    enum account_profile only;
    scope->is_given = !row_is_null(rows, row, "giver_id");
    scope->is_of_aaf = row_bool(rows, row, "by_aaf");
    scope->from_at = row_instant(rows, row, "from_at");
    scope->until_at = row_instant(rows, row, "until_at");
    if (profile_from_code(row_text(rows, row, "profile"), &only)) {
        for (int profile = 0; profile < PROFILE_COUNT; profile++) {
            scope->may[profile] = profile == (int)only;
        }
    }
}

static void administrator_of_row(const struct rows *rows, int row, struct stored_administrator *out_administrator)
{
    out_administrator->id.v = row_int64(rows, row, "id");
    out_administrator->is_disabled = row_bool(rows, row, "disabled");
    out_administrator->last_sign_in_at = row_instant(rows, row, "last_sign_in_at");
    out_administrator->credential_at = row_instant(rows, row, "credential_at");
    out_administrator->password_is_provisional = row_bool(rows, row, "password_is_provisional");
    out_administrator->totp_since = row_instant(rows, row, "totp_since");
    snprintf(out_administrator->login, sizeof out_administrator->login, "%s", row_text(rows, row, "login"));
    snprintf(out_administrator->name, sizeof out_administrator->name, "%s", row_text(rows, row, "name"));
    snprintf(out_administrator->mail, sizeof out_administrator->mail, "%s", row_text(rows, row, "mail"));
    out_administrator->head.academy.v = (int16_t)row_int64(rows, row, "aaf_academy");
    out_administrator->head.aaf_id = row_int64(rows, row, "aaf_id");
    role_of_row(rows, row, out_administrator);
}

/* Rows of one administrator follow one another, one row a scope. */
static size_t administrators_of_rows(const struct rows *rows, struct stored_administrator *list)
{
    size_t count = 0;
    for (int row = 0; row < rows_count(rows); row++) {
        if (count == 0 || list[count - 1].id.v != row_int64(rows, row, "id")) {
            administrator_of_row(rows, row, &list[count++]);
        }
        struct administrator_scope *scope =
            row_bool(rows, row, "scoped") ? scope_of_row(rows, row, &list[count - 1]) : NULL;
        if (scope) {
            given_of_row(rows, row, scope);
        }
    }
    return count;
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct stored_administrator *found = checked_calloc(1, sizeof *found);
    size_t count = rows ? administrators_of_rows(rows, found) : 0;
    if (count > 0) {
        snprintf(found->hash, sizeof found->hash, "%s", row_text(rows, 0, "hash"));
        found->totp_length = row_bytes(rows, 0, "totp_sealed", found->totp_sealed, sizeof found->totp_sealed);
        assert(found->totp_length <= sizeof found->totp_sealed); /* none that we sealed is longer */
        found->recovery_left = row_int64(rows, 0, "recovery_left");
    }
    asking->loaded(asking->arg, rows ? found : NULL, count, fault);
    memory_free(&found);
    memory_free(&asking);
}

void administrator_load(struct store *store, const char *login, administrators_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, login);
    store_run(store, QUERY_ADMINISTRATOR_BY_LOGIN, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void administrator_load_by_id(struct store *store, administrator_id id, administrators_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    store_run(store, QUERY_ADMINISTRATOR_BY_ID, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void list_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct stored_administrator *list = checked_calloc((size_t)(rows ? rows_count(rows) : 0) + 1, sizeof *list);
    size_t count = rows ? administrators_of_rows(rows, list) : 0;
    asking->loaded(asking->arg, rows ? list : NULL, count, fault);
    memory_free(&list);
    memory_free(&asking);
}

void administrator_list(struct store *store, administrators_loaded *loaded, void *arg)
{
    store_run(
        store, QUERY_ADMINISTRATOR_LIST, NULL, list_rows, asking_new((struct asking){.loaded = loaded, .arg = arg}));
}

static void scopes_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct stored_administrator *found = checked_calloc(1, sizeof *found);
    int count = rows ? rows_count(rows) : 0;
    for (int row = 0; row < count; row++) {
        role_of_row(rows, row, found);
        (void)scope_of_row(rows, row, found);
    }
    found->id = asking->id;
    asking->loaded(asking->arg, rows ? found : NULL, count > 0 ? 1 : 0, fault);
    memory_free(&found);
    memory_free(&asking);
}

void administrator_load_scopes(struct store *store, administrator_id id, administrators_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    store_run(store, QUERY_ADMINISTRATOR_SCOPES, &parameters, scopes_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg, .id = id}));
    parameters_clear(&parameters);
}

static void noted_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->noted(asking->arg, fault);
    memory_free(&asking);
}

void administrator_note_sign_in(
    struct store *store, const struct audit_author *author, const char *portal, administrator_noted *noted, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, author->administrator.v);
    parameters_text(&parameters, audit_action_code(AUDIT_SIGNED_IN));
    parameters_text(&parameters, author->trace);
    parameters_text(&parameters, portal);
    store_run(store, QUERY_ADMINISTRATOR_SIGNED_IN, &parameters, noted_rows,
        asking_new((struct asking){.noted = noted, .arg = arg}));
    parameters_clear(&parameters);
}

static void added_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    administrator_id id = {rows && rows_count(rows) > 0 ? row_int64(rows, 0, "id") : 0};
    asking->added(asking->arg, id, fault);
    memory_free(&asking);
}

static void add_scopes(struct parameters *parameters, const struct administrator_scope *scopes, size_t count)
{
    assert(count <= ADMINISTRATOR_SCOPES_MAX);
    int64_t academies[ADMINISTRATOR_SCOPES_MAX];
    const char *uais[ADMINISTRATOR_SCOPES_MAX];
    for (size_t i = 0; i < count; i++) {
        academies[i] = scopes[i].academy.v;
        uais[i] = scopes[i].uai.text[0] != '\0' ? scopes[i].uai.text : NULL;
    }
    parameters_int64_array(parameters, academies, count);
    parameters_text_array(parameters, uais, count);
}

void administrator_add(
    struct store *store, const struct administrator_new *administrator, administrator_added *added, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, administrator->login);
    parameters_text(&parameters, administrator->name);
    parameters_text(&parameters, administrator->mail);
    parameters_text(&parameters, role_code(administrator->role));
    parameters_text(&parameters, administrator->hash);
    add_scopes(&parameters, administrator->scopes, administrator->scope_count);
    parameters_bool(&parameters, administrator->password_is_provisional);
    parameters_text(&parameters, audit_action_code(AUDIT_ADMINISTRATOR_ADDED));
    parameters_text(&parameters, administrator->author.trace);
    parameters_text(&parameters, administrator->author.operator_name);
    parameters_int64(&parameters, administrator->head.academy.v);
    parameters_int64(&parameters, administrator->head.aaf_id);
    store_run(store, QUERY_ADMINISTRATOR_ADD, &parameters, added_rows,
        asking_new((struct asking){.added = added, .arg = arg}));
    parameters_clear(&parameters);
}

/* ---- changing */

static void matched_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->changed(asking->arg, rows ? rows_count(rows) : 0, fault);
    memory_free(&asking);
}

static void add_deed(struct parameters *parameters, const struct audit_author *author, enum audit_action action)
{
    parameters_text(parameters, author->operator_name);
    parameters_text(parameters, audit_action_code(action));
    parameters_text(parameters, author->trace);
}

void administrator_disable(struct store *store, const struct audit_author *author, const char *login,
    administrator_changed *changed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, login);
    add_deed(&parameters, author, AUDIT_ADMINISTRATOR_DISABLED);
    store_run(store, QUERY_ADMINISTRATOR_DISABLE, &parameters, matched_rows,
        asking_new((struct asking){.changed = changed, .arg = arg}));
    parameters_clear(&parameters);
}

void administrator_enable(struct store *store, const struct audit_author *author, const char *login,
    administrator_changed *changed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, login);
    add_deed(&parameters, author, AUDIT_ADMINISTRATOR_ENABLED);
    store_run(store, QUERY_ADMINISTRATOR_ENABLE, &parameters, matched_rows,
        asking_new((struct asking){.changed = changed, .arg = arg}));
    parameters_clear(&parameters);
}

static void changed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->changed(asking->arg, rows ? row_int64(rows, 0, "changed") : 0, fault);
    memory_free(&asking);
}

void administrator_add_scopes(struct store *store, const struct audit_author *author,
    const struct administrator_scopes *scopes, administrator_changed *changed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, scopes->of.v);
    add_scopes(&parameters, scopes->list, scopes->count);
    add_deed(&parameters, author, AUDIT_SCOPES_ADDED);
    store_run(store, QUERY_ADMINISTRATOR_SCOPE_ADD, &parameters, changed_rows,
        asking_new((struct asking){.changed = changed, .arg = arg}));
    parameters_clear(&parameters);
}

void administrator_remove_scopes(struct store *store, const struct audit_author *author,
    const struct administrator_scopes *scopes, administrator_changed *changed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, scopes->of.v);
    add_scopes(&parameters, scopes->list, scopes->count);
    add_deed(&parameters, author, AUDIT_SCOPES_REMOVED);
    store_run(store, QUERY_ADMINISTRATOR_SCOPE_REMOVE, &parameters, changed_rows,
        asking_new((struct asking){.changed = changed, .arg = arg}));
    parameters_clear(&parameters);
}
