/* A guardian's missing child: what the steps of a registration from the desk lead back to. */
#pragma once

#include "portal/visit.h"

#include <stdbool.h>

#define MISSING_CHILD "/guichet/enfant-manquant"

/* Is the page at hand one of those that begin here? */
bool missing_child_is_it(const struct visit *visit);
/* The first page again, which says why. */
void missing_child_again(struct visit *visit, enum refusal refusal);
