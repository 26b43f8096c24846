#include "ctl/import_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *state_word(Preau__Import__RunState state)
{
    switch (state) {
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING:
        return "running";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_APPLIED:
        return "applied";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_REFUSED:
        return "refused";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_FAILED:
        return "failed";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_UNSPECIFIED:
    case _PREAU__IMPORT__RUN_STATE_IS_INT_SIZE:
    default:
        return "unknown";
    }
}

static const char *state_label(Preau__Import__RunState state)
{
    switch (state) {
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING:
        return "en cours";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_APPLIED:
        return "intégrée";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_REFUSED:
        return "refusée";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_FAILED:
        return "en échec";
    case PREAU__IMPORT__RUN_STATE__RUN_STATE_UNSPECIFIED:
    case _PREAU__IMPORT__RUN_STATE_IS_INT_SIZE:
    default:
        return "inconnue";
    }
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

json_t *import_run_json(const Preau__Import__Run *run)
{
    return json_pack("{s:I, s:i, s:i, s:s, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:o}", "run", (json_int_t)run->id,
        "academy", (int)run->academy, "degree", (int)run->degree, "archive", run->archive, "state",
        state_word(run->state), "started_at", ctl_json_instant(run->started_at), "finished_at",
        ctl_json_instant(run->finished_at), "bytes_done", (json_int_t)run->bytes_done, "bytes_total",
        (json_int_t)run->bytes_total, "refusal", run->refusal, "explanation", run->explanation, "counters",
        counters_json(run));
}

void import_run_print(const Preau__Import__Run *run)
{
    char started[CTL_INSTANT_SIZE];
    ctl_write_instant(run->started_at, started);
    (void)printf("%" PRId64 "  %s  académie %02" PRIu32, run->id, started, run->academy);
    if (run->degree != 0)
        (void)printf("  %" PRIu32 "D", run->degree);
    (void)printf("  %s  %s", run->archive, state_label(run->state));
    if (run->finished_at != 0)
        (void)printf(" en %.1f s", (double)(run->finished_at - run->started_at) / 1e6);
    if (run->refusal[0] != '\0')
        (void)printf(" (%s)", run->refusal);
    (void)printf("%s%s\n", run->explanation[0] != '\0' ? " : " : "", run->explanation);
}

void import_counters_print(const Preau__Import__Run *run)
{
    static const struct {
        const char *word, *label;
    } labels[] = {
        {"read",      "lues"       },
        {"added",     "ajoutées"  },
        {"changed",   "changées"  },
        {"unchanged", "inchangées"},
        {"departed",  "parties"    },
        {"refused",   "refusées"  },
    };
    const char *category = "";
    for (size_t i = 0; i < run->n_counters; i++) {
        const Preau__Import__Counter *counter = run->counters[i];
        const char *label = counter->what;
        for (size_t j = 0; j < sizeof labels / sizeof labels[0]; j++)
            if (strcmp(labels[j].word, label) == 0)
                label = labels[j].label;
        if (strcmp(category, counter->category) != 0)
            (void)printf("%s    %s :", category[0] != '\0' ? "\n" : "", counter->category);
        category = counter->category;
        (void)printf(" %" PRIu64 " %s", counter->count, label);
    }
    if (run->n_counters > 0)
        (void)printf("\n");
}

json_t *import_report_json(const Preau__Import__GetReportReply *report)
{
    json_t *refused = json_array();
    for (size_t i = 0; i < report->n_refused; i++) {
        const Preau__Import__RefusedRecord *record = report->refused[i];
        (void)json_array_append_new(
            refused, json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "file", record->file, "line",
                         (json_int_t)record->line, "category", record->category, "aaf_id", record->aaf_id, "attribute",
                         record->attribute, "code", record->code, "value", record->value));
    }
    return json_pack("{s:o, s:o, s:I}", "run", import_run_json(report->run), "refused", refused, "refused_total",
        (json_int_t)report->refused_total);
}

void import_report_print(const Preau__Import__GetReportReply *report)
{
    import_run_print(report->run);
    import_counters_print(report->run);
    for (size_t i = 0; i < report->n_refused; i++) {
        const Preau__Import__RefusedRecord *record = report->refused[i];
        (void)printf("%s:%" PRId64 ": %s %s %s : %s%s%s\n", record->file, record->line, record->category,
            record->aaf_id, record->attribute, record->code, record->value[0] != '\0' ? " : " : "", record->value);
    }
    if (report->refused_total > report->n_refused)
        (void)printf("… et %" PRIu64 " autres fiches refusées\n", report->refused_total - report->n_refused);
}
