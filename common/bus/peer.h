/* Inside this room: who sent a message, as the transport shows it. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* Where a socket is bound. */
enum bus_transport {
    BUS_TRANSPORT_NONE,
    BUS_TRANSPORT_IPC,
    BUS_TRANSPORT_CURVE, /* tcp with keys */
    BUS_TRANSPORT_OPEN   /* the loopback without keys, this process itself: nothing is shown */
};

/* message: a zmq_msg_t that was received there. Who shows nothing is not the operator. */
bool bus_peer_is_operator(const void *message, enum bus_transport transport);

/* "localhost:UID:GID:PID", as ZeroMQ gives what the kernel says of who connected (SO_PEERCRED). False when it is not that. */
bool bus_peer_read_account(const char *address, uid_t *out_uid);
