#include "store/school_choice.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Of a browser that waits for its page. */
#define PATIENCE SECONDS(10)

struct asking {
    school_choice_loaded *loaded;
    void *arg;
};

static void schools_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct asking *asking = arg;
    size_t count = rows ? (size_t)rows_count(rows) : 0;
    /* one more than needed, so that an empty list is a list all the same */
    struct listed_school *schools = rows ? checked_calloc(count + 1, sizeof *schools) : NULL;
    for (size_t i = 0; i < count; i++) {
        listed_school_from_row(rows, (int)i, &schools[i]);
    }
    int64_t total = count > 0 ? row_int64(rows, 0, "total") : 0;
    asking->loaded(asking->arg, schools, count, total, rows ? NULL : fault);
    memory_free(&schools);
    memory_free(&asking);
}

void school_choice_load(
    struct store *store, const struct school_wanted *wanted, school_choice_loaded *loaded, void *arg)
{
    struct asking *asking = checked_malloc(sizeof *asking);
    struct parameters parameters;
    *asking = (struct asking){loaded, arg};
    parameters_init(&parameters);
    parameters_int64(&parameters, wanted->administrator.v);
    parameters_text(&parameters, wanted->words);
    parameters_int64(&parameters, wanted->limit);
    parameters_int64(&parameters, wanted->offset);
    store_run_within(store, QUERY_SCHOOL_CHOICE, &parameters, PATIENCE, schools_rows, asking);
    parameters_clear(&parameters);
}
