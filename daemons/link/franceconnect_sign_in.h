/* FranceConnect (guide 1.1, first scheme): the way out and the way back. A known identity is signed in; an unknown one goes on as a
 * registration by SMS does (registration.h); from the desk one is linked to the account that is signed in. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void franceconnect_begin(struct link *link, struct call *call, const Preau__Link__BeginFranceConnectRequest *request);
void franceconnect_finish(struct link *link, struct call *call, const Preau__Link__FinishFranceConnectRequest *request);
