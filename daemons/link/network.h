/* Networks, as tries are counted by them: whom one subscriber's address is of, and whose neighbours. Pure. */
#pragma once

#include <arpa/inet.h>

enum { NETWORK_SIZE = INET6_ADDRSTRLEN + 4 };

/* Of one subscriber: an IPv4 address as it is, the /64 of an IPv6 one, of which they have all the addresses. What is no address stands for
 * itself. */
void network_of(const char *address, char out_network[static NETWORK_SIZE]);

/* Of one subscriber who may have many networks: an IPv4 address as it is, for many subscribers are behind neighbouring ones; the /48 of an IPv6
 * one, for a home is given a /56 or more. */
void network_of_site(const char *address, char out_network[static NETWORK_SIZE]);

/* Of who may change the address at will, within a network that is rented as a whole: the /24 of an IPv4 address, the /48 of an IPv6 one
 * (what a site is given, RFC 6177). */
void network_around(const char *address, char out_network[static NETWORK_SIZE]);
