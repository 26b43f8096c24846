/* preauctl import run and check: has what lies in the inboxes taken, or only judged, and waits for the end. */
#include "ctl/author.h"
#include "ctl/call.h"
#include "ctl/import.h"
#include "ctl/import_print.h"
#include "ctl/import_progress.h"
#include "ctl/import_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

/* looks in a row, 200 ms apart, at a service that has nothing to do before what it took is called done */
enum { QUIET_LOOKS = 5 };

struct wait {
    const struct ctl *ctl;
    struct ctl_service *service;
    struct import_progress progress;
    bool is_check;
    long academy;
    uint32_t archives; /* taken by this command */
    int64_t last;      /* runs after this one are told: the newest that had ended before */
    unsigned quiet;
};

static void runs_free(Preau__Import__ListRunsReply *runs)
{
    preau__import__list_runs_reply__free_unpacked(runs, NULL);
}

static void pause_between_looks(void)
{
    static const struct timespec pause = {.tv_nsec = 200000000};
    (void)nanosleep(&pause, NULL);
}

/* Of those that this command waits for. */
static bool is_awaited(const struct wait *wait, const Preau__Import__Run *run)
{
    return run->id > wait->last && run->check == wait->is_check;
}

static bool is_over(struct wait *wait, const Preau__Import__ListRunsReply *runs)
{
    uint32_t ended = 0;
    bool is_running = false;
    for (size_t i = 0; i < runs->n_runs; i++) {
        bool goes_on = runs->runs[i]->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_RUNNING;
        is_running = is_running || goes_on;
        if (!goes_on && is_awaited(wait, runs->runs[i]))
            ended++;
    }
    /* one that was only left to be put away ends without a run of its own */
    wait->quiet = is_running || runs->waiting > 0 ? 0 : wait->quiet + 1;
    return !is_running && ((wait->archives > 0 && ended >= wait->archives) || wait->quiet >= QUIET_LOOKS);
}

/* The runs that this command began, when they have ended; NULL, and told, when the service went. */
static Preau__Import__ListRunsReply *wait_for_runs(struct wait *wait, enum ctl_exit *out_exit)
{
    for (;;) {
        Preau__Import__ListRunsReply *runs = import_list(wait->service, wait->academy, IMPORT_LIMIT_MAX, out_exit);
        if (runs == NULL || is_over(wait, runs)) {
            import_progress_end(&wait->progress);
            return runs;
        }
        import_progress_show(&wait->progress, runs);
        runs_free(runs);
        pause_between_looks();
    }
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

/* CTL_OK once they are taken. */
static enum ctl_exit take(struct wait *wait)
{
    enum ctl_exit code = CTL_OK;
    Preau__Import__ListRunsReply *before = import_list(wait->service, wait->academy, IMPORT_LIMIT_MAX, &code);
    if (before == NULL)
        return code;
    wait->last = last_ended(before);
    runs_free(before);
    char by[CTL_AUTHOR_SIZE];
    Preau__Import__RunImportsRequest request = PREAU__IMPORT__RUN_IMPORTS_REQUEST__INIT;
    request.academy = (uint32_t)wait->academy;
    request.archive = ctl_lent(ctl_value(wait->ctl, "archive"));
    request.check = wait->is_check;
    ctl_author_write(wait->ctl, by);
    request.by = by;
    ProtobufCMessage *answer = ctl_ask(wait->service, "RunImports", &request.base, 0, &code);
    if (answer == NULL)
        return code;
    wait->archives = ((const Preau__Import__RunImportsReply *)(const void *)answer)->archives;
    protobuf_c_message_free_unpacked(answer, NULL);
    return CTL_OK;
}

static bool wait_begin(const struct ctl *ctl, bool is_check, struct wait *out_wait)
{
    *out_wait = (struct wait){.ctl = ctl, .is_check = is_check, .progress = import_progress_begin(ctl)};
    return ctl_number(ctl, "academy", 1, IMPORT_ACADEMY_MAX, &out_wait->academy);
}

/* --- run --- */

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

/* Now, or before. */
static bool is_integrated(const Preau__Import__Run *run)
{
    return run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_APPLIED ||
           run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_REPEATED;
}

static enum ctl_exit tell_runs(const struct wait *wait, const Preau__Import__ListRunsReply *runs)
{
    enum ctl_exit code = CTL_OK;
    json_t *all = json_array();
    for (size_t i = runs->n_runs; i > 0; i--) {
        const Preau__Import__Run *run = runs->runs[i - 1];
        if (!is_awaited(wait, run))
            continue;
        if (!is_integrated(run))
            code = CTL_NO;
        if (wait->ctl->is_json) {
            (void)json_array_append_new(all, import_run_json(run));
        } else {
            import_run_print(run);
            (void)printf("    « preauctl import report %" PRId64 " » en dit le compte rendu\n", run->id);
        }
    }
    if (wait->ctl->is_json) {
        ctl_print_json(json_pack("{s:i, s:o}", "archives", (int)wait->archives, "runs", all));
        return code;
    }
    json_decref(all);
    return wait->archives == 0 ? tell_taken(wait) : code;
}

static enum ctl_exit run_imports(struct wait *wait)
{
    enum ctl_exit code = take(wait);
    if (code != CTL_OK || !ctl_flag(wait->ctl, "wait"))
        return code != CTL_OK ? code : tell_taken(wait);
    Preau__Import__ListRunsReply *runs = wait_for_runs(wait, &code);
    if (runs != NULL) {
        code = tell_runs(wait, runs);
        runs_free(runs);
    }
    return code;
}

enum ctl_exit ctl_import_run(const struct ctl *ctl)
{
    struct wait wait;
    if (!wait_begin(ctl, false, &wait))
        return CTL_USAGE;
    wait.service = import_open(ctl);
    if (wait.service == NULL)
        return CTL_UNREACHABLE;
    enum ctl_exit code = run_imports(&wait);
    ctl_service_close(&wait.service);
    return code;
}

/* --- check --- */

/* It would be integrated: read whole, and held by nothing. */
static bool would_pass(const Preau__Import__Run *run)
{
    return run->state == PREAU__IMPORT__RUN_STATE__RUN_STATE_CHECKED && run->refusal[0] == '\0';
}

static enum ctl_exit tell_reports(const struct wait *wait, const Preau__Import__ListRunsReply *runs, json_t *reports)
{
    enum ctl_exit code = CTL_OK;
    bool is_first = true;
    for (size_t i = runs->n_runs; i > 0; i--) {
        const Preau__Import__Run *run = runs->runs[i - 1];
        if (!is_awaited(wait, run))
            continue;
        if (!is_first && !wait->ctl->is_json)
            (void)printf("\n");
        is_first = false;
        const struct import_report_choice choice = {
            .run = run->id, .form = wait->ctl->is_json ? REPORT_FOR_PROGRAMS : REPORT_FOR_PEOPLE, .code = ""};
        enum ctl_exit told = import_report_tell(wait->service, &choice, reports);
        if (told != CTL_OK)
            return told;
        if (!would_pass(run))
            code = CTL_NO;
    }
    return code;
}

static enum ctl_exit tell_checked(const struct wait *wait, const Preau__Import__ListRunsReply *runs)
{
    json_t *reports = json_array();
    enum ctl_exit code = tell_reports(wait, runs, reports);
    if (code != CTL_OK && code != CTL_NO) {
        json_decref(reports);
        return code;
    }
    if (wait->ctl->is_json) {
        ctl_print_json(json_pack("{s:i, s:o}", "archives", (int)wait->archives, "reports", reports));
        return code;
    }
    json_decref(reports);
    if (wait->archives == 0)
        (void)puts("Aucune archive à vérifier.");
    else
        (void)printf("\n%s\n", code == CTL_OK ? "Tout serait intégré. Rien n’a été changé."
                                              : "Tout ne serait pas intégré. Rien n’a été changé.");
    return code;
}

static enum ctl_exit check(struct wait *wait)
{
    enum ctl_exit code = take(wait);
    if (code != CTL_OK)
        return code;
    Preau__Import__ListRunsReply *runs = wait_for_runs(wait, &code);
    if (runs != NULL) {
        code = tell_checked(wait, runs);
        runs_free(runs);
    }
    return code;
}

enum ctl_exit ctl_import_check(const struct ctl *ctl)
{
    struct wait wait;
    if (!wait_begin(ctl, true, &wait))
        return CTL_USAGE;
    wait.service = import_open(ctl);
    if (wait.service == NULL)
        return CTL_UNREACHABLE;
    enum ctl_exit code = check(&wait);
    ctl_service_close(&wait.service);
    return code;
}
