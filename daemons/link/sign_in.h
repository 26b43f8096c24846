/* Identifier and password of a guardian or pupil. One answer for all that is wrong, after the same work. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void sign_in(struct link *link, struct call *call, const Preau__Link__SignInRequest *request);
