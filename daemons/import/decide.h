/* What the operator decides: of runs that are held, of merges. */
#pragma once

#include "bus/service.h"
#include "import.pb-c.h"
#include "import/queue.h"
#include "store/store.h"

/* An approved run is taken again at once. Refusals: malformed (nobody said who), not_found, import_not_held. */
void decide_run(
    struct store *store, struct queue *queue, struct call *call, const Preau__Import__DecideRunRequest *request);
/* Refusals: malformed. */
void decide_list_merges(struct store *store, struct call *call, const Preau__Import__ListMergesRequest *request);
