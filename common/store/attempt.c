#include "store/attempt.h"

#include "runtime/memory.h"
#include "store/query.h"

struct beginning {
    attempt_begun *begun;
    void *arg;
};

static void add_subjects(struct parameters *parameters, const struct attempt *attempt, size_t from)
{
    const char *subjects[ATTEMPT_SUBJECTS];
    for (size_t i = from; i < attempt->count; i++) {
        subjects[i] = attempt->subjects[i];
    }
    parameters_text_array(parameters, subjects + from, attempt->count - from);
    parameters_int64_array(parameters, attempt->allowed + from, attempt->count - from);
}

static void begin_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct beginning *beginning = arg;
    beginning->begun(beginning->arg, rows && row_bool(rows, 0, "granted"), fault);
    memory_free(&beginning);
}

void attempt_begin(struct store *store, const struct attempt *attempt, const struct attempt_bounds *bounds,
    attempt_begun *begun, void *arg)
{
    struct beginning *beginning = checked_malloc(sizeof *beginning);
    *beginning = (struct beginning){begun, arg};
    struct parameters parameters;
    parameters_init(&parameters);
    add_subjects(&parameters, attempt, 0);
    int64_t longest[ATTEMPT_SUBJECTS];
    for (size_t i = 0; i < attempt->count; i++) {
        longest[i] = attempt->longest[i].us;
    }
    parameters_int64_array(&parameters, longest, attempt->count);
    parameters_duration(&parameters, bounds->window);
    parameters_duration(&parameters, bounds->delay);
    parameters_bool(&parameters, attempt->is_in_turn);
    store_run(store, QUERY_ATTEMPT_BEGIN, &parameters, begin_rows, beginning);
    parameters_clear(&parameters);
}

static void give_back_from(struct store *store, const struct attempt *attempt, size_t from)
{
    if (from == attempt->count) {
        return;
    }
    struct parameters parameters;
    parameters_init(&parameters);
    add_subjects(&parameters, attempt, from);
    store_run(store, QUERY_ATTEMPT_GIVE_BACK, &parameters, NULL, NULL);
    parameters_clear(&parameters);
}

void attempt_succeed(struct store *store, const struct attempt *attempt)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, attempt->subjects[0]);
    store_run(store, QUERY_ATTEMPT_FORGET, &parameters, NULL, NULL);
    parameters_clear(&parameters);
    give_back_from(store, attempt, 1);
}

void attempt_give_back(struct store *store, const struct attempt *attempt)
{
    give_back_from(store, attempt, 0);
}

void attempt_erase_old(struct store *store)
{
    store_run(store, QUERY_ATTEMPT_ERASE_OLD, NULL, NULL, NULL);
}
