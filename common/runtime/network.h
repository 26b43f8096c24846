/* Addresses of IP, one by one or by network. */
#pragma once

#include <stdbool.h>

/* An address (10.0.0.1, 2001:db8::1) or a network in the form of RFC 4632 and 4291 (10.42.0.0/16), of 8 bits at least in
 * IPv4 and 16 in IPv6, without bits after its own: what is wider or beside is a slip, and would trust strangers. */
bool network_is_valid(const char *text);
/* network: as above; one that is not valid holds nobody. address: as inet_ntop writes it; an IPv4 one that came over IPv6
 * (::ffff:10.0.0.1) is the same. Anything else is in no network. */
bool network_holds(const char *network, const char *address);
