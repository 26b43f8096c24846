/* Inside this room: an account with its password, by any query that has the columns of opening_account. */
#pragma once

#include "store/opening.h"
#include "store/query.h"

void opening_load_by(
    struct store *store, enum query query, const struct parameters *parameters, opening_loaded *loaded, void *arg);
/* People, by any query that has the columns of opening_people. */
void opening_load_people_by(struct store *store, enum query query, const struct parameters *parameters,
    opening_people_loaded *loaded, void *arg);
