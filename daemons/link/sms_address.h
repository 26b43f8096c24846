/* Where passwords and codes may travel in clear. */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"

#include <stdbool.h>

/* This very machine: localhost, 127.…, [::1]. */
bool sms_host_is_loopback(const char *host);

/* Is this address of a provider fit: https, or http on loopback? key: how the configuration names it. Faults: CONFIG. */
MUST_USE bool sms_address_check(const char *key, const char *url, struct fault *fault);
