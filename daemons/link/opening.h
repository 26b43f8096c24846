/* The first sign-in with a provisional password (guide 1.1, third scheme). */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void opening_show(struct link *link, struct call *call, const Preau__Link__GetOpeningRequest *request);
void opening_do(struct link *link, struct call *call, const Preau__Link__OpenAccountRequest *request);
