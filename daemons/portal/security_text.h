/* Whom to tell of a weakness of this site: /.well-known/security.txt (RFC 9116). */
#pragma once

#include "runtime/config.h"
#include "runtime/fault.h"

#include <stdbool.h>

/* portal.security_contact: "mailto:" and an address, or one of the web; "" none. Lent of the configuration. Fault CONFIG. */
MUST_USE bool security_contact_read(const struct config *config, const char **out_contact, struct fault *fault);
