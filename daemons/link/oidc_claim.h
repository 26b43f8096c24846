/* What claims say of one thing, where several would be nobody's. Pure. */
#pragma once

#include "link/oidc_json.h"

/* The one value of a claim: a text, a whole number, or an array of those in which all that is there is the same. Never "".
 * Faults: MISSING (none, or several), LIMIT (it has no room). */
MUST_USE bool oidc_claim_one(const json_t *claims, const char *name, char *out_value, size_t size, struct fault *fault);
