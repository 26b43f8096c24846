/* A head's choice as a form brings it: an action and the accounts it is for. */
#pragma once

#include "portal/filter.h"
#include "portal/head_action.h"
#include "portal/selection.h"

struct chosen {
    const struct head_action *action;
    struct filter filter; /* of the list it comes from, to go back to */
    struct selection selection;
};

/* NULL with the refusal. Lives in the visit's arena. Selects what the form names; *out_all: it asks for all that the
 * filter finds instead. */
struct chosen *chosen_read(const struct visit *visit, bool *out_all, enum refusal *out_refusal);

/* The accounts as the bus has them, in the visit's arena. */
Preau__AccountRef **chosen_refs(const struct visit *visit, const struct chosen *chosen);
/* "10-1,10-2", in the visit's arena. */
const char *chosen_text(const struct visit *visit, const struct chosen *chosen);
