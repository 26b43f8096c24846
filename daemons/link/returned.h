/* The birth date of a child whom the school gave back to an account that is open. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void returned_child_prove(struct link *link, struct call *call, const Preau__Link__ProveChildRequest *request);
