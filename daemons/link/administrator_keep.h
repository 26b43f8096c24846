/* An administrator's account looked at, by the operator or its owner, and changed by the operator. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void administrator_show(struct link *link, struct call *call, const Preau__Link__GetAdministratorRequest *request);
void administrator_change(struct link *link, struct call *call, const Preau__Link__ChangeAdministratorRequest *request);
