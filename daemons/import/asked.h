/* An operator's asking for archives, remembered in the audit trail before it is answered. */
#pragma once

#include "bus/service.h"
#include "store/store.h"

/* academy 0: all. by: what the operator goes by, borrowed for the call. Answers the call. */
void asked_remember(struct store *store, struct call *call, academy_code academy, const char *by, uint32_t archives);
