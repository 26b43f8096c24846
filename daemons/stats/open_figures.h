/* The open figures, as a file for everybody. */
#pragma once

#include "bus/service.h"
#include "store/store.h"

/* Refusal: not_found when no snapshot was taken yet. */
void open_figures_answer(struct store *store, struct call *call);
