/* Addresses of the web that a page may lead to. */
#pragma once

#include <stdbool.h>

/* https, with a host, in the form of RFC 3986 and nothing that a reader takes for another place: no user before the host, no
 * character out of ASCII. */
bool web_address_is_safe(const char *text);
