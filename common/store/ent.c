#include "store/ent.h"

#include "runtime/memory.h"
#include "store/query.h"

#include <stdio.h>

/* Whom to tell: one of them. */
struct asking {
    ent_answer_taken *taken;
    ent_found *found;
    ent_opening_begun *begun;
    ent_opening_loaded *loaded;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void taken_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->taken(asking->arg, rows_length(rows) > 0, rows ? NULL : fault);
    memory_free(&asking);
}

void ent_answer_take(
    struct store *store, const unsigned char *digest, struct instant expires_at, ent_answer_taken *taken, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, digest, DIGEST_SIZE);
    parameters_instant(&parameters, expires_at);
    store_run(
        store, QUERY_ENT_ANSWER_TAKE, &parameters, taken_rows, asking_new((struct asking){.taken = taken, .arg = arg}));
    parameters_clear(&parameters);
}

static void found_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct ent_person person = {.account = {0}};
    if (rows) {
        person.academy.v = (int16_t)row_int64(rows, 0, "academy");
        person.account.v = row_int64(rows, 0, "account_id");
        person.in_first_degree = row_bool(rows, 0, "in_first_degree");
    }
    asking->found(asking->arg, rows ? &person : NULL, fault);
    memory_free(&asking);
}

void ent_find(struct store *store, academy_code academy, int64_t aaf_id, ent_found *found, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, aaf_id);
    store_run(store, QUERY_ENT_FIND, &parameters, found_rows, asking_new((struct asking){.found = found, .arg = arg}));
    parameters_clear(&parameters);
}

static void begun_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->begun(asking->arg, rows ? row_int64(rows, 0, "id") : 0, fault);
    memory_free(&asking);
}

void ent_opening_begin(struct store *store, const unsigned char *browser, const struct ent_opening *opening,
    struct duration lifetime, ent_opening_begun *begun, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, browser, DIGEST_SIZE);
    parameters_text(&parameters, opening->peer);
    parameters_int64(&parameters, opening->academy.v);
    parameters_int64(&parameters, opening->account.v);
    parameters_duration(&parameters, lifetime);
    store_run(store, QUERY_ENT_OPENING_BEGIN, &parameters, begun_rows,
        asking_new((struct asking){.begun = begun, .arg = arg}));
    parameters_clear(&parameters);
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    struct ent_opening opening;
    bool is_there = rows_length(rows) > 0;
    if (is_there) {
        opening = (struct ent_opening){
            .academy = {(int16_t)row_int64(rows, 0, "academy")},
            .account = {row_int64(rows, 0, "account_id")},
            .vouched_at = row_instant(rows, 0, "vouched_at"),
        };
        snprintf(opening.peer, sizeof opening.peer, "%s", row_text(rows, 0, "peer"));
    }
    asking->loaded(asking->arg, is_there ? &opening : NULL, rows ? NULL : fault);
    memory_free(&asking);
}

void ent_opening_load(
    struct store *store, int64_t id, const unsigned char *browser, ent_opening_loaded *loaded, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, id);
    parameters_bytes(&parameters, browser, DIGEST_SIZE);
    store_run(store, QUERY_ENT_OPENING_LOAD, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void ent_erase_old(struct store *store)
{
    store_run(store, QUERY_ENT_ERASE_OLD, NULL, NULL, NULL);
}
