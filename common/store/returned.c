#include "store/returned.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

/* Whom to tell: one of them. */
struct asking {
    returned_listed *listed;
    returned_loaded *loaded;
    returned_proved *proved;
    void *arg;
};

static struct asking *asking_new(struct asking whom)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    *asking = whom;
    return asking;
}

static void listed_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows_length(rows);
    struct returned_child *children = rows_list(rows, sizeof *children);
    for (size_t i = 0; i < count; i++) {
        int row = (int)i;
        children[i] = (struct returned_child){
            .pupil = {{(int16_t)row_int64(rows, row, "academy")}, (int)row_int64(rows, row, "degree"),
                      row_int64(rows, row, "aaf_id")},
            .nom = row_text(rows, row, "nom"),
            .prenom = row_text(rows, row, "prenom"),
            .school = row_text(rows, row, "school"),
        };
    }
    asking->listed(asking->arg, children, count, rows ? NULL : fault);
    memory_free(&children);
    memory_free(&asking);
}

void returned_list(struct store *store, academy_code academy, account_id id, returned_listed *listed, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_int64(&parameters, academy.v);
    parameters_int64(&parameters, id.v);
    store_run_within(store, QUERY_RETURNED_LIST, &parameters, PATIENCE, listed_rows,
        asking_new((struct asking){.listed = listed, .arg = arg}));
    parameters_clear(&parameters);
}

static void asked_fill(struct parameters *parameters, const struct returned_asked *asked)
{
    parameters_init(parameters);
    parameters_int64(parameters, asked->academy.v);
    parameters_int64(parameters, asked->id.v);
    parameters_int64(parameters, asked->pupil.academy.v);
    parameters_int64(parameters, asked->pupil.degree);
    parameters_int64(parameters, asked->pupil.aaf_id);
}

static void loaded_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    bool known = rows && rows_count(rows) > 0;
    asking->loaded(asking->arg, known, known ? row_date(rows, 0, "birth_date") : (struct date){0},
        known && row_bool(rows, 0, "is_proved"), rows ? NULL : fault);
    memory_free(&asking);
}

void returned_load(struct store *store, const struct returned_asked *asked, returned_loaded *loaded, void *arg)
{
    struct parameters parameters;
    asked_fill(&parameters, asked);
    store_run(store, QUERY_RETURNED_LOAD, &parameters, loaded_rows,
        asking_new((struct asking){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

static void proved_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    asking->proved(asking->arg, rows ? NULL : fault);
    memory_free(&asking);
}

void returned_prove(struct store *store, const struct returned_asked *asked, returned_proved *proved, void *arg)
{
    struct parameters parameters;
    asked_fill(&parameters, asked);
    store_run(store, QUERY_RETURNED_PROVE, &parameters, proved_rows,
        asking_new((struct asking){.proved = proved, .arg = arg}));
    parameters_clear(&parameters);
}
