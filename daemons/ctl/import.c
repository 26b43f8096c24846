/* preauctl import list and report: what became of what was taken. */
#include "ctl/import.h"

#include "ctl/import_print.h"
#include "ctl/import_report.h"

#include <inttypes.h>
#include <stdio.h>

enum { LIMIT_STANDARD = 20 };

struct ctl_service *import_open(const struct ctl *ctl)
{
    return ctl_service_open(ctl, CONFIG_BUS_IMPORT, &preau__import__import__descriptor, "preau-importd");
}

Preau__Import__ListRunsReply *import_list(
    struct ctl_service *service, long academy, long limit, enum ctl_exit *out_exit)
{
    Preau__Import__ListRunsRequest request = PREAU__IMPORT__LIST_RUNS_REQUEST__INIT;
    request.academy = (uint32_t)academy;
    request.limit = (uint32_t)limit;
    return (Preau__Import__ListRunsReply *)(void *)ctl_ask(service, "ListRuns", &request.base, 0, out_exit);
}

bool import_read_number(const struct ctl *ctl, const char *what, long *out_number)
{
    if (ctl_read_number(ctl->arguments[0], 1, INT32_MAX, out_number))
        return true;
    (void)ctl_fail(ctl, CTL_USAGE, "usage", "un numéro %s est attendu, non « %s »", what, ctl->arguments[0]);
    return false;
}

/* --- list --- */

static void list_print(const struct ctl *ctl, const Preau__Import__ListRunsReply *runs)
{
    json_t *all = json_array();
    for (size_t i = 0; i < runs->n_runs; i++) {
        if (ctl->is_json)
            (void)json_array_append_new(all, import_run_json(runs->runs[i]));
        else
            import_run_print(runs->runs[i]);
    }
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:o, s:i}", "runs", all, "waiting", (int)runs->waiting));
        return;
    }
    json_decref(all);
    if (runs->n_runs == 0)
        (void)puts("Aucune intégration.");
    if (runs->waiting > 0)
        (void)printf("%" PRIu32 " archive(s) en attente.\n", runs->waiting);
}

enum ctl_exit ctl_import_list(const struct ctl *ctl)
{
    long academy;
    long limit;
    enum ctl_exit code = CTL_UNREACHABLE;
    if (!ctl_number(ctl, "academy", 1, IMPORT_ACADEMY_MAX, &academy) ||
        !ctl_number(ctl, "limit", 1, IMPORT_LIMIT_MAX, &limit))
        return CTL_USAGE;
    struct ctl_service *service = import_open(ctl);
    if (service == NULL)
        return code;
    Preau__Import__ListRunsReply *runs = import_list(service, academy, limit != 0 ? limit : LIMIT_STANDARD, &code);
    if (runs != NULL) {
        list_print(ctl, runs);
        preau__import__list_runs_reply__free_unpacked(runs, NULL);
    }
    ctl_service_close(&service);
    return code;
}

/* --- report --- */

static enum import_report_form form_of(const struct ctl *ctl)
{
    if (ctl_flag(ctl, "figures"))
        return REPORT_FIGURES;
    if (ctl_flag(ctl, "csv"))
        return REPORT_FOR_SPREADSHEETS;
    return ctl->is_json ? REPORT_FOR_PROGRAMS : REPORT_FOR_PEOPLE;
}

enum ctl_exit ctl_import_report(const struct ctl *ctl)
{
    long run;
    if (!import_read_number(ctl, "d’intégration", &run))
        return CTL_USAGE;
    if (ctl->is_json + ctl_flag(ctl, "csv") + ctl_flag(ctl, "figures") > 1)
        return ctl_fail(ctl, CTL_USAGE, "usage", "une seule forme : --csv, --figures ou --json");
    struct ctl_service *service = import_open(ctl);
    if (service == NULL)
        return CTL_UNREACHABLE;
    const struct import_report_choice choice = {
        .run = run,
        .form = form_of(ctl),
        .code = ctl_value(ctl, "code") != NULL ? ctl_value(ctl, "code") : "",
        .is_whole = ctl_flag(ctl, "all"),
    };
    json_t *documents = json_array();
    enum ctl_exit code = import_report_tell(service, &choice, documents);
    if (json_array_size(documents) == 1)
        ctl_print_json(json_incref(json_array_get(documents, 0)));
    json_decref(documents);
    ctl_service_close(&service);
    return code;
}
