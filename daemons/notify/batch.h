/* How far batches are. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

void batch_show(struct notify *notify, struct call *call, const Preau__Notify__GetBatchRequest *request);
void batch_show_all(struct notify *notify, struct call *call, const Preau__Notify__ListBatchesRequest *request);
