#include "runtime/network.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

enum { ADDRESS_BYTES = 16, ADDRESS_BITS = 128, V4_BITS = 32, V4_OFFSET = ADDRESS_BITS - V4_BITS };
/* the widest network that may be trusted as a whole */
enum { V4_PREFIX_MIN = 8, V6_PREFIX_MIN = 16 };

/* All in one form, that of IPv6: IPv4 is ::ffff:0:0/96 (RFC 4291, 2.5.5.2). */
struct network {
    unsigned char bytes[ADDRESS_BYTES];
    unsigned prefix; /* bits */
};

static const unsigned char mapped[] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/* bytes: ADDRESS_BYTES of them; out_is_v4: as it was written. */
static bool address_read(const char *text, unsigned char *out_bytes, bool *out_is_v4)
{
    memcpy(out_bytes, mapped, sizeof mapped);
    *out_is_v4 = inet_pton(AF_INET, text, out_bytes + sizeof mapped) == 1;
    return *out_is_v4 || inet_pton(AF_INET6, text, out_bytes) == 1;
}

/* Digits alone: strtoul would take blanks, a sign and 0x. */
static bool prefix_read(const char *text, unsigned long max, unsigned *out_prefix)
{
    size_t length = strspn(text, "0123456789");
    unsigned long value = length > 0 && length <= 3 ? strtoul(text, NULL, 10) : max + 1;
    *out_prefix = (unsigned)value;
    return text[length] == '\0' && value <= max;
}

/* The bit is in the address after the network's own. */
static bool has_bits_after(const struct network *network)
{
    for (unsigned bit = network->prefix; bit < ADDRESS_BITS; bit++) {
        if ((network->bytes[bit / 8] & (0x80U >> (bit % 8))) != 0) {
            return true;
        }
    }
    return false;
}

static bool begins_alike(const unsigned char *one, const unsigned char *other, unsigned bits)
{
    unsigned whole = bits / 8;
    unsigned rest = bits % 8;
    return memcmp(one, other, whole) == 0 &&
           (rest == 0 || ((one[whole] ^ other[whole]) & (0xFF00U >> rest) & 0xFFU) == 0);
}

/* Of IPv4 addresses too, which all are in ::ffff:0:0/96 and in what holds that. */
static bool is_too_wide(const struct network *network)
{
    bool holds_v4 = begins_alike(network->bytes, mapped, network->prefix < V4_OFFSET ? network->prefix : V4_OFFSET);
    return network->prefix < (holds_v4 ? V4_OFFSET + V4_PREFIX_MIN : V6_PREFIX_MIN);
}

static bool network_read(const char *text, struct network *out_network)
{
    char address[INET6_ADDRSTRLEN] = "";
    size_t length = strcspn(text, "/");
    bool is_v4 = false;
    if (length >= sizeof address) {
        return false;
    }
    memcpy(address, text, length);
    if (!address_read(address, out_network->bytes, &is_v4)) {
        return false;
    }
    out_network->prefix = ADDRESS_BITS;
    if (text[length] == '\0') {
        return true;
    }
    unsigned prefix = 0;
    if (!prefix_read(text + length + 1, is_v4 ? V4_BITS : ADDRESS_BITS, &prefix)) {
        return false;
    }
    out_network->prefix = prefix + (is_v4 ? V4_OFFSET : 0);
    return !is_too_wide(out_network) && !has_bits_after(out_network);
}

bool network_is_valid(const char *text)
{
    struct network network;
    return network_read(text, &network);
}

bool network_holds(const char *network, const char *address)
{
    struct network held;
    unsigned char bytes[ADDRESS_BYTES];
    bool is_v4 = false;
    if (!network_read(network, &held) || !address_read(address, bytes, &is_v4)) {
        return false;
    }
    return begins_alike(held.bytes, bytes, held.prefix);
}
