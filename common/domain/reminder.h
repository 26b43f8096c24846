/*
 * The reminder ahead of the end of provisional passwords: who may ask for it, and how many days ahead.
 */
#pragma once

#include "domain/administrator.h"

#include <stdbool.h>
#include <stddef.h>

/* Those who hand accounts out in schools that are named to them. Whoever looks after an academy or the nation would be told
 * of every school there. */
bool reminder_role_may(enum administrator_role role);

/* The choices, index from 0, the shortest first; 0 past the last. */
int reminder_days_at(size_t index);
/* One of the choices, or 0: no reminder. */
bool reminder_days_are_offered(long days);
