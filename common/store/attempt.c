#include "store/attempt.h"

#include "runtime/memory.h"
#include "store/query.h"

/* Whom to tell: one of the two. */
struct judging {
    attempt_judged *judged;
    attempt_counted *counted;
    void *arg;
};

static struct judging *judging_new(struct judging whom)
{
    struct judging *judging = checked_malloc(sizeof *judging);
    *judging = whom;
    return judging;
}

static void add_subjects(struct parameters *parameters, const struct attempt *attempt)
{
    const char *subjects[ATTEMPT_SUBJECTS];
    for (size_t i = 0; i < attempt->count; i++) {
        subjects[i] = attempt->subjects[i];
    }
    parameters_text_array(parameters, subjects, attempt->count);
}

static void judge_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    struct judging *judging = arg;
    judging->judged(judging->arg, rows && row_bool(rows, 0, "delayed"), fault);
    memory_free(&judging);
}

void attempt_judge(struct store *store, const struct attempt *attempt, attempt_judged *judged, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_subjects(&parameters, attempt);
    store_run(store, QUERY_ATTEMPT_IS_DELAYED, &parameters, judge_rows,
        judging_new((struct judging){.judged = judged, .arg = arg}));
    parameters_clear(&parameters);
}

static void count_rows(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)rows;
    struct judging *judging = arg;
    judging->counted(judging->arg, fault);
    memory_free(&judging);
}

void attempt_count_failure(struct store *store, const struct attempt *attempt, const struct attempt_bounds *bounds,
    attempt_counted *counted, void *arg)
{
    struct parameters parameters;
    parameters_init(&parameters);
    add_subjects(&parameters, attempt);
    parameters_int64_array(&parameters, attempt->allowed, attempt->count);
    parameters_duration(&parameters, bounds->window);
    parameters_duration(&parameters, bounds->delay);
    store_run(store, QUERY_ATTEMPT_FAILED, &parameters, count_rows,
        judging_new((struct judging){.counted = counted, .arg = arg}));
    parameters_clear(&parameters);
}

static void nobody_waits(void *arg, const struct rows *rows, const struct fault *fault)
{
    (void)arg;
    (void)rows;
    (void)fault;
}

void attempt_forget(struct store *store, const struct attempt *attempt)
{
    struct parameters parameters;
    parameters_init(&parameters);
    parameters_text(&parameters, attempt->subjects[0]);
    store_run(store, QUERY_ATTEMPT_FORGET, &parameters, nobody_waits, NULL);
    parameters_clear(&parameters);
}

void attempt_erase_old(struct store *store)
{
    store_run(store, QUERY_ATTEMPT_ERASE_OLD, NULL, nobody_waits, NULL);
}
