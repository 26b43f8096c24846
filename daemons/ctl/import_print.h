/* Runs of imports, for people and for programs. */
#pragma once

#include "ctl/output.h"
#include "import.pb-c.h"

json_t *import_run_json(const Preau__Import__Run *run);
/* One line. */
void import_run_print(const Preau__Import__Run *run);
/* Counters, one line a category. */
void import_counters_print(const Preau__Import__Run *run);
json_t *import_report_json(const Preau__Import__GetReportReply *report);
void import_report_print(const Preau__Import__GetReportReply *report);
