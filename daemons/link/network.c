#include "link/network.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { IPV4_SIZE = 4, IPV6_SIZE = 16, IPV4_AT = IPV6_SIZE - IPV4_SIZE /* of one that is written as IPv6 */ };

struct network {
    int family;
    unsigned char bytes[IPV6_SIZE];
};

/* One machine has two ways to be written, by IPv4 and by IPv6 (::ffff:192.0.2.1). */
static bool network_read(const char *address, struct network *out_network)
{
    struct in6_addr wide;
    if (inet_pton(AF_INET, address, out_network->bytes) == 1) {
        out_network->family = AF_INET;
        return true;
    }
    if (inet_pton(AF_INET6, address, &wide) != 1) {
        return false;
    }
    bool is_ipv4 = IN6_IS_ADDR_V4MAPPED(&wide);
    out_network->family = is_ipv4 ? AF_INET : AF_INET6;
    memcpy(out_network->bytes, wide.s6_addr + (is_ipv4 ? IPV4_AT : 0), is_ipv4 ? IPV4_SIZE : IPV6_SIZE);
    return true;
}

/* The first so many bytes of each kind. */
static void network_cut(
    const char *address, size_t ipv4_bytes, size_t ipv6_bytes, char out_network[static NETWORK_SIZE])
{
    struct network network;
    char text[INET6_ADDRSTRLEN] = "";
    if (!network_read(address, &network)) {
        snprintf(out_network, NETWORK_SIZE, "%.*s", INET6_ADDRSTRLEN, address);
        return;
    }
    size_t size = network.family == AF_INET ? IPV4_SIZE : IPV6_SIZE;
    size_t kept = network.family == AF_INET ? ipv4_bytes : ipv6_bytes;
    memset(network.bytes + kept, 0, size - kept);
    (void)inet_ntop(network.family, network.bytes, text, sizeof text);
    if (kept == size) {
        snprintf(out_network, NETWORK_SIZE, "%s", text);
    } else {
        snprintf(out_network, NETWORK_SIZE, "%s/%zu", text, 8 * kept);
    }
}

void network_of(const char *address, char out_network[static NETWORK_SIZE])
{
    network_cut(address, IPV4_SIZE, 8, out_network);
}

void network_of_site(const char *address, char out_network[static NETWORK_SIZE])
{
    network_cut(address, IPV4_SIZE, 6, out_network);
}

void network_around(const char *address, char out_network[static NETWORK_SIZE])
{
    network_cut(address, 3, 6, out_network);
}
