/* Who cannot sign in says what is lost. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void help_keep(struct link *link, struct call *call, const Preau__Link__AskHelpRequest *request);
