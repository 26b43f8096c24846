#include "store/delegation.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <assert.h>
#include <stdio.h>

/* Whom to tell: one of them. */
struct asking {
    delegation_standing_loaded *standing;
    delegations_loaded *listed;
    delegation_found_loaded *found;
    delegation_done *done;
    delegation_renewed *renewed;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void add_place(struct parameters *parameters, const struct delegation_place *place)
{
    parameters_int64(parameters, place->academy.v);
    parameters_text(parameters, place->uai);
}

static enum administrator_role role_of(const struct rows *rows)
{
    enum administrator_role role = ROLE_DELEGUE;
    bool known = role_from_code(row_text(rows, 0, "role"), &role);
    assert(known); /* the column's type is an enumeration of the same codes */
    return role;
}

static void standing_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_here = rows && rows_count(rows) > 0;
    asking->standing(asking->arg, is_here, is_here ? role_of(rows) : ROLE_DELEGUE, rows ? NULL : fault);
    memory_free(&asking);
}

void delegation_load_standing(struct store *store, administrator_id giver, const struct delegation_place *place,
    delegation_standing_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, giver.v);
    add_place(&parameters, place);
    store_run(store, QUERY_DELEGATION_STANDING, &parameters, standing_rows,
        asking_new((struct asking){.standing = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void delegation_of_row(const struct rows *rows, int row, struct delegation *out_delegation)
{
    enum account_profile only = PROFILE_COUNT;
    *out_delegation = (struct delegation){
        .id = row_int64(rows, row, "id"),
        .login = row_text(rows, row, "login"),
        .name = row_text(rows, row, "name"),
        .giver = row_text(rows, row, "giver"),
        .from_at = row_instant(rows, row, "from_at"),
        .until_at = row_instant(rows, row, "until_at"),
        .given_at = row_instant(rows, row, "given_at"),
        .counts = row_bool(rows, row, "counts"),
        .renewable = row_bool(rows, row, "renewable"),
    };
    bool is_one = profile_from_code(row_text(rows, row, "profile"), &only);
    for (int profile = 0; profile < PROFILE_COUNT; profile++) {
        out_delegation->may[profile] = !is_one || profile == (int)only;
    }
}

static void list_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    int count = rows ? rows_count(rows) : 0;
    struct delegation *list = checked_calloc((size_t)count + 1, sizeof *list);
    for (int row = 0; row < count; row++) {
        delegation_of_row(rows, row, &list[row]);
    }
    asking->listed(asking->arg, rows ? list : NULL, (size_t)count, rows ? NULL : fault);
    memory_free(&list);
    memory_free(&asking);
}

void delegation_list(struct store *store, const struct delegation_place *place, delegations_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_place(&parameters, place);
    store_run(store, QUERY_DELEGATION_LIST, &parameters, list_rows,
        asking_new((struct asking){.listed = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void found_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct delegation_found found = {0};
    if (rows && rows_count(rows) > 0) {
        found.id.v = row_int64(rows, 0, "id");
        found.role = role_of(rows);
        found.is_disabled = row_bool(rows, 0, "disabled");
        snprintf(found.login, sizeof found.login, "%s", row_text(rows, 0, "login"));
        snprintf(found.name, sizeof found.name, "%s", row_text(rows, 0, "name"));
    }
    asking->found(asking->arg, &found, rows ? NULL : fault);
    memory_free(&asking);
}

void delegation_find(struct store *store, const char *text, delegation_found_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, text);
    store_run(store, QUERY_DELEGATION_FIND, &parameters, found_rows,
        asking_new((struct asking){.found = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void done_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_done = rows && rows_count(rows) > 0;
    asking->done(asking->arg, is_done ? row_int64(rows, 0, "id") : 0, rows ? NULL : fault);
    memory_free(&asking);
}

static void add_given(struct parameters *parameters, const struct delegation_given *given)
{
    add_place(parameters, &given->place);
    parameters_text(parameters, given->profile);
    parameters_instant(parameters, given->from_at);
    parameters_instant(parameters, given->until_at);
    parameters_text(parameters, given->from_day);
    parameters_text(parameters, given->until_day);
    parameters_text(parameters, audit_action_code(AUDIT_DELEGATION_GIVEN));
    parameters_text(parameters, given->trace);
}

void delegation_give(
    struct store *store, const struct delegation_given *given, administrator_id to, delegation_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, given->giver.v);
    parameters_int64(&parameters, to.v);
    add_given(&parameters, given);
    store_run(
        store, QUERY_DELEGATION_GIVE, &parameters, done_rows, asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void delegation_give_new(struct store *store, const struct delegation_given *given,
    const struct delegation_person *person, delegation_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, given->giver.v);
    parameters_text(&parameters, person->login);
    parameters_text(&parameters, person->name);
    parameters_text(&parameters, person->mail);
    parameters_text(&parameters, person->hash);
    add_given(&parameters, given);
    store_run(store, QUERY_DELEGATION_GIVE_NEW, &parameters, done_rows,
        asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

void delegation_take_back(struct store *store, const struct audit_author *author, const struct delegation_place *place,
    int64_t id, delegation_done *done, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_place(&parameters, place);
    parameters_int64(&parameters, id);
    parameters_int64(&parameters, author->administrator.v);
    parameters_text(&parameters, audit_action_code(AUDIT_DELEGATION_TAKEN_BACK));
    parameters_text(&parameters, author->trace);
    store_run(store, QUERY_DELEGATION_TAKE_BACK, &parameters, done_rows,
        asking_new((struct asking){.done = done, .arg = arg}));
    parameters_clear(&parameters);
}

static void renewed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool is_done = rows && rows_count(rows) > 0;
    asking->renewed(asking->arg, is_done ? row_text(rows, 0, "login") : NULL,
        is_done ? row_text(rows, 0, "name") : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

void delegation_renew_password(
    struct store *store, const struct delegation_renewal *renewal, delegation_renewed *renewed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_place(&parameters, &renewal->place);
    parameters_int64(&parameters, renewal->id);
    parameters_text(&parameters, renewal->hash);
    parameters_instant(&parameters, renewal->changed_at);
    parameters_int64(&parameters, renewal->author.administrator.v);
    parameters_text(&parameters, audit_action_code(AUDIT_FIRST_PASSWORD_RENEWED));
    parameters_text(&parameters, renewal->author.trace);
    store_run(store, QUERY_DELEGATION_RENEW_PASSWORD, &parameters, renewed_rows,
        asking_new((struct asking){.renewed = renewed, .arg = arg}));
    parameters_clear(&parameters);
}

void delegation_erase_old(struct store *store)
{
    store_run(store, QUERY_DELEGATION_ERASE_OLD, NULL, NULL, NULL);
}
