/* The reminder ahead of the end of provisional passwords, on the page of the administrator's own account. */
#pragma once

#include "domain/reminder.h"
#include "store/reminder.h"
#include "template/template.h"

/* mail: where it goes; "" nowhere. */
void my_reminder_fill(struct view *section, const struct reminder_standing *standing, const char *mail);
