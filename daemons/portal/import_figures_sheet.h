/* The figures of an import for a spreadsheet: what import_sheet answers when it is asked for them. */
#pragma once

#include "import.pb-c.h"
#include "portal/visit.h"

void import_figures_send(struct visit *visit, const Preau__Import__GetReportReply *report);
