#include "ctl/import_report.h"

#include "ctl/call.h"
#include "ctl/import.h"
#include "ctl/import_print.h"
#include "domain/import_csv.h"
#include "runtime/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { PIECE = 1000, RECORDS_SHOWN = 50, ROW_SIZE = 4096 };

/* What is under way: the pieces are told as they come. */
struct telling {
    struct ctl_service *service;
    const struct import_report_choice *choice;
    json_t *document, *records; /* for programs */
    uint64_t told;
};

static uint32_t piece_of(const struct import_report_choice *choice)
{
    if (choice->form == REPORT_FIGURES)
        return 1; /* at least, and not looked at */
    return choice->form == REPORT_FOR_PEOPLE && !choice->is_whole ? RECORDS_SHOWN : PIECE;
}

static Preau__Import__GetReportReply *piece_ask(const struct telling *telling, enum ctl_exit *out_exit)
{
    Preau__Import__GetReportRequest request = PREAU__IMPORT__GET_REPORT_REQUEST__INIT;
    request.run = telling->choice->run;
    request.code = ctl_lent(telling->choice->code);
    request.offset = (uint32_t)telling->told;
    request.limit = piece_of(telling->choice);
    return (Preau__Import__GetReportReply *)(void *)ctl_ask(telling->service, "GetReport", &request.base, 0, out_exit);
}

/* --- for programs --- */

static json_t *school_json(const Preau__Import__SchoolCounter *counter)
{
    return json_pack("{s:s, s:s, s:[]}", "uai", counter->uai, "name", counter->name, "counters");
}

static json_t *schools_json(const Preau__Import__GetReportReply *report)
{
    json_t *schools = json_array();
    json_t *counters = NULL;
    for (size_t i = 0; i < report->n_schools; i++) {
        const Preau__Import__SchoolCounter *counter = report->schools[i];
        if (i == 0 || strcmp(counter->uai, report->schools[i - 1]->uai) != 0) {
            json_t *school = school_json(counter);
            counters = json_object_get(school, "counters");
            (void)json_array_append_new(schools, school);
        }
        (void)json_array_append_new(counters, json_pack("{s:s, s:s, s:I}", "category", counter->category, "what",
                                                  counter->what, "count", (json_int_t)counter->count));
    }
    return schools;
}

static json_t *codes_json(const Preau__Import__GetReportReply *report)
{
    json_t *codes = json_array();
    for (size_t i = 0; i < report->n_codes; i++) {
        const Preau__Import__CodeCount *code = report->codes[i];
        (void)json_array_append_new(codes, json_pack("{s:s, s:I, s:s, s:s}", "code", code->code, "count",
                                               (json_int_t)code->count, "what", code->what, "todo", code->todo));
    }
    return codes;
}

static json_t *record_json(const Preau__Import__RefusedRecord *record)
{
    return json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "file", record->file, "line",
        (json_int_t)record->line, "category", record->category, "aaf_id", record->aaf_id, "attribute",
        record->attribute, "code", record->code, "value", record->value, "what", record->what, "todo", record->todo);
}

/* --- for spreadsheets --- */

static void spreadsheet_head_print(void)
{
    char row[ROW_SIZE];
    (void)import_csv_heading(row, sizeof row);
    (void)fputs(row, stdout);
}

static void spreadsheet_row_print(const Preau__Import__RefusedRecord *record)
{
    const struct import_csv_record one = {record->file, record->line, record->category, record->aaf_id,
        record->attribute, record->code, record->value, record->what, record->todo};
    char row[ROW_SIZE];
    size_t length = import_csv_row(&one, row, sizeof row);
    if (length < sizeof row) {
        (void)fputs(row, stdout);
        return;
    }
    char *large = checked_malloc(length + 1);
    (void)import_csv_row(&one, large, length + 1);
    (void)fputs(large, stdout);
    memory_free(&large);
}

/* --- piece by piece --- */

static void head_tell(struct telling *telling, const Preau__Import__GetReportReply *report)
{
    switch (telling->choice->form) {
    case REPORT_FOR_PEOPLE:
        import_report_head_print(report);
        import_report_schools_print(report);
        import_report_codes_print(report);
        if (report->refused_total > 0)
            (void)printf("\nFiches refusées et valeurs écartées\n");
        if (report->is_cut)
            (void)printf("  La liste s’arrête à %d fiches ; les chiffres les comptent toutes.\n", IMPORT_LISTED_MAX);
        return;
    case REPORT_FOR_PROGRAMS:
        telling->records = json_array();
        telling->document = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:b}", "run", import_run_json(report->run),
            "previous", report->previous_run != NULL ? import_run_json(report->previous_run) : json_null(), "schools",
            schools_json(report), "codes", codes_json(report), "refused", telling->records, "refused_total",
            (json_int_t)report->refused_total, "refused_cut", report->is_cut);
        return;
    case REPORT_FOR_SPREADSHEETS:
        spreadsheet_head_print();
        return;
    case REPORT_FIGURES:
        import_report_figures_print(report);
        return;
    }
}

static void records_tell(struct telling *telling, const Preau__Import__GetReportReply *report)
{
    for (size_t i = 0; i < report->n_refused; i++) {
        const Preau__Import__RefusedRecord *record = report->refused[i];
        if (telling->choice->form == REPORT_FOR_PEOPLE)
            import_report_record_print(record);
        else if (telling->choice->form == REPORT_FOR_PROGRAMS)
            (void)json_array_append_new(telling->records, record_json(record));
        else if (telling->choice->form == REPORT_FOR_SPREADSHEETS)
            spreadsheet_row_print(record);
    }
    telling->told += report->n_refused;
}

/* A table that is cut would be taken for the whole. */
static bool wants_more(const struct telling *telling, const Preau__Import__GetReportReply *report)
{
    enum import_report_form form = telling->choice->form;
    bool is_whole = (telling->choice->is_whole && form != REPORT_FIGURES) || form == REPORT_FOR_SPREADSHEETS;
    return is_whole && report->n_refused > 0 && telling->told < report->refused_total;
}

static void rest_tell(const struct telling *telling, const Preau__Import__GetReportReply *report)
{
    if (telling->choice->form == REPORT_FOR_PEOPLE && report->refused_total > telling->told)
        (void)printf("  … et %" PRIu64 " autres ; « --all » les dit toutes\n", report->refused_total - telling->told);
}

enum ctl_exit import_report_tell(
    struct ctl_service *service, const struct import_report_choice *choice, json_t *documents)
{
    struct telling telling = {.service = service, .choice = choice};
    enum ctl_exit code = CTL_OK;
    bool is_first = true;
    bool goes_on = true;
    while (goes_on) {
        Preau__Import__GetReportReply *report = piece_ask(&telling, &code);
        if (report == NULL) {
            json_decref(telling.document);
            return code;
        }
        if (is_first)
            head_tell(&telling, report);
        is_first = false;
        records_tell(&telling, report);
        goes_on = wants_more(&telling, report);
        if (!goes_on)
            rest_tell(&telling, report);
        preau__import__get_report_reply__free_unpacked(report, NULL);
    }
    if (telling.document != NULL)
        (void)json_array_append_new(documents, telling.document);
    return CTL_OK;
}
