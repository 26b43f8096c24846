/* preauctl import: takes what lies in the inboxes, and tells what became of it. */
#include "ctl/call.h"
#include "ctl/import_print.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

enum {
    ACADEMY_MAX = 999,
    LIMIT_STANDARD = 20,
    LIMIT_MAX = 1000,
    /* looks in a row, 200 ms apart, at a service that has nothing to do before what it took is called done */
    QUIET_LOOKS = 5
};

static struct ctl_service *open_import(const struct ctl *ctl)
{
    return ctl_service_open(ctl, CONFIG_BUS_IMPORT, &preau__import__import__descriptor, "preau-importd");
}

static Preau__Import__ListRunsReply *list_runs(
    struct ctl_service *service, long academy, long limit, enum ctl_exit *out_exit)
{
    Preau__Import__ListRunsRequest request = PREAU__IMPORT__LIST_RUNS_REQUEST__INIT;
    request.academy = (uint32_t)academy;
    request.limit = (uint32_t)limit;
    return (Preau__Import__ListRunsReply *)(void *)ctl_ask(service, "ListRuns", &request.base, 0, out_exit);
}

static void runs_free(Preau__Import__ListRunsReply *runs)
{
    preau__import__list_runs_reply__free_unpacked(runs, NULL);
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
    if (!ctl_number(ctl, "academy", 1, ACADEMY_MAX, &academy) || !ctl_number(ctl, "limit", 1, LIMIT_MAX, &limit))
        return CTL_USAGE;
    struct ctl_service *service = open_import(ctl);
    if (service == NULL)
        return code;
    Preau__Import__ListRunsReply *runs = list_runs(service, academy, limit != 0 ? limit : LIMIT_STANDARD, &code);
    if (runs != NULL) {
        list_print(ctl, runs);
        runs_free(runs);
    }
    ctl_service_close(&service);
    return code;
}

/* --- report --- */

enum ctl_exit ctl_import_report(const struct ctl *ctl)
{
    long run;
    enum ctl_exit code = CTL_UNREACHABLE;
    if (!ctl_read_number(ctl->arguments[0], 1, INT32_MAX, &run))
        return ctl_fail(ctl, CTL_USAGE, "usage", "un numéro d’intégration est attendu, non « %s »", ctl->arguments[0]);
    struct ctl_service *service = open_import(ctl);
    if (service == NULL)
        return code;
    Preau__Import__GetReportRequest request = PREAU__IMPORT__GET_REPORT_REQUEST__INIT;
    request.run = run;
    ProtobufCMessage *answer = ctl_ask(service, "GetReport", &request.base, 0, &code);
    if (answer != NULL) {
        const Preau__Import__GetReportReply *report = (const void *)answer;
        if (ctl->is_json)
            ctl_print_json(import_report_json(report));
        else
            import_report_print(report);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

/* --- run --- */

struct wait {
    const struct ctl *ctl;
    struct ctl_service *service;
    long academy;
    uint32_t archives; /* taken by this command */
    int64_t last;      /* runs after this one are told: the newest that had ended before */
    unsigned quiet;
};

static void pause_between_looks(void)
{
    static const struct timespec pause = {.tv_nsec = 200000000};
    (void)nanosleep(&pause, NULL);
}

static void show_progress(const struct wait *wait, const Preau__Import__ListRunsReply *runs)
{
    if (wait->ctl->is_json || !isatty(STDERR_FILENO))
        return;
    for (size_t i = 0; i < runs->n_runs; i++) {
        const Preau__Import__Run *run = runs->runs[i];
        if (run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING)
            (void)fprintf(stderr, "\r\033[K%s : %" PRIu64 " %%", run->archive,
                run->bytes_total > 0 ? run->bytes_done * 100 / run->bytes_total : 0);
    }
}

static bool is_over(struct wait *wait, const Preau__Import__ListRunsReply *runs)
{
    uint32_t ended = 0;
    bool is_running = false;
    for (size_t i = 0; i < runs->n_runs; i++) {
        bool goes_on = runs->runs[i]->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING;
        is_running = is_running || goes_on;
        if (!goes_on && runs->runs[i]->id > wait->last)
            ended++;
    }
    /* an archive that was taken before ends without a run of its own */
    wait->quiet = is_running || runs->waiting > 0 ? 0 : wait->quiet + 1;
    return !is_running && ((wait->archives > 0 && ended >= wait->archives) || wait->quiet >= QUIET_LOOKS);
}

/* The runs that this command began, when they have ended; NULL, and told, when the service went. */
static Preau__Import__ListRunsReply *wait_for_runs(struct wait *wait, enum ctl_exit *out_exit)
{
    for (;;) {
        Preau__Import__ListRunsReply *runs = list_runs(wait->service, wait->academy, LIMIT_MAX, out_exit);
        if (runs == NULL || is_over(wait, runs)) {
            if (!wait->ctl->is_json && isatty(STDERR_FILENO))
                (void)fputs("\r\033[K", stderr);
            return runs;
        }
        show_progress(wait, runs);
        runs_free(runs);
        pause_between_looks();
    }
}

static enum ctl_exit tell_taken(const struct wait *wait)
{
    if (wait->ctl->is_json)
        ctl_print_json(json_pack("{s:i, s:[]}", "archives", (int)wait->archives, "runs"));
    else if (wait->archives == 0)
        (void)puts("Aucune archive à prendre.");
    else
        (void)printf(
            "%" PRIu32 " archive(s) prise(s) ; « preauctl import list » en dit l’avancement.\n", wait->archives);
    return CTL_OK;
}

static enum ctl_exit tell_runs(const struct wait *wait, const Preau__Import__ListRunsReply *runs)
{
    enum ctl_exit code = CTL_OK;
    json_t *all = json_array();
    for (size_t i = runs->n_runs; i > 0; i--) {
        const Preau__Import__Run *run = runs->runs[i - 1];
        if (run->id <= wait->last)
            continue;
        if (run->state != PREAU__IMPORT__RUN_STATE__RUN_STATE_APPLIED)
            code = CTL_NO;
        if (wait->ctl->is_json) {
            (void)json_array_append_new(all, import_run_json(run));
        } else {
            import_run_print(run);
            import_counters_print(run);
        }
    }
    if (wait->ctl->is_json) {
        ctl_print_json(json_pack("{s:i, s:o}", "archives", (int)wait->archives, "runs", all));
        return code;
    }
    json_decref(all);
    return wait->archives == 0 ? tell_taken(wait) : code;
}

/* A run that goes on already is waited for too: it may have taken what was dropped just now. */
static int64_t last_ended(const Preau__Import__ListRunsReply *runs)
{
    int64_t last = runs->n_runs > 0 ? runs->runs[0]->id : 0;
    for (size_t i = 0; i < runs->n_runs; i++) {
        const Preau__Import__Run *run = runs->runs[i];
        if (run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING && run->id <= last)
            last = run->id - 1;
    }
    return last;
}

static enum ctl_exit run_imports(struct wait *wait)
{
    enum ctl_exit code = CTL_OK;
    Preau__Import__ListRunsReply *before = list_runs(wait->service, wait->academy, LIMIT_MAX, &code);
    if (before == NULL)
        return code;
    wait->last = last_ended(before);
    runs_free(before);
    Preau__Import__RunImportsRequest request = PREAU__IMPORT__RUN_IMPORTS_REQUEST__INIT;
    request.academy = (uint32_t)wait->academy;
    ProtobufCMessage *answer = ctl_ask(wait->service, "RunImports", &request.base, 0, &code);
    if (answer == NULL)
        return code;
    wait->archives = ((const Preau__Import__RunImportsReply *)(const void *)answer)->archives;
    protobuf_c_message_free_unpacked(answer, NULL);
    if (!ctl_flag(wait->ctl, "wait"))
        return tell_taken(wait);
    Preau__Import__ListRunsReply *runs = wait_for_runs(wait, &code);
    if (runs != NULL) {
        code = tell_runs(wait, runs);
        runs_free(runs);
    }
    return code;
}

enum ctl_exit ctl_import_run(const struct ctl *ctl)
{
    struct wait wait = {.ctl = ctl};
    if (!ctl_number(ctl, "academy", 1, ACADEMY_MAX, &wait.academy))
        return CTL_USAGE;
    wait.service = open_import(ctl);
    if (wait.service == NULL)
        return CTL_UNREACHABLE;
    enum ctl_exit code = run_imports(&wait);
    ctl_service_close(&wait.service);
    return code;
}
