/* What is counted at a sign-in: tries of a login from an address, and of an address. A stranger elsewhere does not keep
 * the person out. */
#pragma once

#include "link/link.h"

/* what: "sign-in", "administrator". */
void tries_of_sign_in(const struct link_bounds *bounds, const char *what, const char *login, const char *address,
    struct attempt *out_attempt);
