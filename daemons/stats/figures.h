/* The figures of one school, as last computed. */
#pragma once

#include "bus/service.h"
#include "statistics.pb-c.h"
#include "store/store.h"

struct figures;

NEVER_NULL MUST_USE struct figures *figures_new(struct store *store);
void figures_free(struct figures **figures);

/* Refusals: malformed (academy, UAI), not_found when nothing was computed yet, or the school is not the caller's. */
void figures_answer(struct figures *figures, struct call *call, const Preau__Statistics__GetSchoolRequest *request);
