/* A mobile of the person's own: the account's once a code by SMS was given; taken away again. Never AAF's, which stays what the school says. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

/* The number before is told within this: an SMS past the hour's bound waits. */
#define OWN_MOBILE_NOTICE DAYS(1)

void own_mobile_begin(struct link *link, struct call *call, const Preau__Link__AskMobileChangeRequest *request);
void own_mobile_give_code(struct link *link, struct call *call, const Preau__Link__ConfirmMobileChangeRequest *request);
void own_mobile_end(struct link *link, struct call *call, const Preau__Link__RemoveMobileRequest *request);
