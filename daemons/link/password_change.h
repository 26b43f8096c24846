/* Another password chosen by the person: after a reset by the school, or from the desk with the present one. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void password_change(struct link *link, struct call *call, const Preau__Link__ChangePasswordRequest *request);
