/* preauctl import approve, reject, merges, unmerge: what a person decides. */
#include "ctl/author.h"
#include "ctl/import.h"
#include "ctl/import_print.h"
#include "ctl/import_report.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* --- a run that is held --- */

/* What is decided of is shown first. */
static enum ctl_exit show_run(const struct ctl *ctl, struct ctl_service *service, long run)
{
    enum ctl_exit code = CTL_OK;
    Preau__Import__GetReportRequest request = PREAU__IMPORT__GET_REPORT_REQUEST__INIT;
    request.run = run;
    request.limit = 1;
    ProtobufCMessage *answer = ctl_ask(service, "GetReport", &request.base, 0, &code);
    if (answer == NULL)
        return code;
    if (!ctl->is_json)
        import_report_head_print((const Preau__Import__GetReportReply *)(const void *)answer);
    protobuf_c_message_free_unpacked(answer, NULL);
    return CTL_OK;
}

static enum ctl_exit ask_decision(const struct ctl *ctl, struct ctl_service *service, long run, bool approve)
{
    enum ctl_exit code = CTL_OK;
    char by[CTL_AUTHOR_SIZE];
    ctl_author_write(ctl, by);
    Preau__Import__DecideRunRequest request = PREAU__IMPORT__DECIDE_RUN_REQUEST__INIT;
    request.run = run;
    request.approve = approve;
    request.by = by;
    ProtobufCMessage *answer = ctl_ask(service, "DecideRun", &request.base, 0, &code);
    if (answer == NULL)
        return code;
    protobuf_c_message_free_unpacked(answer, NULL);
    if (ctl->is_json)
        ctl_print_json(json_pack(
            "{s:I, s:s, s:s}", "run", (json_int_t)run, "decision", approve ? "approved" : "rejected", "by", by));
    else if (approve)
        (void)printf("\nApprouvée par %s : elle est reprise ; « preauctl import list » en dit l’avancement.\n", by);
    else
        (void)printf("\nRejetée par %s : rien n’en est intégré.\n", by);
    return CTL_OK;
}

static enum ctl_exit decide(const struct ctl *ctl, bool approve)
{
    long run;
    if (!import_read_number(ctl, "d’intégration", &run))
        return CTL_USAGE;
    struct ctl_service *service = import_open(ctl);
    if (service == NULL)
        return CTL_UNREACHABLE;
    enum ctl_exit code = show_run(ctl, service, run);
    if (code == CTL_OK)
        code = ask_decision(ctl, service, run, approve);
    ctl_service_close(&service);
    return code;
}

enum ctl_exit ctl_import_approve(const struct ctl *ctl)
{
    return decide(ctl, true);
}

enum ctl_exit ctl_import_reject(const struct ctl *ctl)
{
    return decide(ctl, false);
}

/* --- merges --- */

static json_t *merge_json(const Preau__Import__Merge *merge)
{
    return json_pack("{s:I, s:i, s:i, s:I, s:s, s:s, s:s, s:o, s:o, s:s}", "merge", (json_int_t)merge->id, "academy",
        (int)merge->academy, "degree", (int)merge->degree, "aaf_id", (json_int_t)merge->aaf_id, "from_login",
        merge->from_login, "into_login", merge->into_login, "evidence", merge->evidence, "merged_at",
        ctl_json_instant(merge->merged_at), "undone_at", ctl_json_instant(merge->undone_at), "undone_by",
        merge->undone_by);
}

static const char *evidence_words(const char *code)
{
    if (strcmp(code, "same_ine") == 0) {
        return "même INE";
    }
    if (strcmp(code, "password") == 0) {
        return "réunis depuis le guichet : mot de passe des deux comptes, mêmes nom et prénom";
    }
    return strcmp(code, "same_mobile") == 0 ? "inscription par SMS : mêmes nom, prénom et mobile, enfants reconnus"
                                            : "mêmes nom, prénom, adresse et mobile";
}

static void merge_print(const Preau__Import__Merge *merge)
{
    char at[CTL_INSTANT_SIZE];
    ctl_write_instant(merge->merged_at, at);
    (void)printf("%" PRId64 "  %s  académie %02" PRIu32 " %" PRIu32 "D, fiche %" PRId64 "  %s → %s  (%s)", merge->id,
        at, merge->academy, merge->degree, merge->aaf_id, merge->from_login[0] != '\0' ? merge->from_login : "—",
        merge->into_login, evidence_words(merge->evidence));
    if (merge->undone_at != 0) {
        ctl_write_instant(merge->undone_at, at);
        (void)printf("  défaite le %s par %s", at, merge->undone_by);
    }
    (void)printf("\n");
}

static void merges_print(const struct ctl *ctl, const Preau__Import__ListMergesReply *reply)
{
    json_t *all = json_array();
    for (size_t i = 0; i < reply->n_merges; i++) {
        if (ctl->is_json)
            (void)json_array_append_new(all, merge_json(reply->merges[i]));
        else
            merge_print(reply->merges[i]);
    }
    if (ctl->is_json) {
        ctl_print_json(json_pack("{s:o}", "merges", all));
        return;
    }
    json_decref(all);
    if (reply->n_merges == 0)
        (void)puts("Aucune réunion de comptes.");
}

enum ctl_exit ctl_import_merges(const struct ctl *ctl)
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
    Preau__Import__ListMergesRequest request = PREAU__IMPORT__LIST_MERGES_REQUEST__INIT;
    request.academy = (uint32_t)academy;
    request.limit = (uint32_t)limit;
    ProtobufCMessage *answer = ctl_ask(service, "ListMerges", &request.base, 0, &code);
    if (answer != NULL) {
        merges_print(ctl, (const Preau__Import__ListMergesReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}

static void tell_unmerged(const struct ctl *ctl, long merge, const Preau__Import__UndoMergeReply *reply)
{
    if (ctl->is_json)
        ctl_print_json(json_pack("{s:I, s:s}", "merge", (json_int_t)merge, "login", reply->login));
    else
        (void)printf("La réunion %ld est défaite : la fiche a de nouveau un compte à elle, %s.\n", merge, reply->login);
}

enum ctl_exit ctl_import_unmerge(const struct ctl *ctl)
{
    long merge;
    char by[CTL_AUTHOR_SIZE];
    enum ctl_exit code = CTL_UNREACHABLE;
    if (!import_read_number(ctl, "de réunion", &merge))
        return CTL_USAGE;
    struct ctl_service *service = import_open(ctl);
    if (service == NULL)
        return code;
    ctl_author_write(ctl, by);
    Preau__Import__UndoMergeRequest request = PREAU__IMPORT__UNDO_MERGE_REQUEST__INIT;
    request.merge = merge;
    request.by = by;
    ProtobufCMessage *answer = ctl_ask(service, "UndoMerge", &request.base, 0, &code);
    if (answer != NULL) {
        tell_unmerged(ctl, merge, (const Preau__Import__UndoMergeReply *)(const void *)answer);
        protobuf_c_message_free_unpacked(answer, NULL);
    }
    ctl_service_close(&service);
    return code;
}
