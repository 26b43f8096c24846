/* The report of an import: for people, for programs, for spreadsheets (the records, or the figures). */
#pragma once

#include "ctl/output.h"
#include "domain/import_figures.h"
#include "import.pb-c.h"

enum import_report_form { REPORT_FOR_PEOPLE, REPORT_FOR_PROGRAMS, REPORT_FOR_SPREADSHEETS, REPORT_FIGURES };

struct import_report_choice {
    int64_t run;
    enum import_report_form form;
    const char *code; /* "" every code */
    bool is_whole;    /* every record, not only the first */
};

struct ctl_service;

/* Asks, piece by piece, and prints; a report for programs is added to `documents` instead. */
enum ctl_exit import_report_tell(
    struct ctl_service *service, const struct import_report_choice *choice, json_t *documents);

/* For people: the run, its reasons and its figures beside those of the run before; then its schools, its codes, a record. */
void import_report_head_print(const Preau__Import__GetReportReply *report);
void import_report_schools_print(const Preau__Import__GetReportReply *report);
void import_report_codes_print(const Preau__Import__GetReportReply *report);
void import_report_record_print(const Preau__Import__RefusedRecord *record);

/* Of a run, or of none: NULL. How many. */
size_t import_counts_of(const Preau__Import__Run *run, struct import_count counts[static IMPORT_FIGURES_MAX]);
/* For spreadsheets: the figures of the whole and by school. */
void import_report_figures_print(const Preau__Import__GetReportReply *report);
