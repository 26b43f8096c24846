/* What is asked of the figures, as last computed: of a school, an academy, the nation. */
#pragma once

#include "bus/service.h"
#include "statistics.pb-c.h"
#include "store/store.h"

/* Refusals of all: malformed (academy, UAI, page), not_found when nothing was computed yet, or it is not the caller's to see. */
void figures_answer_school(struct store *store, struct call *call, const Preau__Statistics__GetSchoolRequest *request);
void figures_answer_academy(
    struct store *store, struct call *call, const Preau__Statistics__GetAcademyRequest *request);
void figures_answer_nation(struct store *store, struct call *call, const Preau__Statistics__GetNationRequest *request);
