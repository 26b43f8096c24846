/* What has not left of a batch is cancelled. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

void batch_cancel_ask(struct notify *notify, struct call *call, const Preau__Notify__CancelBatchRequest *request);
