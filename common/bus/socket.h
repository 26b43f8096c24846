/* Inside this room: ZeroMQ under the loop. ZMQ_FD tells of changes, not of a state: a message may lie ready while the
 * descriptor is silent. So what came is taken until nothing is left (256 at a time, then the loop gets its turn), and
 * every send is followed by another look (libzmq #3641). */
#pragma once

#include "runtime/attributes.h"
#include "runtime/fault.h"
#include "runtime/loop.h"

#include <stdbool.h>
#include <stddef.h>

struct bus_curve;

enum bus_socket_kind { BUS_ROUTER, BUS_DEALER, BUS_PUBLISHER, BUS_SUBSCRIBER };

struct bus_frame {
    const void *bytes;
    size_t length;
};

enum {
    BUS_FRAMES_MAX = 10,  /* ZAP, the longest of all, has nine */
    BUS_QUEUE_MAX = 10000 /* messages of one peer that may wait in ZeroMQ: a turn of the loop takes far fewer */
};

/* One whole message; the frames are lent for the call. count 0: one that was longer than message_max or had more than
 * BUS_FRAMES_MAX frames, to be counted; nothing of it is shown. */
typedef void bus_socket_received(void *arg, const struct bus_frame *frames, size_t count);

struct bus_socket;

/* While `received` runs, of a socket that is bound: whoever sent this is the operator, as the transport shows it and not as
 * the message says. Over ipc: root, or the account that this process has. Over tcp: a key of the operators' folder. */
bool bus_socket_from_operator(const struct bus_socket *socket);

struct bus_socket_options {
    enum bus_socket_kind kind;
    size_t message_max;            /* bytes of a frame; a peer that sends twice as much is cut off */
    int queue_max;                 /* messages that wait in a pipe */
    const struct bus_curve *curve; /* keys for tcp; NULL: ipc only, or plain tcp on loopback */
};

MUST_USE bool bus_socket_open(struct loop *loop, const struct bus_socket_options *options,
    bus_socket_received *received, void *arg, struct bus_socket **out_socket, struct fault *fault);
void bus_socket_close(struct bus_socket **socket);
MUST_USE bool bus_socket_bind(struct bus_socket *socket, const char *endpoint, struct fault *fault);
MUST_USE bool bus_socket_connect(struct bus_socket *socket, const char *endpoint, struct fault *fault);
MUST_USE bool bus_socket_subscribe(struct bus_socket *socket, const char *topic, struct fault *fault);

/* false: nobody there to take it, or its queue is full; nothing was sent. */
MUST_USE bool bus_socket_send(struct bus_socket *socket, const struct bus_frame *frames, size_t count);
