/* Lists of accounts for a head, as PDF or CSV (guide 5.4): made by a thread, answered piece by piece. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

struct lister;

NEVER_NULL MUST_USE struct lister *lister_new(struct notify *notify);
/* Lists that wait are refused; the one that is being made ends, within a bound. */
void lister_stop(struct lister *lister);
void lister_free(struct lister **lister);

void list_export(struct notify *notify, struct call *call, const Preau__Notify__ExportListRequest *request);
