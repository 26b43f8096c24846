#include "store/administrator.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whom to tell: one of the two. */
struct asking {
    administrators_loaded *loaded;
    administrator_added *added;
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

static void scope_of_row(const struct rows *rows, int row, struct stored_administrator *administrator)
{
    if (administrator->scope_count < ADMINISTRATOR_SCOPES_MAX) {
        struct administrator_scope *scope = &administrator->scopes[administrator->scope_count++];
        scope->academy.v = (int16_t)row_int64(rows, row, "academy");
        snprintf(scope->uai.text, sizeof scope->uai.text, "%s", row_text(rows, row, "uai"));
    }
}

static void administrator_of_row(const struct rows *rows, int row, struct stored_administrator *out_administrator)
{
    out_administrator->id.v = row_int64(rows, row, "id");
    out_administrator->is_disabled = row_bool(rows, row, "disabled");
    snprintf(out_administrator->login, sizeof out_administrator->login, "%s", row_text(rows, row, "login"));
    snprintf(out_administrator->name, sizeof out_administrator->name, "%s", row_text(rows, row, "name"));
    role_of_row(rows, row, out_administrator);
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct stored_administrator *found = checked_calloc(1, sizeof *found);
    size_t count = rows && rows_count(rows) > 0 ? 1 : 0;
    if (count) {
        administrator_of_row(rows, 0, found);
        snprintf(found->hash, sizeof found->hash, "%s", row_text(rows, 0, "hash"));
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
    store_run(store, QUERY_ADMINISTRATOR_SIGN_IN, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

/* Rows of one administrator follow one another, one row a scope. */
static void list_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    int row_count = rows ? rows_count(rows) : 0;
    struct stored_administrator *list = checked_calloc((size_t)row_count + 1, sizeof *list);
    size_t count = 0;
    for (int row = 0; row < row_count; row++) {
        if (count == 0 || list[count - 1].id.v != row_int64(rows, row, "id")) {
            administrator_of_row(rows, row, &list[count]);
            list[count].last_sign_in_at = row_instant(rows, row, "last_sign_in_at");
            count++;
        }
        if (row_bool(rows, row, "scoped")) {
            scope_of_row(rows, row, &list[count - 1]);
        }
    }
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
        scope_of_row(rows, row, found);
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

static void nobody_waits(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)arg;
    (void)rows;
    (void)fault;
}

void administrator_note_sign_in(struct store *store, administrator_id id)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id.v);
    store_run(store, QUERY_ADMINISTRATOR_SIGNED_IN, &parameters, nobody_waits, NULL);
    parameters_clear(&parameters);
}

static void added_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    administrator_id id = {rows && rows_count(rows) > 0 ? row_int64(rows, 0, "id") : 0};
    asking->added(asking->arg, id, fault);
    memory_free(&asking);
}

void administrator_add(
    struct store *store, const struct administrator_new *administrator, administrator_added *added, void *arg)
{
    assert(administrator->scope_count <= ADMINISTRATOR_SCOPES_MAX);
    int64_t academies[ADMINISTRATOR_SCOPES_MAX];
    const char *uais[ADMINISTRATOR_SCOPES_MAX];
    for (size_t i = 0; i < administrator->scope_count; i++) {
        const struct administrator_scope *scope = &administrator->scopes[i];
        academies[i] = scope->academy.v;
        uais[i] = scope->uai.text[0] != '\0' ? scope->uai.text : NULL;
    }
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, administrator->login);
    parameters_text(&parameters, administrator->name);
    parameters_text(&parameters, administrator->mail);
    parameters_text(&parameters, role_code(administrator->role));
    parameters_text(&parameters, administrator->hash);
    parameters_int64_array(&parameters, academies, administrator->scope_count);
    parameters_text_array(&parameters, uais, administrator->scope_count);
    store_run(store, QUERY_ADMINISTRATOR_ADD, &parameters, added_rows,
        asking_new((struct asking){.added = added, .arg = arg}));
    parameters_clear(&parameters);
}
