#include "domain/reminder.h"

static const int choices[] = {7, 15, 30};

bool reminder_role_may(enum administrator_role role)
{
    return role == ROLE_DIRECTEUR || role == ROLE_DELEGUE;
}

int reminder_days_at(size_t index)
{
    return index < sizeof choices / sizeof choices[0] ? choices[index] : 0;
}

bool reminder_days_are_offered(long days)
{
    bool is_offered = days == 0;
    for (size_t i = 0; reminder_days_at(i) > 0; i++) {
        is_offered = is_offered || days == reminder_days_at(i);
    }
    return is_offered;
}
