/* FranceConnect signs a person in no more. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void franceconnect_end(struct link *link, struct call *call, const Preau__Link__UnlinkFranceConnectRequest *request);
