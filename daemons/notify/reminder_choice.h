/* What a head says about being reminded. */
#pragma once

#include "bus/service.h"
#include "notify.pb-c.h"
#include "notify/notify.h"

void reminder_choice_take(
    struct notify *notify, struct call *call, const Preau__Notify__ChooseReminderRequest *request);
