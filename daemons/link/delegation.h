/* A head lets a member of staff in on a school, for a profile and a time, and takes it back; who lost the first password gets
 * another one. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void delegation_show_all(struct link *link, struct call *call, const Preau__Link__ListDelegationsRequest *request);
void delegation_begin(struct link *link, struct call *call, const Preau__Link__DelegateRequest *request);
void delegation_renew(struct link *link, struct call *call, const Preau__Link__RenewFirstPasswordRequest *request);
void delegation_end(struct link *link, struct call *call, const Preau__Link__TakeBackDelegationRequest *request);
