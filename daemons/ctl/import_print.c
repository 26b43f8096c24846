#include "ctl/import_print.h"

#include "domain/import_figures.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *state_word(Preau__Import__RunState state)
{
    static const char *const words[] = {
        "unknown", "running", "applied", "refused", "failed", "held", "checked", "repeated"};
    return (size_t)state < sizeof words / sizeof words[0] ? words[state] : words[0];
}

static const char *phase_word(Preau__Import__RunPhase phase)
{
    static const char *const words[] = {"", "reading", "applying"};
    return (size_t)phase < sizeof words / sizeof words[0] ? words[phase] : "";
}

static json_t *counters_json(const Preau__Import__Run *run)
{
    json_t *counters = json_array();
    for (size_t i = 0; i < run->n_counters; i++) {
        const Preau__Import__Counter *counter = run->counters[i];
        (void)json_array_append_new(counters, json_pack("{s:s, s:s, s:I}", "category", counter->category, "what",
                                                  counter->what, "count", (json_int_t)counter->count));
    }
    return counters;
}

static void progress_add(const Preau__Import__Run *run, json_t *object)
{
    (void)json_object_set_new(object, "phase", json_string(phase_word(run->phase)));
    (void)json_object_set_new(object, "bytes_done", json_integer((json_int_t)run->bytes_done));
    (void)json_object_set_new(object, "bytes_total", json_integer((json_int_t)run->bytes_total));
    (void)json_object_set_new(object, "steps_done", json_integer(run->steps_done));
    (void)json_object_set_new(object, "steps_total", json_integer(run->steps_total));
    (void)json_object_set_new(object, "records", json_integer((json_int_t)run->records));
    (void)json_object_set_new(object, "bytes_rate", json_integer((json_int_t)run->bytes_rate));
    (void)json_object_set_new(object, "records_rate", json_integer((json_int_t)run->records_rate));
    (void)json_object_set_new(object, "seconds_left", json_integer(run->seconds_left));
}

static void decision_add(const Preau__Import__Run *run, json_t *object)
{
    (void)json_object_set_new(object, "decision", json_string(run->decision));
    (void)json_object_set_new(object, "decided_by", json_string(run->decided_by));
    (void)json_object_set_new(object, "decided_at", ctl_json_instant(run->decided_at));
}

json_t *import_run_json(const Preau__Import__Run *run)
{
    json_t *object = json_pack("{s:I, s:i, s:i, s:s, s:s, s:s, s:b, s:s, s:o, s:o, s:s, s:s, s:o, s:o}", "run",
        (json_int_t)run->id, "academy", (int)run->academy, "degree", (int)run->degree, "archive", run->archive, "kind",
        run->kind, "generated_on", run->generated_on, "check", run->check, "state", state_word(run->state),
        "started_at", ctl_json_instant(run->started_at), "finished_at", ctl_json_instant(run->finished_at), "refusal",
        run->refusal, "explanation", run->explanation, "previous",
        run->previous != 0 ? json_integer(run->previous) : json_null(), "counters", counters_json(run));
    progress_add(run, object);
    decision_add(run, object);
    return object;
}

void import_state_write(const Preau__Import__Run *run, char out_text[static IMPORT_STATE_SIZE])
{
    const char *label = import_state_label(state_word(run->state));
    if (run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_READING && run->bytes_total > 0)
        (void)snprintf(out_text, IMPORT_STATE_SIZE, "%s (lecture, %.0f %%)", label,
            (double)run->bytes_done * 100 / (double)run->bytes_total);
    else if (run->phase == PREAU__IMPORT__RUN_PHASE__RUN_PHASE_APPLYING)
        (void)snprintf(out_text, IMPORT_STATE_SIZE, "%s (écriture, étape %" PRIu32 " sur %" PRIu32 ")", label,
            run->steps_done, run->steps_total);
    else if (run->decision[0] != '\0' && run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_HELD)
        (void)snprintf(out_text, IMPORT_STATE_SIZE, "%s, approuvée", label);
    else
        (void)snprintf(out_text, IMPORT_STATE_SIZE, "%s%s", label,
            run->check && run->state != PREAU__IMPORT__RUN_STATE__RUN_STATE_CHECKED ? " (vérification)" : "");
}

void import_run_print(const Preau__Import__Run *run)
{
    char started[CTL_INSTANT_SIZE];
    char state[IMPORT_STATE_SIZE];
    ctl_write_instant(run->started_at, started);
    import_state_write(run, state);
    (void)printf("%" PRId64 "  %s  académie %02" PRIu32, run->id, started, run->academy);
    if (run->degree != 0)
        (void)printf("  %" PRIu32 "D", run->degree);
    (void)printf("  %s  %s", run->archive, state);
    if (run->finished_at != 0) {
        char duration[IMPORT_DURATION_SIZE];
        import_duration_write((struct duration){run->finished_at - run->started_at}, duration);
        (void)printf(" en %s", duration);
    }
    if (run->refusal[0] != '\0')
        (void)printf(" (%s)", run->refusal);
    size_t first = strcspn(run->explanation, "\n");
    (void)printf("%s%.*s%s\n", first > 0 ? " : " : "", (int)first, run->explanation,
        run->explanation[first] != '\0' ? " …" : "");
}
