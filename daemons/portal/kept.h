/* What a head has ticked on a list, kept in the store from page to page: no page needs a script for it, a reload or a
 * step back changes nothing. The list's address carries the number of the selection, of use to this session alone. */
#pragma once

#include "portal/filter_request.h"
#include "portal/selection.h"

/* The selection lives in the visit's arena. A fault is answered to the browser without asking. */
typedef void kept_done(struct visit *visit, struct selection *selection);

/* The one that the filter names; empty when it names none. */
void kept_load(struct visit *visit, const struct filter *filter, kept_done *done);
/* Stores it and gives the filter its number; one that is empty and was never stored stays so. */
void kept_store(struct visit *visit, struct filter *filter, struct selection *selection, kept_done *done);
/* Adds all that the filter finds, over all pages; nothing when it is not understood. More than a selection holds is
 * refused to the browser without asking, a fault too. */
void kept_add_all(struct visit *visit, const struct filter *filter, struct selection *selection, kept_done *done);
/* Forgets it, whatever comes of that, then goes on. */
void kept_end(struct visit *visit, const struct filter *filter, kept_done *done);

/* What the form says of the rows that it showed (`montres`): those ticked (`compte`) are selected, the others not. */
enum refusal kept_tick(const struct visit *visit, struct selection *selection);
enum refusal kept_refusal(enum selection_read read);
