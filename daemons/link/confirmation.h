/* The link of a confirmation mail was followed (guide 1.1, step 5). */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void confirmation_follow(struct link *link, struct call *call, const Preau__Link__ConfirmEmailRequest *request);
