/* What narrows a list of accounts: read from an address or a form, written back into addresses and fields. */
#pragma once

#include "portal/visit.h"

struct filter {
    enum account_profile profile;
    const char *name, *class, *state, *origin, *mail; /* "" does not narrow; live with the request */
};

void filter_from_query(const struct visit *visit, enum account_profile profile, struct filter *out_filter);
/* False: the form holds no known profile. */
bool filter_from_form(const struct visit *visit, struct filter *out_filter);
bool filter_narrows(const struct filter *filter);

/* For the store; words live in the visit's arena. */
struct listing_filter filter_listing(const struct visit *visit, const struct filter *filter);

/* "/etablissements/<uai>/responsables?…&page=2", in the visit's arena; page 0 is left out. */
const char *filter_href(const struct visit *visit, const struct filter *filter, int64_t page);
/* "responsables" or "eleves" */
const char *filter_tab(const struct filter *filter);
