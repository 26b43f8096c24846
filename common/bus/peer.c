#include "bus/peer.h"

#include "bus/curve.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zmq.h>

/* The number between the last colon before `end` and `end`, which becomes that colon. */
static bool read_last(const char *text, const char **end, uint32_t *out_number)
{
    const char *colon = memrchr(text, ':', (size_t)(*end - text));
    if (!colon || colon + 1 == *end || strspn(colon + 1, "0123456789") < (size_t)(*end - colon - 1)) {
        return false;
    }
    unsigned long long number = strtoull(colon + 1, NULL, 10);
    *end = colon;
    *out_number = (uint32_t)number;
    return number <= UINT32_MAX;
}

bool bus_peer_read_account(const char *address, uid_t *out_uid)
{
    const char *end = address + strlen(address);
    uint32_t pid = 0, gid = 0, uid = 0;
    bool is_told = read_last(address, &end, &pid) && read_last(address, &end, &gid) && read_last(address, &end, &uid);
    *out_uid = uid;
    return is_told;
}

/* This very account may do already whatever a service of its own does. */
static bool is_operator_account(const char *address)
{
    uid_t uid = 0;
    return address && bus_peer_read_account(address, &uid) && (uid == 0 || uid == geteuid());
}

/* A peer may write "User-Id" among its own properties: over a transport where the gate of keys is not asked it stands for
 * nothing. */
bool bus_peer_is_operator(const void *message, enum bus_transport transport)
{
    switch (transport) {
    case BUS_TRANSPORT_IPC:
        return is_operator_account(zmq_msg_gets(message, "Peer-Address"));
    case BUS_TRANSPORT_CURVE: {
        const char *user = zmq_msg_gets(message, "User-Id");
        return user && strcmp(user, BUS_CURVE_OPERATOR) == 0;
    }
    case BUS_TRANSPORT_NONE:
    case BUS_TRANSPORT_OPEN:
        break;
    }
    return false;
}
