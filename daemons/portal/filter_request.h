/* A list's filter in a request, in addresses of the school, and as the store takes it. */
#pragma once

#include "portal/filter.h"
#include "portal/visit.h"
#include "store/roster.h"

void filter_from_query(const struct visit *visit, enum account_profile profile, struct filter *out_filter);
/* What a filled-in filter says; what the form has no field for (order, selection) is that of the address. */
void filter_from_form(const struct visit *visit, enum account_profile profile, struct filter *out_filter);

/* In the visit's arena; words too. */
struct roster_filter filter_roster(const struct visit *visit, const struct filter *filter);

/* "/etablissements/<uai>/responsables?…", in the visit's arena; and the same of another place, "apercu". */
const char *filter_href(const struct visit *visit, const struct filter *filter);
const char *filter_href_to(const struct visit *visit, const struct filter *filter, const char *place);
