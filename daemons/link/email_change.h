/* Another mail address of a person, asked for from the desk with the present password; it counts once the link of the mail
 * that goes to it was followed (email_link.h). */
#pragma once

#include "bus/service.h"
#include "link.pb-c.h"
#include "link/link.h"

void email_change_begin(struct link *link, struct call *call, const Preau__Link__AskEmailChangeRequest *request);
void email_change_take_back(struct link *link, struct call *call, const Preau__Link__CancelEmailChangeRequest *request);
