#include "store/child.h"

#include "runtime/memory.h"
#include "store/opening_query.h"
#include "store/query.h"

#include <assert.h>

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of the two. */
struct asking {
    child_listed *listed;
    opening_applied *applied;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void child_from_row(const struct rows *rows, int row, struct listed_child *out_child)
{
    *out_child = (struct listed_child){
        .academy = {(int16_t)row_int64(rows, row, "academy")},
        .id = {row_int64(rows, row, "id")},
        .login = row_text(rows, row, "login"),
        .nom = row_text(rows, row, "nom"),
        .prenom = row_text(rows, row, "prenom"),
        .school = row_text(rows, row, "school"),
        .class = row_text(rows, row, "class"),
    };
    bool known = state_from_code(row_text(rows, row, "state"), &out_child->state);
    assert(known);
}

static void listed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    struct listed_child *children = checked_calloc(count + 1, sizeof *children);
    for (size_t i = 0; i < count; i++) {
        child_from_row(rows, (int)i, &children[i]);
    }
    asking->listed(asking->arg, rows ? children : NULL, count, fault);
    memory_free(&children);
    memory_free(&asking);
}

void child_list(struct store *store, academy_code academy, account_id guardian, child_listed *listed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, guardian.v);
    store_run_within(store, QUERY_CHILD_LIST, &parameters, PATIENCE, listed_rows,
        asking_new((struct asking){.listed = listed, .arg = arg}));
    parameters_clear(&parameters);
}

static void add_asked(struct parameters *parameters, const struct child_asked *asked)
{
    parameters_int64(parameters, asked->guardian_academy.v);
    parameters_int64(parameters, asked->guardian.v);
    parameters_int64(parameters, asked->academy.v);
    parameters_int64(parameters, asked->id.v);
}

void child_load(struct store *store, const struct child_asked *asked, opening_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_asked(&parameters, asked);
    parameters_uuid(&parameters, asked->request);
    opening_load_by(store, QUERY_CHILD_LOAD, &parameters, loaded, arg);
    parameters_clear(&parameters);
}

static void applied_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct asking *asking = arg;
    asking->applied(asking->arg, fault);
    memory_free(&asking);
}

void child_reset(struct store *store, const struct child_asked *asked, const struct child_change *change,
    opening_applied *applied, void *arg)
{
    const struct account *account = &change->outcome->account;
    struct parameters parameters;
    parameters_init(&parameters);
    add_asked(&parameters, asked);
    parameters_int64(&parameters, account->version);
    parameters_text(&parameters, password_kind_code(account->password));
    parameters_instant(&parameters, account->notification_expires_at);
    parameters_bytes(&parameters, change->sealed, change->sealed_length);
    parameters_instant(&parameters, change->changed_at);
    parameters_bool(&parameters, change->outcome->effects & EFFECT_TELL_SECURITY_CHANGE);
    parameters_uuid(&parameters, asked->request);
    parameters_text(&parameters, asked->method);
    store_run(store, QUERY_CHILD_RESET, &parameters, applied_rows,
        asking_new((struct asking){.applied = applied, .arg = arg}));
    parameters_clear(&parameters);
}
