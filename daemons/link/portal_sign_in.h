/* Sign-in of administrators by the OpenID Connect portal of an academy, and the sign-out there. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void portal_begin(struct link *link, struct call *call, const Preau__Link__BeginPortalSignInRequest *request);
void portal_finish(struct link *link, struct call *call, const Preau__Link__FinishPortalSignInRequest *request);
void portal_end(struct link *link, struct call *call, const Preau__Link__EndPortalSessionRequest *request);
