/* The head's header: the school at hand and its tabs. */
#pragma once

#include "portal/visit.h"

void tabs_fill(const struct visit *visit, struct view *layout);
