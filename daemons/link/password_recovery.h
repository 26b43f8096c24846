/* The mailed link of who forgot the password: whose it is, and another password chosen by it. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void password_link_show(struct link *link, struct call *call, const Preau__Link__GetPasswordLinkRequest *request);
void password_recover(struct link *link, struct call *call, const Preau__Link__RecoverPasswordRequest *request);
