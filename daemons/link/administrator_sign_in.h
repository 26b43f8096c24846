/* The password of an administrator's local account. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void administrator_sign_in(
    struct link *link, struct call *call, const Preau__Link__SignInAdministratorRequest *request);
