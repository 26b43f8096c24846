#include "store/list_selection.h"

#include "runtime/memory.h"
#include "store/listing.h"
#include "store/query.h"

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)
/* Lists that one session has in hand at once, in as many tabs; the oldest is forgotten. */
enum { OTHERS_KEPT = 7 };

/* Whom to tell: one of them. */
struct asked_selection {
    list_selection_loaded *loaded;
    list_selection_stored *stored;
    void *arg;
};

static struct asked_selection *asked_new(struct asked_selection whom)
{
    struct asked_selection *asked = checked_malloc(sizeof *asked);
    *asked = whom;
    return asked;
}

static void load_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asked_selection *asked = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    int64_t *academies = rows ? checked_calloc(count + 1, sizeof *academies) : NULL;
    int64_t *numbers = rows ? checked_calloc(count + 1, sizeof *numbers) : NULL;
    for (size_t i = 0; i < count; i++) {
        academies[i] = row_int64(rows, (int)i, "academy");
        numbers[i] = row_int64(rows, (int)i, "number");
    }
    asked->loaded(asked->arg, academies, numbers, count, rows ? NULL : fault);
    memory_free(&academies);
    memory_free(&numbers);
    memory_free(&asked);
}

static void store_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asked_selection *asked = arg;
    asked->stored(asked->arg, rows ? row_int64(rows, 0, "id") : 0, rows ? NULL : fault);
    memory_free(&asked);
}

static void end_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asked_selection *asked = arg;
    asked->stored(asked->arg, 0, rows ? NULL : fault);
    memory_free(&asked);
}

static void whose_parameters(struct parameters *parameters, const struct list_selection *selection)
{
    parameters_init(parameters);
    parameters_bytes(parameters, selection->digest, DIGEST_SIZE);
    parameters_int64(parameters, selection->number);
    parameters_int64(parameters, selection->school->academy.v);
    parameters_text(parameters, selection->school->uai.text);
    parameters_text(parameters, profile_code(selection->profile));
}

void list_selection_load(
    struct store *store, const struct list_selection *selection, list_selection_loaded *loaded, void *arg)
{
    struct parameters parameters;
    whose_parameters(&parameters, selection);
    store_run_within(store, QUERY_LIST_SELECTION_LOAD, &parameters, PATIENCE, load_rows,
        asked_new((struct asked_selection){.loaded = loaded, .arg = arg}));
    parameters_clear(&parameters);
}

void list_selection_store(struct store *store, const struct list_selection *selection, const int64_t *academies,
    const int64_t *numbers, size_t count, list_selection_stored *stored, void *arg)
{
    struct parameters parameters;
    whose_parameters(&parameters, selection);
    parameters_int64_array(&parameters, academies, count);
    parameters_int64_array(&parameters, numbers, count);
    parameters_int64(&parameters, OTHERS_KEPT);
    store_run_within(store, QUERY_LIST_SELECTION_STORE, &parameters, PATIENCE, store_rows,
        asked_new((struct asked_selection){.stored = stored, .arg = arg}));
    parameters_clear(&parameters);
}

void list_selection_end(
    struct store *store, const struct list_selection *selection, list_selection_stored *stored, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_bytes(&parameters, selection->digest, DIGEST_SIZE);
    parameters_int64(&parameters, selection->number);
    store_run_within(store, QUERY_LIST_SELECTION_END, &parameters, PATIENCE, end_rows,
        asked_new((struct asked_selection){.stored = stored, .arg = arg}));
    parameters_clear(&parameters);
}
