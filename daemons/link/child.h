/* A guardian gives a new provisional password to a child whose account is attached to theirs. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void child_help(struct link *link, struct call *call, const Preau__Link__ResetChildPasswordRequest *request);
