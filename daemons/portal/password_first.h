/* What the present password proves is not asked of who never chose one: FranceConnect alone opens that account. */
#pragma once

#include "portal/visit.h"

/* Shows the form to who chose a password, and to whom did not how to choose one. Answers and ends the visit, now or later. */
void password_first(struct visit *visit, visit_handler *form);
