/* Documents of figures, drawn on a thread: they take milliseconds. */
#pragma once

#include "bus/service.h"
#include "runtime/daemon.h"
#include "statistics.pb-c.h"
#include "store/store.h"

struct printer;

NEVER_NULL struct printer *printer_new(const struct daemon_run *run, struct store *store);
/* What waits is answered "busy"; what is being drawn is waited for, a little. */
void printer_stop(struct printer *printer);
void printer_free(struct printer **printer);

/* Refusals: malformed, not_found as of GetSchool; busy when as many wait as may. */
void printer_answer_school(
    struct printer *printer, struct call *call, const Preau__Statistics__GetSchoolRequest *request);
/* Refusals: malformed, not_found as of GetAcademy and GetNation; busy as above. */
void printer_answer_area(
    struct printer *printer, struct call *call, const Preau__Statistics__GetAreaPaperRequest *request);
