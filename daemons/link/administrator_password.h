/* An administrator chooses another password. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void administrator_change_password(
    struct link *link, struct call *call, const Preau__Link__ChangeAdministratorPasswordRequest *request);
