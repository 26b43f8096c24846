/* The link of the mail that proves another address of a person. */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void email_link_follow(struct link *link, struct call *call, const Preau__Link__ConfirmEmailChangeRequest *request);
