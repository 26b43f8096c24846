/* Local accounts of administrators: signing in, adding, listing. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void administrator_sign_in(
    struct link *link, struct call *call, const Preau__Link__SignInAdministratorRequest *request);
void administrator_create(struct link *link, struct call *call, const Preau__Link__AddAdministratorRequest *request);
void administrator_show_all(struct link *link, struct call *call);
