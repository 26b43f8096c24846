/* Help for one account (guide 2.2, 6.4): the activation mail again, the provisional password shown, a child that a guardian disclaimed. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

void assist_resend_activation(
    struct notify *notify, struct call *call, const Preau__Notify__ResendActivationRequest *request);
void assist_show_password(struct notify *notify, struct call *call, const Preau__Notify__ShowPasswordRequest *request);
void assist_restore_child(struct notify *notify, struct call *call, const Preau__Notify__RestoreChildRequest *request);
